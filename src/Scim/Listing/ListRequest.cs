using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Listing;

/// <summary>What a list is asked for, by query (RFC 7644 §3.4.2) or as a SearchRequest (§3.4.3). By index, or by cursor (RFC 9865) when one is given.</summary>
/// <param name="Filter">As it was written, or null.</param>
/// <param name="SortBy">As it was written, or null.</param>
/// <param name="SortOrder">As it was written, or null.</param>
/// <param name="StartIndex">From 1.</param>
/// <param name="Count">At most so many; 0 for the number of results alone.</param>
/// <param name="Cursor">Null for pages by index; empty for the first page by cursor.</param>
/// <param name="Attributes">Names to return.</param>
/// <param name="ExcludedAttributes">Names not to return.</param>
internal sealed record ListRequest(
    string? Filter, string? SortBy, string? SortOrder, long StartIndex, int Count, string? Cursor, IReadOnlyList<string> Attributes, IReadOnlyList<string> ExcludedAttributes)
{
    public const string SearchSchema = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

    public bool ByCursor => Cursor is not null;

    /// <summary>Reads the query. Unknown keys are passed over: some clients' base address has them.</summary>
    public static Outcome<ListRequest> Of(IQueryCollection query) => Make(
        query["filter"], query["sortBy"], query["sortOrder"], One(query["startIndex"]), One(query["count"]), query.ContainsKey("cursor") ? query["cursor"].ToString() : null,
        Names(query["attributes"]), Names(query["excludedAttributes"]));

    /// <summary>Reads a SearchRequest.</summary>
    public static Outcome<ListRequest> Of(JsonObject body)
    {
        if (body["schemas"] is not JsonArray schemas || !schemas.Any(urn => SearchSchema.Equals(Text(urn), StringComparison.OrdinalIgnoreCase)))
        {
            return ScimError.InvalidSyntax($"\"schemas\" has to be an array that contains \"{SearchSchema}\".");
        }

        return Make(
            Text(body["filter"]), Text(body["sortBy"]), Text(body["sortOrder"]), Number(body["startIndex"]), Number(body["count"]), Text(body["cursor"]),
            Names(body["attributes"]), Names(body["excludedAttributes"]));
    }

    private static Outcome<ListRequest> Make(
        string? filter, string? sortBy, string? sortOrder, string? startIndex, string? count, string? cursor, IReadOnlyList<string> attributes, IReadOnlyList<string> excluded)
    {
        if (!TryNumber(startIndex, 1, out var start))
        {
            return ScimError.InvalidValue("startIndex is a whole number, counted from 1.");
        }

        if (!TryNumber(count, ScimOptions.DefaultPageSize, out var wanted))
        {
            return new ScimError(StatusCodes.Status400BadRequest, cursor is null ? "invalidValue" : "invalidCount", "count is a whole number, 0 or more.");
        }

        if (cursor is not null && startIndex is not null)
        {
            return ScimError.InvalidValue("startIndex and cursor cannot stand together.");
        }

        // RFC 7644 §3.4.2.4: less than 1 is taken for 1, less than 0 for 0; the hub returns no more than it announces.
        return new ListRequest(
            string.IsNullOrWhiteSpace(filter) ? null : filter, sortBy, sortOrder, Math.Max(1, start), (int)Math.Clamp(wanted, 0, ScimOptions.MaxPageSize), cursor, attributes, excluded);
    }

    private static bool TryNumber(string? text, long otherwise, out long number)
    {
        number = otherwise;
        return string.IsNullOrEmpty(text) || long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    private static string? One(Microsoft.Extensions.Primitives.StringValues values) => values.Count == 0 ? null : values[0];

    private static string[] Names(string? list) => list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static string[] Names(JsonNode? node) => node is JsonArray list ? [.. list.Select(Text).OfType<string>()] : Names(Text(node));

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static string? Number(JsonNode? node) => node is JsonValue value && value.GetValueKind() is JsonValueKind.Number or JsonValueKind.String ? node.ToString() : null;
}
