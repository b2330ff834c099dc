using System.Text.Json;
using IdentityHub.Domain.Persistence;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.Token.Grants;
using IdentityHub.IdP.Tokens;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.UserInfo;

/// <summary>UserInfo (OpenID Connect Core §5.3), by GET, or by POST with the token in the header or the form.</summary>
internal static class UserInfoEndpoint
{
    public static async Task HandleAsync(HttpContext context, AccessTokens tokens, IHubStore store)
    {
        OAuthError.NoStore(context.Response);
        var (bearer, malformed) = await BearerToken.ReadAsync(context);
        if (malformed is not null)
        {
            await BearerToken.ChallengeAsync(context, malformed);
            return;
        }

        if (bearer is null)
        {
            await BearerToken.ChallengeAsync(context, null);
            return;
        }

        var token = await tokens.ReadAsync(bearer);
        if (token is null)
        {
            await BearerToken.ChallengeAsync(context, BearerToken.Invalid);
            return;
        }

        if (token.GrantId is null || !token.HasScope(Scopes.OpenId))
        {
            await BearerToken.ChallengeAsync(context, new("insufficient_scope", "the token does not have the scope openid", StatusCodes.Status403Forbidden));
            return;
        }

        var granted = await store.ReadAsync(reader => Task.FromResult(Read(reader, token)), context.RequestAborted);
        await (granted is null ? BearerToken.ChallengeAsync(context, BearerToken.Invalid) : WriteAsync(context, granted, token));
    }

    private static Granted? Read(HubReader reader, AccessToken token)
    {
        var granted = Granted.Read(reader, token);
        return granted is not null && (token.HasScope(Scopes.Profile) || granted.Grant.ClaimsRequest is not null) ? granted.WithOnFile(reader) : granted;
    }

    private static async Task WriteAsync(HttpContext context, Granted granted, AccessToken token)
    {
        var scopes = Scopes.Split(token.Scope);
        var asked = ClaimsRequest.Parse(granted.Grant.ClaimsRequest)?.UserInfo ?? ClaimsRequest.None.UserInfo;
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("sub", granted.Grant.User.Id);
        UserClaims.WriteStandard(json, granted.Grant.User, claim => UserClaims.ScopeAsksFor(scopes, claim) || asked.Contains(claim));
        UserClaims.WriteAccount(json, granted.Grant, token.Scope, granted.Accounts);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
