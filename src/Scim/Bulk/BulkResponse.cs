using System.Buffers;
using System.Globalization;
using System.Text.Json;
using IdentityHub.Scim.Pipeline;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Bulk;

/// <summary>The answer to a Bulk request (RFC 7644 §3.7.3): what was attempted, in the order of the request. Bodies are in it for errors alone.</summary>
internal sealed class BulkResponse : IDisposable
{
    public const string Schema = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly Utf8JsonWriter json;

    public BulkResponse()
    {
        json = new(buffer, ScimMedia.Writer);
        json.WriteStartObject();
        json.WriteStartArray("schemas");
        json.WriteStringValue(Schema);
        json.WriteEndArray();
        json.WriteStartArray("Operations");
    }

    /// <param name="operation">What was asked.</param>
    /// <param name="answer">What it came to.</param>
    /// <param name="location">The resource's address; null where there is none, as with POSTs that failed.</param>
    public void Add(BulkOperation operation, ScimAnswer answer, string? location)
    {
        json.WriteStartObject();
        Write("location", location);
        Write("method", operation.Method);
        Write("bulkId", operation.BulkId);
        Write("version", answer.Version);
        json.WriteString("status", answer.Status.ToString(CultureInfo.InvariantCulture));
        if (answer.Error is not null)
        {
            json.WritePropertyName("response");
            json.WriteRawValue(answer.Body.Span, skipInputValidation: true);
        }

        json.WriteEndObject();
    }

    public ScimAnswer Finish()
    {
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return new(StatusCodes.Status200OK) { Body = buffer.WrittenMemory };
    }

    public void Dispose() => json.Dispose();

    private void Write(string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
