using System.Text.Json.Nodes;

namespace IdentityHub.Scim.Tests.Protocol.Patch;

/// <summary>One operation, before it is written as JSON.</summary>
/// <param name="Verb">add, replace or remove.</param>
/// <param name="List">emails or addresses; null for attributes of one value.</param>
/// <param name="Filter">Terms joined by <c>and</c>: sub-attribute, operator, value. Null without brackets.</param>
/// <param name="Sub">Behind the attribute or the brackets.</param>
/// <param name="Singles">Without list: attributes of one value and what they become.</param>
/// <param name="Elements">Of a list, or the one object for a filtered path.</param>
/// <param name="Text">For a sub-attribute.</param>
internal sealed record ModelOperation(
    string Verb, string? List, (string Sub, string Operator, string Value)[]? Filter, string? Sub, Dictionary<string, string>? Singles, List<Dictionary<string, string>>? Elements, string? Text);

/// <summary>
/// PATCH once more, slowly and by the words of RFC 7644 §3.5.2 and of the tolerances, on tables of text instead of trees: attributes of one value under their path,
/// elements as rows. Shares nothing with the engine.
/// </summary>
internal sealed class PatchModel
{
    private static readonly string[] Flags = ["active", "primary"];

    public Dictionary<string, string> Singles { get; } = [];

    public Dictionary<string, List<Dictionary<string, string>>> Lists { get; } = new() { ["emails"] = [], ["addresses"] = [] };

    /// <returns>The error keyword, or null. After an error the model is of no use.</returns>
    public string? Apply(ModelOperation operation)
    {
        if (operation.List is null)
        {
            return ApplySingles(operation);
        }

        var rows = Lists[operation.List];
        var primary = rows.Find(r => Is(r, "primary", "true"));
        var error = operation.Filter is null && operation.Sub is null ? ApplyList(operation, rows) : ApplySelected(operation, rows);
        var claims = rows.Where(r => Is(r, "primary", "true") && !ReferenceEquals(r, primary)).ToList();
        if (error is null && claims.Count == 1 && primary is not null && rows.Contains(primary, ReferenceEqualityComparer.Instance) && Is(primary, "primary", "true"))
        {
            primary["primary"] = "false";
        }

        return error ?? (claims.Count > 1 ? "invalidValue" : null);
    }

    public void Finish()
    {
        foreach (var rows in Lists.Values)
        {
            rows.RemoveAll(OnlyLabels);
        }
    }

    public JsonObject ToJson()
    {
        var user = new JsonObject();
        foreach (var (path, text) in Singles)
        {
            var at = user;
            var steps = path.Split('|');
            foreach (var step in steps[..^1])
            {
                at = (at[step] ??= new JsonObject()).AsObject();
            }

            at[steps[^1]] = Value(steps[^1], text);
        }

        foreach (var (name, rows) in Lists.Where(l => l.Value.Count > 0))
        {
            user[name] = new JsonArray([.. rows.Select(Element)]);
        }

        return user;
    }

