using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IdentityHub.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace IdentityHub.IdP.Tests.Token;

/// <summary>What the tokens of a sign-in hold, and who can verify them.</summary>
public sealed class TokenContentTests(SignedInHub fixture) : IClassFixture<SignedInHub>
{
    public static string HalfHash(string token) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token)).AsSpan(0, 16));

    private async Task<TokenValidationResult> VerifyAsync(string token)
    {
        var keys = new JsonWebKeySet(await fixture.Http.GetStringAsync("/jwks"));
        return await new JsonWebTokenHandler().ValidateTokenAsync(token, new()
        {
            ValidIssuer = fixture.Hub.Issuer, ValidAudiences = [fixture.Hub.Issuer, "portal", "other", "native"],
            LifetimeValidator = (_, expires, _, _) => expires > fixture.Hub.Time.Now.UtcDateTime, IssuerSigningKeys = keys.GetSigningKeys(),
        });
    }

    private static JsonElement Header(string token) => JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[0])).RootElement;

    [Theory]
    [InlineData("portal", "ES256")]
    [InlineData("other", "RS256")]
    [InlineData("native", "ES256")]
    [Spec("OpenID Connect Core", "2")]
    public async Task An_ID_token_is_typed_signed_as_registered_and_bound_to_its_access_token(string client, string algorithm)
    {
        var app = client switch { "portal" => fixture.Portal, "other" => fixture.Other, _ => fixture.Native };
        var tokens = await fixture.TokensAsync(app);
        var token = tokens.Text("id_token");
        Assert.Equal(algorithm, Header(token).GetProperty("alg").GetString());
        Assert.NotEmpty(Header(token).GetProperty("kid").GetString()!);
        Assert.Equal("JWT", Header(token).GetProperty("typ").GetString());
        Assert.True((await VerifyAsync(token)).IsValid);

        var claims = RelyingApp.Payload(token);
        var now = fixture.Hub.Time.Now.ToUnixTimeSeconds();
        Assert.Equal(fixture.Hub.Issuer, claims.GetProperty("iss").GetString());
        Assert.Equal(client, claims.GetProperty("aud").GetString());
        Assert.Equal(JsonValueKind.String, claims.GetProperty("sub").ValueKind);
        Assert.Equal(now, claims.GetProperty("iat").GetInt64());
        Assert.Equal(now + 300, claims.GetProperty("exp").GetInt64());
        Assert.True(claims.GetProperty("auth_time").GetInt64() <= now);
        Assert.Equal("https://refeds.org/profile/sfa", claims.GetProperty("acr").GetString());
        Assert.Equal(["pwd"], claims.GetProperty("amr").EnumerateArray().Select(value => value.GetString()));
        Assert.Equal("nonce-1", claims.GetProperty("nonce").GetString());
        Assert.Equal(32, claims.GetProperty("sid").GetString()!.Length);
        Assert.Equal(HalfHash(tokens.Text("access_token")), claims.GetProperty("at_hash").GetString());
        Assert.DoesNotContain(claims.EnumerateObject(), claim => claim.Name is "email" or "name" or "given_name" or "family_name" or "preferred_username" or "email_verified");
        Assert.DoesNotContain(claims.EnumerateObject(), claim => claim.Value.ValueKind is JsonValueKind.Null);
    }

    [Fact]
    public async Task The_sid_is_one_per_session_and_client()
    {
        var portal = RelyingApp.Payload((await fixture.TokensAsync(fixture.Portal)).Text("id_token"));
        var again = RelyingApp.Payload((await fixture.TokensAsync(fixture.Portal)).Text("id_token"));
        var native = RelyingApp.Payload((await fixture.TokensAsync(fixture.Native)).Text("id_token"));
        Assert.Equal(portal.GetProperty("sid").GetString(), again.GetProperty("sid").GetString());
        Assert.NotEqual(portal.GetProperty("sid").GetString(), native.GetProperty("sid").GetString());
        Assert.Equal(portal.GetProperty("sub").GetString(), native.GetProperty("sub").GetString());
    }

    [Fact]
    [Spec("OpenID Connect Core", "5.5")]
    public async Task A_claim_asked_for_in_the_ID_token_is_there_and_typed()
    {
        var tokens = await fixture.TokensAsync(
            fixture.Portal, SampleDirectory.Pat, ("claims", """{"id_token":{"email":null,"email_verified":{"essential":true},"name":null,"updated_at":null,"phone_number":null}}"""));
        var claims = RelyingApp.Payload(tokens.Text("id_token"));
        Assert.Equal(SampleDirectory.Pat, claims.GetProperty("email").GetString());
        Assert.Equal(JsonValueKind.True, claims.GetProperty("email_verified").ValueKind);
        Assert.Equal("Pat Primary", claims.GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.Number, claims.GetProperty("updated_at").ValueKind);
        Assert.False(claims.TryGetProperty("phone_number", out _));
        Assert.False(claims.TryGetProperty("given_name", out _));
    }

    [Fact]
    public async Task Without_openid_there_is_no_ID_token()
    {
        var callback = await fixture.Portal.SignInAsync(
            fixture.BrowserOf(SampleDirectory.Pat), SampleDirectory.Pat, SampleDirectory.Password, changes: [("scope", "account"), ("nonce", null)]);
        if (callback.TryGetValue("code", out var code))
        {
            Assert.False((await fixture.Portal.RedeemAsync(code)).Body.TryGetProperty("id_token", out _));
        }
        else
        {
            Assert.Equal("invalid_scope", callback["error"]);
        }
    }

    [Fact]
    public async Task Without_a_nonce_there_is_none_in_the_ID_token() =>
        Assert.False(RelyingApp.Payload((await fixture.TokensAsync(fixture.Portal, SampleDirectory.Pat, ("nonce", null))).Text("id_token")).TryGetProperty("nonce", out _));

    [Fact]
    [Spec("RFC 9068", "2")]
    public async Task An_access_token_is_a_typed_JWT_for_this_hub()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal);
        var token = tokens.Text("access_token");
        Assert.Equal("at+jwt", Header(token).GetProperty("typ").GetString());
        Assert.Equal("ES256", Header(token).GetProperty("alg").GetString());
        Assert.True((await VerifyAsync(token)).IsValid);
        var claims = RelyingApp.Payload(token);
        Assert.Equal(fixture.Hub.Issuer, claims.GetProperty("iss").GetString());
        Assert.Equal(fixture.Hub.Issuer, claims.GetProperty("aud").GetString());
        Assert.Equal("portal", claims.GetProperty("client_id").GetString());
        Assert.Equal(tokens.Text("scope"), claims.GetProperty("scope").GetString());
        Assert.Equal(300, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.Equal(RelyingApp.Payload(tokens.Text("id_token")).GetProperty("sub").GetString(), claims.GetProperty("sub").GetString());
        Assert.Equal("northside", claims.GetProperty("account").GetString());
        Assert.Equal("PRIMARY", claims.GetProperty("permission_level").GetString());
        Assert.NotEqual(
            claims.GetProperty("jti").GetString(), RelyingApp.Payload((await fixture.Portal.RefreshAsync(tokens.Text("refresh_token"))).Text("access_token")).GetProperty("jti").GetString());
    }

    [Fact]
    public async Task An_opaque_access_token_says_nothing_to_its_bearer()
    {
        var token = (await fixture.TokensAsync(fixture.Other)).Text("access_token");
        Assert.DoesNotContain('.', token);
        var bytes = Encoding.Latin1.GetString(Base64Url.DecodeFromChars(token));
        Assert.DoesNotContain("openid", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("other", bytes, StringComparison.Ordinal);
        var facts = await fixture.Other.IntrospectAsync(token);
        Assert.True(facts.Body.GetProperty("active").GetBoolean());
        Assert.Equal("northside", facts.Text("account"));
    }

    [Fact]
    public async Task A_member_without_level_and_seats_has_no_level_and_an_empty_array()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal, SampleDirectory.Dana, ("account", "brightfix"));
        var claims = RelyingApp.Payload(tokens.Text("id_token"));
        Assert.False(claims.TryGetProperty("permission_level", out _));
        Assert.Equal(JsonValueKind.Array, claims.GetProperty("permissions").ValueKind);
        var sam = RelyingApp.Payload((await fixture.TokensAsync(fixture.Portal, SampleDirectory.Sam)).Text("id_token"));
        Assert.Empty(sam.GetProperty("seats").EnumerateArray());
        Assert.Equal("SUPPORT", sam.GetProperty("permission_level").GetString());
    }

    [Fact]
    [Spec("OpenID conformance", "oidcc-refresh-token")]
    public async Task Codes_and_tokens_hold_enough_randomness()
    {
        var code = await fixture.CodeAsync(fixture.Portal);
        Assert.True(Base64Url.DecodeFromChars(code).Length >= 16);
        Assert.True((await fixture.TokensAsync(fixture.Portal)).Text("refresh_token").Length >= 43);
    }
}
