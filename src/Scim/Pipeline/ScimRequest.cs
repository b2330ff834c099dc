using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace IdentityHub.Scim.Pipeline;

/// <summary>What an operation is asked, apart from who asks: from HTTP, or from an operation of a Bulk request.</summary>
internal sealed record ScimRequest
{
    public static readonly ScimRequest Empty = new();

    public string? Attributes { get; init; }
    public string? ExcludedAttributes { get; init; }

    /// <summary>Entity-tags of <c>If-Match</c>: the resource must have one of them.</summary>
    public StringValues IfMatch { get; init; }

    /// <summary>Entity-tags of <c>If-None-Match</c>: the resource must have none of them.</summary>
    public StringValues IfNoneMatch { get; init; }

    public static ScimRequest Of(HttpContext context)
    {
        var (request, query) = (context.Request, context.Request.Query);
        return query.Count == 0 && request.Headers.IfMatch.Count == 0 && request.Headers.IfNoneMatch.Count == 0
            ? Empty
            : new()
            {
                Attributes = query["attributes"], ExcludedAttributes = query["excludedAttributes"], IfMatch = request.Headers.IfMatch, IfNoneMatch = request.Headers.IfNoneMatch,
            };
    }

    /// <summary>Whether the resource may be changed, as far as <c>If-Match</c> goes (RFC 7644 §3.14). Weak tags are compared, as in SCIM's own examples.</summary>
    public bool AllowsChangeOf(string version) => IfMatch.Count == 0 || Names(IfMatch, version);

    /// <summary>Whether the caller has the resource already.</summary>
    public bool HasAlready(string version) => IfNoneMatch.Count > 0 && Names(IfNoneMatch, version);

    private static bool Names(StringValues tags, string version) => tags.Any(header => (header ?? "").Split(',', StringSplitOptions.TrimEntries)
        .Any(tag => tag == "*" || Opaque(tag).SequenceEqual(Opaque(version))));

    private static ReadOnlySpan<char> Opaque(string tag) => (tag.StartsWith("W/", StringComparison.OrdinalIgnoreCase) ? tag.AsSpan(2) : tag).Trim('"');
}
