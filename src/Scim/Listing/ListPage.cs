using System.Buffers;
using System.Text.Json;
using IdentityHub.Scim.Pipeline;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Listing;

/// <summary>A page of a list (RFC 7644 §3.4.2, RFC 9865 §2).</summary>
/// <param name="Total">How many there are on all pages; null where counting would cost a scan, which pages by cursor spare.</param>
/// <param name="Resources">UTF-8 JSON, each whole.</param>
/// <param name="StartIndex">Null on a page by cursor.</param>
/// <param name="NextCursor">Null on the last page, and on pages by index.</param>
internal sealed record ListPage(long? Total, IReadOnlyList<ReadOnlyMemory<byte>> Resources, long? StartIndex, string? NextCursor)
{
    private const string Schema = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    private static readonly ReadOnlyMemory<byte> Comma = ","u8.ToArray();

    private static readonly ReadOnlyMemory<byte> End = "]}"u8.ToArray();

    /// <summary>As many from the first on as have so many bytes together, and one at least; those that do not fit are not written.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Fitting(int most, IEnumerable<ReadOnlyMemory<byte>> resources)
    {
        var (fitting, bytes) = (new List<ReadOnlyMemory<byte>>(), 0L);
        foreach (var resource in resources)
        {
            bytes += resource.Length;
            if (bytes > most && fitting.Count > 0)
            {
                break;
            }

            fitting.Add(resource);
        }

        return fitting;
    }

    public ScimAnswer Answer()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, ScimMedia.Writer))
        {
            json.WriteStartObject();
            json.WriteStartArray("schemas");
            json.WriteStringValue(Schema);
            json.WriteEndArray();
            if (Total is { } total)
            {
                json.WriteNumber("totalResults", total);
            }

            json.WriteNumber("itemsPerPage", Resources.Count);
            if (StartIndex is { } start)
            {
                json.WriteNumber("startIndex", start);
            }

            if (NextCursor is not null)
            {
                json.WriteString("nextCursor", NextCursor);
            }

            json.WriteStartArray(nameof(Resources));
        }

        return new(StatusCodes.Status200OK) { Body = buffer.WrittenMemory, Rest = RestOf() };
    }

    private List<ReadOnlyMemory<byte>> RestOf()
    {
        var rest = new List<ReadOnlyMemory<byte>>((2 * Resources.Count) + 1);
        foreach (var resource in Resources)
        {
            if (rest.Count > 0)
            {
                rest.Add(Comma);
            }

            rest.Add(resource);
        }

        rest.Add(End);
        return rest;
    }
}
