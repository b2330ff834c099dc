using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.Domain.Sessions;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Events;

/// <summary>One transaction of the dispatcher: writes how attempts ended, goes on holding what is on its way, and takes what is due. Many rows at a time.</summary>
internal static class OutboxRound
{
    /// <summary>How long a node holds what it took without saying that it is still at it: so long a message waits at most that a hub was killed with.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(2500);

    private const int MostLookedAt = 512;

    private static readonly Statement TryAgain = new(
        """UPDATE "Outbox" SET "NextAttemptAt" = @at, "LastError" = COALESCE(@why, "LastError") WHERE "Sequence" = @sequence AND "DeliveredAt" IS NULL AND "DeadAt" IS NULL""",
        "@sequence", "@at", "@why");

    private static readonly Statement GiveUp = new(
        """
        UPDATE "Outbox" SET "DeadAt" = @now, "LastError" = @why, "SealedPayload" = CASE WHEN @keep THEN "SealedPayload" END
        WHERE "Sequence" = @sequence AND "DeliveredAt" IS NULL
        """,
        "@sequence", "@now", "@why", "@keep");

    /// <summary>What stands further back than any lease reaches is on nobody's way.</summary>
    private static readonly Statement Release = new(
        """
        UPDATE "Outbox" SET "NextAttemptAt" = @now
        WHERE "Kind" = @kind AND "Destination" = @destination AND "DeliveredAt" IS NULL AND "DeadAt" IS NULL AND "NextAttemptAt" > @held
        """,
        "@kind", "@destination", "@now", "@held");

    private static readonly Statement PutBack = new(
        """
        UPDATE "Outbox" SET "NextAttemptAt" = @until
        WHERE "Kind" = @kind AND "Destination" = @destination AND "DeliveredAt" IS NULL AND "DeadAt" IS NULL AND "NextAttemptAt" <= @now
        """,
        "@kind", "@destination", "@now", "@until");

    public static void Write(HubTransaction transaction, IReadOnlyCollection<OutboxChange> changes)
    {
        var now = transaction.Now.ToUnixTimeMilliseconds();
        foreach (var change in changes)
        {
            switch (change)
            {
                case OutboxChange.Again again:
                    transaction.Connection.Execute(TryAgain, again.Sequence, again.At.ToUnixTimeMilliseconds(), again.Why);
                    break;
                case OutboxChange.Dead dead:
                    transaction.Connection.Execute(GiveUp, dead.Sequence, now, dead.Why, dead.KeepsPayload);
                    break;
                default:
                    break;
            }
        }

        foreach (var up in changes.OfType<OutboxChange.Released>().Distinct())
        {
            transaction.Connection.Execute(Release, up.Kind, up.Destination, now, now + (long)Lease.TotalMilliseconds);
        }
    }

    public static async Task WriteDeliveredAsync(HubTransaction transaction, IReadOnlyCollection<OutboxChange> changes)
    {
        long[] delivered = [.. changes.OfType<OutboxChange.Delivered>().Select(change => change.Sequence)];
        if (delivered.Length > 0)
        {
            await transaction.Db.Outbox.Where(row => delivered.Contains(row.Sequence)).ExecuteUpdateAsync(update => update
                .SetProperty(row => row.DeliveredAt, transaction.Now).SetProperty(row => row.SealedPayload, (byte[]?)null));
        }
    }

    /// <summary>Says that what is on its way is still held.</summary>
    public static async Task HoldAsync(HubTransaction transaction, long[] sequences)
    {
        if (sequences.Length > 0)
        {
            await transaction.Db.Outbox.Where(row => sequences.Contains(row.Sequence) && row.DeliveredAt == null && row.DeadAt == null)
                .ExecuteUpdateAsync(update => update.SetProperty(row => row.NextAttemptAt, transaction.Now + Lease));
        }
    }

    /// <summary>Takes what this process can send: one that serves only a part of the hub leaves the rest to others.</summary>
    public static async Task<List<(OutboxAttempt Attempt, byte[] Payload)>> TakeAsync(HubTransaction transaction, OutboxLanes lanes, string[] kinds)
    {
        var full = lanes.Full();
        var underWay = lanes.UnderWay.ToArray();
        var due = await transaction.Db.Outbox.AsNoTracking()
            .Where(row => row.NextAttemptAt <= transaction.Now && row.DeliveredAt == null && row.DeadAt == null
                && kinds.Contains(row.Kind) && !full.Contains(row.Kind + "|" + row.Destination) && !underWay.Contains(row.Sequence))
            .OrderBy(row => row.NextAttemptAt).ThenBy(row => row.Sequence).Take(MostLookedAt)
            .Select(row => new OutboxAttempt(
                row.Sequence, row.Kind, row.Destination, row.Attempts + 1, row.CreatedAt, row.UserId != null || row.Kind == LogoutNotices.Kind || row.Kind == SecurityEvent.Kind)).ToListAsync();
        var taken = due.GroupBy(one => one.Lane, StringComparer.Ordinal).SelectMany(lane =>
        {
            // Of a destination that is down one goes ahead: one that was tried before, if there is one.
            var first = lanes.IsDown(lane.Key) ? [.. lane.OrderByDescending(one => one.Attempts > 1)] : lane.ToList();
            return first.Take(lanes.Room(lane.Key, first[0].Kind, first[0].Attempts > 1, transaction.Now));
        }).ToList();
        var attempts = await OpenAsync(transaction, taken);
        PutBackWhatMustWait(transaction, lanes, due);
        return attempts;
    }

    private static async Task<List<(OutboxAttempt, byte[])>> OpenAsync(HubTransaction transaction, List<OutboxAttempt> taken)
    {
        if (taken.Count == 0)
        {
            return [];
        }

        long[] sequences = [.. taken.Select(one => one.Sequence)];
        var rows = transaction.Db.Outbox.Where(row => sequences.Contains(row.Sequence));
        await rows.ExecuteUpdateAsync(update => update
            .SetProperty(row => row.NextAttemptAt, transaction.Now + Lease).SetProperty(row => row.Attempts, row => row.Attempts + 1));
        var payloads = await rows.AsNoTracking().Select(row => new { row.Sequence, row.SealedPayload }).ToDictionaryAsync(row => row.Sequence, row => row.SealedPayload ?? []);
        return [.. taken.Select(one => (one, transaction.Sealer.Open("outbox", one.Kind, payloads[one.Sequence]) ?? []))];
    }

    private static void PutBackWhatMustWait(HubTransaction transaction, OutboxLanes lanes, List<OutboxAttempt> due)
    {
        var now = transaction.Now.ToUnixTimeMilliseconds();
        foreach (var lane in due.DistinctBy(one => one.Lane).Where(one => lanes.IsDown(one.Lane)))
        {
            transaction.Connection.Execute(PutBack, lane.Kind, lane.Destination, now, now + (long)OutboxLanes.StandBack.TotalMilliseconds);
        }
    }
}
