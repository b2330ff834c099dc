using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Events;

/// <summary>Where a message of the outbox stands.</summary>
public enum OutboxState
{
    /// <summary>To be sent for the first time.</summary>
    Waiting,

    /// <summary>Tried and to be tried again.</summary>
    Failing,

    /// <summary>Given up, or refused for good.</summary>
    Dead,
}

/// <summary>A queue at a glance.</summary>
/// <param name="Kind">What is sent in it.</param>
/// <param name="Waiting">How many were not tried yet.</param>
/// <param name="Failing">How many were tried and will be again.</param>
/// <param name="Dead">How many were given up within the last thirty days.</param>
/// <param name="OldestAt">When the oldest that is still to be sent was queued; null where nothing is.</param>
public sealed record QueueStanding(string Kind, int Waiting, int Failing, int Dead, DateTimeOffset? OldestAt);

/// <summary>A message as the operator sees it: never what it says, nor to whom beyond the domain or the app.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Kind">Which queue.</param>
/// <param name="Destination">The mail domain or the app's id; empty for the hub itself.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="LastError">Why the last attempt failed; null where none did.</param>
/// <param name="CreatedAt">When it was queued.</param>
/// <param name="NextAttemptAt">When it is tried next; null for one that is given up.</param>
/// <param name="CanBeSent">Whether there is anything left to send: a mail that was refused for good is blank.</param>
public sealed record OutboxLine(
    long Sequence, string Kind, string Destination, OutboxState State, int Attempts, string? LastError, DateTimeOffset CreatedAt, DateTimeOffset? NextAttemptAt, bool CanBeSent);

/// <summary>What must still leave the hub, seen and pushed on by the operator.</summary>
public static class Outbox
{
    private static readonly Statement SendNow = new(
        """UPDATE "Outbox" SET "NextAttemptAt" = @now, "DeadAt" = NULL WHERE "Sequence" = @sequence AND "DeliveredAt" IS NULL AND "SealedPayload" IS NOT NULL""",
        "@sequence", "@now");

    private static readonly Statement SendAllNow = new(
        """
        UPDATE "Outbox" SET "NextAttemptAt" = @now
        WHERE "Kind" = @kind AND "DeliveredAt" IS NULL AND "DeadAt" IS NULL AND "Attempts" > 0 AND "NextAttemptAt" > @now
        """,
        "@kind", "@now");

    /// <returns>Every queue in which something waits, fails or is dead, by kind.</returns>
    public static async Task<IReadOnlyList<QueueStanding>> QueuesAsync(HubReader reader)
    {
        var rows = await reader.Db.Outbox.Where(row => row.DeliveredAt == null).GroupBy(row => row.Kind).Select(kind => new
        {
            Kind = kind.Key,
            Waiting = kind.Count(row => row.DeadAt == null && row.LastError == null),
            Failing = kind.Count(row => row.DeadAt == null && row.LastError != null),
            Dead = kind.Count(row => row.DeadAt != null),
            Oldest = kind.Where(row => row.DeadAt == null).Min(row => (DateTimeOffset?)row.CreatedAt),
        }).ToListAsync();
        return [.. rows.OrderBy(row => row.Kind, StringComparer.Ordinal).Select(row => new QueueStanding(row.Kind, row.Waiting, row.Failing, row.Dead, row.Oldest))];
    }

    /// <summary>Messages that were not delivered, the oldest first.</summary>
    /// <param name="reader">Where to read.</param>
    /// <param name="kind">One queue; null for all.</param>
    /// <param name="state">Of this state only; null for any.</param>
    /// <param name="after">The number after which to go on; 0 for the beginning.</param>
    /// <param name="most">How many at most.</param>
    public static async Task<IReadOnlyList<OutboxLine>> ListAsync(HubReader reader, string? kind, OutboxState? state, long after, int most)
    {
        var rows = reader.Db.Outbox.AsNoTracking().Where(row => row.DeliveredAt == null && row.Sequence > after && (kind == null || row.Kind == kind));
        rows = state switch
        {
            OutboxState.Waiting => rows.Where(row => row.DeadAt == null && row.LastError == null),
            OutboxState.Failing => rows.Where(row => row.DeadAt == null && row.LastError != null),
            OutboxState.Dead => rows.Where(row => row.DeadAt != null),
            _ => rows,
        };
        return await rows.OrderBy(row => row.Sequence).Take(most).Select(row => new OutboxLine(
            row.Sequence, row.Kind, row.Destination,
            row.DeadAt != null ? OutboxState.Dead : row.LastError != null ? OutboxState.Failing : OutboxState.Waiting,
            row.Attempts, row.LastError, row.CreatedAt, row.DeadAt != null ? null : row.NextAttemptAt, row.SealedPayload != null)).ToListAsync();
    }

    /// <summary>Has a message tried once more now. One that was given up is given up again when this attempt fails too.</summary>
    /// <returns>False when it was delivered, is blank, or there is none of this number.</returns>
    public static async Task<bool> SendAgainAsync(HubTransaction transaction, long sequence)
    {
        await transaction.FlushAsync();
        if (transaction.Connection.Execute(SendNow, sequence, transaction.Now.ToUnixTimeMilliseconds()) == 0)
        {
            return false;
        }

        transaction.WakeOutbox();
        await transaction.AuditAsync("outbox.sent-again", details: new { sequence });
        return true;
    }

    /// <summary>Has everything in a queue that failed and waits to be tried again tried now: when what was down is up again.</summary>
    /// <returns>How many messages that were.</returns>
    public static async Task<int> SendAllAgainAsync(HubTransaction transaction, string kind)
    {
        await transaction.FlushAsync();
        var count = transaction.Connection.Execute(SendAllNow, kind, transaction.Now.ToUnixTimeMilliseconds());
        if (count > 0)
        {
            transaction.WakeOutbox();
            await transaction.AuditAsync("outbox.sent-again", details: new { kind, count });
        }

        return count;
    }
}
