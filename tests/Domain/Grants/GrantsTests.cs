using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.Testing;
using Xunit;
using Codes = IdentityHub.Domain.Grants.Grants;

namespace IdentityHub.Domain.Tests.Grants;

public sealed class GrantsTests : HubTests
{
    private TestMember member = null!;
    private Session session = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("a");
        await Hub.AddMemberAsync("boss", "a", Role.Administrator);
        await Hub.AddClientAsync("portal");
        await Hub.AddClientAsync("other");
        member = await Hub.AddMemberAsync("pat", "a");
        session = await Hub.SignInAsync(member.UserId);
    }

    [Fact]
    public async Task Redeeming_a_code_twice_kills_its_grant()
    {
        var code = await AuthorizeAsync();
        Assert.Equal(Codes.RedeemResult.Redeemed, await RedeemAsync(code));
        Assert.True(await Hub.IsLiveAsync(code.GrantId));

        Assert.Equal(Codes.RedeemResult.Replayed, await RedeemAsync(code));
        Assert.False(await Hub.IsLiveAsync(code.GrantId));
        Assert.IsType<Codes.RotateResult.Dead>(await RotateAsync(code, 0));
    }

    [Fact]
    public async Task Of_64_redemptions_at_the_same_time_one_wins_and_the_grant_dies()
    {
        var code = await AuthorizeAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => RedeemAsync(code)));
        Assert.Single(results, result => result == Codes.RedeemResult.Redeemed);
        Assert.Equal(63, results.Count(result => result == Codes.RedeemResult.Replayed));
        Assert.False(await Hub.IsLiveAsync(code.GrantId));
    }

    [Fact]
    public async Task Another_client_can_neither_redeem_a_code_nor_kill_its_grant()
    {
        var code = await AuthorizeAsync();
        Assert.Equal(Codes.RedeemResult.Dead, await RedeemAsync(code, "other"));
        Assert.Equal(Codes.RedeemResult.Redeemed, await RedeemAsync(code));
        Assert.Equal(Codes.RedeemResult.Dead, await RedeemAsync(code, "other"));
        Assert.True(await Hub.IsLiveAsync(code.GrantId));
    }

    [Fact]
    public async Task A_code_is_good_for_a_minute()
    {
        var (late, intime) = (await AuthorizeAsync(), await AuthorizeAsync());
        Hub.Time.Advance(Codes.CodeLifetime - TimeSpan.FromMilliseconds(1));
        Assert.Equal(Codes.RedeemResult.Redeemed, await RedeemAsync(intime));
        Hub.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Codes.RedeemResult.Dead, await RedeemAsync(late));
        Assert.Equal(Codes.RedeemResult.Dead, await RedeemAsync(late with { Code = RandomId.Secret() }));
    }

    [Fact]
    public async Task A_repeat_within_the_leeway_gives_the_same_successor()
    {
        var code = await AuthorizeAsync();
        await RedeemAsync(code);
        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => RotateAsync(code, 0)));
        Assert.All(results, result => Assert.Equal(new Codes.RotateResult.Rotated(1), result));

        Hub.Time.Advance(Codes.RotationLeeway - TimeSpan.FromSeconds(1));
        Assert.Equal(new Codes.RotateResult.Rotated(1), await RotateAsync(code, 0));
        Assert.Equal(new Codes.RotateResult.Rotated(2), await RotateAsync(code, 1));
    }

    [Fact]
    public async Task A_spent_token_after_the_leeway_is_theft_and_kills_the_family()
    {
        var code = await AuthorizeAsync();
        await RotateAsync(code, 0);
        Hub.Time.Advance(Codes.RotationLeeway);
        Assert.IsType<Codes.RotateResult.Stolen>(await RotateAsync(code, 0));
        Assert.IsType<Codes.RotateResult.Dead>(await RotateAsync(code, 1));
        Assert.False(await Hub.IsLiveAsync(code.GrantId));
    }

    [Fact]
    public async Task A_token_two_generations_old_is_theft_at_any_time()
    {
        var code = await AuthorizeAsync();
        await RotateAsync(code, 0);
        await RotateAsync(code, 1);
        Assert.IsType<Codes.RotateResult.Stolen>(await RotateAsync(code, 0));
        Assert.IsType<Codes.RotateResult.Dead>(await RotateAsync(code, 2));
    }

    [Fact]
    public async Task A_generation_that_was_never_given_out_and_another_client_get_nothing_and_break_nothing()
    {
        var code = await AuthorizeAsync();
        Assert.IsType<Codes.RotateResult.Dead>(await RotateAsync(code, 1));
        Assert.IsType<Codes.RotateResult.Dead>(await RotateAsync(code, 0, "other"));
        Assert.Equal(new Codes.RotateResult.Rotated(1), await RotateAsync(code, 0));
    }

    public static TheoryData<string, bool> Ends { get; } = new()
    {
        { "session ended", false },
        { "password changed", true },
        { "membership deactivated", true },
        { "role lowered", true },
        { "client disabled", true },
        { "grant revoked", true },
        { "session over", false },
        { "thirty days over", true },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task What_a_grant_hangs_on_takes_it_along(string end, bool offlineToo)
    {
        await Hub.WriteAsync(transaction => Domain.Accounts.Memberships.ChangeRoleAsync(transaction, member.MembershipId, Role.Administrator));
        await Hub.WriteAsync(transaction => Passwords.SetAsync(transaction, member.UserId, "first"));
        var (online, offline) = (await AuthorizeAsync(), await AuthorizeAsync(offline: true));

        switch (end)
        {
            case "session over":
                Hub.Time.Advance(Domain.Sessions.Sessions.AbsoluteLifetime);
                break;
            case "thirty days over":
                Hub.Time.Advance(Codes.OfflineLifetime);
                break;
            default:
                await Hub.WriteAsync(transaction => EndAsync(transaction, end, online, offline));
                break;
        }

        Assert.False(await Hub.IsLiveAsync(online.GrantId));
        Assert.Equal(!offlineToo, await Hub.IsLiveAsync(offline.GrantId));
        Assert.Equal(offlineToo, await RotateAsync(offline, 0) is Codes.RotateResult.Dead);
        Assert.IsType<Codes.RotateResult.Dead>(await RotateAsync(online, 0));
        Assert.Equal(Codes.RedeemResult.Dead, await RedeemAsync(online));
    }

    private async Task EndAsync(HubTransaction transaction, string end, TestCode online, TestCode offline)
    {
        switch (end)
        {
            case "session ended":
                await Domain.Sessions.Sessions.EndAsync(transaction, session.Id, end);
                break;
            case "password changed":
                await Passwords.SetAsync(transaction, member.UserId, "second");
                break;
            case "membership deactivated":
                await Domain.Users.UserLifecycle.DeactivateAsync(transaction, member.MembershipId);
                break;
            case "role lowered":
                await Domain.Accounts.Memberships.ChangeRoleAsync(transaction, member.MembershipId, Role.User);
                break;
            case "client disabled":
                var client = Domain.Clients.Clients.Find(transaction, "portal")!;
                client.Disabled = true;
                await Domain.Clients.Clients.PutAsync(transaction, client);
                break;
            case "grant revoked":
                Codes.Revoke(transaction, online.GrantId);
                Codes.Revoke(transaction, offline.GrantId);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(end), end, null);
        }
    }

    private async Task<TestCode> AuthorizeAsync(bool offline = false) =>
        await Hub.AuthorizeAsync("portal", session, member.MembershipId, offline) ?? throw new InvalidOperationException("The authorization was refused.");

    private Task<Codes.RedeemResult> RedeemAsync(TestCode code, string client = "portal") =>
        Hub.WriteAsync(transaction => Task.FromResult(Codes.TryRedeem(transaction, code.Code, client)));

    private Task<Codes.RotateResult> RotateAsync(TestCode code, int generation, string client = "portal") =>
        Hub.WriteAsync(transaction => Task.FromResult(Codes.TryRotate(transaction, code.GrantId, client, generation)));
}
