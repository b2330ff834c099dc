using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.IdP.ClientAuthentication;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.Tokens;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.Revocation;

/// <summary>Token revocation (RFC 7009). A refresh token takes its family along; an access token goes alone; what is unknown or another's is answered alike.</summary>
internal static class RevocationEndpoint
{
    public static async Task HandleAsync(HttpContext context, ClientAuthenticator authenticator, AccessTokens accessTokens, RefreshToken refreshTokens, IHubStore store)
    {
        var (parameters, error) = await RequestParameters.ReadFormAsync(context);
        if (parameters is null)
        {
            await error!.WriteAsync(context);
            return;
        }

        if (parameters.Repeated is not null)
        {
            await OAuthError.InvalidRequest("a parameter is repeated").WriteAsync(context);
            return;
        }

        var (client, unproved) = await authenticator.AuthenticateAsync(context, parameters);
        if (client is null)
        {
            await unproved!.WriteAsync(context);
            return;
        }

        if (parameters["token"] is not { } token)
        {
            await OAuthError.InvalidRequest("token is missing").WriteAsync(context);
            return;
        }

        // The answer is given only once the revocation is durable (fosite CVE-2020-15223).
        await RevokeAsync(context, client, token, accessTokens, refreshTokens, store);
        OAuthError.NoStore(context.Response);
        context.Response.ContentLength = 0;
    }

    private static async Task RevokeAsync(
        HttpContext context, Client client, string token, AccessTokens accessTokens, RefreshToken refreshTokens, IHubStore store)
    {
        var actor = new Actor.RelyingApp(client.Id);
        if (refreshTokens.Read(token) is var (grantId, _))
        {
            await store.WriteAsync(
                actor,
                async transaction =>
                {
                    await Signals.GrantEndingAsync(transaction, grantId, client.Id);
                    return Grants.RevokeOf(transaction, grantId, client.Id);
                },
                context.RequestAborted);
        }
        else if (await accessTokens.ReadAsync(token) is { } accessToken && accessToken.ClientId == client.Id)
        {
            await store.WriteAsync(actor, transaction => Task.FromResult(Grants.RevokeToken(transaction, accessToken.Id, accessToken.ExpiresAt)), context.RequestAborted);
        }
    }
}
