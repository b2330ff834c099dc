using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using IdentityHub.Scim.Protocol;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Pipeline;

/// <summary>What a request came to, apart from HTTP: a Bulk operation has one too.</summary>
internal sealed record ScimAnswer(int Status)
{
    private const int MostUnsent = 32 * 1024;

    /// <summary>UTF-8 JSON; empty for none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>What follows the body, piece by piece: a page of many resources is never put together in one large array, which only a full collection would free.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Rest { get; init; } = [];

    /// <summary>The resource's address.</summary>
    public string? Location { get; init; }

    /// <summary>The resource's entity-tag.</summary>
    public string? Version { get; init; }

    public ScimError? Error { get; init; }

    /// <summary>After how many seconds it is worth trying again.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The id of the resource that was made or changed.</summary>
    public string? ResourceId { get; init; }

    /// <summary>The names of the attributes that changed, for the provisioning log.</summary>
    public string? Changes { get; init; }

    public static ScimAnswer NoContent { get; } = new(StatusCodes.Status204NoContent);

    public static ScimAnswer Of(ScimError error)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, ScimMedia.Writer))
        {
            error.Write(json);
        }

        return new(error.Status)
        {
            Body = buffer.WrittenMemory, Error = error, RetryAfter = error.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable ? 2 : null,
        };
    }

    public static ScimAnswer TooManyRequests(int seconds) =>
        Of(new(StatusCodes.Status429TooManyRequests, null, $"Too many requests with this token. Try again in {seconds} s.")) with { RetryAfter = seconds };

    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (Location is not null)
        {
            response.Headers.Location = Location;
        }

        if (Version is not null)
        {
            response.Headers.ETag = Version;
        }

        if (RetryAfter is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (!Body.IsEmpty)
        {
            response.ContentType = ScimMedia.Type;
            response.ContentLength = Body.Length + Rest.Sum(piece => (long)piece.Length);
            await (Rest.Count == 0 ? response.Body.WriteAsync(Body, context.RequestAborted) : WriteAllAsync(response.BodyWriter, context.RequestAborted));
        }
    }

    private async ValueTask WriteAllAsync(PipeWriter writer, CancellationToken cancellationToken)
    {
        writer.Write(Body.Span);
        var unsent = Body.Length;
        foreach (var piece in Rest)
        {
            writer.Write(piece.Span);
            unsent += piece.Length;
            if (unsent >= MostUnsent)
            {
                unsent = 0;
                await writer.FlushAsync(cancellationToken);
            }
        }

        await writer.FlushAsync(cancellationToken);
    }
}

/// <summary>The media types of SCIM (RFC 7644 §3.1).</summary>
internal static class ScimMedia
{
    public const string Type = "application/scim+json";

    /// <summary>Answers are read by programs alone and never sniffed: quotes and other scripts stand in them as they are.</summary>
    public static readonly JsonWriterOptions Writer = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <inheritdoc cref="Writer"/>
    public static readonly JsonSerializerOptions Tree = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a body of this type is read. No type at all is taken for SCIM's.</summary>
    public static bool IsRead(string? contentType)
    {
        if (string.IsNullOrWhiteSpace(contentType))
        {
            return true;
        }

        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        var type = (end < 0 ? contentType : contentType[..end]).Trim();
        return (type.Equals(Type, StringComparison.OrdinalIgnoreCase) || type.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            && (end < 0 || !contentType[end..].Contains("charset", StringComparison.OrdinalIgnoreCase) || contentType[end..].Contains("utf-8", StringComparison.OrdinalIgnoreCase));
    }
}
