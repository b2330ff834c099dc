using System.Security.Cryptography;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sealing;

namespace IdentityHub.Host.Commands;

/// <summary>The configuration file that each start names. Unchanged since it was applied, it is not applied again: whom an administrator deactivated meanwhile would come back with every restart.</summary>
internal static class AppliedFile
{
    private const string Name = "configuration-file";

    public static async Task ApplyIfChangedAsync(IServiceProvider services, string file, CancellationToken cancellationToken)
    {
        var store = services.GetRequiredService<IHubStore>();
        var key = services.GetRequiredService<Sealer>().DeriveKey(Name);
        var fingerprint = HMACSHA256.HashData(key, await File.ReadAllBytesAsync(file, cancellationToken));
        var former = await store.ReadAsync(reader => HubSecrets.ReadAsync(reader, Name), cancellationToken);
        if (former is [var same] && CryptographicOperations.FixedTimeEquals(same, fingerprint))
        {
            return;
        }

        await ApplyCommand.ApplyAsync(services, file, cancellationToken);
        await store.WriteAsync(
            new Actor.Hub("configuration file"),
            async transaction =>
            {
                await HubSecrets.PutAsync(transaction, Name, fingerprint);
                return true;
            },
            cancellationToken);
    }
}
