using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.Authorize;

/// <summary>Sends the answer of an authorization request to the client's redirect URI, in the response mode that was asked for.</summary>
internal sealed class AuthorizeResponse(IdPOptions options)
{
    private const string SubmitScript = "document.forms[0].submit();";
    private static readonly string SubmitScriptHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(SubmitScript)));

    public Task SendCodeAsync(HttpContext context, AuthorizeRequest request, string code) =>
        SendAsync(context, request.RedirectUri, request.ResponseMode, [KeyValuePair.Create("code", code)], request.State);

    public Task SendErrorAsync(HttpContext context, string redirectUri, string responseMode, string? state, OAuthError error) =>
        SendAsync(context, redirectUri, responseMode, [KeyValuePair.Create("error", error.Code), KeyValuePair.Create("error_description", error.Description)], state);

    /// <summary><c>state</c> exactly as sent, and <c>iss</c> on every answer (RFC 9207 §2).</summary>
    private Task SendAsync(HttpContext context, string redirectUri, string responseMode, IEnumerable<KeyValuePair<string, string>> parameters, string? state)
    {
        List<KeyValuePair<string, string>> all = [.. parameters];
        if (state is not null)
        {
            all.Add(KeyValuePair.Create("state", state));
        }

        all.Add(KeyValuePair.Create("iss", options.Issuer));
        OAuthError.NoStore(context.Response);
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return responseMode == AuthorizeRules.FormPost ? WriteFormAsync(context, redirectUri, all) : Redirect(context, RedirectUris.Append(redirectUri, all));
    }

    /// <summary>303 and never 307, which would send a posted password on to the client (RFC 9700 §4.12).</summary>
    private static Task Redirect(HttpContext context, string location)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    }

    /// <summary>OAuth 2.0 Form Post Response Mode §2. The page may post to the client and nowhere else; without script there is a button.</summary>
    private static Task WriteFormAsync(HttpContext context, string redirectUri, List<KeyValuePair<string, string>> parameters)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        PageSecurity.Apply(context.Response, formAction: RedirectUris.CspSourceOf(redirectUri), script: $"'sha256-{SubmitScriptHash}'");
        var encoder = HtmlEncoder.Default;
        var fields = string.Concat(parameters.Select(pair => $"<input type=\"hidden\" name=\"{encoder.Encode(pair.Key)}\" value=\"{encoder.Encode(pair.Value)}\">"));
        return context.Response.WriteAsync(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Signing you in · IdentityHub</title>"
            + $"<link rel=\"icon\" type=\"image/svg+xml\" href=\"{context.Request.PathBase}{Assets.IconPath}\"><link rel=\"stylesheet\" href=\"{context.Request.PathBase}{Assets.StylesheetPath}\"></head><body>"
            + $"<form method=\"post\" action=\"{encoder.Encode(redirectUri)}\">{fields}"
            + "<noscript><div class=\"card\"><h1>Almost done</h1><p>Go on to the app with what it needs to sign you in.</p><button>Continue</button></div></noscript></form>"
            + $"<script>{SubmitScript}</script></body></html>",
            context.RequestAborted);
    }
}
