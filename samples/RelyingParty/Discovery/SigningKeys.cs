using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace IdentityHub.RelyingParty.Discovery;

/// <summary>The keys of a JWK Set that may verify the hub's signatures.</summary>
internal static class SigningKeys
{
    /// <summary>The allow-list: asymmetric only, so neither "none" nor an HMAC with a public key can pass.</summary>
    public static readonly string[] Algorithms = [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256];

    private const int SmallestRsaKey = 2048; // RFC 7518 section 3.3

    /// <exception cref="HubUnreachableException">It is no JWK Set.</exception>
    public static IReadOnlyList<JsonWebKey> Read(JsonElement json)
    {
        if (json.Member("keys") is not { ValueKind: JsonValueKind.Array } keys)
        {
            throw new HubUnreachableException("The hub's JWK Set has no keys.");
        }

        try
        {
            // A key of an unknown type is passed over, as RFC 7517 section 5 says.
            return [.. keys.EnumerateArray().Select(k => new JsonWebKey(k.GetRawText())).Where(k => Algorithms.Any(a => Fits(k, a)))];
        }
        catch (ArgumentException fault)
        {
            throw new HubUnreachableException("The hub's JWK Set cannot be read.", fault);
        }
    }

    public static JsonWebKey? Find(IReadOnlyList<JsonWebKey> keys, string? keyId, string algorithm)
    {
        var fitting = keys.Where(k => Fits(k, algorithm)).ToList();
        return keyId is null
            ? fitting.Count == 1 ? fitting[0] : null
            : fitting.FirstOrDefault(k => k.Kid == keyId);
    }

    /// <summary>A key serves one algorithm: by its type, and by its own <c>use</c> and <c>alg</c> where given.</summary>
    private static bool Fits(JsonWebKey key, string algorithm) =>
        (string.IsNullOrEmpty(key.Use) || key.Use == "sig")
        && (string.IsNullOrEmpty(key.Alg) || key.Alg == algorithm)
        && algorithm switch
        {
            SecurityAlgorithms.EcdsaSha256 => key is { Kty: "EC", Crv: "P-256" },
            SecurityAlgorithms.RsaSha256 => key.Kty == "RSA" && key.KeySize >= SmallestRsaKey,
            _ => false,
        };
}
