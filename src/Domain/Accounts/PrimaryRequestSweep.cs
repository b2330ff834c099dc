using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityHub.Domain.Accounts;

/// <summary>Has requests for another Primary User reminded of, and ended when their time is over. What was done stands in each request's row: several hubs, or one that was down, remind nobody twice.</summary>
public sealed partial class PrimaryRequestSweep(IHubStore store, TimeProvider time, ILogger<PrimaryRequestSweep> logger) : BackgroundService
{
    private static readonly Actor Self = new Actor.Hub("primary-requests");
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await SweepAsync(stoppingToken);
                await Task.Delay(Interval, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                Log.SweepFailed(logger, fault);
                await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>One round, in bites: requests get their turn in between.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        while (PrimaryTransfer.IsFullRound(await store.WriteAsync(Self, PrimaryTransfer.SweepAsync, cancellationToken)))
        {
            await Task.Yield();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Requests for another Primary User could not be looked through; it is tried again at the next round.")]
        public static partial void SweepFailed(ILogger logger, Exception fault);
    }
}
