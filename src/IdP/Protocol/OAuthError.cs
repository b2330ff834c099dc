using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.Protocol;

/// <summary>An error of RFC 6749 and its kin, as a value.</summary>
/// <param name="Code">The <c>error</c>.</param>
/// <param name="Description">The <c>error_description</c>: printable ASCII without quotes and backslashes (RFC 6749 §5.2). Never holds input.</param>
/// <param name="Status">The HTTP status where the error is an answer and not a redirect.</param>
internal sealed record OAuthError(string Code, string Description, int Status = StatusCodes.Status400BadRequest)
{
    public const string RequestInvalid = "invalid_request";

    public static OAuthError InvalidRequest(string description) => new(RequestInvalid, description);

    public static OAuthError InvalidGrant(string description) => new("invalid_grant", description);

    public static OAuthError InvalidScope(string description) => new("invalid_scope", description);

    public static OAuthError AccessDenied(string description) => new("access_denied", description);

    public static readonly OAuthError TooLarge = new(RequestInvalid, "the request is larger than 64 KiB", StatusCodes.Status413PayloadTooLarge);

    /// <summary>Writes the error as RFC 6749 §5.2 says. The one writer for every endpoint that answers in JSON.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        NoStore(response);
        response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("error", Code);
        json.WriteString("error_description", Description);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    /// <summary>RFC 6749 §5.1: what holds tokens or speaks of them is never cached.</summary>
    public static void NoStore(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
    }
}
