using System.Text.Json.Nodes;
using IdentityHub.Scim.Listing;
using IdentityHub.Scim.Protocol;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Pipeline;

/// <summary>What comes before every operation: who calls, how fast, with what right. And after it: the answer, in SCIM's shape whatever it is.</summary>
internal sealed class ScimEndpoint(ScimAuthentication authentication, RequestLimits limits)
{
    private static readonly ScimError ReadOnly = ScimError.Forbidden("This token may only read: its scope is scim.read.");

    private static readonly ScimError OwnOnly = ScimError.Forbidden("An access token that a person granted reaches /Me and nothing else.");

    /// <summary>Runs an operation for whoever may call it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="access">What the operation needs.</param>
    /// <param name="operation">The operation.</param>
    public async Task RunAsync(HttpContext context, Access access, Func<ScimCall, Task<ScimAnswer>> operation)
    {
        var identified = await authentication.IdentifyAsync(context);
        if (identified.Failed)
        {
            if (identified.Error.Status == StatusCodes.Status401Unauthorized)
            {
                context.Response.Headers.WWWAuthenticate = "Bearer realm=\"IdentityHub\"";
            }

            await ScimAnswer.Of(identified.Error).WriteAsync(context);
            return;
        }

        var call = identified.Value;
        context.Response.Headers["RateLimit-Policy"] = limits.Announcement;
        if (limits.Refuse(call.MembershipId ?? call.CallerId) is { } seconds)
        {
            await ScimAnswer.TooManyRequests(seconds).WriteAsync(context);
            return;
        }

        var refusal = Refusal(call, access);
        await (refusal is not null ? ScimAnswer.Of(refusal) : await operation(call)).WriteAsync(context);
    }

    /// <summary>Runs an operation that takes a resource or a message and changes something.</summary>
    public Task WriteAsync(HttpContext context, Func<ScimCall, JsonObject, Task<ScimAnswer>> operation) => RunAsync(context, Access.Write, async call =>
    {
        var body = await ScimBody.ReadAsync(context);
        return body.Failed ? ScimAnswer.Of(body.Error) : await operation(call, body.Value);
    });

    /// <summary>Runs a search that is asked for by POST (RFC 7644 §3.4.3): it reads.</summary>
    public Task SearchAsync(HttpContext context, Func<ScimCall, ListRequest, Task<ScimAnswer>> operation) => RunAsync(context, Access.Read, async call =>
    {
        var body = await ScimBody.ReadAsync(context);
        return body.Failed ? ScimAnswer.Of(body.Error) : await WithListAsync(ListRequest.Of(body.Value), list => operation(call, list));
    });

    public static async Task<ScimAnswer> WithListAsync(Outcome<ListRequest> list, Func<ListRequest, Task<ScimAnswer>> operation) =>
        list.Failed ? ScimAnswer.Of(list.Error) : await operation(list.Value);

    private static ScimError? Refusal(ScimCall call, Access access)
    {
        if (access != Access.Own && call.MembershipId is not null)
        {
            return OwnOnly;
        }

        return access == Access.Write && !call.MayWrite ? ReadOnly : null;
    }
}

/// <summary>What an operation needs of its caller.</summary>
internal enum Access
{
    Read,
    Write,

    /// <summary>Reading what belongs to the caller.</summary>
    Own,
}
