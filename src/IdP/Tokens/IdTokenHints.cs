using IdentityHub.IdP.Keys;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace IdentityHub.IdP.Tokens;

/// <summary>Reads ID tokens that come back as <c>id_token_hint</c>: signed by this hub with any key it ever published, expired or not.</summary>
internal sealed class IdTokenHints(IdPOptions options, KeyRing keys)
{
    private static readonly JsonWebTokenHandler Jwt = new() { MaximumTokenSizeInBytes = 16 * 1024 };

    /// <param name="ClientId">The audience: whom it was issued to.</param>
    /// <param name="Subject">The user.</param>
    /// <param name="Sid">The session at that client.</param>
    public sealed record Hint(string ClientId, string Subject, string? Sid);

    /// <returns>Null when this hub did not issue it.</returns>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5405", Justification = "The specifications have expired ID tokens accepted as hints; a hint authorises nothing.")]
    public async Task<Hint?> ReadAsync(string token)
    {
        var result = await Jwt.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidTypes = ["JWT"],
            ValidAlgorithms = Algorithms.All,
            ValidIssuer = options.Issuer,

            // The caller compares the audience with the client that sent it. Expired ones are welcome (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2).
            AudienceValidator = (audiences, _, _) => audiences.Count() == 1,
            LifetimeValidator = (_, _, _, _) => true,
            IssuerSigningKeyResolver = (_, _, kid, _) => kid is not null && keys.VerificationKey(kid, evenIfGone: true) is { } key ? [key] : [],
        });
        return result.IsValid && result.SecurityToken is JsonWebToken { Subject: { Length: > 0 } subject } jwt && jwt.Audiences.FirstOrDefault() is { } audience
            ? new(audience, subject, jwt.TryGetPayloadValue<string>("sid", out var sid) ? sid : null)
            : null;
    }
}
