using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using IdentityHub.Domain.Sealing;

namespace IdentityHub.IdP.Tokens;

/// <summary>Access tokens that say nothing to their bearer: the facts, sealed with AES-256-GCM. A changed bit opens nothing, and no row is written for a token.</summary>
/// <remarks>Form: the day of issue (2 bytes, days since 1970), then the sealed facts. Each day has a key of its own: random nonces under one key are good for 2³² seals (NIST SP 800-38D §8.3).</remarks>
internal sealed class OpaqueTokens(Sealer sealer, TimeProvider time)
{
    private const int DayLength = 2;
    private const int MaxLength = 4096;

    public string Seal(AccessToken token)
    {
        var day = DayOf(token.IssuedAt);
        var sealedFacts = sealer.Seal(PurposeOf(day), "", JsonSerializer.SerializeToUtf8Bytes(token, TokenJson.Default.AccessToken));
        var bytes = new byte[DayLength + sealedFacts.Length];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, day);
        sealedFacts.CopyTo(bytes, DayLength);
        return Base64Url.EncodeToString(bytes);
    }

    /// <returns>Null when it is not a token of this hub. Expired ones are returned while their day or the next lasts.</returns>
    public AccessToken? Open(string token)
    {
        if (token.Length > MaxLength || !CanonicalBase64Url.IsCanonical(token) || Base64Url.DecodeFromChars(token) is not { Length: > DayLength } bytes)
        {
            return null;
        }

        // Only days in which a live token can have been issued: the day is the bearer's word until the rest has opened.
        var day = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (Math.Abs(day - DayOf(time.GetUtcNow())) > 1)
        {
            return null;
        }

        return sealer.Open(PurposeOf(day), "", bytes.AsSpan(DayLength)) is { } plain ? JsonSerializer.Deserialize(plain, TokenJson.Default.AccessToken) : null;
    }

    private static ushort DayOf(DateTimeOffset moment) => (ushort)(moment.ToUnixTimeSeconds() / 86_400);

    private static string PurposeOf(ushort day) => $"opaque-access-token:{day}";
}

[JsonSerializable(typeof(AccessToken))]
internal sealed partial class TokenJson : JsonSerializerContext;
