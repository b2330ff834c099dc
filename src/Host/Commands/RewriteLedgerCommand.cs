using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Erasing;
using IdentityHub.Domain.Persistence;
using IdentityHub.Host.Erasing;

namespace IdentityHub.Host.Commands;

/// <summary>Writes the ledger of erasures anew from what the database knows. For a ledger that was lost beside a database that was never restored.</summary>
internal static class RewriteLedgerCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        await using var services = await CoreServices.OpenAsync(args, checkLedger: false);
        var count = await RewriteAsync(services, CancellationToken.None);
        Console.WriteLine($"The ledger of erasures was written anew: {count} erasures. Whoever was erased after a backup that this database came from is not in it.");
        return 0;
    }

    public static async Task<int> RewriteAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var store = services.GetRequiredService<IHubStore>();
        var erasures = await store.ReadAsync(Erasures.MarksAsync, cancellationToken);
        var length = await services.GetRequiredService<ErasureLedger>().RewriteAsync(erasures, cancellationToken);
        await store.WriteAsync(
            new Actor.Hub("erasure ledger"),
            async transaction =>
            {
                await LedgerPosition.SetAsync(transaction, length);
                await Restoration.RecordLedgerRewrittenAsync(transaction, erasures.Count);
                return true;
            },
            cancellationToken);
        return erasures.Count;
    }
}
