using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol.Filter;

/// <summary>The order of a list (RFC 7644 §3.4.2.3). Compares equal what it says nothing of: sort stably.</summary>
internal sealed class SortOrder : IComparer<JsonObject>
{
    /// <summary>Nothing was asked.</summary>
    public static readonly SortOrder None = new(null, false);

    private SortOrder(AttributeReference? by, bool descending) => (By, Descending) = (by, descending);

    /// <summary>Never complex: <c>emails</c> stands for <c>emails.value</c>. Null when nothing was asked.</summary>
    public AttributeReference? By { get; }

    public bool Descending { get; }

    /// <param name="type">Whose attributes may be named.</param>
    /// <param name="sortBy">An attribute or sub-attribute; of a multi-valued one the primary or else the first value counts. Blank is nothing.</param>
    /// <param name="sortOrder">ascending (the default) or descending, in any case. Without sortBy it has no effect, but must be right.</param>
    /// <returns>
    /// invalidValue for an attribute that is unknown, never returned, or complex without a <c>value</c> (§3.4.2.3 asks for a sub-attribute then): of the
    /// keywords of §3.12, table 9, it is the one that goes with GET; invalidPath is for PATCH.
    /// </returns>
    public static Outcome<SortOrder> Parse(ResourceType type, string? sortBy, string? sortOrder)
    {
        var order = sortOrder?.Trim() ?? "";
        var descending = order.Equals("descending", StringComparison.OrdinalIgnoreCase);
        if (order.Length > 0 && !descending && !order.Equals("ascending", StringComparison.OrdinalIgnoreCase))
        {
            return ScimError.InvalidValue("sortOrder is ascending or descending.");
        }

        if (string.IsNullOrWhiteSpace(sortBy))
        {
            return None;
        }

        if (type.Resolve(sortBy.Trim()) is not { } named)
        {
            return ScimError.InvalidValue($"{type.Name} cannot be sorted by what sortBy names: it has no such attribute.");
        }

        var by = named.Leaf is { Type: AttributeType.Complex } complex ? complex.Sub("value") is { } value ? named with { Sub = value } : null : named;
        return by?.Leaf is null or { Returned: Returned.Never } ? ScimError.InvalidValue($"sortBy must name a simple attribute or a sub-attribute, and {named} is none that can be sorted by.") : new SortOrder(by, descending);
    }

    /// <summary>A missing value counts as the greatest: last when ascending, first when descending.</summary>
    public int Compare(JsonObject? x, JsonObject? y)
    {
        if (By is null || x is null || y is null)
        {
            return 0;
        }

        var (a, b) = (Key(x), Key(y));
        var order = (a, b) switch
        {
            (null, null) => 0,
            (null, _) => 1,
            (_, null) => -1,
            _ => Ascending(a, b),
        };
        return Descending ? -order : order;
    }

    private int Ascending(object a, object b) => (a, b) switch
    {
        (string left, string right) => string.Compare(left, right, By!.Leaf!.CaseExact ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase),
        (DateTimeOffset left, DateTimeOffset right) => left.CompareTo(right),
        (decimal left, decimal right) => left.CompareTo(right),
        (bool left, bool right) => left.CompareTo(right),
        _ => 0,
    };

    /// <returns>A string, moment, decimal or bool, as the attribute's type is; null when there is none.</returns>
    private object? Key(JsonObject resource)
    {
        var node = One(FilterEvaluator.Find(resource, By!));
        if (By!.Sub is { } sub)
        {
            node = One((node as JsonObject)?[sub.Name]);
        }

        if (node is not JsonValue value)
        {
            return null;
        }

        return By.Leaf!.Type switch
        {
            AttributeType.DateTime => FilterEvaluator.Moment(value),
            AttributeType.Integer or AttributeType.Decimal => FilterEvaluator.Number(value),
            AttributeType.Boolean => value.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null },
            _ => value.GetValueKind() is JsonValueKind.String ? FilterEvaluator.Text(value) : null,
        };
    }

    private static JsonNode? One(JsonNode? node) => node is not JsonArray values
        ? node
        : values.FirstOrDefault(value => value is JsonObject complex && complex["primary"]?.GetValueKind() is JsonValueKind.True) ?? values.FirstOrDefault();
}
