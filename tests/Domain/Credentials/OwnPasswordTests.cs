using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Sessions;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Credentials;

public sealed class OwnPasswordTests : HubTests, IDisposable
{
    private const string Present = "correct horse battery staple";
    private const string Next = "another battery staple horse";
    private static readonly PasswordHashing Hashing = new();
    private readonly HashGate gate = new();
    private TestMember pat = null!;
    private Session here = null!;
    private Session elsewhere = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("a");
        pat = await Hub.AddMemberAsync("pat", "a", Role.Administrator);
        await Hub.AddClientAsync("portal", backchannel: "https://portal.example/logout");
        await Hub.WriteAsync(transaction => Passwords.SetAsync(transaction, pat.UserId, Hashing.Hash(Present)));
        here = await Hub.SignInAsync(pat.UserId);
        elsewhere = await Hub.SignInAsync(pat.UserId);
    }

    public void Dispose() => gate.Dispose();

    [Fact]
    public async Task Changed_this_session_goes_on_and_every_other_ends()
    {
        var kept = await Hub.AuthorizeAsync("portal", here, pat.MembershipId);
        var other = await Hub.AuthorizeAsync("portal", elsewhere, pat.MembershipId);
        var offline = await Hub.AuthorizeAsync("portal", elsewhere, pat.MembershipId, offline: true);

        Assert.Equal(new OwnPassword.Result.Changed(1), await ChangeAsync(Present, Next));

        Assert.True(await Hub.IsLiveAsync(kept!.GrantId));
        Assert.False(await Hub.IsLiveAsync(other!.GrantId));
        Assert.False(await Hub.IsLiveAsync(offline!.GrantId));
        Assert.NotNull(await Hub.AuthorizeAsync("portal", here, pat.MembershipId));
        Assert.Null(await Hub.AuthorizeAsync("portal", elsewhere, pat.MembershipId));
        Assert.Equal(PasswordVerdict.Right, await VerdictAsync(Next));
        Assert.Equal(PasswordVerdict.Wrong, await VerdictAsync(Present));
        Assert.Equal(1, Hub.Count("Outbox", "Kind = 'mail'"));
        Assert.Equal(1, Hub.Count("Outbox", "Kind = 'backchannel-logout'"));
    }

    [Fact]
    public async Task Others_go_on_where_the_person_wants_it_and_the_epoch_moves_all_the_same()
    {
        var other = await Hub.AuthorizeAsync("portal", elsewhere, pat.MembershipId);
        Assert.Equal(new OwnPassword.Result.Changed(0), await ChangeAsync(Present, Next, endOthers: false));
        Assert.True(await Hub.IsLiveAsync(other!.GrantId));
        Assert.NotNull(await Hub.AuthorizeAsync("portal", elsewhere, pat.MembershipId));

        // A sign-in under way, of which the former password was the first half, is dead.
        Assert.Equal(1, (await Hub.UserAsync(pat.UserId)).Epoch);
    }

    [Fact]
    public async Task A_wrong_password_changes_nothing_and_guessing_is_limited()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.IsType<OwnPassword.Result.Wrong>(await ChangeAsync("not it at all, I guess", Next));
        }

        Assert.IsType<OwnPassword.Result.Busy>(await ChangeAsync(Present, Next));
        Assert.Equal(PasswordVerdict.Right, await VerdictAsync(Present));
        Hub.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.IsType<OwnPassword.Result.Changed>(await ChangeAsync(Present, Next));
    }

    [Fact]
    public async Task Right_passwords_use_up_nothing()
    {
        for (var i = 0; i < 12; i++)
        {
            Assert.IsType<OwnPassword.Result.NotAllowed>(await ChangeAsync(Present, Present));
        }
    }

    [Theory]
    [InlineData("short")]
    [InlineData(null)]
    public async Task A_password_that_may_not_be_is_refused_before_anything_is_asked(string? next)
    {
        var before = Hub.Everything();
        Assert.IsType<OwnPassword.Result.NotAllowed>(await ChangeAsync("whatever", next));
        Assert.Equal(before, Hub.Everything());
    }

    [Fact]
    public async Task Of_changes_at_the_same_time_one_wins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => ChangeAsync(Present, $"{Next} {i}")));
        Assert.Single(results.OfType<OwnPassword.Result.Changed>());
    }

    [Fact]
    public async Task Somebody_without_a_password_has_none_to_change()
    {
        var kim = await Hub.AddMemberAsync("kim", "a");
        Assert.IsType<OwnPassword.Result.None>(await new OwnPassword(Hub.Store, Hashing, gate).ChangeAsync(new Actor.Person(kim.UserId), Present, Next, "none", true, CancellationToken.None));
    }

    private Task<OwnPassword.Result> ChangeAsync(string? present, string? next, bool endOthers = true) =>
        new OwnPassword(Hub.Store, Hashing, gate).ChangeAsync(new Actor.Person(pat.UserId), present, next, here.Id, endOthers, CancellationToken.None);

    private async Task<PasswordVerdict> VerdictAsync(string password) =>
        Hashing.Verify(await Hub.ReadAsync(reader => Passwords.HashOfAsync(reader, pat.UserId)), password);
}
