using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityHub.AdminUi;

/// <summary>Pages that stand alone: a sentence and the way on. And the headers of every page of the console.</summary>
internal static class ConsoleAnswer
{
    /// <summary>Nothing from elsewhere, nothing inline, no frame, nothing kept; scripts make HTML only through the one policy of the console's own module.</summary>
    public static void Secure(HttpContext context)
    {
        // Browsers hold a form to form-action over every redirect that follows it: switching an account leads to the provider.
        var provider = new Uri(context.RequestServices.GetRequiredService<AdminUiOptions>().Issuer).GetLeftPart(UriPartial.Authority);
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            + $"form-action 'self' {provider}; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types identityhub";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "same-origin";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
    }

    /// <param name="context">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="title">Plain text.</param>
    /// <param name="sentence">Plain text.</param>
    /// <param name="way">A path of the console.</param>
    /// <param name="wayWords">What the way is called.</param>
    public static Task WriteAsync(HttpContext context, int status, string title, string sentence, string way, string wayWords)
    {
        Secure(context);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        Func<string, string> encode = HtmlEncoder.Default.Encode;
        var root = context.Request.PathBase;
        return context.Response.WriteAsync(
            $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{encode(title)} · IdentityHub</title>
            <link rel="icon" type="image/svg+xml" href="{root}{Assets.Address("icon.svg")}"><link rel="stylesheet" href="{root}{Assets.Address("console.css")}"></head>
            <body class="alone"><main class="card"><p class="brand">IdentityHub</p><h1>{encode(title)}</h1><p>{encode(sentence)}</p>
            <p><a class="button" href="{encode(root + way)}">{encode(wayWords)}</a></p></main></body></html>
            """,
            context.RequestAborted);
    }
}
