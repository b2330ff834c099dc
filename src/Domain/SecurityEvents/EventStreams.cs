using System.Text;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.SecurityEvents;

/// <summary>Streams of events to receivers (OpenID Shared Signals Framework 1.0 §8): made, changed, paused, deleted. A client has one.</summary>
public static class EventStreams
{
    /// <summary>A receiver may ask for a verification event this often.</summary>
    public static readonly TimeSpan MinVerificationInterval = TimeSpan.FromSeconds(30);

    public const string StoppedByOperator = "Stopped by the operator of this hub.";

    private const string AuthorizationPurpose = "security-event-authorization";

    private static readonly Statement Verify = new(
        """UPDATE "EventStreams" SET "VerifiedAt" = @now WHERE "Id" = @id AND ("VerifiedAt" IS NULL OR "VerifiedAt" <= @before)""", "@id", "@now", "@before");

    private static readonly Statement Insert = new(
        """
        INSERT INTO "EventStreams" ("Id", "ClientId", "EventsRequested", "Status", "CreatedAt") VALUES (@id, @client, '[]', 'Enabled', @now) ON CONFLICT ("ClientId") DO NOTHING
        """,
        "@id", "@client", "@now");

    /// <returns>The stream of this client; null where it has none.</returns>
    public static async Task<StreamView?> OfClientAsync(HubReader reader, string clientId) =>
        await reader.Db.EventStreams.AsNoTracking().SingleOrDefaultAsync(row => row.ClientId == clientId) is { } row ? View(row) : null;

    /// <returns>The stream of this id where it is this client's; otherwise null.</returns>
    public static async Task<StreamView?> FindAsync(HubReader reader, string clientId, string streamId) =>
        await reader.Db.EventStreams.AsNoTracking().SingleOrDefaultAsync(row => row.Id == streamId && row.ClientId == clientId) is { } row ? View(row) : null;

    /// <returns>What a push to this stream needs; null when the stream is gone.</returns>
    public static async Task<(StreamView Stream, string? Authorization, bool IsOfDisabledClient)?> ForPushAsync(HubReader reader, string streamId)
    {
        if (await reader.Db.EventStreams.AsNoTracking().SingleOrDefaultAsync(row => row.Id == streamId) is not { } row)
        {
            return null;
        }

        var header = row.SealedAuthorization is { } sealedHeader
            ? reader.Sealer.Open(AuthorizationPurpose, row.Id, sealedHeader) ?? throw new InvalidDataException("A stream's authorization does not open under this hub's root key.")
            : null;
        return (View(row), header is null ? null : Encoding.ASCII.GetString(header), Clients.Clients.Find(reader, row.ClientId) is not { Disabled: false });
    }

    /// <summary>Makes the client's stream.</summary>
    /// <returns>Null when it has one already.</returns>
    public static async Task<StreamView?> CreateAsync(HubTransaction transaction, string clientId, StreamSettings settings)
    {
        var id = RandomId.New();
        if (transaction.Connection.Execute(Insert, id, clientId, transaction.Now.ToUnixTimeMilliseconds()) == 0)
        {
            return null;
        }

        var row = await transaction.Db.EventStreams.SingleAsync(stream => stream.Id == id);
        Apply(transaction, row, settings);
        await transaction.AuditAsync("event-stream.created", await AccountOfAsync(transaction, clientId), details: new { client_id = clientId });
        return View(row);
    }

    /// <summary>Gives a stream these settings. What waits goes the new way.</summary>
    public static async Task<StreamView> ChangeAsync(HubTransaction transaction, StreamView stream, StreamSettings settings)
    {
        var row = await transaction.Db.EventStreams.SingleAsync(one => one.Id == stream.Id);
        Apply(transaction, row, settings);
        await transaction.AuditAsync("event-stream.changed", await AccountOfAsync(transaction, row.ClientId), details: new { client_id = row.ClientId });
        if ((stream.PushEndpoint is null) != (row.PushEndpoint is null))
        {
            await WaitingEvents.MoveAsync(transaction, AsReceiver(row));
        }

        return View(row);
    }

    /// <summary>Deletes a stream with what waits for it.</summary>
    public static async Task DeleteAsync(HubTransaction transaction, StreamView stream)
    {
        await WaitingEvents.DropAsync(transaction, stream.Id);
        await transaction.Db.EventStreams.Where(row => row.Id == stream.Id).ExecuteDeleteAsync();
        await transaction.AuditAsync("event-stream.deleted", await AccountOfAsync(transaction, stream.ClientId), details: new { client_id = stream.ClientId });
    }

