using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.Keys;

/// <summary>The JSON Web Key Set (RFC 7517): every key that is announced, signs, or has signed lately.</summary>
internal static class JwksEndpoint
{
    /// <summary>Seconds for which it may be cached.</summary>
    private const string CacheControl = "public, max-age=300";

    public static Task HandleAsync(HttpContext context, KeyRing ring)
    {
        var set = ring.PublishedSet();
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = set.Length;
        context.Response.Headers.CacheControl = CacheControl;
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return context.Response.BodyWriter.WriteAsync(set, context.RequestAborted).AsTask();
    }
}
