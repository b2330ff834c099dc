using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.Tokens;
using IdentityHub.IdP.UserInfo;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.Presence;

/// <summary>An app that holds a live connection for somebody says so with their access token: 204 while they may stay, 401 when they may not. <c>state=gone</c> takes it back.</summary>
internal static class PresenceEndpoint
{
    public static async Task HandleAsync(HttpContext context, AccessTokens tokens, IHubStore store)
    {
        OAuthError.NoStore(context.Response);
        var (bearer, malformed) = await BearerToken.ReadAsync(context);
        if (malformed is not null || bearer is null)
        {
            await BearerToken.ChallengeAsync(context, malformed);
            return;
        }

        var (form, wrong) = context.Request.HasFormContentType ? await RequestParameters.ReadFormAsync(context) : (null, null);
        if (wrong is not null || form?.Repeated is not null || form?["state"] is not (null or "gone"))
        {
            await (wrong ?? OAuthError.InvalidRequest("state is gone, or left out")).WriteAsync(context);
            return;
        }

        if (await tokens.ReadAsync(bearer) is not { } token)
        {
            await BearerToken.ChallengeAsync(context, BearerToken.Invalid);
            return;
        }

        if (token.GrantId is not { } grantId)
        {
            await BearerToken.ChallengeAsync(context, new("insufficient_scope", "the token stands for nobody's sign-in", StatusCodes.Status403Forbidden));
            return;
        }

        var gone = form?["state"] is not null;
        var noted = await store.ReadAsync(reader => Task.FromResult(LiveToken.Read(reader, token) is not null), context.RequestAborted)
            && await store.WriteAsync(
                new Actor.RelyingApp(token.ClientId), transaction => Task.FromResult(Domain.Sessions.Presence.TryNote(transaction, grantId, gone)), context.RequestAborted);
        if (!noted)
        {
            await BearerToken.ChallengeAsync(context, BearerToken.Invalid);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
