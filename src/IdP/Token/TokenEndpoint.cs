using IdentityHub.Domain.Clients;
using IdentityHub.IdP.ClientAuthentication;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.Token.Grants;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.Token;

/// <summary>The token endpoint (RFC 6749 §3.2): parse, authenticate the client, hand over to the grant's own file.</summary>
internal static class TokenEndpoint
{
    public const string AuthorizationCode = "authorization_code";
    public const string RefreshToken = "refresh_token";
    public const string ClientCredentials = "client_credentials";

    public static async Task HandleAsync(
        HttpContext context, ClientAuthenticator authenticator, AuthorizationCodeGrant code, RefreshTokenGrant refresh, ClientCredentialsGrant credentials)
    {
        var (parameters, error) = await RequestParameters.ReadFormAsync(context);
        if (parameters is null)
        {
            await error!.WriteAsync(context);
            return;
        }

        var (response, refusal) = await AnswerAsync(context, parameters, authenticator, code, refresh, credentials);
        await (refusal?.WriteAsync(context) ?? response!.WriteAsync(context));
    }

    private static async Task<(TokenResponse? Response, OAuthError? Error)> AnswerAsync(
        HttpContext context, RequestParameters parameters, ClientAuthenticator authenticator, AuthorizationCodeGrant code, RefreshTokenGrant refresh,
        ClientCredentialsGrant credentials)
    {
        if (parameters.Repeated is not null)
        {
            return (null, OAuthError.InvalidRequest("a parameter is repeated"));
        }

        var (client, unproved) = await authenticator.AuthenticateAsync(context, parameters);
        if (client is null)
        {
            return (null, unproved);
        }

        var grantType = parameters["grant_type"];
        if (grantType is null)
        {
            return (null, OAuthError.InvalidRequest("grant_type is missing"));
        }

        if (!ClientRules.GrantTypes.Contains(grantType))
        {
            return (null, new("unsupported_grant_type", "this grant_type does not exist here"));
        }

        if (!client.GrantTypes.Contains(grantType))
        {
            return (null, new("unauthorized_client", "the client is not registered for this grant_type"));
        }

        return grantType switch
        {
            AuthorizationCode => await code.AnswerAsync(client, parameters, context.RequestAborted),
            RefreshToken => await refresh.AnswerAsync(client, parameters, context.RequestAborted),
            _ => credentials.Answer(client, parameters),
        };
    }
}
