using IdentityHub.Domain.SecurityEvents;
using IdentityHub.IdP.Protocol;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SecurityEvents;

/// <summary>A receiver asks for an event by which it sees that its stream works (OpenID Shared Signals Framework 1.0 §8.1.4).</summary>
internal static class VerificationEndpoint
{
    private const int MostState = 1024;

    public static async Task HandleAsync(HttpContext context, ReceiverCalls calls)
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

        string? state = null;
        if (!sent.TryGetProperty("stream_id", out var named) || StreamRequest.Text(named) is not { Length: > 0 } streamId
            || (sent.TryGetProperty("state", out var given) && (state = StreamRequest.Text(given)) is not { Length: <= MostState }))
        {
            await OAuthError.InvalidRequest($"send a stream_id, and perhaps a state: a text of {MostState} characters at most").WriteAsync(context);
            return;
        }

        var error = await calls.Store.WriteAsync<OAuthError?>(
            caller.Actor,
            async transaction =>
            {
                var stream = await EventStreams.FindAsync(transaction, caller.ClientId, streamId);
                return stream is null ? ReceiverCalls.NoSuchStream
                    : stream.Status != StreamStatus.Enabled ? OAuthError.InvalidRequest("the stream is not enabled")
                    : await EventStreams.TryVerifyAsync(transaction, stream, state) ? null
                    : new("too_many_requests", "ask no more often than min_verification_interval says", StatusCodes.Status429TooManyRequests);
            },
            context.RequestAborted);
        if (error is null)
        {
            ReceiverCalls.AnswerEmpty(context, StatusCodes.Status204NoContent);
            return;
        }

        if (error.Status == StatusCodes.Status429TooManyRequests)
        {
            context.Response.Headers.RetryAfter = ((int)EventStreams.MinVerificationInterval.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        await error.WriteAsync(context);
    }
}
