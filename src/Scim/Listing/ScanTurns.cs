using System.Threading.RateLimiting;

namespace IdentityHub.Scim.Listing;

/// <summary>Searches that look at members one by one take turns: one of an account at a time, and a few in all. They are slow, and everybody else's sign-ins read from the same database.</summary>
internal sealed class ScanTurns : IDisposable
{
    private const int WaitingPerAccount = 8;
    private const int WaitingInAll = 64;

    /// <summary>How long a search waits for its turn.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly PartitionedRateLimiter<string> limiter = PartitionedRateLimiter.CreateChained(
        Concurrent(account => account, 1, WaitingPerAccount), Concurrent(_ => "", Math.Max(1, Environment.ProcessorCount / 2), WaitingInAll));

    /// <returns>The turn, to be given back; not acquired when it took too long to come.</returns>
    public async Task<RateLimitLease> TakeAsync(string accountId)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return await limiter.AcquireAsync(accountId, 1, patience.Token);
        }
        catch (OperationCanceledException)
        {
            return limiter.AttemptAcquire(accountId);
        }
    }

    public void Dispose() => limiter.Dispose();

    private static PartitionedRateLimiter<string> Concurrent(Func<string, string> partition, int permits, int queue) =>
        PartitionedRateLimiter.Create<string, string>(account => RateLimitPartition.GetConcurrencyLimiter(
            partition(account), _ => new() { PermitLimit = permits, QueueLimit = queue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst }));
}
