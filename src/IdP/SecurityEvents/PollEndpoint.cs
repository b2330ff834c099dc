using System.Text.Json;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace IdentityHub.IdP.SecurityEvents;

/// <summary>A receiver fetches its events and says which it has (RFC 8936).</summary>
internal sealed class PollEndpoint(ReceiverCalls calls, TokenIssuer issuer, OutboxSignal signal, PollWaits waits, TimeProvider time, IHostApplicationLifetime hub)
{
    /// <summary>Each is signed: more than this would keep the answer waiting.</summary>
    private const int MostAtOnce = 100;

    /// <summary>RFC 8936 §2.1 leaves to the transmitter how long it waits for an event.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>How often somebody who waits looks for what another node has left.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    public static string AddressOf(IdPOptions options, string streamId) => $"{options.Issuer}/ssf/poll/{streamId}";

    public static Task HandleAsync(HttpContext context, PollEndpoint endpoint, string streamId) => endpoint.AnswerAsync(context, streamId);

    private async Task AnswerAsync(HttpContext context, string streamId)
    {
        if (await calls.IdentifyAsync(context) is not { } caller)
        {
            return;
        }

        var (body, wrong) = await ReceiverCalls.ReadBodyAsync(context);
        if (body is not { } sent || PollRequest.Read(sent) is not { } request)
        {
            await (wrong ?? OAuthError.InvalidRequest("maxEvents is a whole number, returnImmediately true or false, ack an array of jti values, setErrs an object of errors by jti")).WriteAsync(context);
            return;
        }

        if (await FindAsync(caller, streamId, context.RequestAborted) is not { PushEndpoint: null })
        {
            await ReceiverCalls.NoSuchStream.WriteAsync(context);
            return;
        }

        if (request.Acknowledged.Length + request.Refused.Count > 0)
        {
            await calls.Store.WriteAsync(
                caller.Actor,
                async transaction =>
                {
                    await EventPolling.SettleAsync(transaction, streamId, request.Acknowledged, request.Refused);
                    return true;
                },
                context.RequestAborted);
        }

        var (events, more) = await NextAsync(caller, streamId, request, context.RequestAborted);
        await ReceiverCalls.AnswerAsync(context, StatusCodes.Status200OK, json => Write(json, caller.ClientId, events, more));
    }

    private async Task<(IReadOnlyList<SecurityEvent> Events, bool More)> NextAsync(ReceiverCaller caller, string streamId, PollRequest request, CancellationToken aborted)
    {
        var most = Math.Min(request.MaxEvents ?? MostAtOnce, MostAtOnce);
        var until = time.GetUtcNow() + LongestWait;
        using var waiting = request.ReturnsAtOnce || most == 0 ? null : waits.TryBegin(streamId);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(aborted, hub.ApplicationStopping);
        while (true)
        {
            // Asked for before looking: what is committed in between is not waited for in vain.
            var polled = signal.NextPolled;
            var (events, more) = await LookAsync(caller, streamId, most, aborted);
            var left = until - time.GetUtcNow();
            if (events.Count > 0 || waiting is null || left <= TimeSpan.Zero || ends.IsCancellationRequested)
            {
                return (events, more);
            }

            await polled.WaitAsync(left < LookAgain ? left : LookAgain, time, ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks with the rights of this moment: who waited may have lost them.</summary>
    private Task<(IReadOnlyList<SecurityEvent> Events, bool More)> LookAsync(ReceiverCaller caller, string streamId, int most, CancellationToken aborted) => calls.Store.ReadAsync(
        async reader => Domain.Clients.Clients.Find(reader, caller.ClientId) is { IsUsable: true } && await EventStreams.FindAsync(reader, caller.ClientId, streamId) is { PushEndpoint: null } stream
            ? EventPolling.Next(reader, stream, most)
            : ([], false),
        aborted);

    private Task<StreamView?> FindAsync(ReceiverCaller caller, string streamId, CancellationToken aborted) =>
        calls.Store.ReadAsync(reader => EventStreams.FindAsync(reader, caller.ClientId, streamId), aborted);

    private void Write(Utf8JsonWriter json, string clientId, IReadOnlyList<SecurityEvent> events, bool more)
    {
        json.WriteStartObject();
        json.WriteStartObject("sets");
        foreach (var one in events)
        {
            json.WriteString(one.Id, issuer.SecurityEventToken(clientId, one));
        }

        json.WriteEndObject();
        json.WriteBoolean("moreAvailable", more);
        json.WriteEndObject();
    }
}

/// <summary>How many polls of one stream wait at once: a receiver that begins ever more of them is answered at once.</summary>
internal sealed class PollWaits
{
    private const int MostOfStream = 4;

    private readonly Dictionary<string, int> waiting = new(StringComparer.Ordinal);

    /// <returns>To be disposed of at the end of the wait; null when there are enough.</returns>
    public IDisposable? TryBegin(string streamId)
    {
        lock (waiting)
        {
            var present = waiting.GetValueOrDefault(streamId);
            if (present >= MostOfStream)
            {
                return null;
            }

            waiting[streamId] = present + 1;
            return new Wait(this, streamId);
        }
    }

    private void End(string streamId)
    {
        lock (waiting)
        {
            if (--waiting[streamId] == 0)
            {
                waiting.Remove(streamId);
            }
        }
    }

    private sealed class Wait(PollWaits waits, string streamId) : IDisposable
    {
        public void Dispose() => waits.End(streamId);
    }
}
