using System.Text.Json;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.SecurityEvents;

/// <summary>What waits for a receiver, when its stream changes.</summary>
internal static class WaitingEvents
{
    private static readonly Statement Hold = new(
        """
        UPDATE "Outbox" SET "NextAttemptAt" = @never, "Attempts" = 0 WHERE "Kind" = @kind AND "Destination" = @stream AND "DeliveredAt" IS NULL AND "DeadAt" IS NULL
        """,
        "@kind", "@stream", "@never");

    /// <summary>Its day of attempts begins anew: it was not the receiver's failing that it had to wait.</summary>
    private static readonly Statement LetGo = new(
        """
        UPDATE "Outbox" SET "NextAttemptAt" = @now, "CreatedAt" = @now WHERE "Kind" = @kind AND "Destination" = @stream AND "DeliveredAt" IS NULL AND "DeadAt" IS NULL
        """,
        "@kind", "@stream", "@now");

    /// <summary>Has what waits follow the stream's status.</summary>
    public static async Task FollowAsync(HubTransaction transaction, string streamId, StreamStatus status)
    {
        await transaction.FlushAsync();
        switch (status)
        {
            case StreamStatus.Paused:
                transaction.Connection.Execute(Hold, SecurityEvent.Kind, streamId, Receiver.Never.ToUnixTimeMilliseconds());
                break;
            case StreamStatus.Disabled:
                await DropAsync(transaction, streamId);
                break;
            default:
                transaction.Connection.Execute(LetGo, SecurityEvent.Kind, streamId, transaction.Now.ToUnixTimeMilliseconds());
                transaction.WakeOutbox();
                transaction.WakePolls();
                break;
        }
    }

    public static async Task DropAsync(HubTransaction transaction, string streamId)
    {
        await InOutbox(transaction, streamId).ExecuteDeleteAsync();
        await transaction.Db.PolledEvents.Where(row => row.StreamId == streamId).ExecuteDeleteAsync();
    }

    /// <summary>Moves what waits from the outbox to where it is polled, or the other way.</summary>
    public static async Task MoveAsync(HubTransaction transaction, Receiver receiver)
    {
        var waiting = receiver.IsPolled
            ? (await InOutbox(transaction, receiver.StreamId).AsNoTracking().OrderBy(row => row.Sequence).Select(row => row.SealedPayload).ToListAsync())
                .Select(payload => transaction.Sealer.Open("outbox", SecurityEvent.Kind, payload ?? [])).OfType<byte[]>().Select(plain => JsonSerializer.Deserialize<SecurityEvent>(plain))
            : (await transaction.Db.PolledEvents.AsNoTracking().Where(row => row.StreamId == receiver.StreamId).OrderBy(row => row.Sequence).ToListAsync())
                .Select(row => SecurityEvents.Open(transaction, row.Id, row.SealedEvent));
        var moved = waiting.OfType<SecurityEvent>().ToList();
        await DropAsync(transaction, receiver.StreamId);
        foreach (var one in moved)
        {
            await SecurityEvents.SendAsync(transaction, receiver, one);
        }
    }

    private static IQueryable<Events.OutboxMessage> InOutbox(HubTransaction transaction, string streamId) => transaction.Db.Outbox.Where(row =>
        row.Kind == SecurityEvent.Kind && row.Destination == streamId && row.DeliveredAt == null && row.DeadAt == null);
}
