using System.Globalization;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using IdentityHub.IdP.Tokens;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.Authorize;

/// <summary>The authorization endpoint (RFC 6749 §3.1, OpenID Connect Core §3.1.2), by GET and by POST.</summary>
internal static class AuthorizeEndpoint
{
    public static async Task HandleAsync(HttpContext context, IHubStore store, SignInFlow flow, AuthorizeResponse responses, IdTokenHints hints)
    {
        var (parameters, unreadable) = await ReadAsync(context);
        if (parameters is null)
        {
            await PlainPage.WriteErrorAsync(context, unreadable!.Status, "The request could not be read", "The app sent a sign-in request that cannot be read. Go back to the app and try again.");
            return;
        }

        if (await FindClientAsync(context, store, parameters) is not { } client)
        {
            await PlainPage.WriteErrorAsync(context, StatusCodes.Status400BadRequest, "This app is not known here", "The app that sent you is not registered, or no longer. Tell the people who run it.");
            return;
        }

        // Before this is known to be right nothing is redirected (RFC 6749 §4.1.2.1).
        if (parameters["redirect_uri"] is not { } redirectUri || parameters.AllRepeated.Contains("redirect_uri") || !RedirectUris.IsRegistered(client, redirectUri))
        {
            await PlainPage.WriteErrorAsync(context, StatusCodes.Status400BadRequest, "This app sent a wrong return address", "The address to return to is not one that the app registered. Tell the people who run it.");
            return;
        }

        await AnswerAsync(context, flow, responses, hints, parameters, client, redirectUri);
    }

    /// <summary>Comes back for a request that was kept, by GET, where the browser sends its cookies.</summary>
    public static async Task ContinueAsync(HttpContext context, SignInFlow flow)
    {
        if (context.Request.Query["claim"] is [{ Length: 32 } unclaimed])
        {
            // Once more under the id that only this browser knows, with the cookie that this answer may have set.
            var claimed = await flow.ClaimAsync(context, unclaimed);
            if (claimed is null)
            {
                await PlainPage.WriteGoneAsync(context);
                return;
            }

            SignInFlow.SeeOther(context, $"/authorize/continue?tx={claimed}");
            return;
        }

        var current = await flow.FindAsync(context, context.Request.Query["tx"]);
        await (current is null ? PlainPage.WriteGoneAsync(context) : flow.GoOnAsync(context, current));
    }

    private static async Task AnswerAsync(
        HttpContext context, SignInFlow flow, AuthorizeResponse responses, IdTokenHints hints, RequestParameters parameters, Client client, string redirectUri)
    {
        var responseMode = parameters["response_mode"] is AuthorizeRules.FormPost ? AuthorizeRules.FormPost : AuthorizeRules.Query;
        var state = parameters.AllRepeated.Contains("state") ? null : parameters["state"];
        foreach (var rule in AuthorizeRules.All)
        {
            if (rule(parameters, client) is { } error)
            {
                await responses.SendErrorAsync(context, redirectUri, responseMode, state, error);
                return;
            }
        }

        var hint = parameters["id_token_hint"] is { } token ? await hints.ReadAsync(token) : null;
        if (parameters["id_token_hint"] is not null && hint?.ClientId != client.Id)
        {
            await responses.SendErrorAsync(context, redirectUri, responseMode, state, OAuthError.InvalidRequest("id_token_hint is not an ID token that was issued to this client"));
            return;
        }

        var request = ToRequest(parameters, client, redirectUri, responseMode, hint?.Subject);
        if (HttpMethods.IsPost(context.Request.Method))
        {
            await flow.BeginWithoutCookiesAsync(context, request);
        }
        else
        {
            await flow.BeginAsync(context, request, client);
        }
    }

    private static AuthorizeRequest ToRequest(RequestParameters parameters, Client client, string redirectUri, string responseMode, string? hintedSubject)
    {
        var claims = ClaimsRequest.Parse(parameters["claims"]) ?? ClaimsRequest.None;
        return new AuthorizeRequest
        {
            ClientId = client.Id,
            RedirectUri = redirectUri,
            ResponseMode = responseMode,
            Scope = string.Join(' ', Scopes.Granted(Scopes.Split(parameters["scope"]!), client.Scopes)),
            State = parameters["state"],
            Nonce = parameters["nonce"],
            CodeChallenge = parameters["code_challenge"],
            Prompt = [.. Scopes.Split(parameters["prompt"] ?? "").Distinct(StringComparer.Ordinal)],
            MaxAge = parameters["max_age"] is { } age ? int.Parse(age, CultureInfo.InvariantCulture) : null,
            LoginHint = parameters["login_hint"],
            AcrValues = [.. claims.AcrValues.Concat(Scopes.Split(parameters["acr_values"] ?? "")).Distinct(StringComparer.Ordinal).Where(Assurance.Supported.Contains)],
            EssentialAcr = claims.AcrIsEssential && !claims.AcrValues.IsEmpty ? [.. claims.AcrValues.Where(Assurance.Supported.Contains)] : null,
            Claims = claims.Keep(claim => UserClaims.ScopeAsksFor(client.Scopes, claim)),
            Account = parameters["account"],
            Subject = hintedSubject ?? claims.Subject,
            Enrol = client.Id == ConsoleRegistration.ClientId ? EnrolmentNames.Parse(parameters["enrol"]) : null,
        };
    }

    private static async Task<(RequestParameters? Parameters, OAuthError? Error)> ReadAsync(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) ? await RequestParameters.ReadFormAsync(context) : (RequestParameters.Of(context.Request.Query), null);

    private static async Task<Client?> FindClientAsync(HttpContext context, IHubStore store, RequestParameters parameters)
    {
        if (parameters["client_id"] is not { Length: <= 128 } clientId || parameters.AllRepeated.Contains("client_id"))
        {
            return null;
        }

        return await store.ReadAsync(reader => Task.FromResult(Clients.Find(reader, clientId)), context.RequestAborted) is { IsUsable: true } client ? client : null;
    }
}
