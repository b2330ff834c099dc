using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IdentityHub.IdP.SignIn;

/// <summary>Pages that must come out even when nothing else works: a sentence, what to do, a reference for whoever helps.</summary>
internal static partial class PlainPage
{
    /// <summary>A sign-in that cannot go on because it expired, was finished, or belongs to another browser.</summary>
    public static Task WriteGoneAsync(HttpContext context) => WriteErrorAsync(
        context, StatusCodes.Status400BadRequest, "This sign-in is over",
        "It was finished, it took too long, or it was begun in another browser. Go back to the app and sign in again.");

    public static Task WriteErrorAsync(HttpContext context, int status, string title, string whatToDo)
    {
        var reference = context.TraceIdentifier;
        Log.Shown(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("IdentityHub.IdP.Pages"), status, title, reference);
        return WriteAsync(context, status, title, $"<p>{HtmlEncoder.Default.Encode(whatToDo)}</p><p class=\"reference\">Reference: <code>{HtmlEncoder.Default.Encode(reference)}</code></p>");
    }

    /// <param name="context">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="title">Plain text.</param>
    /// <param name="body">HTML of the code's own, with everything in it encoded.</param>
    public static Task WriteAsync(HttpContext context, int status, string title, string body)
    {
        PageSecurity.Apply(context.Response);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        var heading = HtmlEncoder.Default.Encode(title);
        var root = context.Request.PathBase;
        var foot = context.RequestServices.GetService<IdPOptions>() is { } hub ? $"<footer class=\"foot\">{HtmlEncoder.Default.Encode(hub.Host)}</footer>" : "";
        return context.Response.WriteAsync(
            $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{heading} · IdentityHub</title>
            <link rel="icon" type="image/svg+xml" href="{root}{Assets.IconPath}"><link rel="stylesheet" href="{root}{Assets.StylesheetPath}"></head>
            <body><main class="card"><p class="brand">IdentityHub</p><h1>{heading}</h1>{body}</main>
            {foot}</body></html>
            """,
            context.RequestAborted);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Page shown: {Status} {Title}. Reference {Reference}.")]
        public static partial void Shown(ILogger logger, int status, string title, string reference);
    }
}