    public static JsonObject Element(Dictionary<string, string> row) => new(row.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)Value(p.Key, p.Value))));

    private static JsonValue Value(string name, string text) => Flags.Contains(name) && text.Length > 0 ? JsonValue.Create(text == "true") : JsonValue.Create(text);

    private string? ApplySingles(ModelOperation operation)
    {
        foreach (var (path, text) in operation.Singles!)
        {
            if (operation.Verb == "remove" || text.Length == 0)
            {
                if (path == "userName")
                {
                    return operation.Verb == "remove" ? "mutability" : "invalidValue";
                }

                Singles.Remove(path);
            }
            else
            {
                Singles[path] = text;
            }
        }

        return null;
    }

    private static string? ApplyList(ModelOperation operation, List<Dictionary<string, string>> rows)
    {
        var given = (operation.Elements ?? []).Select(WithoutEmpty).ToList();
        if (operation.Verb == "remove")
        {
            if (operation.Elements is null)
            {
                rows.Clear();
            }

            rows.RemoveAll(row => given.Exists(g => g.Count > 0 && Names(g, row)));
            return null;
        }

        var fresh = new List<Dictionary<string, string>>();
        foreach (var row in given.Where(g => !OnlyLabels(g) && !fresh.Exists(f => Equal(f, g))))
        {
            fresh.Add(row);
        }

        if (fresh.Count(r => Is(r, "primary", "true")) > 1)
        {
            return "invalidValue";
        }

        if (operation.Verb == "replace")
        {
            rows.Clear();
        }

        foreach (var row in fresh)
        {
            var same = operation.Verb == "replace" ? null : rows.Find(r => Same(r, row));
            if (same is null)
            {
                rows.Add(row);
                continue;
            }

            foreach (var (sub, text) in row)
            {
                same[sub] = text;
            }
        }

        return null;
    }

    private static string? ApplySelected(ModelOperation operation, List<Dictionary<string, string>> rows)
    {
        var selected = rows.Where(r => operation.Filter is null || Array.TrueForAll(operation.Filter, t => Meets(r, t))).ToList();
        var given = operation.Elements?[0];
        if (operation.Verb == "remove" && operation.Sub is null)
        {
            rows.RemoveAll(selected.Contains);
            return null;
        }

        if (operation.Verb == "remove" || (operation.Sub is not null && operation.Text!.Length == 0))
        {
            selected.ForEach(r => r.Remove(operation.Sub!));
            return null;
        }

        var created = selected.Count == 0;
        if (created)
        {
            var terms = operation.Filter ?? [];
            if (Array.Exists(terms, t => t.Operator != "eq") || terms.DistinctBy(t => t.Sub).Count() < terms.Length)
            {
                return "noTarget";
            }

            selected = [terms.ToDictionary(t => t.Sub, t => t.Value)];
            rows.AddRange(selected);
        }

        foreach (var row in selected)
        {
            if (operation.Sub is not null)
            {
                row[operation.Sub] = operation.Text!;
            }
            else if (operation.Verb == "add" || created)
            {
                foreach (var (sub, text) in given!)
                {
                    row[sub] = text;
                    _ = text.Length == 0 && row.Remove(sub);
                }
            }
            else
            {
                ReplaceRow(rows, row, WithoutEmpty(given!), operation.Filter ?? []);
            }
        }

        return null;
    }

    private static void ReplaceRow(List<Dictionary<string, string>> rows, Dictionary<string, string> row, Dictionary<string, string> fresh, (string Sub, string Operator, string Value)[] terms)
    {
        var at = rows.FindIndex(r => ReferenceEquals(r, row));
        if (fresh.Count == 0)
        {
            rows.RemoveAt(at);
            return;
        }

        if (Array.TrueForAll(terms, t => t.Operator == "eq") && terms.DistinctBy(t => t.Sub).Count() == terms.Length)
        {
            Array.ForEach(terms, t => fresh.TryAdd(t.Sub, t.Value));
        }

        rows[at] = fresh;
    }

    private static Dictionary<string, string> WithoutEmpty(Dictionary<string, string> row) => row.Where(p => p.Value.Length > 0).ToDictionary();

    private static bool OnlyLabels(Dictionary<string, string> row) => row.Keys.All(k => k is "type" or "primary");

    private static bool Is(Dictionary<string, string> row, string sub, string text) => row.TryGetValue(sub, out var is_) && is_.Equals(text, StringComparison.OrdinalIgnoreCase);

    private static bool Meets(Dictionary<string, string> row, (string Sub, string Operator, string Value) term) => row.TryGetValue(term.Sub, out var text)
        && (term.Operator == "eq" ? text.Equals(term.Value, StringComparison.OrdinalIgnoreCase) : text.StartsWith(term.Value, StringComparison.OrdinalIgnoreCase));

    private static bool Equal(Dictionary<string, string> one, Dictionary<string, string> other) => one.Count == other.Count && one.All(p => other.TryGetValue(p.Key, out var text) && text == p.Value);

    private static bool Same(Dictionary<string, string> one, Dictionary<string, string> other) => one.TryGetValue("value", out var mine) && other.TryGetValue("value", out var theirs)
        ? mine.Equals(theirs, StringComparison.OrdinalIgnoreCase) && one.GetValueOrDefault("type", "").Equals(other.GetValueOrDefault("type", ""), StringComparison.OrdinalIgnoreCase)
        : Equal(one, other);

    private static bool Names(Dictionary<string, string> named, Dictionary<string, string> row) => named.TryGetValue("value", out var value)
        ? Is(row, "value", value) && (!named.TryGetValue("type", out var type) || Is(row, "type", type))
        : named.All(p => Is(row, p.Key, p.Value));
}
