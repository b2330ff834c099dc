using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IdentityHub.Scim.Protocol.Filter;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Bulk;

/// <summary>A place where a bulkId stands for an id.</summary>
/// <param name="BulkId">Without its prefix.</param>
/// <param name="Put">Puts an id there; null for none.</param>
internal sealed record BulkReference(string BulkId, Action<string?> Put);

/// <summary>
/// Temporary identifiers (RFC 7644 §3.7.2): <c>bulkId:</c> and a bulkId in place of the id of what another operation makes. They are found where ids are:
/// members and managers, in resources, in the values of PATCH operations and in the filters of their paths. The same text as a name or a title is a text.
/// </summary>
internal static partial class BulkReferences
{
    public const string Prefix = "bulkId:";

    /// <summary>Every place of a reference in an operation's data.</summary>
    public static IReadOnlyList<BulkReference> Find(JsonObject? data, string method)
    {
        var found = new List<BulkReference>();
        if (data is not null)
        {
            InObject(data, within: false, found);
            foreach (var operation in method == HttpMethods.Patch && data["Operations"] is JsonArray operations ? operations.OfType<JsonObject>() : [])
            {
                InPatch(operation, found);
            }
        }

        return found;
    }

    /// <summary>The data with an id in place of every reference; without the reference where there is none.</summary>
    public static JsonObject Resolve(JsonObject data, string method, Func<string, string?> idOf)
    {
        var resolved = data.DeepClone().AsObject();
        foreach (var reference in Find(resolved, method))
        {
            reference.Put(idOf(reference.BulkId));
        }

        return resolved;
    }

    private static void InObject(JsonObject given, bool within, List<BulkReference> found)
    {
        foreach (var (name, value) in given)
        {
            var named = HoldsIds(name);
            if (value is JsonValue text)
            {
                if ((named || (within && (IsNamed(name, "value") || IsNamed(name, "$ref")))) && IdIn(text) is { } bulkId)
                {
                    found.Add(name.EndsWith("$ref", StringComparison.OrdinalIgnoreCase) ? Address(given, name, bulkId) : new(bulkId, id => given[name] = id));
                }
            }
            else
            {
                InContainer(value, named || (within && IsNamed(name, "value")), found);
            }
        }
    }

    private static void InContainer(JsonNode? container, bool within, List<BulkReference> found)
    {
        if (container is JsonObject several)
        {
            InObject(several, within, found);
        }
        else if (container is JsonArray array)
        {
            for (var i = 0; i < array.Count; i++)
            {
                var place = i;
                if (within && array[i] is JsonValue text && IdIn(text) is { } bulkId)
                {
                    found.Add(new(bulkId, id => array[place] = id));
                }

                InContainer(array[i], within, found);
            }
        }
    }

    /// <summary>What the path of a PATCH operation says of its value, and the ids in the filter of the path.</summary>
    private static void InPatch(JsonObject operation, List<BulkReference> found)
    {
        if (operation["path"] is not JsonValue given || !given.TryGetValue(out string? path) || !HoldsIds(path))
        {
            return;
        }

        if (operation["value"] is JsonValue text && IdIn(text) is { } bulkId)
        {
            found.Add(new(bulkId, id => operation["value"] = id));
        }

        InContainer(operation["value"], within: true, found);
        InFilter(operation, path, found);
    }

    /// <summary>A path that is longer than paths may be is refused where it is read, and not looked into.</summary>
    private static void InFilter(JsonObject operation, string path, List<BulkReference> found)
    {
        var worthwhile = path.Contains(Prefix, StringComparison.Ordinal) && path.Length <= FilterOptions.Default.MaxLength;
        foreach (var quoted in worthwhile ? Quoted().Matches(path).Select(match => match.Value) : [])
        {
            if (Unquote(quoted) is { } text && text.StartsWith(Prefix, StringComparison.Ordinal))
            {
                found.Add(new(text[Prefix.Length..], id =>
                    operation["path"] = operation["path"]!.GetValue<string>().Replace(quoted, JsonSerializer.Serialize(id ?? ""), StringComparison.Ordinal)));
            }
        }
    }

    /// <summary>An address by bulkId says which one is meant even where no <c>value</c> stands beside it.</summary>
    private static BulkReference Address(JsonObject given, string name, string bulkId) => new(bulkId, id =>
    {
        given[name] = id;
        if (IsNamed(name, "$ref") && given["value"] is null)
        {
            given["value"] = id;
        }
    });

    /// <summary>The bulkId in <c>bulkId:x</c> and in <c>/Users/bulkId:x</c>.</summary>
    private static string? IdIn(JsonValue value)
    {
        if (!value.TryGetValue(out string? text))
        {
            return null;
        }

        var at = text.StartsWith(Prefix, StringComparison.Ordinal) ? 0 : text.IndexOf("/" + Prefix, StringComparison.Ordinal) + 1;
        return at == 0 && !text.StartsWith(Prefix, StringComparison.Ordinal) ? null : text[(at + Prefix.Length)..];
    }

    private static bool HoldsIds(string name) => name.Contains("members", StringComparison.OrdinalIgnoreCase) || name.Contains("manager", StringComparison.OrdinalIgnoreCase);

    private static bool IsNamed(string name, string expected) => name.Equals(expected, StringComparison.OrdinalIgnoreCase);

    private static string? Unquote(string quoted)
    {
        try
        {
            return JsonSerializer.Deserialize<string>(quoted);
        }
        catch (JsonException)
        {
            // No string, and so no id: the filter is refused where it is read.
            return null;
        }
    }

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"
        """, RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();
}
