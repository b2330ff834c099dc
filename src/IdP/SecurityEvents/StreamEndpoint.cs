using System.Text.Json;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.Tokens;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SecurityEvents;

/// <summary>A receiver's stream is made, read, changed, replaced and deleted (OpenID Shared Signals Framework 1.0 §8.1.1).</summary>
internal static class StreamEndpoint
{
    public static readonly OAuthError Stopped = new("access_denied", "the operator of this hub has stopped the stream", StatusCodes.Status403Forbidden);

    public static async Task CreateAsync(HttpContext context, ReceiverCalls calls)
    {
        if (await calls.IdentifyAsync(context) is not { } caller)
        {
            return;
        }

        var (body, unread) = await ReceiverCalls.ReadBodyAsync(context);
        var (settings, wrong) = body is { } sent ? new StreamRequest(sent, calls.Options, caller.ClientId).Read(present: null, keepsMissing: false) : (null, unread);
        if (settings is null)
        {
            await wrong!.WriteAsync(context);
            return;
        }

        var made = await calls.Store.WriteAsync(caller.Actor, transaction => EventStreams.CreateAsync(transaction, caller.ClientId, settings), context.RequestAborted);
        await (made is null
            ? new OAuthError("conflict", "this client has a stream: read it, and change or replace it", StatusCodes.Status409Conflict).WriteAsync(context)
            : ReceiverCalls.AnswerAsync(context, StatusCodes.Status201Created, json => Write(json, made, calls.Options)));
    }

    public static async Task ReadAsync(HttpContext context, ReceiverCalls calls)
    {
        if (await calls.IdentifyAsync(context, reads: true) is not { } caller)
        {
            return;
        }

        var (streamId, wrong) = ReceiverCalls.StreamIdOf(context, isRequired: false);
        if (wrong is not null)
        {
            await wrong.WriteAsync(context);
            return;
        }

        var stream = await calls.Store.ReadAsync(reader => EventStreams.OfClientAsync(reader, caller.ClientId), context.RequestAborted);
        if (streamId is null)
        {
            await ReceiverCalls.AnswerAsync(context, StatusCodes.Status200OK, json => WriteList(json, stream, calls.Options));
            return;
        }

        await (stream?.Id == streamId
            ? ReceiverCalls.AnswerAsync(context, StatusCodes.Status200OK, json => Write(json, stream!, calls.Options))
            : ReceiverCalls.NoSuchStream.WriteAsync(context));
    }

    public static Task PatchAsync(HttpContext context, ReceiverCalls calls) => ChangeAsync(context, calls, keepsMissing: true);

    public static Task PutAsync(HttpContext context, ReceiverCalls calls) => ChangeAsync(context, calls, keepsMissing: false);

    public static async Task DeleteAsync(HttpContext context, ReceiverCalls calls)
    {
        if (await calls.IdentifyAsync(context) is not { } caller)
        {
            return;
        }

        var (streamId, wrong) = ReceiverCalls.StreamIdOf(context, isRequired: true);
        wrong ??= await calls.Store.WriteAsync<OAuthError?>(
            caller.Actor,
            async transaction =>
            {
                if (await EventStreams.FindAsync(transaction, caller.ClientId, streamId!) is not { } stream)
                {
                    return ReceiverCalls.NoSuchStream;
                }

                // Made anew it would be an enabled one.
                if (stream.IsStoppedByOperator)
                {
                    return Stopped;
                }

                await EventStreams.DeleteAsync(transaction, stream);
                return null;
            },
            context.RequestAborted);
        if (wrong is not null)
        {
            await wrong.WriteAsync(context);
            return;
        }

        ReceiverCalls.AnswerEmpty(context, StatusCodes.Status204NoContent);
    }

    private static async Task ChangeAsync(HttpContext context, ReceiverCalls calls, bool keepsMissing)
    {
        if (await calls.IdentifyAsync(context) is not { } caller)
        {
            return;
        }

        var (body, wrong) = await ReceiverCalls.ReadBodyAsync(context);
        if (body is not { } sent)
        {
            await wrong!.WriteAsync(context);
            return;
        }

        if (!sent.TryGetProperty("stream_id", out var named) || StreamRequest.Text(named) is not { Length: > 0 } streamId)
        {
            await OAuthError.InvalidRequest("stream_id is missing").WriteAsync(context);
            return;
        }

        var (changed, error) = await calls.Store.WriteAsync<(StreamView?, OAuthError?)>(
            caller.Actor,
            async transaction =>
            {
                if (await EventStreams.FindAsync(transaction, caller.ClientId, streamId) is not { } stream)
                {
                    return (null, ReceiverCalls.NoSuchStream);
                }

                var (settings, fault) = new StreamRequest(sent, calls.Options, caller.ClientId).Read(stream, keepsMissing);
                return settings is null ? (null, fault) : (await EventStreams.ChangeAsync(transaction, stream, settings), null);
            },
            context.RequestAborted);
        await (changed is null ? error!.WriteAsync(context) : ReceiverCalls.AnswerAsync(context, StatusCodes.Status200OK, json => Write(json, changed, calls.Options)));
    }

    private static void WriteList(Utf8JsonWriter json, StreamView? stream, IdPOptions options)
    {
        json.WriteStartArray();
        if (stream is not null)
        {
            Write(json, stream, options);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, StreamView stream, IdPOptions options)
    {
        json.WriteStartObject();
        json.WriteString("stream_id", stream.Id);
        json.WriteString("iss", options.Issuer);
        json.WriteString("aud", stream.ClientId);
        UserClaims.WriteArray(json, "events_supported", EventTypes.Supported);
        UserClaims.WriteArray(json, "events_requested", stream.EventsRequested);
        UserClaims.WriteArray(json, "events_delivered", stream.EventsDelivered);
        json.WriteStartObject("delivery");
        json.WriteString("method", stream.PushEndpoint is null ? TransmitterDocument.Poll : TransmitterDocument.Push);
        json.WriteString("endpoint_url", stream.PushEndpoint ?? PollEndpoint.AddressOf(options, stream.Id));
        if (stream.HasAuthorization)
        {
            json.WriteString("authorization_header", StreamRequest.KeptAuthorization);
        }

        json.WriteEndObject();
        json.WriteNumber("min_verification_interval", (int)EventStreams.MinVerificationInterval.TotalSeconds);
        if (stream.Description is not null)
        {
            json.WriteString("description", stream.Description);
        }

        json.WriteEndObject();
    }
}
