using IdentityHub.Domain.Keys;
using IdentityHub.IdP.Keys;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace IdentityHub.IdP.Tokens;

/// <summary>Signs statements with ES256, as tokens are signed by default.</summary>
internal sealed class StatementSigner(KeyRing keys) : IStatementSigner
{
    private static readonly JsonWebTokenHandler Jwt = new() { SetDefaultTimesOnTokenCreation = false };

    public string Sign(string type, string claimsJson) =>
        Jwt.CreateToken(claimsJson, keys.SigningCredentials(SecurityAlgorithms.EcdsaSha256), new Dictionary<string, object> { ["typ"] = type });
}
