using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.SecurityEvents;

/// <summary>Events that wait to be fetched (RFC 8936). Each stays until its receiver says that it has it.</summary>
public static class EventPolling
{
    /// <summary>Begins the id of an event about the stream itself that is handed out whatever the stream's status.</summary>
    internal const string OfStream = "stream-";

    private static readonly Statement Waiting = new(
        """SELECT "Id", "SealedEvent" FROM "PolledEvents" WHERE "StreamId" = @stream ORDER BY "Sequence" LIMIT @most""", "@stream", "@most");

    private static readonly Statement WaitingOfStream = new(
        """SELECT "Id", "SealedEvent" FROM "PolledEvents" WHERE "StreamId" = @stream AND "Id" LIKE 'stream-%' ORDER BY "Sequence" LIMIT @most""", "@stream", "@most");

    private static readonly Statement OfUser = new("""DELETE FROM "PolledEvents" WHERE "Id" >= @mark AND "Id" < @end""", "@mark", "@end");

    private static readonly Statement InsertRefused = new(
        """
        INSERT INTO "Outbox" ("Kind", "Destination", "CreatedAt", "NextAttemptAt", "Attempts", "DeadAt", "LastError") VALUES (@kind, @stream, @now, @now, 1, @now, @error)
        """,
        "@kind", "@stream", "@now", "@error");

    /// <summary>The oldest events that wait.</summary>
    /// <param name="reader">Where to read.</param>
    /// <param name="stream">Of this stream; where it is not enabled, only what is about the stream itself.</param>
    /// <param name="most">How many at most.</param>
    /// <returns>The events, and whether there are more.</returns>
    public static (IReadOnlyList<SecurityEvent> Events, bool More) Next(HubReader reader, StreamView stream, int most)
    {
        var events = new List<SecurityEvent>();
        using var row = reader.Connection.Bind(stream.Status == StreamStatus.Enabled ? Waiting : WaitingOfStream, stream.Id, most + 1).ExecuteReader();
        while (row.Read())
        {
            if (events.Count == most)
            {
                return (events, true);
            }

            events.Add(SecurityEvents.Open(reader, row.GetString(0), row.GetFieldValue<byte[]>(1))
                ?? throw new InvalidDataException("An event that waits does not open under this hub's root key."));
        }

        return (events, false);
    }

    /// <summary>Takes away what the receiver has, and what it says it cannot take; the operator sees the latter.</summary>
    /// <param name="transaction">The transaction; the actor is the receiver.</param>
    /// <param name="streamId">Its stream: no other's events are touched.</param>
    /// <param name="acknowledged">By <c>jti</c>.</param>
    /// <param name="refused">By <c>jti</c>, with the error code.</param>
    public static async Task SettleAsync(HubTransaction transaction, string streamId, IReadOnlyCollection<string> acknowledged, IReadOnlyDictionary<string, string> refused)
    {
        await transaction.Db.PolledEvents.Where(row => row.StreamId == streamId && acknowledged.Contains(row.Id)).ExecuteDeleteAsync();
        foreach (var (id, error) in refused)
        {
            if (await transaction.Db.PolledEvents.Where(row => row.StreamId == streamId && row.Id == id).ExecuteDeleteAsync() == 1)
            {
                transaction.Connection.Execute(InsertRefused, SecurityEvent.Kind, streamId, transaction.Now.ToUnixTimeMilliseconds(), error);
            }
        }
    }

    /// <summary>Deletes what waits about a user and goes with them.</summary>
    internal static void Forget(HubTransaction transaction, string userId)
    {
        var mark = Receivers.MarkOf(transaction, userId);
        transaction.Connection.Execute(OfUser, mark, mark + "g");
    }
}
