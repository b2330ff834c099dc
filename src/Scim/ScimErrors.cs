using IdentityHub.Scim.Pipeline;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim;

/// <summary>What the framework and the host answer below the SCIM address, in SCIM's shape.</summary>
public static class ScimErrors
{
    /// <summary>Whether the request is SCIM's to answer.</summary>
    public static bool Owns(HttpContext context) => context.Request.Path.StartsWithSegments(ScimOptions.Path, StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes the error of this status.</summary>
    public static Task WriteAsync(HttpContext context, int status) => ScimAnswer.Of(new(status, null, Detail(context, status))).WriteAsync(context);

    private static string Detail(HttpContext context, int status) => status switch
    {
        StatusCodes.Status404NotFound => "There is no such endpoint. /ResourceTypes lists those that there are.",
        StatusCodes.Status405MethodNotAllowed => $"This endpoint does not take {context.Request.Method}.",
        StatusCodes.Status413PayloadTooLarge => "The body is too large.",
        StatusCodes.Status503ServiceUnavailable => "The directory cannot be reached just now. Nothing was changed; try again in a moment.",
        >= 500 => $"Something went wrong here, and nothing was changed. Its reference is {context.TraceIdentifier}.",
        _ => "The request could not be read.",
    };
}
