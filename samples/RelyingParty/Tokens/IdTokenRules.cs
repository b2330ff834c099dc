using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace IdentityHub.RelyingParty.Tokens;

/// <summary>OpenID Connect Core 1.0 sections 3.1.3.7 and 12.2, beyond what <see cref="JwtVerifier"/> checks of every token.</summary>
internal static class IdTokenRules
{
    /// <summary>An ID token has typ JWT or none; at+jwt and logout+jwt are other tokens of the same issuer and key.</summary>
    public static readonly string[] Types = ["JWT"];

    private static readonly TimeSpan OldestIssue = TimeSpan.FromMinutes(10);

    internal sealed record Expectation(string ClientId, string AccessToken, DateTimeOffset Now);

    /// <returns>Null when the token may sign a person in; otherwise why not.</returns>
    public static string? CheckSignIn(JsonElement token, string nonce, Expectation expected) =>
        token.String("nonce") != nonce ? "the ID token answers another sign-in (nonce)" : CheckAny(token, expected);

    /// <returns>Null when the token continues the sign-in of <paramref name="original"/>; otherwise why not.</returns>
    public static string? CheckRefresh(JsonElement token, JsonElement original, Expectation expected) =>
        token.String("sub") != original.String("sub") ? "the refreshed ID token is of another person"
        : token.Has("nonce") && token.String("nonce") != original.String("nonce") ? "the refreshed ID token has another nonce"
        : token.Has("auth_time") && original.Has("auth_time") && token.Number("auth_time") != original.Number("auth_time")
            ? "the refreshed ID token tells another time of sign-in"
        : CheckAny(token, expected);

    private static string? CheckAny(JsonElement token, Expectation expected)
    {
        if (string.IsNullOrEmpty(token.String("sub")))
        {
            return "the ID token names nobody (sub)";
        }

        var audiences = token.Strings("aud");
        if (token.Has("azp") ? token.String("azp") != expected.ClientId : audiences.Count != 1)
        {
            return "the ID token was issued to another application (azp)";
        }

        if (token.Time("iat") is not { } issued || issued > expected.Now + JwtVerifier.ClockSkew || issued < expected.Now - OldestIssue)
        {
            return "the ID token was not issued just now (iat)";
        }

        return token.Has("at_hash") && token.String("at_hash") != HalfHash(expected.AccessToken)
            ? "the access token is not the one that the ID token was issued with (at_hash)"
            : null;
    }

    /// <summary>Core section 3.1.3.6: ES256 and RS256 both hash with SHA-256.</summary>
    private static string HalfHash(string accessToken) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)).AsSpan(0, 16));
}
