using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>The headers of every page: no script but the hub's own where a page has it, no frame, nothing from elsewhere, nothing kept.</summary>
internal static class PageSecurity
{
    /// <param name="response">The response.</param>
    /// <param name="formAction">
    /// Where forms may lead besides the hub itself. Browsers hold a form to this over every redirect that follows it, so the app's origin must be in it,
    /// and so must be whatever the app redirects to: any https origin.
    /// </param>
    /// <param name="script">The hash of the one script that a page has; null for none.</param>
    public static void Apply(HttpResponse response, string? formAction = null, string? script = null)
    {
        var scriptSource = script is null ? "" : $"script-src {script}; ";
        response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; {scriptSource}style-src 'self'; img-src 'self'; form-action 'self' https:{(formAction is null ? "" : " " + formAction)}; "
            + "frame-ancestors 'none'; base-uri 'none'";
        response.Headers.CacheControl = "no-store";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
    }

    /// <summary>Lets a page run the hub's own script, which asks the hub alone and makes no HTML. Called while the page is put together.</summary>
    public static void AllowOwnScript(HttpResponse response)
    {
        const string OwnScript = "; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
        if (!response.Headers.ContentSecurityPolicy.ToString().Contains(OwnScript, StringComparison.Ordinal))
        {
            response.Headers.ContentSecurityPolicy += OwnScript;
        }
    }
}
