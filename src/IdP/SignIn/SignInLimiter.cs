using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>How many sign-ins may be begun: each is a row that a stranger has the hub keep. Counted in memory, before the database hears of it.</summary>
internal sealed class SignInLimiter : IDisposable
{
    /// <summary>From one network: this many at once, then <see cref="PerSecond"/>.</summary>
    private const int Burst = 2000;
    private const int PerSecond = 50;

    /// <summary>Being written at one moment, from everywhere: the rest of the writer's queue is for those who have signed in, and for apps.</summary>
    private const int AtOnce = 256;

    private readonly PartitionedRateLimiter<HttpContext> limiter = PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetTokenBucketLimiter(
            PasswordStep.NetworkOf(context.Connection.RemoteIpAddress),
            _ => new() { TokenLimit = Burst, TokensPerPeriod = PerSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true })),
        PartitionedRateLimiter.Create<HttpContext, int>(_ => RateLimitPartition.GetConcurrencyLimiter(0, _ => new() { PermitLimit = AtOnce, QueueLimit = 0 })));

    /// <returns>A lease to hold while the row is written; not acquired when there are too many.</returns>
    public RateLimitLease Take(HttpContext context) => limiter.AttemptAcquire(context);

    public static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "5";
        return PlainPage.WriteErrorAsync(context, StatusCodes.Status429TooManyRequests, "Too many people are signing in just now", "Wait a few seconds, go back to the app and try again.");
    }

    public void Dispose() => limiter.Dispose();
}
