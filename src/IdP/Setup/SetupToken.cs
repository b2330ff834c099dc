using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.IdP.Setup;

/// <summary>The one-time token in the set-up address that a hub without users prints. Each start makes a new one; the first user made ends it.</summary>
public static class SetupToken
{
    private const string Name = "setup-token";
    private static readonly Actor Self = new Actor.Hub("set-up");

    /// <returns>The token, for the console; null when the hub has users.</returns>
    public static Task<string?> MakeAsync(IHubStore store, CancellationToken cancellationToken) => store.WriteAsync(
        Self,
        async transaction =>
        {
            if (await Users.AnyAsync(transaction))
            {
                return null;
            }

            var token = RandomId.Secret();
            await HubSecrets.PutAsync(transaction, Name, Encoding.ASCII.GetBytes(RandomId.HashOf(token)));
            return token;
        },
        cancellationToken);

    /// <summary>Whether this is the token, and there is still no user. Compared in constant time.</summary>
    internal static async Task<bool> IsGoodAsync(HubReader reader, string? token) =>
        token is { Length: > 0 and <= 128 }
        && await HubSecrets.ReadAsync(reader, Name) is [var stored]
        && CryptographicOperations.FixedTimeEquals(stored, Encoding.ASCII.GetBytes(RandomId.HashOf(token)))
        && !await Users.AnyAsync(reader);

    internal static Task UseUpAsync(HubTransaction transaction) => HubSecrets.RemoveAsync(transaction, Name);
}
