using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace IdentityHub.Scim.Tests.Protocol.Patch;

/// <summary>Operations over so few attributes and values that they often meet, and the many ways to write each as JSON.</summary>
internal static class RandomPatches
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    private static readonly string[] Paths = ["title", "nickName", "active", "userName", "name|givenName", "name|familyName", Enterprise + "|department", Enterprise + "|manager|value"];

    private static readonly string[] Verbs = ["add", "replace", "remove"];

    /// <summary>A request: operations, and the dice that say how they are written.</summary>
    public static Arbitrary<(ModelOperation Operation, int Dice)[]> Requests => Arb.From(
        Gen.ListOf(Gen.Zip(Operation, Gen.Choose(0, int.MaxValue - 1))).Select(l => l.Take(12).ToArray()),
        many => many.Select((_, i) => many.Where((_, j) => i != j).ToArray()));

    private static Gen<ModelOperation> Operation => Gen.Frequency((3, Single), (1, Pathless), (3, List), (4, Selected), (1, Part));

    private static Gen<ModelOperation> Single => from verb in Gen.Elements(Verbs)
                                                 from path in Gen.Elements(Paths)
                                                 from text in TextFor(path)
                                                 select new ModelOperation(verb, null, null, null, new() { [path] = text }, null, null);

    private static Gen<ModelOperation> Pathless => from verb in Gen.Elements("add", "replace")
                                                   from paths in Gen.SubListOf(Paths)
                                                   from texts in Gen.CollectToList(paths, TextFor)
                                                   select new ModelOperation(verb, null, null, null, paths.Zip(texts).ToDictionary(p => p.First, p => p.Second), null, null);

    private static Gen<ModelOperation> List => from verb in Gen.Elements(Verbs)
                                               from list in Lists
                                               from rows in Gen.ListOf(Row(list))
                                               from all in Gen.Choose(0, 2)
                                               select new ModelOperation(verb, list, null, null, null, verb == "remove" && all == 0 ? null : [.. rows.Take(4)], null);

    private static Gen<ModelOperation> Selected => from verb in Gen.Elements(Verbs)
                                                   from list in Lists
                                                   from filter in Filter(list)
                                                   from whole in Gen.Choose(0, 2)
                                                   from sub in Gen.Elements(Subs(list))
                                                   from text in TextFor(sub)
                                                   from row in Row(list)
                                                   select whole == 0 ? new ModelOperation(verb, list, filter, null, null, [row], null) : new ModelOperation(verb, list, filter, sub, null, null, text);

    private static Gen<ModelOperation> Part => from verb in Gen.Elements(Verbs)
                                               from list in Lists
                                               from sub in Gen.Elements(Subs(list))
                                               from text in TextFor(sub)
                                               select new ModelOperation(verb, list, null, sub, null, null, text);

    private static Gen<string> Lists => Gen.Elements("emails", "emails", "addresses");

    private static Gen<(string, string, string)[]> Filter(string list) => Gen.Choose(1, 2).SelectMany(count => Gen.ArrayOf(Term(list), count));

    private static Gen<(string, string, string)> Term(string list) => from sub in Gen.Elements(Subs(list))
                                                                      from text in TextFor(sub)
                                                                      from op in Gen.Elements("eq", "eq", "eq", "sw")
                                                                      select (sub, sub == "primary" ? "eq" : op, text.Length > 0 ? text : sub == "primary" ? "true" : "a");

    private static Gen<Dictionary<string, string>> Row(string list) => from subs in Gen.SubListOf(Subs(list))
                                                                       from texts in Gen.CollectToList(subs, TextFor)
                                                                       select subs.Zip(texts).ToDictionary(p => p.First, p => p.Second);

    private static string[] Subs(string list) => list == "emails" ? ["value", "type", "display", "primary"] : ["locality", "type", "country", "primary"];

    private static Gen<string> TextFor(string name) => name switch
    {
        "active" or "primary" => Gen.Elements("true", "false", "true", ""),
        "type" => Gen.Elements("work", "home", ""),
        _ => Gen.Elements("a", "b", "A", "ab", ""),
    };

    /// <summary>Writes an operation: names and verbs in some case, nothing in some of its ways, flags in quotes or without, one value with its array or without.</summary>
    public static string Write(ModelOperation operation, int dice)
    {
        var written = new JsonObject { ["op"] = Cased(operation.Verb, dice) };
        if (operation.List is not null)
        {
            written["path"] = Cased(operation.List, dice >> 2) + Brackets(operation.Filter) + (operation.Sub is null ? "" : "." + Cased(operation.Sub, dice >> 4));
            Put(written, operation.Sub is not null ? (operation.Verb == "remove" ? null : [Value(operation.Sub, operation.Text!, dice >> 6)])
                : operation.Filter is not null ? (operation.Verb == "remove" ? null : [Row(operation.Elements![0], dice)])
                : operation.Elements is null ? null : [Rows(operation.Elements, operation.Verb, dice >> 6)]);
        }
        else if (operation.Singles!.Count == 1 && (operation.Verb == "remove" || dice % 3 > 0))
        {
            var (path, text) = operation.Singles.First();
            written["path"] = Cased(Flat(path, dice), dice >> 2);
            Put(written, operation.Verb == "remove" ? null : [Value(path, text, dice >> 4)]);
        }
        else
        {
            written["value"] = new JsonObject(operation.Singles.Select((p, i) => KeyValuePair.Create(Cased(Flat(p.Key, dice >> i), dice >> (i + 2)), Value(p.Key, p.Value, dice >> (i + 4)))));
        }

        return written.ToJsonString();
    }

    private static void Put(JsonObject written, JsonNode?[]? value)
    {
        if (value is not null)
        {
            written["value"] = value[0];
        }
    }

    private static string Brackets((string Sub, string Operator, string Value)[]? filter) =>
        filter is null ? "" : "[" + string.Join(" and ", filter.Select(t => $"{t.Sub} {t.Operator} {(t.Sub == "primary" ? t.Value : $"\"{t.Value}\"")}")) + "]";

    private static string Flat(string path, int dice)
    {
        var flat = path.Replace("User|", "User:", StringComparison.Ordinal).Replace('|', '.');
        return (dice & 1) == 0 && flat.EndsWith("manager.value", StringComparison.Ordinal) ? flat[..^".value".Length] : flat;
    }

    private static string Cased(string text, int dice) => (dice & 3) switch
    {
        1 => text.ToUpperInvariant(),
        2 => char.ToUpperInvariant(text[0]) + text[1..],
        _ => text,
    };

    private static JsonNode? Value(string name, string text, int dice)
    {
        if (text.Length == 0)
        {
            return (dice & 3) switch { 0 => null, 1 => new JsonArray(), _ => "" };
        }

        return name is "active" or "primary" ? (dice & 3) switch { 0 => (JsonNode)Cased(text, dice >> 2), _ => text == "true" } : text;
    }

    private static JsonObject Row(Dictionary<string, string> row, int dice) =>
        new(row.Select((p, i) => KeyValuePair.Create(Cased(p.Key, dice >> i), Value(p.Key, p.Value, dice >> (i + 3)))));

    private static JsonNode? Rows(List<Dictionary<string, string>> rows, string verb, int dice)
    {
        if (rows.Count == 0)
        {
            return verb == "remove" ? new JsonArray() : Value("value", "", dice);
        }

        JsonNode?[] written = [.. rows.Select(r => (dice & 1) == 0 && r.Count == 1 && r.TryGetValue("value", out var text) ? text : (JsonNode)Row(r, dice))];
        return written is [JsonObject one] && (dice & 2) == 0 ? one : new JsonArray(written);
    }
}
