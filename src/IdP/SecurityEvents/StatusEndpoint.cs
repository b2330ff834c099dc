using System.Text.Json;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.IdP.Protocol;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SecurityEvents;

/// <summary>Whether a stream transmits, seen and changed by its receiver (OpenID Shared Signals Framework 1.0 §8.1.2).</summary>
internal static class StatusEndpoint
{
    private const int MostReason = 256;

    public static async Task ReadAsync(HttpContext context, ReceiverCalls calls)
    {
        if (await calls.IdentifyAsync(context, reads: true) is not { } caller)
        {
            return;
        }

        var (streamId, wrong) = ReceiverCalls.StreamIdOf(context, isRequired: true);
        if (wrong is not null)
        {
            await wrong.WriteAsync(context);
            return;
        }

        await AnswerAsync(context, await calls.Store.ReadAsync(reader => EventStreams.FindAsync(reader, caller.ClientId, streamId!), context.RequestAborted), ReceiverCalls.NoSuchStream);
    }

    public static async Task ChangeAsync(HttpContext context, ReceiverCalls calls)
    {
        if (await calls.IdentifyAsync(context) is not { } caller)
        {
            return;
        }

        var (body, wrong) = await ReceiverCalls.ReadBodyAsync(context);
        if (body is not { } sent || Read(sent) is not var (streamId, status, reason))
        {
            await (wrong ?? OAuthError.InvalidRequest($"a status has a stream_id, a status of enabled, paused or disabled, and perhaps a reason of {MostReason} characters at most")).WriteAsync(context);
            return;
        }

        var (stream, error) = await calls.Store.WriteAsync<(StreamView?, OAuthError?)>(
            caller.Actor,
            async transaction =>
            {
                var present = await EventStreams.FindAsync(transaction, caller.ClientId, streamId);
                return present is null ? (null, ReceiverCalls.NoSuchStream)
                    : present.IsStoppedByOperator ? (null, StreamEndpoint.Stopped)
                    : (await EventStreams.SetStatusAsync(transaction, present, status, reason, byReceiver: true), null);
            },
            context.RequestAborted);
        await AnswerAsync(context, stream, error);
    }

    private static (string StreamId, StreamStatus Status, string? Reason)? Read(JsonElement body)
    {
        StreamStatus? status = body.TryGetProperty("status", out var wanted)
            ? StreamRequest.Text(wanted) switch
            {
                "enabled" => StreamStatus.Enabled,
                "paused" => StreamStatus.Paused,
                "disabled" => StreamStatus.Disabled,
                _ => null,
            }
            : null;
        string? reason = null;
        if (body.TryGetProperty("reason", out var why) && why.ValueKind != JsonValueKind.Null
            && ((reason = StreamRequest.Text(why)) is not { Length: <= MostReason } || reason.Any(char.IsControl) || reason == EventStreams.StoppedByOperator))
        {
            return null;
        }

        return status is { } known && body.TryGetProperty("stream_id", out var named) && StreamRequest.Text(named) is { Length: > 0 } id ? (id, known, reason) : null;
    }

    private static Task AnswerAsync(HttpContext context, StreamView? stream, OAuthError? error) => stream is null
        ? error!.WriteAsync(context)
        : ReceiverCalls.AnswerAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("stream_id", stream.Id);
            json.WriteString("status", stream.Status.ToString().ToLowerInvariant());
            if (stream.StatusReason is not null)
            {
                json.WriteString("reason", stream.StatusReason);
            }

            json.WriteEndObject();
        });
}
