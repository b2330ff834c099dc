using IdentityHub.RelyingParty.Live;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.RelyingParty.Pages;

/// <summary>The headers of every answer: no script but on the pages that are marked for one, no framing, no caching of what is about a person.</summary>
internal static class SecurityHeaders
{
    /// <remarks>
    /// <c>form-action</c> names the hub too: browsers check the redirect that follows a form, and signing out and switching both go there.
    /// </remarks>
    public static Func<HttpContext, RequestDelegate, Task> Middleware(RelyingPartySettings settings)
    {
        var hub = new Uri(settings.Authority).GetLeftPart(UriPartial.Authority);
        var policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' " + hub;
        var withScript = policy + "; script-src 'self'; connect-src 'self'";
        return (context, next) =>
        {
            // At the start of the answer, because an error page clears what was set before.
            context.Response.OnStarting(() =>
            {
                var headers = context.Response.Headers;
                headers.ContentSecurityPolicy = context.GetEndpoint()?.Metadata.GetMetadata<WithScript>() is null ? policy : withScript;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "no-referrer";
                headers["Cross-Origin-Opener-Policy"] = "same-origin";
                headers.Remove("blazor-enhanced-nav"); // there is no script that would heed it
                if (!headers.CacheControl.ToString().StartsWith("public", StringComparison.Ordinal))
                {
                    headers.CacheControl = "no-store";
                }

                return Task.CompletedTask;
            });
            return next(context);
        };
    }
}
