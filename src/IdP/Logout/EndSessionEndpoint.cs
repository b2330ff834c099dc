using System.Text.Encodings.Web;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using IdentityHub.IdP.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace IdentityHub.IdP.Logout;

/// <summary>OpenID Connect RP-Initiated Logout 1.0. An app that shows an ID token of this session signs out at once; anyone else is asked.</summary>
internal static class EndSessionEndpoint
{
    private const int MaxQuery = 6 * 1024;

    /// <summary>Whom the request speaks for, and where it may return to.</summary>
    private sealed record Request(IdTokenHints.Hint? Hint, string? ReturnTo);

    public static async Task HandleAsync(
        HttpContext context, IHubStore store, SignInFlow flow, SignOut signOut, IdTokenHints hints, LogoutConfirmation confirmation)
    {
        var (parameters, error) = HttpMethods.IsPost(context.Request.Method)
            ? await RequestParameters.ReadFormAsync(context)
            : (RequestParameters.Of(context.Request.Query), null);
        if (parameters is null || parameters.Repeated is not null)
        {
            await PlainPage.WriteErrorAsync(context, error?.Status ?? StatusCodes.Status400BadRequest, "The sign-out could not be read", "The app sent a request that cannot be read. You may still be signed in: close the browser, or sign out here.");
            return;
        }

        // A POST from another site comes without the session's cookie; as a GET it comes with it.
        if (HttpMethods.IsPost(context.Request.Method) && !LogoutConfirmation.IsConfirmation(parameters))
        {
            await ComeBackAsync(context, parameters);
            return;
        }

        var (request, refusal) = await CheckAsync(context, store, hints, parameters);
        if (request is null)
        {
            await PlainPage.WriteErrorAsync(context, StatusCodes.Status400BadRequest, "This app sent a wrong sign-out request", refusal!);
            return;
        }

        var session = await flow.SessionAsync(context);
        if (session is null || Speaks(request.Hint, session) || confirmation.IsConfirmed(parameters, session))
        {
            await signOut.EndAsync(context, "signed out");
            await (request.ReturnTo is { } location ? ReturnAsync(context, location) : WriteSignedOutAsync(context));
            return;
        }

        await AskAsync(context, parameters, session, confirmation);
    }

    /// <summary>Whether the hint was issued in this very session.</summary>
    private static bool Speaks(IdTokenHints.Hint? hint, LiveSession session) =>
        hint is not null && hint.Subject == session.UserId && (hint.Sid is null || hint.Sid == LogoutNotices.SidFor(session.Id, hint.ClientId));

    /// <summary>§2, §3: the return address is one that the hint's client registered, to the letter; without a good hint there is none.</summary>
    private static async Task<(Request? Request, string? Refusal)> CheckAsync(HttpContext context, IHubStore store, IdTokenHints hints, RequestParameters parameters)
    {
        var hint = parameters["id_token_hint"] is { } token ? await hints.ReadAsync(token) : null;
        if (parameters["id_token_hint"] is not null && hint is null)
        {
            return (null, "The ID token that it sent was not issued here. You were not signed out.");
        }

        if (hint is not null && parameters["client_id"] is { } clientId && clientId != hint.ClientId)
        {
            return (null, "The ID token that it sent belongs to another app. You were not signed out.");
        }

        if (hint is null || parameters["post_logout_redirect_uri"] is not { } returnTo)
        {
            return (new(hint, null), null);
        }

        var client = await store.ReadAsync(reader => Task.FromResult(Clients.Find(reader, hint.ClientId)), context.RequestAborted);
        if (client is not { Disabled: false } || !client.PostLogoutRedirectUris.Contains(returnTo, StringComparer.Ordinal))
        {
            return (null, "The address to return to is not one that the app registered. You were not signed out.");
        }

        return (new(hint, parameters["state"] is { } state ? RedirectUris.Append(returnTo, [KeyValuePair.Create("state", state)]) : returnTo), null);
    }

    private static Task ComeBackAsync(HttpContext context, RequestParameters parameters)
    {
        var location = QueryHelpers.AddQueryString("/end-session", parameters.All.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
        if (location.Length > MaxQuery)
        {
            // Too much for an address: without its hint the request still signs out, but asks first.
            location = "/end-session";
        }

        SignInFlow.SeeOther(context, location);
        return Task.CompletedTask;
    }

    private static Task ReturnAsync(HttpContext context, string location)
    {
        OAuthError.NoStore(context.Response);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    }

    private static Task WriteSignedOutAsync(HttpContext context) => PlainPage.WriteAsync(
        context, StatusCodes.Status200OK, "You are signed out",
        "<p>You are signed out here. The apps that you used in this browser were told.</p><p>On a shared computer, close the browser too.</p>");

    private static Task AskAsync(HttpContext context, RequestParameters parameters, LiveSession session, LogoutConfirmation confirmation)
    {
        var encoder = HtmlEncoder.Default;
        var fields = string.Concat(
            parameters.All.Where(pair => pair.Key is "id_token_hint" or "post_logout_redirect_uri" or "state" or "client_id")
                .Append(KeyValuePair.Create(LogoutConfirmation.Field, confirmation.For(session)))
                .Select(pair => $"<input type=\"hidden\" name=\"{encoder.Encode(pair.Key)}\" value=\"{encoder.Encode(pair.Value)}\">"));
        return PlainPage.WriteAsync(
            context, StatusCodes.Status200OK, "Sign out?",
            $"<p>You are signed in as <strong>{encoder.Encode(session.UserName)}</strong>. Signing out here ends your sign-in at every app that you used in this browser.</p>"
            + $"<form method=\"post\" action=\"{context.Request.PathBase}/end-session\">{fields}<button type=\"submit\">Sign out</button></form>");
    }
}
