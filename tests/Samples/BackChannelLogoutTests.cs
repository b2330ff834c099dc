using System.Net;
using System.Security.Cryptography;

namespace IdentityHub.Samples.Tests;

using Members = Dictionary<string, object?>;

/// <summary>OpenID Connect Back-Channel Logout 1.0 section 2.6, one case for each check.</summary>
public sealed class BackChannelLogoutTests : SampleFixture
{
    private static readonly Dictionary<string, (string Reason, Func<FakeHub, ManualClock, string> Make)> Cases = new()
    {
        ["unsigned"] = ("the algorithm is not allowed", (h, _) => Jose.Sign(new Members { ["alg"] = "none", ["typ"] = "logout+jwt" }, h.LogoutToken(), _ => [])),
        ["HS256 with the public key"] = ("the algorithm is not allowed", (h, _) => Jose.Sign(
            new Members { ["alg"] = "HS256", ["typ"] = "logout+jwt", ["kid"] = h.Key.Id }, h.LogoutToken(), d => HMACSHA256.HashData(h.Key.PublicPem, d))),
        ["signed by another key"] = ("the signature is not valid", (h, _) => Jose.Sign(SigningKey.Ec(h.Key.Id), "logout+jwt", h.LogoutToken())),
        ["unknown kid"] = ("the signing key is not known", (h, _) => Jose.Sign(SigningKey.Ec("unknown"), "logout+jwt", h.LogoutToken())),
        ["typ JWT"] = ("the token is of another type", (h, _) => Jose.Sign(h.Key, "JWT", h.LogoutToken())),
        ["typ at+jwt"] = ("the token is of another type", (h, _) => Jose.Sign(h.Key, "at+jwt", h.LogoutToken())),
        ["wrong audience"] = ("the token is for another application", Claim((c, _) => c["aud"] = "other")),
        ["no audience"] = ("the token is for another application", Claim((c, _) => c.Remove("aud"))),
        ["wrong issuer"] = ("the token is of another issuer", Claim((c, _) => c["iss"] = "https://evil.example")),
        ["no issuer"] = ("the token is of another issuer", Claim((c, _) => c.Remove("iss"))),
        ["a nonce"] = ("a logout token has no nonce", Claim((c, _) => c["nonce"] = "n")),
        ["a null nonce"] = ("a logout token has no nonce", Claim((c, _) => c["nonce"] = null)),
        ["no events"] = ("the token orders no logout (events)", Claim((c, _) => c.Remove("events"))),
        ["other events"] = ("the token orders no logout (events)", Claim((c, _) => c["events"] = new Members { ["https://example.org/other"] = new Members() })),
        ["event is no object"] = ("the token orders no logout (events)", Claim((c, _) => c["events"] = new Members { ["http://schemas.openid.net/event/backchannel-logout"] = "yes" })),
        ["events as an array"] = ("the token orders no logout (events)", Claim((c, _) => c["events"] = new[] { "http://schemas.openid.net/event/backchannel-logout" })),
        ["old iat"] = ("the logout token was not issued just now (iat)", Claim((c, t) => c["iat"] = t.Seconds - 600)),
        ["iat in the future"] = ("the logout token was not issued just now (iat)", Claim((c, t) => c["iat"] = t.Seconds + 600)),
        ["no iat"] = ("the logout token was not issued just now (iat)", Claim((c, _) => c.Remove("iat"))),
        ["expired"] = ("the token has expired", Claim((c, t) => c["exp"] = t.Seconds - 60)),
        ["no exp"] = ("the token has expired", Claim((c, _) => c.Remove("exp"))),
        ["no jti"] = ("the logout token has no id (jti)", Claim((c, _) => c.Remove("jti"))),
        ["neither sub nor sid"] = ("the logout token names neither a person nor a session (sub, sid)", Claim((c, _) => { c.Remove("sub"); c.Remove("sid"); })),
        ["sid is no string"] = ("the logout token names neither a person nor a session (sub, sid)", Claim((c, _) => c["sid"] = 7)),
        ["not a token"] = ("the token is not a well-formed JWT", (_, _) => "nonsense"),
        ["empty"] = ("the token is not a well-formed JWT", (_, _) => ""),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_session_survives(string name)
    {
        await Me.SignInAsync();

        var answer = await SendAsync(Cases[name].Make(Hub, Clock));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(Cases[name].Reason, answer.Html, StringComparison.Ordinal); // and for no other reason
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
