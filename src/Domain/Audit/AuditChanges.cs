using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Clients;

namespace IdentityHub.Domain.Audit;

/// <summary>Details of an audit entry that say what was before and what is now: a property with two values for each field that changed.</summary>
internal static class AuditChanges
{
    /// <summary>Longer values are cut: the audit says what changed, and is no second directory.</summary>
    private const int MaxValue = 200;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string NotShown = "(not shown)";

    /// <summary>What is never written down, not even as a hash.</summary>
    private static readonly HashSet<string> Secret = [nameof(Client.SecretHash)];

    /// <returns>The fields of which the values differ; null when there are none.</returns>
    public static Dictionary<string, object?>? Of(params IReadOnlyList<(string Field, object? Before, object? After)> fields) =>
        WithFacts(fields) is { Count: > 0 } changes ? changes : null;

    /// <param name="fields">Kept where the values differ.</param>
    /// <param name="facts">Kept in any case.</param>
    public static Dictionary<string, object?> WithFacts(IEnumerable<(string Field, object? Before, object? After)> fields, params IReadOnlyList<(string Name, string? Value)> facts)
    {
        var details = facts.ToDictionary(fact => fact.Name, fact => (object?)fact.Value, StringComparer.Ordinal);
        foreach (var (field, before, after) in fields)
        {
            var (was, now) = (TextOf(before), TextOf(after));
            if (was != now)
            {
                details[field] = Secret.Contains(field) ? Hidden(was, now) : new[] { Cut(was), Cut(now) };
            }
        }

        return details;
    }

    /// <summary>What changed in what an account has on file, by top-level attribute, beside other fields.</summary>
    public static Dictionary<string, object?>? Of(JsonObject before, JsonObject after, params IReadOnlyList<(string Field, object? Before, object? After)> fields)
    {
        var names = before.Select(attribute => attribute.Key).Union(after.Select(attribute => attribute.Key), StringComparer.Ordinal);
        var changed = names.Where(name => !JsonNode.DeepEquals(before[name], after[name]))
            .Select(name => (name, (object?)before[name], (object?)after[name]));
        return Of([.. changed, .. fields]);
    }

    private static string?[] Hidden(string? was, string? now) => [was is null ? null : NotShown, now is null ? null : NotShown];

    private static string? TextOf(object? value) => value switch
    {
        null => null,
        string text => text,
        JsonValue scalar when scalar.TryGetValue<string>(out var text) => text,
        JsonNode node => node.ToJsonString(Readable),
        bool flag => flag ? "true" : "false",
        IEnumerable list => string.Join(' ', list.Cast<object?>().Select(TextOf)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    private static string? Cut(string? text) => text is { Length: > MaxValue } ? string.Concat(text.AsSpan(0, MaxValue), "…") : text;
}
