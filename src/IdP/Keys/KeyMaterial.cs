using System.Security.Cryptography;
using IdentityHub.Domain.Keys;
using Microsoft.IdentityModel.Tokens;

namespace IdentityHub.IdP.Keys;

/// <summary>The signature algorithms that exist here: ES256 is the default, RS256 is always there (OpenID Connect Core §15.1).</summary>
internal static class Algorithms
{
    public const string Es256 = SecurityAlgorithms.EcdsaSha256;
    public const string Rs256 = SecurityAlgorithms.RsaSha256;
    public static readonly string[] All = [Es256, Rs256];
}

/// <summary>Keys as JOSE uses them. The ring holds them for as long as the hub runs, so nothing here is disposed of.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA2000", Justification = "The security key that is returned owns it.")]
internal static class KeyMaterial
{
    public static SecurityKey PublicKeyOf(SigningKey key)
    {
        if (key.Algorithm == Algorithms.Es256)
        {
            var ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(key.PublicKey, out _);
            return new ECDsaSecurityKey(ecdsa) { KeyId = key.Id };
        }

        var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(key.PublicKey, out _);
        return new RsaSecurityKey(rsa) { KeyId = key.Id };
    }

    public static SigningCredentials SigningCredentialsOf(SigningKey key, byte[] privateKey)
    {
        if (key.Algorithm == Algorithms.Es256)
        {
            var ecdsa = ECDsa.Create();
            ecdsa.ImportPkcs8PrivateKey(privateKey, out _);
            return new(new ECDsaSecurityKey(ecdsa) { KeyId = key.Id }, Algorithms.Es256);
        }

        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(privateKey, out _);
        return new(new RsaSecurityKey(rsa) { KeyId = key.Id }, Algorithms.Rs256);
    }
}
