using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Protocol;

/// <summary>An error as SCIM says it (RFC 7644 §3.12).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ScimType">One of the detail error keywords, or null where none fits.</param>
/// <param name="Detail">A sentence that a person can act on. Never says anything of another account.</param>
internal sealed record ScimError(int Status, string? ScimType, string Detail)
{
    public const string Schema = "urn:ietf:params:scim:api:messages:2.0:Error";

    public static ScimError InvalidFilter(string detail) => new(StatusCodes.Status400BadRequest, "invalidFilter", detail);

    public static ScimError InvalidSyntax(string detail) => new(StatusCodes.Status400BadRequest, "invalidSyntax", detail);

    public static ScimError InvalidPath(string detail) => new(StatusCodes.Status400BadRequest, "invalidPath", detail);

    public static ScimError InvalidValue(string detail) => new(StatusCodes.Status400BadRequest, "invalidValue", detail);

    public static ScimError NoTarget(string detail) => new(StatusCodes.Status400BadRequest, "noTarget", detail);

    public static ScimError Mutability(string detail) => new(StatusCodes.Status400BadRequest, "mutability", detail);

    public static ScimError TooMany(string detail) => new(StatusCodes.Status400BadRequest, "tooMany", detail);

    public static ScimError InvalidVersion(string detail) => new(StatusCodes.Status400BadRequest, "invalidVers", detail);

    public static ScimError Uniqueness(string detail) => new(StatusCodes.Status409Conflict, "uniqueness", detail);

    public static ScimError Conflict(string detail) => new(StatusCodes.Status409Conflict, null, detail);

    public static ScimError NotFound(string detail) => new(StatusCodes.Status404NotFound, null, detail);

    public static ScimError Forbidden(string detail) => new(StatusCodes.Status403Forbidden, null, detail);

    /// <summary>The body: <c>status</c> is a string (RFC 7644 §3.12).</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("schemas");
        json.WriteStringValue(Schema);
        json.WriteEndArray();
        json.WriteString("status", Status.ToString(CultureInfo.InvariantCulture));
        if (ScimType is not null)
        {
            json.WriteString("scimType", ScimType);
        }

        json.WriteString("detail", Detail);
        json.WriteEndObject();
    }
}
