using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using IdentityHub.Domain.Sealing;

namespace IdentityHub.IdP.Tokens;

/// <summary>Access tokens that say nothing to their bearer: the facts, sealed with AES-256-GCM. A changed bit opens nothing, and no row is written for a token.</summary>
internal sealed class OpaqueTokens(Sealer sealer)
{
    private const string Purpose = "opaque-access-token";

    public string Seal(AccessToken token) =>
        Base64Url.EncodeToString(sealer.Seal(Purpose, "", JsonSerializer.SerializeToUtf8Bytes(token, TokenJson.Default.AccessToken)));

    /// <returns>Null when it is not a token of this hub. Expired ones are returned.</returns>
    public AccessToken? Open(string token)
    {
        if (token.Length > 4096 || !CanonicalBase64Url.IsCanonical(token))
        {
            return null;
        }

        return sealer.Open(Purpose, "", Base64Url.DecodeFromChars(token)) is { } plain ? JsonSerializer.Deserialize(plain, TokenJson.Default.AccessToken) : null;
    }
}

[JsonSerializable(typeof(AccessToken))]
internal sealed partial class TokenJson : JsonSerializerContext;
