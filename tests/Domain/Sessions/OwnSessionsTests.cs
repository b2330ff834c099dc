using System.Net;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Sessions;

public sealed class OwnSessionsTests : HubTests
{
    private const string Firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
    private TestMember pat = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("a");
        await Hub.AddMemberAsync("boss", "a", Domain.Permissions.Role.Administrator);
        pat = await Hub.AddMemberAsync("pat", "a");
        await Hub.AddClientAsync("portal", backchannel: "https://portal.example/logout");
    }

    [Theory]
    [InlineData(Firefox, "Firefox on Windows")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", "Safari on a Mac")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/140.0 Mobile/15E148 Safari/604.1", "Chrome on an iPhone")]
    [InlineData("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android")]
    [InlineData("curl/8.0", "An unknown program")]
    [InlineData("<script>alert(1)</script> Linux", "A program on Linux")]
    [InlineData(null, "An unknown program")]
    public void A_browser_is_said_in_words(string? agent, string words) => Assert.Equal(words, SessionDevice.Of(agent, null).Words);

    [Theory]
    [InlineData("203.0.113.77", "203.0.113.x")]
    [InlineData("::ffff:203.0.113.77", "203.0.113.x")]
    [InlineData("2001:db8:1:2::9", "2001:db8:1::/48")]
    [InlineData("::1", "::/48")]
    public void A_network_is_said_roughly(string address, string words) => Assert.Equal(words, SessionDevice.Of(null, IPAddress.Parse(address)).Network);

    [Fact]
    public void An_agent_of_any_length_is_cut() => Assert.Equal(SessionDevice.MaxAgentLength, SessionDevice.Of(new('x', 10_000), null).Agent!.Length);

    [Fact]
    public async Task A_person_sees_their_own_sessions_and_ends_one()
    {
        var first = await SignInAsync(Firefox, "203.0.113.77");
        Hub.Time.Advance(TimeSpan.FromMinutes(3));
        var second = await SignInAsync(null, null);
        await SignInAsync(Firefox, "203.0.113.77", await BossAsync());

        var list = await ListAsync(first);
        Assert.Equal([true, false], list.Select(session => session.IsThis));
        Assert.Equal(("Firefox on Windows", "203.0.113.x"), (list[0].Device, list[0].Network));
        Assert.Equal(("An unknown program", null), (list[1].Device, list[1].Network));
        Assert.DoesNotContain(list, session => session.Handle == first.Id || session.Handle == second.Id);

        Assert.True(await EndAsync(list[1].Handle));
        Assert.False(await EndAsync(list[1].Handle));
        Assert.Equal([first.Id], await OpenAsync());
    }

    [Fact]
    public async Task Nobody_ends_the_session_of_another()
    {
        var handle = (await ListAsync(await SignInAsync(null, null)))[0].Handle;
        var boss = await BossAsync();
        Assert.False(await Hub.WriteAsync(transaction => OwnSessions.EndAsync(transaction, boss, handle)));
        Assert.Equal(0, await Hub.WriteAsync(transaction => OwnSessions.EndOthersAsync(transaction, boss, null)));
        Assert.Single(await OpenAsync());
    }

    [Fact]
    public async Task All_others_end_and_their_apps_are_told()
    {
        var kept = await SignInAsync(null, null);
        var other = await SignInAsync(null, null);
        var here = await Hub.AuthorizeAsync("portal", kept, pat.MembershipId);
        var there = await Hub.AuthorizeAsync("portal", other, pat.MembershipId);
        Assert.Equal(1, await Hub.WriteAsync(transaction => OwnSessions.EndOthersAsync(transaction, pat.UserId, kept.Id)));
        Assert.True(await Hub.IsLiveAsync(here!.GrantId));
        Assert.False(await Hub.IsLiveAsync(there!.GrantId));
        Assert.Equal(1, Hub.Count("Outbox", "Kind = 'backchannel-logout'"));
    }

    [Fact]
    public async Task What_was_recorded_of_a_browser_is_sealed_and_goes_with_the_user()
    {
        await SignInAsync(Firefox, "203.0.113.77");
        Assert.DoesNotContain(Hub.Rows("Sessions"), row => row.Contains("203.0.113", StringComparison.Ordinal) || row.Contains(Convert.ToHexString("Firefox"u8), StringComparison.Ordinal));
        await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, pat.MembershipId));
        Assert.Equal(0, Hub.Count("Sessions", "EndedAt IS NULL"));
    }

    [Fact]
    public async Task Sessions_that_idled_out_are_not_shown()
    {
        var session = await SignInAsync(null, null);
        Hub.Time.Advance(Domain.Sessions.Sessions.IdleLifetime + TimeSpan.FromSeconds(1));
        Assert.Empty(await ListAsync(session));
    }

    [Fact]
    public async Task Connected_apps_are_listed_once_and_disconnected_whole()
    {
        await Hub.AddClientAsync("other");
        var session = await SignInAsync(null, null);
        var online = await Hub.AuthorizeAsync("portal", session, pat.MembershipId);
        Hub.Time.Advance(TimeSpan.FromMinutes(1));
        var offline = await Hub.AuthorizeAsync("portal", session, pat.MembershipId, offline: true);
        var other = await Hub.AuthorizeAsync("other", session, pat.MembershipId);

        var apps = await AppsAsync();
        Assert.Equal(["other", "portal"], apps.Select(app => app.ClientId));
        Assert.True(apps[1].Offline);
        Assert.Equal(TimeSpan.FromMinutes(1), apps[1].LastSignInAt - apps[1].Since);
        Assert.Equal(["openid"], apps[1].Scopes);
        Assert.Equal("Account a", apps[1].AccountName);

        Assert.False(await Hub.WriteAsync(async transaction => await ConnectedApps.DisconnectAsync(transaction, await BossIdAsync(transaction), "portal")));
        Assert.True(await Hub.WriteAsync(transaction => ConnectedApps.DisconnectAsync(transaction, pat.UserId, "portal")));
        Assert.False(await Hub.IsLiveAsync(online!.GrantId));
        Assert.False(await Hub.IsLiveAsync(offline!.GrantId));
        Assert.True(await Hub.IsLiveAsync(other!.GrantId));
        Assert.Equal(1, Hub.Count("Outbox", "Kind = 'backchannel-logout'"));
        Assert.Equal(["other"], (await AppsAsync()).Select(app => app.ClientId));
    }

    private Task<IReadOnlyList<ConnectedApp>> AppsAsync() => Hub.ReadAsync(reader => Task.FromResult(ConnectedApps.ListOf(reader, pat.UserId)));

    private Task<string> BossAsync() => Hub.ReadAsync(BossIdAsync);

    private static async Task<string> BossIdAsync(Domain.Persistence.HubReader reader) => (await Domain.Users.Users.FindByNameAsync(reader, "boss"))!.Id;

    private Task<Session> SignInAsync(string? agent, string? address, string? userId = null) => Hub.WriteAsync(async transaction =>
        (await Domain.Sessions.Sessions.StartAsync(
            transaction, userId ?? pat.UserId, 0, transaction.Now, "pwd", SessionDevice.Of(agent, address is null ? null : IPAddress.Parse(address))))!.Value.Session);

    private Task<IReadOnlyList<OwnSession>> ListAsync(Session current) => Hub.ReadAsync(reader => OwnSessions.ListAsync(reader, pat.UserId, current.Id));

    private Task<bool> EndAsync(string handle) => Hub.WriteAsync(transaction => OwnSessions.EndAsync(transaction, pat.UserId, handle));

    private Task<List<string>> OpenAsync() => Hub.ReadAsync(reader => Task.FromResult(
        reader.Db.Sessions.Where(row => row.UserId == pat.UserId && row.EndedAt == null).Select(row => row.Id).ToList()));
}
