using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Credentials;

/// <summary>What of a user's credentials a configuration may set.</summary>
public enum ConfiguredCredential
{
    Password,
    Totp,
    EmailCodes,
}

/// <summary>Remembers which credential a configuration gave a user, so that the same one is not set again: not at the next start, and not over one that the user has chosen since.</summary>
/// <remarks>Kept is a fingerprint, HMAC-SHA-256 under a key of the hub's own, sealed: it tells that two values are the same, and nothing else. It goes with the user.</remarks>
public static class ConfiguredCredentials
{
    /// <summary>Whether this is the value that the configuration gave last.</summary>
    public static async Task<bool> IsRememberedAsync(HubReader reader, string userId, ConfiguredCredential credential, string value) =>
        await HubSecrets.ReadAsync(reader, NameOf(userId, credential)) is [var former]
        && CryptographicOperations.FixedTimeEquals(former, FingerprintOf(reader, userId, credential, value));

    public static Task RememberAsync(HubTransaction transaction, string userId, ConfiguredCredential credential, string value) =>
        HubSecrets.PutAsync(transaction, NameOf(userId, credential), FingerprintOf(transaction, userId, credential, value));

    internal static async Task ForgetAllOfAsync(HubTransaction transaction, string userId)
    {
        foreach (var credential in Enum.GetValues<ConfiguredCredential>())
        {
            await HubSecrets.RemoveAsync(transaction, NameOf(userId, credential));
        }
    }

    private static string NameOf(string userId, ConfiguredCredential credential) => $"configured:{userId}:{WordOf(credential)}";

    private static byte[] FingerprintOf(HubReader reader, string userId, ConfiguredCredential credential, string value) =>
        HMACSHA256.HashData(reader.Sealer.DeriveKey("configured-" + WordOf(credential)), Encoding.UTF8.GetBytes($"{userId}|{value}"));

    private static string WordOf(ConfiguredCredential credential) => credential switch
    {
        ConfiguredCredential.Password => "password",
        ConfiguredCredential.Totp => "totp",
        ConfiguredCredential.EmailCodes => "email-codes",
        _ => throw new ArgumentOutOfRangeException(nameof(credential), credential, null),
    };
}
