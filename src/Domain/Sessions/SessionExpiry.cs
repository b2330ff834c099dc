using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityHub.Domain.Sessions;

/// <summary>Ends what has come to the end of its time, so that the apps hear. That it is over is checked at each use and never waits for this.</summary>
public sealed partial class SessionExpiry(IHubStore store, TimeProvider time, ILogger<SessionExpiry> logger) : BackgroundService
{
    private const int Bite = 100;
    private static readonly Actor Self = new Actor.Hub("session-expiry");
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>As long as a message is tried. Of what ended before, a database from an older build or a hub that was off for days, nobody is told at once by the thousand.</summary>
    private static readonly TimeSpan WorthTelling = TimeSpan.FromHours(24);

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

    /// <summary>One round, in bites: requests get their turn in between. Where nothing is over it writes nothing.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        while (await store.ReadAsync(DueSessionsAsync, cancellationToken) is { Count: > 0 } sessions)
        {
            await store.WriteAsync(Self, transaction => EndAsync(transaction, sessions), cancellationToken);
        }

        while (await store.ReadAsync(reader => Task.FromResult(GrantExpiry.Due(reader, Bite)), cancellationToken) is { Count: > 0 } grants)
        {
            await store.WriteAsync(Self, transaction => GrantExpiry.EndAsync(transaction, grants), cancellationToken);
        }
    }

    private static Task<List<string>> DueSessionsAsync(HubReader reader) =>
        reader.Db.Sessions.Where(row => row.EndedAt == null && row.EndsAt <= reader.Now).OrderBy(row => row.EndsAt).Take(Bite).Select(row => row.Id).ToListAsync();

    private static async Task<bool> EndAsync(HubTransaction transaction, IReadOnlyList<string> sessions)
    {
        await transaction.Db.Sessions.Where(row => sessions.Contains(row.Id) && row.EndedAt == null && row.EndsAt <= transaction.Now - WorthTelling)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.EndedAt, row => row.EndsAt));

        // Once more: one may have been used since.
        foreach (var id in await transaction.Db.Sessions.Where(row => sessions.Contains(row.Id) && row.EndedAt == null && row.EndsAt <= transaction.Now).Select(row => row.Id).ToListAsync())
        {
            await Sessions.EndAsync(transaction, id, Sessions.Expired);
        }

        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Sessions whose time is over could not be ended; it is tried again at the next round.")]
        public static partial void SweepFailed(ILogger logger, Exception fault);
    }
}
