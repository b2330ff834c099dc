using System.Text.Json;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;

namespace IdentityHub.Domain.SecurityEvents;

/// <summary>The one place where security events are queued, in the transaction of what happened. Where nobody wants them, it costs one look at a small table.</summary>
internal static class SecurityEvents
{
    private static readonly Statement InsertPolled = new(
        """INSERT INTO "PolledEvents" ("Id", "StreamId", "SealedEvent", "CreatedAt") VALUES (@id, @stream, @event, @now)""", "@id", "@stream", "@event", "@now");

    /// <summary>Queues the event for every receiver that wants it and may hear it.</summary>
    public static async Task QueueAsync(HubTransaction transaction, Fact fact)
    {
        var receivers = Receivers.Of(transaction);
        if (!receivers.AnyWants(fact.Type) || transaction.ErasedUserId == fact.UserId)
        {
            return;
        }

        await transaction.FlushAsync();
        foreach (var receiver in receivers.Of(fact).ToList())
        {
            var subject = SubjectFor(receiver, fact);
            if (subject.Sid is null || IsNews(transaction, receiver, fact))
            {
                await SendAsync(transaction, receiver, new(
                    fact.Outlives ? RandomId.New() : Receivers.MarkOf(transaction, fact.UserId) + RandomId.New(), receiver.StreamId, fact.Type, fact.Says.ToJsonString(), subject,
                    receivers.CauseOf(fact.UserId), transaction.Now.ToUnixTimeSeconds(), fact.Outlives ? null : fact.UserId));
            }
        }
    }

    /// <summary>Puts an event where its receiver gets it from: the outbox, or what it polls.</summary>
    public static async Task SendAsync(HubTransaction transaction, Receiver receiver, SecurityEvent told)
    {
        if (!receiver.IsPolled)
        {
            await transaction.EnqueueAsync(SecurityEvent.Kind, receiver.StreamId, told.UserId, told, notBefore: receiver.IsPaused ? Receiver.Never : null);
            return;
        }

        await transaction.FlushAsync();
        transaction.Connection.Execute(InsertPolled, told.Id, told.StreamId, Seal(transaction, told), transaction.Now.ToUnixTimeMilliseconds());
        transaction.WakePolls();
    }

    public static SecurityEvent? Open(HubReader reader, string id, byte[] sealedEvent) =>
        reader.Sealer.Open(SecurityEvent.Kind, id, sealedEvent) is { } plain ? JsonSerializer.Deserialize<SecurityEvent>(plain) : null;

    private static byte[] Seal(HubTransaction transaction, SecurityEvent told) =>
        transaction.Sealer.Seal(SecurityEvent.Kind, told.Id, JsonSerializer.SerializeToUtf8Bytes(told));

    /// <summary>A session goes by the name that the receiver itself knows it by. Of an app's part of it, that app hears as of its session; others hear which app's part.</summary>
    private static EventSubject SubjectFor(Receiver receiver, Fact fact) => new(
        fact.UserId, fact.SessionId is { } session ? LogoutNotices.SidFor(session, receiver.ClientId) : null,
        fact.ClientId == receiver.ClientId ? null : fact.ClientId, fact.NamesAccount ? fact.AccountId : null);

    /// <summary>Several operations of one change end the same session: it is told once, and of its parts nothing more.</summary>
    private static bool IsNews(HubTransaction transaction, Receiver receiver, Fact fact)
    {
        var isWhole = fact.ClientId is null || fact.ClientId == receiver.ClientId;
        return fact.Type != EventTypes.SessionRevoked
            || (!transaction.WasDone((receiver.StreamId, fact.SessionId, "")) && transaction.IsFirst((receiver.StreamId, fact.SessionId, isWhole ? "" : fact.ClientId)));
    }
}
