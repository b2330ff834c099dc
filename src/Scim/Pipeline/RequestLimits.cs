using System.Globalization;
using System.Threading.RateLimiting;

namespace IdentityHub.Scim.Pipeline;

/// <summary>How fast one caller may ask. Of this process alone: each node has its own share.</summary>
internal sealed class RequestLimits(ScimOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> limiter = PartitionedRateLimiter.Create<string, string>(caller =>
        RateLimitPartition.GetTokenBucketLimiter(caller, _ => new()
        {
            TokenLimit = options.RequestBurst,
            TokensPerPeriod = Math.Max(1, options.RequestsPerSecond / 10),
            ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
            QueueLimit = 0,
            AutoReplenishment = true,
        }));

    /// <summary>The limit as headers announce it: so many requests, per second and at once.</summary>
    public string Announcement { get; } = string.Create(
        CultureInfo.InvariantCulture, $"\"token\";q={options.RequestsPerSecond};w=1, \"burst\";q={options.RequestBurst};w={Math.Max(1, options.RequestBurst / options.RequestsPerSecond)}");

    /// <param name="callerId">Who asks.</param>
    /// <param name="requests">For how many it counts; more than may be made at once count as all of those.</param>
    /// <returns>Null when the request may go on; otherwise after how many seconds it is worth trying again.</returns>
    public int? Refuse(string callerId, int requests = 1)
    {
        if (requests < 1)
        {
            return null;
        }

        using var lease = limiter.AttemptAcquire(callerId, Math.Min(requests, options.RequestBurst));
        if (lease.IsAcquired)
        {
            return null;
        }

        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1;
    }

    public void Dispose() => limiter.Dispose();
}
