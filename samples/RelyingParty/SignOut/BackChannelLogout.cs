using IdentityHub.RelyingParty.Sessions;
using IdentityHub.RelyingParty.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IdentityHub.RelyingParty.SignOut;

/// <summary>OpenID Connect Back-Channel Logout 1.0: the hub tells us directly that someone is out.</summary>
internal sealed partial class BackChannelLogout(
    JwtVerifier verifier,
    SessionStore sessions,
    [FromKeyedServices(BackChannelLogout.UsedTokens)] UsedOnce tokens,
    TimeProvider time,
    ILogger<BackChannelLogout> logger)
{
    public const string Path = "/backchannel-logout";
    public const string UsedTokens = "logout tokens";

    /// <summary>Longer than any logout token is accepted after its <c>iat</c>.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store"; // section 2.8
        if (await ReadTokenAsync(context.Request) is not { } token)
        {
            return Refused("the request has no logout_token");
        }

        try
        {
            return await EndAsync(token, context.RequestAborted);
        }
        catch (HubUnreachableException fault)
        {
            // No key, no proof. Not the token's fault: the hub tries again.
            LogRefused(logger, fault.Message);
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
    }

    private async Task<IResult> EndAsync(string token, CancellationToken cancellationToken)
    {
        var (payload, fault) = await verifier.VerifyAsync(token, LogoutTokenRules.Types, cancellationToken);
        if (fault is not null)
        {
            return Refused(fault);
        }

        var (order, breach) = LogoutTokenRules.Read(payload, time.GetUtcNow());
        if (order is null)
        {
            return Refused(breach!);
        }

        if (!tokens.TryUse(order.Id, time.GetUtcNow() + Remembered))
        {
            return Refused("the logout token was used before (jti)");
        }

        var count = sessions.End(order);
        LogEnded(logger, count);
        return TypedResults.Ok();
    }

    /// <returns>Null unless the request is a form with exactly one <c>logout_token</c> (section 2.5).</returns>
    private static async Task<string?> ReadTokenAsync(HttpRequest request)
    {
        if (!request.HasFormContentType)
        {
            return null;
        }

        try
        {
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            return form["logout_token"] is { Count: 1 } one ? one.ToString() : null;
        }
        catch (Exception fault) when (fault is InvalidDataException or BadHttpRequestException)
        {
            return null; // too long, or not a form after all
        }
    }

    private JsonHttpResult<Error> Refused(string reason)
    {
        LogRefused(logger, reason);
        return TypedResults.Json(new Error("invalid_request", reason), statusCode: StatusCodes.Status400BadRequest);
    }

    private sealed record Error(string error, string error_description);

    [LoggerMessage(Level = LogLevel.Information, Message = "The hub ended {Count} session(s)")]
    private static partial void LogEnded(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A logout token was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
