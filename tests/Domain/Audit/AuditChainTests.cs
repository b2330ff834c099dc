using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Permissions;
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
    [InlineData("""UPDATE "Audit" SET "Hash" = NULL, "Digests" = NULL WHERE "Sequence" <= 4""", 5, Fault.WrongHash)]
    [InlineData("""DELETE FROM "Audit" WHERE "Sequence" = 4""", 5, Fault.Missing)]
    [InlineData("""DELETE FROM "Audit" WHERE "Sequence" < 4""", 4, Fault.WrongHash)]
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
