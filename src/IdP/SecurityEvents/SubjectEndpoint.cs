using System.Text.Json;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.IdP.Protocol;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SecurityEvents;

/// <summary>A receiver puts people back into its stream, and takes them out (OpenID Shared Signals Framework 1.0 §8.1.3). Whether the hub knows them is not to be learned here.</summary>
internal static class SubjectEndpoint
{
    private const int MostText = 320;

    public static Task AddAsync(HttpContext context, ReceiverCalls calls) => SetAsync(context, calls, wanted: true);

    public static Task RemoveAsync(HttpContext context, ReceiverCalls calls) => SetAsync(context, calls, wanted: false);

    private static async Task SetAsync(HttpContext context, ReceiverCalls calls, bool wanted)
    {
        if (await calls.IdentifyAsync(context) is not { } caller)
        {
            return;
        }

        var (body, wrong) = await ReceiverCalls.ReadBodyAsync(context);
        if (body is not { } sent || Read(sent, calls.Options.Issuer) is not var (streamId, userId, email))
        {
            await (wrong ?? OAuthError.InvalidRequest("send a stream_id and a subject of the format iss_sub or email")).WriteAsync(context);
            return;
        }

        var found = await calls.Store.WriteAsync(
            caller.Actor,
            async transaction =>
            {
                if (await EventStreams.FindAsync(transaction, caller.ClientId, streamId) is not { } stream)
                {
                    return false;
                }

                await StreamSubjects.SetAsync(transaction, stream, caller.AccountId, userId, email, wanted);
                return true;
            },
            context.RequestAborted);
        if (!found)
        {
            await ReceiverCalls.NoSuchStream.WriteAsync(context);
            return;
        }

        ReceiverCalls.AnswerEmpty(context, wanted ? StatusCodes.Status200OK : StatusCodes.Status204NoContent);
    }

    /// <summary>RFC 9493 §3.2.2 and §3.2.4: exactly the members of the format.</summary>
    private static (string StreamId, string? UserId, string? Email)? Read(JsonElement body, string issuer)
    {
        if (!body.TryGetProperty("stream_id", out var named) || StreamRequest.Text(named) is not { Length: > 0 } streamId
            || !body.TryGetProperty("subject", out var subject) || subject.ValueKind != JsonValueKind.Object
            || (body.TryGetProperty("verified", out var verified) && verified.ValueKind is not (JsonValueKind.True or JsonValueKind.False)))
        {
            return null;
        }

        var members = subject.EnumerateObject().ToDictionary(member => member.Name, member => StreamRequest.Text(member.Value), StringComparer.Ordinal);
        if (members.Values.Any(value => value is not { Length: > 0 and <= MostText }))
        {
            return null;
        }

        return (members.GetValueOrDefault("format"), members.Count) switch
        {
            // Another issuer's person is one that the hub does not know.
            ("iss_sub", 3) when members.TryGetValue("iss", out var iss) && members.TryGetValue("sub", out var sub) => (streamId, iss == issuer ? sub : "", null),
            ("email", 2) when members.TryGetValue("email", out var email) && email!.IndexOf('@', StringComparison.Ordinal) > 0 => (streamId, null, email),
            _ => null,
        };
    }
}
