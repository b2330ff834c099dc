using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace IdentityHub.IdP.Protocol;

/// <summary>Proof Key for Code Exchange (RFC 7636).</summary>
internal static class Pkce
{
    public const string S256 = "S256";

    /// <summary>Whether it is a Base64url SHA-256 without padding: 43 characters. Only S256 exists here, so only its challenges do.</summary>
    public static bool IsChallenge(string challenge) => challenge.Length == 43 && challenge.All(IsUnreserved);

    /// <summary>Proves possession of the PKCE verifier for an authorization code.</summary>
    /// <param name="verifier">43–128 characters of <c>[A-Za-z0-9-._~]</c>, as sent in <c>code_verifier</c>.</param>
    /// <param name="challenge">Base64url SHA-256 without padding (43 characters), as stored with the code; null when the request had none.</param>
    /// <returns>Null when they match; otherwise <c>invalid_grant</c>. Compared in constant time.</returns>
    /// <remarks>RFC 7636 §4.6; a verifier without a challenge is a downgrade (RFC 9700 §2.1.1). "plain" is refused at the authorization endpoint.</remarks>
    public static OAuthError? Verify(string? verifier, string? challenge)
    {
        if (challenge is null)
        {
            return verifier is null ? null : OAuthError.InvalidGrant("code_verifier was sent, but the authorization request had no code_challenge");
        }

        if (verifier is not { Length: >= 43 and <= 128 } || !verifier.All(IsUnreserved))
        {
            return OAuthError.InvalidGrant("code_verifier is missing or malformed");
        }

        var computed = Encoding.ASCII.GetBytes(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))));
        return CryptographicOperations.FixedTimeEquals(computed, Encoding.ASCII.GetBytes(challenge))
            ? null
            : OAuthError.InvalidGrant("code_verifier does not match");
    }

    private static bool IsUnreserved(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '~';
}
