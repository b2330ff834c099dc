using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Json;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Pipeline;

/// <summary>Reads the body of a request.</summary>
internal static class ScimBody
{
    private static readonly ScimError TooLarge = new(
        StatusCodes.Status413PayloadTooLarge, null, $"The body is larger than {ScimOptions.MaxBody / 1024} KiB: it exceeds maxPayloadSize ({ScimOptions.MaxBody}). Send it in parts.");

    private static readonly ScimError WrongType = new(
        StatusCodes.Status415UnsupportedMediaType, null, "Send application/scim+json or application/json, in UTF-8.");

    /// <returns>415 for another type, 413 for more than may be sent, <c>invalidSyntax</c> for what is not JSON.</returns>
    public static async Task<Outcome<JsonObject>> ReadAsync(HttpContext context)
    {
        if (!ScimMedia.IsRead(context.Request.ContentType))
        {
            return WrongType;
        }

        if (context.Request.ContentLength > ScimOptions.MaxBody)
        {
            return TooLarge;
        }

        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > ScimOptions.MaxBody)
            {
                reader.AdvanceTo(read.Buffer.End);
                return TooLarge;
            }

            if (read.IsCompleted)
            {
                var body = ScimJson.Read(read.Buffer);
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