    /// <summary>Enables a stream, pauses it (what comes waits) or disables it (what waits is dropped, what comes is not kept).</summary>
    /// <param name="transaction">The transaction and who acts.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="status">Its status from now on.</param>
    /// <param name="reason">Why, for people; null for none.</param>
    /// <param name="byReceiver">Whether the receiver asked for it; if not, it is told (§8.1.5).</param>
    public static async Task<StreamView> SetStatusAsync(HubTransaction transaction, StreamView stream, StreamStatus status, string? reason, bool byReceiver)
    {
        var row = await transaction.Db.EventStreams.SingleAsync(one => one.Id == stream.Id);
        row.Status = status;
        row.StatusReason = reason;
        if (stream.Status == status)
        {
            await transaction.FlushAsync();
            return View(row);
        }

        await transaction.AuditAsync("event-stream.status-changed", await AccountOfAsync(transaction, row.ClientId), details: new { client_id = row.ClientId, status = status.ToString().ToLowerInvariant() });
        await WaitingEvents.FollowAsync(transaction, stream.Id, status);
        if (!byReceiver)
        {
            var says = new JsonObject { ["status"] = status.ToString().ToLowerInvariant() };
            if (reason is not null)
            {
                says["reason"] = reason;
            }

            await SendAboutStreamAsync(transaction, row, EventTypes.StreamUpdated, says);
        }

        return View(row);
    }

    /// <summary>Sends an event by which the receiver sees that its stream works.</summary>
    /// <param name="transaction">The transaction; the actor is the receiver.</param>
    /// <param name="stream">Its stream, which is enabled.</param>
    /// <param name="state">To be echoed; null for nothing.</param>
    /// <returns>False when it asked not long enough ago: nothing is sent.</returns>
    public static async Task<bool> TryVerifyAsync(HubTransaction transaction, StreamView stream, string? state)
    {
        await transaction.FlushAsync();
        if (transaction.Connection.Execute(
            Verify, stream.Id, transaction.Now.ToUnixTimeMilliseconds(), (transaction.Now - MinVerificationInterval).ToUnixTimeMilliseconds()) == 0)
        {
            return false;
        }

        var row = await transaction.Db.EventStreams.SingleAsync(one => one.Id == stream.Id);
        await SendAboutStreamAsync(transaction, row, EventTypes.Verification, state is null ? [] : new() { ["state"] = state });
        return true;
    }

    internal static StreamView View(EventStream row) => new()
    {
        Id = row.Id,
        ClientId = row.ClientId,
        EventsRequested = row.EventsRequested,
        PushEndpoint = row.PushEndpoint,
        HasAuthorization = row.SealedAuthorization is not null,
        Description = row.Description,
        Status = row.Status,
        StatusReason = row.StatusReason,
    };

    /// <summary>What is about the stream itself goes out at once, even over one that is stopped with it.</summary>
    private static Task SendAboutStreamAsync(HubTransaction transaction, EventStream row, string type, JsonObject says) => SecurityEvents.SendAsync(
        transaction, AsReceiver(row) with { IsPaused = false },
        new(EventPolling.OfStream + RandomId.New(), row.Id, type, says.ToJsonString(), EventSubject.TheStream, RandomId.New(), transaction.Now.ToUnixTimeSeconds(), null));

    private static void Apply(HubTransaction transaction, EventStream row, StreamSettings settings)
    {
        row.EventsRequested = settings.EventsRequested;
        row.Description = settings.Description;
        row.PushEndpoint = settings.Push?.Endpoint;
        if (settings.Push is not { KeepsAuthorization: true })
        {
            row.SealedAuthorization = settings.Push?.Authorization is { } header ? transaction.Sealer.Seal(AuthorizationPurpose, row.Id, Encoding.ASCII.GetBytes(header)) : null;
        }
    }

    private static Receiver AsReceiver(EventStream row) =>
        new(row.Id, row.ClientId, null, row.EventsRequested, row.PushEndpoint is null, row.Status == StreamStatus.Paused);

    private static Task<string?> AccountOfAsync(HubTransaction transaction, string clientId) =>
        transaction.Db.Clients.Where(client => client.Id == clientId).Select(client => client.AccountId).SingleOrDefaultAsync();
}
