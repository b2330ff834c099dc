using System.Globalization;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.SecurityEvents;

/// <summary>How long events wait for a receiver that does not fetch them, or whose stream is paused, and how many. The oldest go first, and the stream says so.</summary>
internal static class StreamRetention
{
    public const int MostWaiting = 100_000;
    public static readonly TimeSpan WaitingAreKept = TimeSpan.FromDays(7);

    private static readonly Statement FirstBeyondPolled = new(
        """SELECT "Sequence" FROM "PolledEvents" WHERE "StreamId" = @stream ORDER BY "Sequence" DESC LIMIT 1 OFFSET @most""", "@stream", "@most");

    private static readonly Statement FirstBeyondHeld = new(
        """
        SELECT "Sequence" FROM "Outbox" WHERE "Kind" = @kind AND "DeliveredAt" IS NULL AND "Destination" = @stream AND "NextAttemptAt" = @never ORDER BY "Sequence" DESC LIMIT 1 OFFSET @most
        """,
        "@kind", "@stream", "@never", "@most");

    /// <summary>Drops what has waited too long, or is too much.</summary>
    /// <returns>How many events were dropped; at most <paramref name="bite"/> of each stream.</returns>
    public static async Task<int> SweepAsync(HubTransaction transaction, int bite)
    {
        var dropped = 0;
        foreach (var stream in await transaction.Db.EventStreams.ToListAsync())
        {
            var count = await DropPolledAsync(transaction, stream.Id, bite) + await DropHeldAsync(transaction, stream.Id, bite);
            if (count > 0 && stream.StatusReason != EventStreams.StoppedByOperator)
            {
                stream.StatusReason = string.Create(
                    CultureInfo.InvariantCulture,
                    $"Events were dropped on {transaction.Now:yyyy-MM-dd}: they wait for {WaitingAreKept.Days} days at most, and {MostWaiting} of them.");
            }

            dropped = Math.Max(dropped, count);
        }

        await transaction.FlushAsync();
        return Math.Min(dropped, bite);
    }

    private static Task<int> DropPolledAsync(HubTransaction transaction, string streamId, int bite)
    {
        var beyond = transaction.Connection.Scalar(FirstBeyondPolled, streamId, MostWaiting) as long? ?? -1;
        return transaction.Db.PolledEvents
            .Where(row => row.StreamId == streamId && (row.CreatedAt < transaction.Now - WaitingAreKept || row.Sequence <= beyond)).OrderBy(row => row.Sequence).Take(bite).ExecuteDeleteAsync();
    }

    private static Task<int> DropHeldAsync(HubTransaction transaction, string streamId, int bite)
    {
        var beyond = transaction.Connection.Scalar(FirstBeyondHeld, SecurityEvent.Kind, streamId, Receiver.Never.ToUnixTimeMilliseconds(), MostWaiting) as long? ?? -1;
        return transaction.Db.Outbox
            .Where(row => row.Kind == SecurityEvent.Kind && row.DeliveredAt == null && row.Destination == streamId && row.NextAttemptAt == Receiver.Never
                && (row.CreatedAt < transaction.Now - WaitingAreKept || row.Sequence <= beyond)).OrderBy(row => row.Sequence).Take(bite).ExecuteDeleteAsync();
    }
}
