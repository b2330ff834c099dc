using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Tests.Notices;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Credentials;

/// <summary>What is kept of passkeys.</summary>
public sealed class PasskeysTests : IAsyncLifetime
{
    private TestHub hub = null!;
    private TestMember ann = null!;
    private TestMember bob = null!;

    public async Task InitializeAsync()
    {
        hub = await TestHub.StartAsync();
        await hub.AddAccountAsync("north");
        ann = await hub.AddMemberAsync("ann", "north");
        bob = await hub.AddMemberAsync("bob", "north");
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    [Fact]
    public async Task A_passkey_is_kept_with_its_name_sealed()
    {
        Assert.True(await AddAsync(ann, "a1", "Ann's blue phone"));
        var view = Assert.Single(await ListAsync(ann));
        Assert.Equal(("a1", "Ann's blue phone", false, hub.Time.Now, (DateTimeOffset?)null), (view.Id, view.Name, view.Synced, view.CreatedAt, view.LastUsedAt));
        Assert.Equal(ann.UserId, (await hub.ReadAsync(reader => Passkeys.FindAsync(reader, "a1")))!.UserId);
        Assert.DoesNotContain(hub.Rows("Passkeys"), row => row.Contains(Convert.ToHexString("blue"u8), StringComparison.Ordinal) || row.Contains("blue", StringComparison.Ordinal));
        Assert.Equal(1, hub.Count("Audit", "\"Action\" = 'second-factor.enrolled'"));
        Assert.Empty(await ListAsync(bob));
        Assert.Null(await hub.ReadAsync(reader => Passkeys.FindAsync(reader, "A1")));
    }

    [Fact]
    public async Task A_passkey_belongs_to_one_user_once()
    {
        Assert.True(await AddAsync(ann, "a1"));
        var before = hub.Everything();
        Assert.False(await AddAsync(ann, "a1"));
        Assert.False(await AddAsync(bob, "a1"));
        Assert.Equal(before, hub.Everything());
    }

    [Fact]
    public async Task There_are_twenty_at_most_of_each_user()
    {
        for (var i = 0; i < Passkeys.MaxPerUser; i++)
        {
            Assert.True(await AddAsync(ann, $"a{i}"));
        }

        Assert.False(await AddAsync(ann, "one-more"));
        Assert.True(await AddAsync(bob, "b1"));
        Assert.Equal(Passkeys.MaxPerUser, (await ListAsync(ann)).Count);
    }

    [Fact]
    public async Task Of_parallel_additions_no_more_than_the_limit_are_kept()
    {
        for (var i = 0; i < Passkeys.MaxPerUser - 1; i++)
        {
            Assert.True(await AddAsync(ann, $"a{i}"));
        }

        var added = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => AddAsync(ann, $"more{i}")));
        Assert.Single(added, one => one);
    }

    [Theory]
    [InlineData(null, "Passkey"), InlineData("", "Passkey"), InlineData(" \t\r\n ", "Passkey"), InlineData("  My key ", "My key"), InlineData("a\u0000b\nc", "abc")]
    public void A_name_is_one_line(string? typed, string kept) => Assert.Equal(kept, Passkeys.NameFrom(typed));

    [Fact]
    public void A_name_is_cut() => Assert.Equal(Passkeys.MaxNameLength, Passkeys.NameFrom(new string('x', 1000)).Length);

    [Fact]
    public async Task Only_its_owner_renames_a_passkey()
    {
        await AddAsync(ann, "a1", "Old");
        var before = hub.Everything();
        Assert.False(await hub.WriteAsync(transaction => Passkeys.RenameAsync(transaction, bob.UserId, "a1", "Bob's")));
        Assert.False(await hub.WriteAsync(transaction => Passkeys.RenameAsync(transaction, ann.UserId, "a2", "None")));
        Assert.Equal(before, hub.Everything());
        Assert.True(await hub.WriteAsync(transaction => Passkeys.RenameAsync(transaction, ann.UserId, "a1", "New")));
        Assert.Equal("New", Assert.Single(await ListAsync(ann)).Name);
        Assert.Equal(1, hub.Count("Audit", "\"Action\" = 'second-factor.renamed'"));
    }

    [Theory, Spec("WebAuthn Level 3", "7.2")]
    [InlineData(0, 0, true), InlineData(0, 1, true), InlineData(5, 6, true), InlineData(5, 4_294_967_295, true)]
    [InlineData(5, 5, false), InlineData(5, 4, false), InlineData(5, 0, false)]
    public async Task A_count_moves_on_or_there_is_none(long stored, long said, bool good)
    {
        await AddAsync(ann, "a1", count: stored);
        hub.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(good, await UseAsync("a1", said));
        var passkey = await hub.ReadAsync(reader => Passkeys.FindAsync(reader, "a1"));
        Assert.Equal(good ? said : stored, passkey!.SignCount);
        Assert.Equal(good, passkey.BackedUp);
        Assert.Equal(good ? hub.Time.Now : null, (await ListAsync(ann))[0].LastUsedAt);
        Assert.Equal(good ? 0 : 1, hub.Count("Audit", "\"Action\" = 'passkey.counter-went-back'"));
        Assert.Equal(good ? [] : [MailTemplates.PasskeyCopied], (await hub.MailsAsync()).Select(mail => mail.Template));
        Assert.All(await hub.MailsAsync(), mail => Assert.Contains("/freeze?token=", mail.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_passkey_that_is_gone_is_not_used_and_nobody_is_told()
    {
        Assert.False(await UseAsync("a1", 1));
        Assert.Equal(0, hub.Count("Audit", "\"Action\" = 'passkey.counter-went-back'"));
        Assert.Empty(await hub.MailsAsync());
    }

    [Fact, Spec("OWASP ASVS 5.0", "6.5.1")]
    public async Task Of_sixty_four_parallel_uses_with_one_count_one_wins()
    {
        await AddAsync(ann, "a1", count: 6);
        var used = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => UseAsync("a1", 7)));
        Assert.Single(used, one => one);
    }

    [Fact]
    public async Task A_mail_about_a_copy_goes_to_the_address_for_codes_too()
    {
        await AddAsync(ann, "a1", "Blue phone", count: 6);
        await hub.WriteAsync(transaction => SecondFactors.PutEmailCodesAsync(transaction, ann.UserId, "ann.codes@mail.example"));
        var before = (await hub.MailsAsync()).Count;
        Assert.False(await UseAsync("a1", 6));
        Assert.Equal(["ann.codes@mail.example", "ann@mail.example"], (await hub.MailsAsync()).Skip(before).Select(mail => mail.To).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Passkeys_go_with_their_owner()
    {
        await AddAsync(ann, "a1");
        await AddAsync(bob, "b1");
        await hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, ann.MembershipId));
        Assert.Null(await hub.ReadAsync(reader => Passkeys.FindAsync(reader, "a1")));
        Assert.NotNull(await hub.ReadAsync(reader => Passkeys.FindAsync(reader, "b1")));
    }

    [Fact]
    public async Task The_state_of_a_ceremony_is_taken_once_and_the_newest_counts()
    {
        var id = await hub.WriteAsync(transaction => SignIns.BeginAsync(transaction, "browser", "{}"));
        Assert.Null(await TakeAsync(id, null));
        await hub.WriteAsync(transaction => SignIns.SetPasskeyStateAsync(transaction, id, null, "{former}"));
        await hub.WriteAsync(transaction => SignIns.SetPasskeyStateAsync(transaction, id, null, "{newest}"));
        var taken = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => TakeAsync(id, null)));
        Assert.Equal("{newest}", Assert.Single(taken, one => one is not null));
    }

    [Fact]
    public async Task The_state_of_a_ceremony_is_of_one_user_and_one_sign_in()
    {
        var first = await hub.WriteAsync(transaction => SignIns.BeginAsync(transaction, "browser", "{}"));
        var second = await hub.WriteAsync(transaction => SignIns.BeginAsync(transaction, "browser", "{}"));
        await hub.WriteAsync(transaction => SignIns.SetPasskeyStateAsync(transaction, first, ann.UserId, "{state}"));
        Assert.Equal("{state}", await TakeAsync(first, ann.UserId));
        await hub.WriteAsync(transaction => SignIns.SetPasskeyStateAsync(transaction, first, ann.UserId, "{state}"));
        Assert.Null(await TakeAsync(second, ann.UserId));
        Assert.Null(await TakeAsync(first, bob.UserId));

        // Whoever asked wrongly used it up.
        Assert.Null(await TakeAsync(first, ann.UserId));
    }

    [Fact]
    public async Task A_sign_in_that_is_over_keeps_no_ceremony()
    {
        var id = await hub.WriteAsync(transaction => SignIns.BeginAsync(transaction, "browser", "{}"));
        await hub.WriteAsync(transaction => SignIns.SetPasskeyStateAsync(transaction, id, null, "{state}"));
        await hub.WriteAsync(transaction => SignIns.TryCompleteAsync(transaction, id));
        Assert.Null(await TakeAsync(id, null));
        var late = await hub.WriteAsync(transaction => SignIns.BeginAsync(transaction, "browser", "{}"));
        await hub.WriteAsync(transaction => SignIns.SetPasskeyStateAsync(transaction, late, null, "{state}"));
        hub.Time.Advance(SignIns.Lifetime);
        Assert.Null(await TakeAsync(late, null));
    }

    private Task<bool> AddAsync(TestMember member, string id, string name = "Key", long count = 0) => hub.WriteAsync(transaction =>
        Passkeys.TryAddAsync(transaction, new(id, member.UserId, [1, 2, 3], count, "internal", BackupEligible: false, BackedUp: false, hub.Time.Now), name));

    private Task<bool> UseAsync(string id, long count) => hub.WriteAsync(transaction => Passkeys.TryUseAsync(transaction, id, count, backedUp: true));

    private Task<IReadOnlyList<PasskeyView>> ListAsync(TestMember member) => hub.ReadAsync(reader => Passkeys.ListOfAsync(reader, member.UserId));

    private Task<string?> TakeAsync(string id, string? userId) => hub.WriteAsync(transaction => SignIns.TryTakePasskeyStateAsync(transaction, id, userId));
}
