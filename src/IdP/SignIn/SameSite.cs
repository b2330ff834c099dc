using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>Whether a form was sent from a page of the hub's own, as the browser says (Fetch Metadata). Another host of the same site, for which SameSite cookies travel, is still somebody else.</summary>
internal static class SameSite
{
    /// <returns>True also for a browser, or a program, that says nothing: then the cookie is what there is.</returns>
    public static bool IsOwnForm(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none";
}
