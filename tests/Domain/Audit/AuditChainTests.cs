using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Xunit;
using static IdentityHub.Domain.Audit.AuditVerification;

namespace IdentityHub.Domain.Tests.Audit;

/// <summary>The chain holds whatever the hub does, erasures included, and breaks at whatever anybody else does to it.</summary>
public sealed class AuditChainTests : HubTests
{
    private TestMember admin = null!;
    private TestMember pat = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("home", seats: 5);
        admin = await Hub.AddMemberAsync("admin", "home", Role.Administrator);
        pat = await Hub.AddMemberAsync("pat", "home");
        await Hub.AddMemberAsync("second", "home", Role.Administrator);
        await Hub.Store.WriteAsync(Admin, async transaction =>
        {
            await Memberships.ChangeRoleAsync(transaction, pat.MembershipId, Role.Administrator);
            return await Memberships.ChangeRoleAsync(transaction, pat.MembershipId, Role.User);
        });
    }

    private Actor Admin => new Actor.Person(admin.UserId) { From = "192.0.2.7" };

    [Fact]
    public async Task What_the_hub_wrote_is_whole()
    {
        var whole = Assert.IsType<Result.Whole>(await VerifyAsync());
        Assert.Equal((Hub.Count("Audit"), 0, 0), (whole.Entries, whole.Older, whole.Erased));
        Assert.Equal(Hub.Scalar("SELECT max(Sequence) FROM Audit"), whole.HeadSequence);
        Assert.Equal(64, whole.HeadHash!.Length);
    }

    [Fact]
    public async Task A_transaction_that_is_undone_leaves_the_chain_as_it_was()
    {
        var before = await VerifyAsync();
        await Hub.WriteAsync(async transaction =>
        {
            await Memberships.ChangeRoleAsync(transaction, pat.MembershipId, Role.Administrator);
            return transaction.RollBack(0);
        });
        await Assert.ThrowsAsync<InvalidOperationException>(() => Hub.WriteAsync<bool>(async transaction =>
        {
            await Memberships.ChangeRoleAsync(transaction, pat.MembershipId, Role.Administrator);
            throw new InvalidOperationException("as things go");
        }));
        Assert.Equal(before, await VerifyAsync());
        await Hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, pat.MembershipId, Role.Administrator));
        Assert.IsType<Result.Whole>(await VerifyAsync());
    }

    [Fact]
    public async Task It_is_whole_after_whoever_was_named_is_erased_and_names_nobody_then()
    {
        await Hub.Store.WriteAsync(new Actor.Person(pat.UserId) { From = "198.51.100.9" }, transaction => Memberships.RequireTwoFactorAsync(transaction, pat.MembershipId, true));
        await Hub.Store.WriteAsync(new Actor.Person(pat.UserId) { From = "198.51.100.9" }, transaction => UserLifecycle.DeleteAsync(transaction, pat.MembershipId));
        await Hub.Store.WriteAsync(Admin, transaction => UserLifecycle.DeleteAsync(transaction, admin.MembershipId));
        var whole = Assert.IsType<Result.Whole>(await VerifyAsync());
        Assert.True(whole.Erased > 4);
        Assert.DoesNotContain(Hub.Rows("Audit"), row => row.Contains(pat.UserId, StringComparison.Ordinal) || row.Contains(admin.UserId, StringComparison.Ordinal));

        // Nobody without the salt can tell whether an entry was about somebody of whom they have the id.
        Assert.Equal(0, Hub.Count("Audit", "(SubjectUserId IS NULL AND SubjectSalt IS NOT NULL) OR (ActorKind = 'person' AND ActorId IS NULL AND (ActorSalt IS NOT NULL OR SealedOrigin IS NOT NULL))"));
    }

    [Theory]
    [InlineData("""UPDATE "Audit" SET "At" = "At" - 1000 WHERE "Sequence" = 4""", 4, Fault.WrongHash)]
    [InlineData("""UPDATE "Audit" SET "Action" = 'member.deleted' WHERE "Sequence" = 4""", 4, Fault.WrongHash)]
    [InlineData("""UPDATE "Audit" SET "ActorKind" = 'person' WHERE "Sequence" = 4""", 4, Fault.WrongHash)]
    [InlineData("""UPDATE "Audit" SET "ActorId" = 'somebody else' WHERE "Sequence" = 4""", 4, Fault.WrongContent)]
    [InlineData("""UPDATE "Audit" SET "ActorId" = NULL WHERE "Sequence" = 4""", 4, Fault.WrongContent)]
    [InlineData("""UPDATE "Audit" SET "AccountId" = 'other' WHERE "Sequence" = 4""", 4, Fault.WrongHash)]
    [InlineData("""UPDATE "Audit" SET "AccountId" = NULL WHERE "Sequence" = (SELECT max("Sequence") FROM "Audit")""", -1, Fault.WrongHash)]
    [InlineData("""UPDATE "Audit" SET "SubjectUserId" = 'somebody else' WHERE "Sequence" = (SELECT max("Sequence") FROM "Audit")""", -1, Fault.WrongContent)]
    [InlineData("""UPDATE "Audit" SET "SubjectUserId" = NULL WHERE "Sequence" = (SELECT max("Sequence") FROM "Audit")""", -1, Fault.WrongContent)]
    [InlineData("""UPDATE "Audit" SET "SubjectSalt" = zeroblob(16) WHERE "Sequence" = (SELECT max("Sequence") FROM "Audit")""", -1, Fault.WrongContent)]
    [InlineData("""UPDATE "Audit" SET "SealedDetails" = NULL WHERE "Sequence" = (SELECT max("Sequence") FROM "Audit")""", -1, Fault.WrongContent)]
    [InlineData("""UPDATE "Audit" SET "SealedDetails" = (SELECT "SealedDetails" FROM "Audit" WHERE "Sequence" = (SELECT max("Sequence") - 1 FROM "Audit")) WHERE "Sequence" = (SELECT max("Sequence") FROM "Audit")""", -1, Fault.WrongContent)]
    [InlineData("""UPDATE "Audit" SET "SealedOrigin" = NULL WHERE "Sequence" = (SELECT max("Sequence") FROM "Audit")""", -1, Fault.WrongContent)]
    [InlineData("""UPDATE "Audit" SET "Digests" = zeroblob(128) WHERE "Sequence" = 4""", 4, Fault.WrongHash)]
    [InlineData("""UPDATE "Audit" SET "Hash" = zeroblob(32) WHERE "Sequence" = 4""", 4, Fault.WrongHash)]
    [InlineData("""UPDATE "Audit" SET "Hash" = NULL WHERE "Sequence" = 4""", 4, Fault.NotChained)]
    [InlineData("""UPDATE "Audit" SET "Hash" = NULL, "Digests" = NULL WHERE "Sequence" = 4""", 4, Fault.NotChained)]
    [InlineData("""UPDATE "Audit" SET "Hash" = NULL, "Digests" = NULL WHERE "Sequence" <= 4""", 1, Fault.NotChained)]
    [InlineData("""UPDATE "Audit" SET "Hash" = NULL, "Digests" = NULL""", 1, Fault.NotChained)]
    [InlineData("""DELETE FROM "HubSecrets" WHERE "Name" = 'audit-chain-beginning'""", 1, Fault.WrongBeginning)]
    [InlineData("""UPDATE "HubSecrets" SET "Sealed" = zeroblob(60) WHERE "Name" = 'audit-chain-beginning'""", 1, Fault.WrongBeginning)]
    [InlineData("""DELETE FROM "Audit" WHERE "Sequence" = 4""", 5, Fault.Missing)]
    [InlineData("""DELETE FROM "Audit" WHERE "Sequence" < 4""", 4, Fault.WrongBeginning)]
    [InlineData("""DELETE FROM "Audit" WHERE "Sequence" = 4; UPDATE "Audit" SET "Sequence" = "Sequence" - 1 WHERE "Sequence" > 4""", 4, Fault.WrongHash)]
    [InlineData("""UPDATE "Audit" SET "Sequence" = -1 WHERE "Sequence" = 3; UPDATE "Audit" SET "Sequence" = 3 WHERE "Sequence" = 4; UPDATE "Audit" SET "Sequence" = 4 WHERE "Sequence" = -1""", 3, Fault.WrongHash)]
    [InlineData("""INSERT INTO "Audit" ("At", "Action", "ActorKind", "Digests", "Hash") SELECT "At", "Action", "ActorKind", "Digests", "Hash" FROM "Audit" WHERE "Sequence" = 4""", 0, Fault.WrongHash)]
    [InlineData("""INSERT INTO "Audit" ("At", "Action", "ActorKind") VALUES (1, 'member.deleted', 'hub')""", 0, Fault.NotChained)]
    public async Task Whatever_else_is_done_to_it_breaks_it_there(string tampering, long where, Fault fault)
    {
        var last = (long)Hub.Scalar("SELECT max(Sequence) FROM Audit")!;
        Tamper(tampering);
        var expected = where switch { -1 => last, 0 => last + 1, _ => where };
        var broken = Assert.IsType<Result.Broken>(await VerifyAsync());
        Assert.Equal((expected, fault), (broken.Sequence, broken.Fault));
    }

    [Fact]
    public async Task A_chain_that_was_undone_does_not_begin_anew()
    {
        Tamper("""UPDATE "Audit" SET "Hash" = NULL, "Digests" = NULL, "AccountId" = 'other'""");
        await Hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, pat.MembershipId, Role.Administrator));
        Assert.Equal(new Result.Broken(1, Fault.NotChained, 0), await VerifyAsync());
        Tamper("""DELETE FROM "Audit" """);
        Assert.Equal(new Result.Broken(0, Fault.WrongBeginning, 0), await VerifyAsync());
    }

    [Fact]
    public async Task A_chain_that_was_undone_with_its_beginning_shows_against_a_head_that_was_kept()
    {
        var kept = Assert.IsType<Result.Whole>(await VerifyAsync());
        Tamper(BeforeTheChain);
        Assert.Equal(new Result.HeadIsGone(kept.HeadSequence!.Value), await VerifyAsync((kept.HeadSequence.Value, kept.HeadHash!)));
    }

    [Fact]
    public async Task Nothing_stands_before_the_first_number()
    {
        Tamper("""INSERT INTO "Audit" ("Sequence", "At", "Action", "ActorKind") VALUES (-7, 1, 'member.deleted', 'hub')""");
        Assert.Equal(new Result.Broken(-7, Fault.NotChained, 0), await VerifyAsync());
    }

    [Theory]
    [InlineData(""" "SubjectUserId" = NULL, "SubjectSalt" = NULL, "SealedDetails" = NULL""", 0, 1)]
    [InlineData(""" "ActorId" = NULL, "ActorSalt" = NULL, "SealedOrigin" = NULL""", 1, 0)]
    public async Task People_whom_the_hub_did_not_erase_are_not_erased(string taken, long asActor, long asSubject)
    {
        Tamper($"""UPDATE "Audit" SET {taken} WHERE "Sequence" = (SELECT max("Sequence") FROM "Audit")""");
        Assert.Equal(new Result.NotErasedByHub(new(asActor, asSubject), default), await VerifyAsync());

        // Nor does the erasure of somebody else cover for it.
        await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, pat.MembershipId));
        var found = Assert.IsType<Result.NotErasedByHub>(await VerifyAsync());
        Assert.Equal(found.Found, found.Told.Plus(new(asActor, asSubject)));
        Assert.True(found.Told.AsSubject > 1);
    }

    [Fact]
    public async Task Whoever_was_erased_does_not_come_back()
    {
        Tamper($"""CREATE TABLE "Copy" AS SELECT * FROM "Audit" WHERE "SubjectUserId" = '{pat.UserId}'; UPDATE "Audit" SET "At" = "At" WHERE "Sequence" = 1""");
        await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, pat.MembershipId));
        Assert.IsType<Result.Whole>(await VerifyAsync());
        Tamper("""
            UPDATE "Audit" SET "SubjectUserId" = c."SubjectUserId", "SubjectSalt" = c."SubjectSalt", "SealedDetails" = c."SealedDetails" FROM "Copy" c WHERE c."Sequence" = "Audit"."Sequence"
            """);
        Assert.IsType<Result.NotErasedByHub>(await VerifyAsync());
    }

    [Fact]
    public async Task An_erasure_says_out_of_how_many_entries_of_the_chain()
    {
        Tamper(BeforeTheChain);
        await Hub.Store.WriteAsync(new Actor.Person(pat.UserId), transaction => Memberships.RequireTwoFactorAsync(transaction, pat.MembershipId, true));
        var older = Hub.Count("Audit", $"SubjectUserId = '{pat.UserId}' AND Hash IS NULL");
        Assert.True(older > 0);
        await Hub.WriteAsync(async transaction =>
        {
            await Memberships.ChangeRoleAsync(transaction, pat.MembershipId, Role.Administrator);
            await UserLifecycle.DeactivateAsync(transaction, pat.MembershipId);
        });
        var named = Hub.Count("Audit", $"SubjectUserId = '{pat.UserId}' AND Hash IS NOT NULL");
        await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, pat.MembershipId));
        var lines = (await Hub.ReadAsync(reader => AuditReader.PageAsync(reader, new() { AccountId = null, Family = AuditFamily.Hub }, null, 10))).Lines;
        Assert.Equal($"took a deleted person out of the audit: out of 1 entries as who did it, out of {named} as whom it was done to", Assert.Single(lines).Sentence);
        Assert.Equal((named, 0), (Assert.IsType<Result.Whole>(await VerifyAsync()).Erased, Hub.Count("Audit", $"SubjectUserId = '{pat.UserId}'")));
    }

    [Fact]
    public async Task An_erasure_while_it_is_gone_through_is_no_fault()
    {
        await Hub.WriteAsync(async transaction =>
        {
            for (var i = 0; i < 1100; i++)
            {
                await Memberships.RequireTwoFactorAsync(transaction, pat.MembershipId, i % 2 == 0);
            }
        });
        var store = new ErasingStore(Hub.Store, () => Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, pat.MembershipId)));
        Assert.InRange(Assert.IsType<Result.Whole>(await RunAsync(store, null, CancellationToken.None)).Erased, 1, 1000);
        Assert.True(Assert.IsType<Result.Whole>(await VerifyAsync()).Erased > 1100);
    }

    [Fact]
    public async Task Entries_taken_from_the_end_show_against_a_head_that_was_kept()
    {
        var kept = Assert.IsType<Result.Whole>(await VerifyAsync());
        var head = (kept.HeadSequence!.Value, kept.HeadHash!);
        await Hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, pat.MembershipId, Role.Administrator));
        Assert.IsType<Result.Whole>(await VerifyAsync(head));
        Tamper($"""DELETE FROM "Audit" WHERE "Sequence" >= {head.Item1}""");
        Assert.IsType<Result.Whole>(await VerifyAsync());
        Assert.Equal(new Result.HeadIsGone(head.Item1), await VerifyAsync(head));

        // Not even when others take their place: their numbers do not follow.
        await Hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, pat.MembershipId, Role.User));
        Assert.Equal(Fault.Missing, Assert.IsType<Result.Broken>(await VerifyAsync()).Fault);
    }

    [Fact]
    public async Task What_is_older_than_the_chain_is_counted_and_not_vouched_for()
    {
        await using var fresh = await TestHub.StartAsync();
        Tamper("""INSERT INTO "Audit" ("At", "Action", "ActorKind", "ActorId") VALUES (1, 'account.opened', 'hub', 'old'), (2, 'account.opened', 'hub', 'old')""", fresh);
        Assert.Equal(new Result.Whole(0, 2, 0, null, null), await RunAsync(fresh.Store, null, CancellationToken.None));
        await fresh.AddAccountAsync("home");
        var whole = Assert.IsType<Result.Whole>(await RunAsync(fresh.Store, null, CancellationToken.None));
        Assert.Equal((fresh.Count("Audit") - 2, 2), (whole.Entries, whole.Older));
    }

    [Fact]
    public async Task More_than_one_bite_is_gone_through()
    {
        await Hub.WriteAsync(async transaction =>
        {
            for (var i = 0; i < 1100; i++)
            {
                await Memberships.RequireTwoFactorAsync(transaction, pat.MembershipId, i % 2 == 0);
            }
        });
        var last = (long)Hub.Scalar("SELECT max(Sequence) FROM Audit")!;
        Assert.Equal(last, Assert.IsType<Result.Whole>(await VerifyAsync()).Entries);
        Tamper($"""UPDATE "Audit" SET "At" = 1 WHERE "Sequence" = {last}""");
        Assert.Equal(last, Assert.IsType<Result.Broken>(await VerifyAsync()).Sequence);
    }

    /// <summary>As a database that is older than the chain.</summary>
    private const string BeforeTheChain =
        """UPDATE "Audit" SET "Hash" = NULL, "Digests" = NULL; DELETE FROM "HubSecrets" WHERE "Name" = 'audit-chain-beginning'""";

    /// <summary>After the first reading, something is written.</summary>
    private sealed class ErasingStore(IHubStore store, Func<Task> write) : IHubStore
    {
        private bool isWritten;

        public Task<T> WriteAsync<T>(Actor actor, Func<HubTransaction, Task<T>> work, CancellationToken cancellationToken = default) => store.WriteAsync(actor, work, cancellationToken);

        public async Task<T> ReadAsync<T>(Func<HubReader, Task<T>> work, CancellationToken cancellationToken = default)
        {
            var result = await store.ReadAsync(work, cancellationToken);
            if (!isWritten)
            {
                isWritten = true;
                await write();
            }

            return result;
        }
    }

    private Task<Result> VerifyAsync((long, string)? kept = null) => RunAsync(Hub.Store, kept, CancellationToken.None);

    private void Tamper(string sql, TestHub? hub = null)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine((hub ?? Hub).Folder, "hub.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own words.
        command.CommandText = sql;
#pragma warning restore CA2100
        Assert.True(command.ExecuteNonQuery() > 0);
    }
}
