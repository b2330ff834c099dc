using System.Net;
using System.Security.Cryptography;

namespace IdentityHub.Samples.Tests;

using Members = Dictionary<string, object?>;

/// <summary>ID tokens and UserInfo that must not sign anyone in.</summary>
public sealed class HostileTokenTests : SampleFixture
{
    private static readonly Dictionary<string, (string Reason, Action<FakeHub, ManualClock> Bend)> Cases = new()
    {
        ["wrong nonce"] = ("the ID token answers another sign-in (nonce)", Claim((c, _, _) => c["nonce"] = "other")),
        ["no nonce"] = ("the ID token answers another sign-in (nonce)", Claim((c, _, _) => c.Remove("nonce"))),
        ["another issuer"] = ("the token is of another issuer", Claim((c, _, _) => c["iss"] = "https://evil.example")),
        ["issuer with a slash"] = ("the token is of another issuer", Claim((c, h, _) => c["iss"] = h.Issuer + "/")),
        ["no issuer"] = ("the token is of another issuer", Claim((c, _, _) => c.Remove("iss"))),
        ["another audience"] = ("the token is for another application", Claim((c, _, _) => c["aud"] = "other")),
        ["audience with a slash"] = ("the token is for another application", Claim((c, h, _) => c["aud"] = h.ClientId + "/")),
        ["no audience"] = ("the token is for another application", Claim((c, _, _) => c.Remove("aud"))),
        ["two audiences without azp"] = ("the ID token was issued to another application (azp)", Claim((c, h, _) => c["aud"] = new[] { h.ClientId, "other" })),
        ["two audiences with another azp"] = ("the ID token was issued to another application (azp)", Claim((c, h, _) => (c["aud"], c["azp"]) = (new[] { h.ClientId, "other" }, "other"))),
        ["another azp"] = ("the ID token was issued to another application (azp)", Claim((c, _, _) => c["azp"] = "other")),
        ["expired"] = ("the token has expired", Claim((c, _, t) => (c["iat"], c["exp"]) = (t.Seconds - 120, t.Seconds - 60))),
        ["no exp"] = ("the token has expired", Claim((c, _, _) => c.Remove("exp"))),
        ["not yet valid"] = ("the token has expired", Claim((c, _, t) => c["nbf"] = t.Seconds + 300)),
        ["issued in the future"] = ("the ID token was not issued just now (iat)", Claim((c, _, t) => c["iat"] = t.Seconds + 300)),
        ["issued long ago"] = ("the ID token was not issued just now (iat)", Claim((c, _, t) => c["iat"] = t.Seconds - 3600)),
        ["no iat"] = ("the ID token was not issued just now (iat)", Claim((c, _, _) => c.Remove("iat"))),
        ["no sub"] = ("the ID token names nobody (sub)", Claim((c, _, _) => c.Remove("sub"))),
        ["at_hash of another access token"] = ("the access token is not the one that the ID token was issued with (at_hash)", Claim((c, _, _) => c["at_hash"] = Jose.HalfHash("other"))),
        ["an access token"] = ("the token is of another type", (h, _) => h.SignIdToken = c => Jose.Sign(h.Key, "at+jwt", c)),
        ["a logout token"] = ("the token is of another type", (h, _) => h.SignIdToken = c => Jose.Sign(h.Key, "logout+jwt", c)),
        ["alg none"] = ("the algorithm is not allowed", (h, _) => h.SignIdToken = c => Jose.Sign(Header("none", h.Key.Id), c, _ => [])),
        ["alg NONE"] = ("the algorithm is not allowed", (h, _) => h.SignIdToken = c => Jose.Sign(Header("NoNe", null), c, _ => [])),
        ["HS256 with the public key"] = ("the algorithm is not allowed", (h, _) => h.SignIdToken = c => Jose.Sign(Header("HS256", h.Key.Id), c, d => HMACSHA256.HashData(h.Key.PublicPem, d))),
        ["HS256 with the client secret"] = ("the algorithm is not allowed", (h, _) =>
            h.SignIdToken = c => Jose.Sign(Header("HS256", null), c, d => HMACSHA256.HashData(System.Text.Encoding.UTF8.GetBytes(FakeHub.Secret), d))),
        ["signature of another key"] = ("the signature is not valid", (h, _) => h.SignIdToken = c => Jose.Sign(SigningKey.Ec(h.Key.Id), "JWT", c)),
        ["broken signature"] = ("the signature is not valid", (h, _) => h.SignIdToken = c => Broken(Jose.Sign(h.Key, "JWT", c))),
        ["no signature"] = ("the signature is not valid", (h, _) => h.SignIdToken = c => Jose.Sign(Header("ES256", h.Key.Id), c, _ => [])),
        ["unknown kid"] = ("the signing key is not known", (h, _) => h.SignIdToken = c => Jose.Sign(SigningKey.Ec("unknown"), "JWT", c)),
        ["a key in the header"] = ("the signing key is not known", (h, _) => h.SignIdToken = c => WithOwnKey(c)),
        ["an unknown extension"] = ("the token asks for an extension that is not known here", (h, _) => h.SignIdToken = c =>
            Jose.Sign(new Members { ["alg"] = "ES256", ["kid"] = h.Key.Id, ["crit"] = new[] { "x" }, ["x"] = 1 }, c, h.Key.Sign)),
        ["not a token"] = ("the token is not a well-formed JWT", (h, _) => h.SignIdToken = _ => "a.b.c"),
        ["no ID token"] = ("the answer has no ID token", (h, _) => h.BendTokens = t => t.Remove("id_token")),
        ["another token type"] = ("the hub did not accept the code: no bearer token in the answer", (h, _) => h.BendTokens = t => t["token_type"] = "mac"),
        ["UserInfo of another person"] = ("UserInfo is about another person (sub)", (h, _) => h.BendUserInfo = u => u["sub"] = "user-2"),
        ["UserInfo of nobody"] = ("UserInfo is about another person (sub)", (h, _) => h.BendUserInfo = u => u.Remove("sub")),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Nobody_is_signed_in_by(string name)
    {
        Cases[name].Bend(Hub, Clock);

        var page = await Me.SignInAsync();

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains("You were not signed in", page.Html, StringComparison.Ordinal);
        Assert.Contains(Cases[name].Reason, page.Html, StringComparison.Ordinal); // and for no other reason
        Assert.False(await Me.IsSignedInAsync());
    }

    [Fact]
    public async Task Two_audiences_with_our_azp_pass()
    {
        Hub.BendIdToken = c => (c["aud"], c["azp"]) = (new[] { "portal", "other" }, "portal");
        Assert.Equal(HttpStatusCode.OK, (await Me.SignInAsync()).Status);
    }

    [Fact]
    public async Task A_new_key_is_fetched_once_and_then_not_more_often_than_every_half_minute()
    {
        await Me.SignInAsync();
        Assert.Equal(1, Hub.KeyFetches);

        Hub.Key = SigningKey.Ec("ec-2");
        Hub.Published.Add(Hub.Key);
        Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(HttpStatusCode.OK, (await Me.SignInAsync()).Status);
        Assert.Equal(2, Hub.KeyFetches);

        Hub.Key = SigningKey.Ec("never published");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await Me.SignInAsync()).Status);
        }

        Assert.Equal(2, Hub.KeyFetches);
    }

    private static Action<FakeHub, ManualClock> Claim(Action<Members, FakeHub, ManualClock> bend) =>
        (hub, clock) => hub.BendIdToken = claims => bend(claims, hub, clock);

    private static Members Header(string algorithm, string? keyId) =>
        keyId is null ? new() { ["alg"] = algorithm } : new() { ["alg"] = algorithm, ["kid"] = keyId };

    private static string Broken(string token) => token[..^10] + (token[^10] == 'A' ? 'B' : 'A') + token[^9..];

    private static string WithOwnKey(Members claims)
    {
        var own = SigningKey.Ec("own");
        return Jose.Sign(new Members { ["alg"] = "ES256", ["kid"] = "own", ["jwk"] = own.Jwk }, claims, own.Sign);
    }
}
