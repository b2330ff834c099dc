using System.Security.Cryptography;

namespace IdentityHub.Domain;

/// <summary>Makes identifiers and secrets from the system's random number generator.</summary>
public static class RandomId
{
    /// <summary>An identifier of 128 random bits as 32 lower-case hexadecimal digits. Never reused, never guessable from another.</summary>
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>A secret of 256 random bits as 43 base64url characters.</summary>
    public static string Secret() => System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The SHA-256 of a secret with at least 128 random bits, as stored: 43 base64url characters.</summary>
    /// <remarks>A fast hash is enough only because the secret is random (ASVS 5.0, 6.5.2).</remarks>
    public static string HashOf(string secret) =>
        System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret)));
}
