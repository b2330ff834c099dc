using System.Net;
using System.Security.Cryptography;

namespace IdentityHub.Samples.Tests;

using Members = Dictionary<string, object?>;

/// <summary>OpenID Connect Back-Channel Logout 1.0 section 2.6, one case for each check.</summary>
public sealed class BackChannelLogoutTests : SampleFixture
{
    private static readonly Dictionary<string, Func<FakeHub, ManualClock, string>> Cases = new()
    {
        ["unsigned"] = (h, _) => Jose.Sign(new Members { ["alg"] = "none", ["typ"] = "logout+jwt" }, h.LogoutToken(), _ => []),
        ["HS256 with the public key"] = (h, _) => Jose.Sign(
            new Members { ["alg"] = "HS256", ["typ"] = "logout+jwt", ["kid"] = h.Key.Id }, h.LogoutToken(), d => HMACSHA256.HashData(h.Key.PublicPem, d)),
        ["signed by another key"] = (h, _) => Jose.Sign(SigningKey.Ec(h.Key.Id), "logout+jwt", h.LogoutToken()),
        ["unknown kid"] = (h, _) => Jose.Sign(SigningKey.Ec("unknown"), "logout+jwt", h.LogoutToken()),
        ["typ JWT"] = (h, _) => Jose.Sign(h.Key, "JWT", h.LogoutToken()),
        ["typ at+jwt"] = (h, _) => Jose.Sign(h.Key, "at+jwt", h.LogoutToken()),
        ["wrong audience"] = Claim((c, _) => c["aud"] = "other"),
        ["no audience"] = Claim((c, _) => c.Remove("aud")),
        ["wrong issuer"] = Claim((c, _) => c["iss"] = "https://evil.example"),
        ["no issuer"] = Claim((c, _) => c.Remove("iss")),
        ["a nonce"] = Claim((c, _) => c["nonce"] = "n"),
        ["a null nonce"] = Claim((c, _) => c["nonce"] = null),
        ["no events"] = Claim((c, _) => c.Remove("events")),
        ["other events"] = Claim((c, _) => c["events"] = new Members { ["https://example.org/other"] = new Members() }),
        ["event is no object"] = Claim((c, _) => c["events"] = new Members { ["http://schemas.openid.net/event/backchannel-logout"] = "yes" }),
        ["events as an array"] = Claim((c, _) => c["events"] = new[] { "http://schemas.openid.net/event/backchannel-logout" }),
        ["old iat"] = Claim((c, t) => c["iat"] = t.Seconds - 600),
        ["iat in the future"] = Claim((c, t) => c["iat"] = t.Seconds + 600),
        ["no iat"] = Claim((c, _) => c.Remove("iat")),
        ["expired"] = Claim((c, t) => c["exp"] = t.Seconds - 60),
        ["no exp"] = Claim((c, _) => c.Remove("exp")),
        ["no jti"] = Claim((c, _) => c.Remove("jti")),
        ["neither sub nor sid"] = Claim((c, _) => { c.Remove("sub"); c.Remove("sid"); }),
        ["sid is no string"] = Claim((c, _) => c["sid"] = 7),
        ["not a token"] = (_, _) => "nonsense",
        ["empty"] = (_, _) => "",
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_session_survives(string name)
    {
        await Me.SignInAsync();

        var answer = await SendAsync(Cases[name](Hub, Clock));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.True(answer.Raw.Headers.CacheControl!.NoStore);
        Assert.True(await Me.IsSignedInAsync());
    }

    [Theory]
    [InlineData("session-1", "user-1")]
    [InlineData("session-1", null)]
    [InlineData(null, "user-1")]
    public async Task A_good_token_ends_the_session_at_once(string? sid, string? sub)
    {
        await Me.SignInAsync();

        var answer = await SendAsync(Good(sid, sub));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.True(answer.Raw.Headers.CacheControl!.NoStore);
        Assert.False(await Me.IsSignedInAsync());
    }

    [Fact]
    public async Task A_token_without_typ_is_accepted()
    {
        await Me.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(Jose.Sign(Hub.Key, null, Hub.LogoutToken()))).Status);
        Assert.False(await Me.IsSignedInAsync());
    }

    [Fact]
    public async Task A_token_works_once()
    {
        var token = Good();
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(token)).Status);
        Clock.Advance(TimeSpan.FromSeconds(2));
        await Me.SignInAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(token)).Status);
        Assert.True(await Me.IsSignedInAsync());
    }

    [Theory]
    [InlineData("session-2", "user-1")]
    [InlineData("session-1", "user-2")]
    [InlineData(null, "user-2")]
    public async Task The_session_of_someone_else_goes_on(string? sid, string? sub)
    {
        await Me.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(Good(sid, sub))).Status);
        Assert.True(await Me.IsSignedInAsync());
    }

    [Fact]
    public async Task A_person_is_out_in_every_browser()
    {
        var other = NewBrowser(Portal);
        await Me.SignInAsync();
        Hub.BendIdToken = c => c["sid"] = "session-2";
        await other.SignInAsync();

        await SendAsync(Good(sid: null));

        Assert.False(await Me.IsSignedInAsync());
        Assert.False(await other.IsSignedInAsync());
    }

    [Fact]
    public async Task A_logout_that_overtakes_the_sign_in_is_not_lost()
    {
        Hub.BendIdToken = c => c["iat"] = Clock.Seconds - 5;
        await SendAsync(Good());

        Assert.Equal(HttpStatusCode.BadRequest, (await Me.SignInAsync()).Status);
        Assert.False(await Me.IsSignedInAsync());
    }

    [Fact]
    public async Task Only_a_posted_form_counts()
    {
        await Me.SignInAsync();
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await Me.GetAsync("/backchannel-logout?logout_token=" + Good())).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await Me.PostAsync("/backchannel-logout?logout_token=" + Good())).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await Me.PostAsync("/backchannel-logout", ("logout_token", Good()), ("logout_token", Good()))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await Me.PostAsync("/backchannel-logout", ("logout_token", new string('x', 100_000)))).Status);
        Assert.True(await Me.IsSignedInAsync());
    }

    private string Good(string? sid = "session-1", string? sub = "user-1") => Jose.Sign(Hub.Key, "logout+jwt", Hub.LogoutToken(sid, sub));

    /// <summary>The hub has none of the browser's cookies.</summary>
    private Task<Page> SendAsync(string token) => NewBrowser(Portal).PostAsync("/backchannel-logout", ("logout_token", token));

    private static Func<FakeHub, ManualClock, string> Claim(Action<Members, ManualClock> bend) => (hub, clock) =>
    {
        var claims = hub.LogoutToken();
        bend(claims, clock);
        return Jose.Sign(hub.Key, "logout+jwt", claims);
    };
}
