using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace IdentityHub.Samples.Tests;

using Members = Dictionary<string, object?>;

/// <summary>Makes tokens by hand, so that every wrong one can be made too.</summary>
internal sealed class SigningKey(string id, ECDsa? ec, RSA? rsa)
{
    public static SigningKey Ec(string id) => new(id, ECDsa.Create(ECCurve.NamedCurves.nistP256), null);

    public static SigningKey Rsa(string id) => new(id, null, RSA.Create(2048));

    public string Id => id;

    public string Algorithm => ec is null ? "RS256" : "ES256";

    public Members Jwk
    {
        get
        {
            if (ec is not null)
            {
                var point = ec.ExportParameters(false).Q;
                return new() { ["kty"] = "EC", ["crv"] = "P-256", ["use"] = "sig", ["alg"] = "ES256", ["kid"] = id, ["x"] = Jose.Encode(point.X!), ["y"] = Jose.Encode(point.Y!) };
            }

            var key = rsa!.ExportParameters(false);
            return new() { ["kty"] = "RSA", ["use"] = "sig", ["alg"] = "RS256", ["kid"] = id, ["n"] = Jose.Encode(key.Modulus!), ["e"] = Jose.Encode(key.Exponent!) };
        }
    }

    public byte[] Sign(byte[] data) => ec is not null
        ? ec.SignData(data, HashAlgorithmName.SHA256)
        : rsa!.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    /// <summary>What an attacker of the key confusion takes for an HMAC secret.</summary>
    public byte[] PublicPem => Encoding.ASCII.GetBytes(ec is not null ? ec.ExportSubjectPublicKeyInfoPem() : rsa!.ExportSubjectPublicKeyInfoPem());
}

internal static class Jose
{
    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public static string Sign(Members header, object payload, Func<byte[], byte[]> sign)
    {
        var head = Encode(JsonSerializer.SerializeToUtf8Bytes(header)) + "." + Encode(JsonSerializer.SerializeToUtf8Bytes(payload));
        return head + "." + Encode(sign(Encoding.ASCII.GetBytes(head)));
    }

    public static string Sign(SigningKey key, string? typ, object payload)
    {
        Members header = new() { ["alg"] = key.Algorithm, ["kid"] = key.Id };
        if (typ is not null)
        {
            header["typ"] = typ;
        }

        return Sign(header, payload, key.Sign);
    }

    public static string HalfHash(string text) => Encode(SHA256.HashData(Encoding.ASCII.GetBytes(text))[..16]);
}
