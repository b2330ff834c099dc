using System.Text.Json;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.ClientAuthentication;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.Token.Grants;
using IdentityHub.IdP.Tokens;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.Introspection;

/// <summary>Token introspection (RFC 7662). A client hears of its own tokens; of anything else, exactly that it is not active.</summary>
internal static class IntrospectionEndpoint
{
    private static readonly byte[] Inactive = "{\"active\":false}"u8.ToArray();

    public static async Task HandleAsync(
        HttpContext context, ClientAuthenticator authenticator, AccessTokens accessTokens, RefreshToken refreshTokens, IHubStore store, IdPOptions options)
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

        // RFC 7662 §2.1: the caller must prove itself, or the endpoint would serve to try out tokens.
        if (client.IsPublic)
        {
            await new OAuthError("unauthorized_client", "a client without a secret cannot introspect").WriteAsync(context);
            return;
        }

        if (parameters["token"] is not { } token)
        {
            await OAuthError.InvalidRequest("token is missing").WriteAsync(context);
            return;
        }

        OAuthError.NoStore(context.Response);
        context.Response.ContentType = "application/json";
        if (refreshTokens.Read(token) is var (grantId, generation))
        {
            await IntrospectRefreshTokenAsync(context, client, store, options, grantId, generation);
        }
        else
        {
            await IntrospectAccessTokenAsync(context, client, store, options, await accessTokens.ReadAsync(token));
        }
    }

    private static async Task IntrospectAccessTokenAsync(HttpContext context, Client client, IHubStore store, IdPOptions options, AccessToken? token)
    {
        if (token is null || token.ClientId != client.Id)
        {
            await WriteInactiveAsync(context);
            return;
        }

        if (await store.ReadAsync(reader => Task.FromResult(LiveToken.Read(reader, token)), context.RequestAborted) is not { } live)
        {
            await WriteInactiveAsync(context);
            return;
        }

        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteBoolean("active", true);
        json.WriteString("token_type", "Bearer");
        json.WriteString("iss", options.Issuer);
        json.WriteString("aud", options.Issuer);
        json.WriteString("sub", token.Subject);
        json.WriteString("client_id", token.ClientId);
        json.WriteString("scope", token.Scope);
        json.WriteNumber("iat", token.IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp", token.ExpiresAt.ToUnixTimeSeconds());
        json.WriteString("jti", token.Id);
        if (live.Granted is { } granted)
        {
            WriteUser(json, granted, token.Scope);
        }

        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    private static async Task IntrospectRefreshTokenAsync(
        HttpContext context, Client client, IHubStore store, IdPOptions options, string grantId, int generation)
    {
        var granted = await store.ReadAsync(reader => Task.FromResult(Granted.Read(reader, grantId)), context.RequestAborted);
        if (granted is null || granted.Grant.ClientId != client.Id || granted.Grant.Generation != generation)
        {
            await WriteInactiveAsync(context);
            return;
        }

        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteBoolean("active", true);
        json.WriteString("iss", options.Issuer);
        json.WriteString("sub", granted.Grant.User.Id);
        json.WriteString("client_id", client.Id);
        json.WriteString("scope", granted.Grant.Scope);
        json.WriteNumber("exp", granted.Grant.ExpiresAt.ToUnixTimeSeconds());
        WriteUser(json, granted, granted.Grant.Scope);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    private static void WriteUser(Utf8JsonWriter json, Granted granted, string scope)
    {
        if (Scopes.Split(scope).Contains(Scopes.Profile))
        {
            json.WriteString("username", granted.Grant.User.UserName);
        }

        json.WriteNumber("auth_time", granted.Grant.AuthTime.ToUnixTimeSeconds());
        json.WriteString("acr", granted.Grant.Acr);
        UserClaims.WriteArray(json, "amr", Assurance.Methods(granted.Grant.Amr));
        json.WriteString("sid", LogoutNotices.SidFor(granted.Grant.SessionId, granted.Grant.ClientId));
        UserClaims.WriteAccount(json, granted.Grant, scope, granted.Accounts);
    }

    private static async Task WriteInactiveAsync(HttpContext context) => await context.Response.BodyWriter.WriteAsync(Inactive, context.RequestAborted);
}
