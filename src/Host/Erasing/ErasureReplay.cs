using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Erasing;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Host.Erasing;

/// <summary>Erases again, before anything is served, whom a restored database brought back.</summary>
internal static class ErasureReplay
{
    private static readonly Actor Self = new Actor.Hub("erasure");

    /// <returns>How many were erased again.</returns>
    /// <exception cref="StartFailedException">The ledger is shorter than this database knows it.</exception>
    public static async Task<int> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var (store, ledger) = (services.GetRequiredService<IHubStore>(), services.GetRequiredService<ErasureLedger>());
        var (known, length) = (await store.ReadAsync(LedgerPosition.ReadAsync, cancellationToken), ledger.Length);
        if (length < known)
        {
            throw new StartFailedException(
                $"The ledger of erasures {ledger.File} is missing or cut off: this database knows {known} bytes of it. Without it nobody can tell whom a restored database would bring back. "
                + "Put the ledger back; or, where this database was never restored from a backup, have it written anew: erasures rewrite-ledger.");
        }

        if (length == known)
        {
            return 0;
        }

        var marks = await ledger.MarksAsync(cancellationToken);
        var back = await store.ReadAsync(reader => Erasures.FindMarkedAsync(reader, marks), cancellationToken);
        foreach (var (kind, id) in back)
        {
            await store.WriteAsync(Self, transaction => UserLifecycle.EraseAgainAsync(transaction, kind, id), cancellationToken);
        }

        await store.WriteAsync(
            Self,
            async transaction =>
            {
                await LedgerPosition.MoveToAsync(transaction, length);
                return true;
            },
            cancellationToken);
        return back.Count;
    }
}
