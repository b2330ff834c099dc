using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Reports;
using IdentityHub.Domain.SecurityEvents;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityHub.Domain.Persistence;

/// <summary>Deletes what nothing asks for any more, in small bites, so that no table grows for ever. Expiry itself is checked at each use and never waits for this.</summary>
public sealed partial class Housekeeping(IHubStore store, TimeProvider time, ILogger<Housekeeping> logger) : BackgroundService
{
    private const int Bite = 500;
    private static readonly Actor Self = new Actor.Hub("housekeeping");
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    /// <summary>How long a spent code is kept, so that a second use is known for what it is.</summary>
    private static readonly TimeSpan CodesAreKept = TimeSpan.FromHours(1);

    /// <summary>How long sessions and grants are kept after they ended, so that every notice about them can be sent.</summary>
    private static readonly TimeSpan EndedAreKept = TimeSpan.FromDays(1);

    /// <summary>How long what could not be delivered can be seen.</summary>
    private static readonly TimeSpan DeadAreKept = TimeSpan.FromDays(30);

    /// <summary>How far back an account can see what its HR system did.</summary>
    private static readonly TimeSpan ProvisioningLogIsKept = TimeSpan.FromDays(90);

    private static readonly TimeSpan DeliveredAreKept = TimeSpan.FromDays(7);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval, time, stoppingToken);
                await SweepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                Log.SweepFailed(logger, fault);
            }
        }
    }

    /// <summary>One round. Each bite is a transaction of its own, so requests get their turn in between.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        Func<HubTransaction, Task<int>>[] chores =
        [
            // Before the grants, which know when they were last used.
            transaction => Task.FromResult(Connections.SettleExpired(transaction, Bite)),
            transaction => transaction.Db.AuthorizationCodes.Where(row => row.ExpiresAt < transaction.Now - CodesAreKept).Take(Bite).ExecuteDeleteAsync(),
            transaction => transaction.Db.RevokedTokens.Where(row => row.ExpiresAt < transaction.Now).Take(Bite).ExecuteDeleteAsync(),
            transaction => transaction.Db.Invitations.Where(row => row.ExpiresAt < transaction.Now).Take(Bite).ExecuteDeleteAsync(),
            transaction => transaction.Db.PasswordResets.Where(row => row.ExpiresAt < transaction.Now).Take(Bite).ExecuteDeleteAsync(),
            transaction => transaction.Db.FreezeLinks.Where(row => row.ExpiresAt < transaction.Now).Take(Bite).ExecuteDeleteAsync(),
            transaction => FactorResets.SweepAsync(transaction, Bite),
            transaction => transaction.Db.SignIns.Where(row => row.ExpiresAt < transaction.Now).Take(Bite).ExecuteDeleteAsync(),
            transaction => transaction.Db.Grants.Where(row => row.ExpiresAt < transaction.Now - EndedAreKept).Take(Bite).ExecuteDeleteAsync(),
            transaction => transaction.Db.Sessions.Where(row => row.ExpiresAt < transaction.Now - EndedAreKept).Take(Bite).ExecuteDeleteAsync(),
            transaction => transaction.Db.Outbox.Where(row => row.DeadAt < transaction.Now - DeadAreKept).Take(Bite).ExecuteDeleteAsync(),
            transaction => transaction.Db.Outbox.Where(row => row.DeliveredAt < transaction.Now - DeliveredAreKept).Take(Bite).ExecuteDeleteAsync(),
            transaction => transaction.Db.ProvisioningLog.OrderBy(row => row.Sequence).Take(Bite).Where(row => row.At < transaction.Now - ProvisioningLogIsKept).ExecuteDeleteAsync(),
            transaction => Task.FromResult(Connections.DeleteOld(transaction, Bite)),
            transaction => Task.FromResult(Connections.DeleteOldDays(transaction, Bite)),
            transaction => StreamRetention.SweepAsync(transaction, Bite),
        ];
        foreach (var chore in chores)
        {
            while (await store.WriteAsync(Self, chore, cancellationToken) == Bite)
            {
                await Task.Yield();
            }
        }

        while (await store.WriteAsync(Self, transaction => Task.FromResult(JobRemoval.Sweep(transaction)), cancellationToken))
        {
            await Task.Yield();
        }

        await store.WriteAsync(
            Self,
            async transaction =>
            {
                Throttles.Purge(transaction);
                await SigningKeys.PurgeAsync(transaction);
                return true;
            },
            cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Housekeeping failed; it is tried again at the next round.")]
        public static partial void SweepFailed(ILogger logger, Exception fault);
    }
}
