using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Sealing;

namespace IdentityHub.Domain.Clients;

/// <summary>Client secrets and how they are kept: HMAC-SHA-256 under a key of the hub's own and a salt, so that the database alone gives nothing to guess at.</summary>
/// <remarks>Not a slow hash: a client proves itself at every call, and a registered secret is a machine's, not a person's.</remarks>
public sealed class ClientSecret(Sealer sealer)
{
    private const string Scheme = "hmac-sha256";
    private readonly byte[] key = sealer.DeriveKey("client-secret");

    /// <returns><c>hmac-sha256$salt$mac</c>, both base64url.</returns>
    public string Hash(string secret)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return $"{Scheme}${Base64Url.EncodeToString(salt)}${Base64Url.EncodeToString(Mac(salt, secret))}";
    }

    /// <summary>Whether the secret is the one that was hashed. Compared in constant time.</summary>
    public bool Verify(string secret, string hash)
    {
        var parts = hash.Split('$');
        return parts is [Scheme, var salt, var mac]
            && CryptographicOperations.FixedTimeEquals(Mac(Base64Url.DecodeFromChars(salt), secret), Base64Url.DecodeFromChars(mac));
    }

    private byte[] Mac(byte[] salt, string secret)
    {
        Span<byte> utf8 = stackalloc byte[512];
        var length = Encoding.UTF8.GetByteCount(secret);
        if (length + salt.Length > utf8.Length)
        {
            byte[] message = [.. salt, .. SHA256.HashData(Encoding.UTF8.GetBytes(secret))];
            return HMACSHA256.HashData(key, message);
        }

        salt.CopyTo(utf8);
        Encoding.UTF8.GetBytes(secret, utf8[salt.Length..]);
        return HMACSHA256.HashData(key, utf8[..(salt.Length + length)]);
    }
}
