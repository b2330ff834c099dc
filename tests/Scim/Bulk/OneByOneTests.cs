using System.Globalization;
using System.Text.Json.Nodes;
using IdentityHub.Testing;
using Xunit;
using static IdentityHub.Scim.Tests.Bulk.BulkHub;

namespace IdentityHub.Scim.Tests.Bulk;

/// <summary>Random operations that get in each other's way: sent at once to one account, one by one to another, they come to the same (RFC 7644 §3.7).</summary>
[Spec("RFC 7644", "3.7")]
public sealed class OneByOneTests(BulkHub hub) : IClassFixture<BulkHub>
{
    private const int Members = 6;

    private uint state;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task At_once_comes_to_the_same_as_one_by_one(uint seed)
    {
        state = seed;
        var (atOnce, oneByOne) = (await MakeAsync(hub.Northside, $"n{seed}"), await MakeAsync(hub.Brightfix, $"b{seed}"));
        for (var round = 0; round < 5; round++)
        {
            var drawn = Enumerable.Range(0, 30).Select(i => Draw($"{round}x{i}")).ToList();
            var statuses = (await hub.Northside.BulkAsync([.. drawn.Select(one => one(atOnce, $"n{seed}"))])).Statuses;
            var expected = new List<string>();
            foreach (var one in drawn)
            {
                expected.AddRange((await hub.Brightfix.BulkAsync(one(oneByOne, $"b{seed}"))).Statuses);
            }

            // The one account answers PATCH with 200, the other with 204.
            Assert.Equal(expected.Select(status => status == "204" ? "200" : status), statuses.Select(status => status == "204" ? "200" : status));
            Assert.Equal(await StateAsync(hub.Brightfix, $"b{seed}"), await StateAsync(hub.Northside, $"n{seed}"));
        }

        foreach (var (system, mark) in new[] { (hub.Northside, $"n{seed}"), (hub.Brightfix, $"b{seed}") })
        {
            var left = await ListAsync(system, mark);
            await system.BulkAsync([.. left.Select(user => $$"""{ "method": "DELETE", "path": "/Users/{{user["id"]}}" }""")]);
        }
    }

    private int Next(int below) => (int)((state = state * 1664525 + 1013904223) >> 8) % below;

    /// <summary>An operation, to be written for an account's own ids and names.</summary>
    private Func<string[], string, string> Draw(string unique)
    {
        var (who, name, seat, active) = (Next(Members), Next(Members), Next(2) == 0, Next(2) == 0);
        var seats = seat ? """[ { "value": "expert-console", "type": "seat" } ]""" : "[]";
        var isActive = active ? "true" : "false";
        return Next(12) switch
        {
            0 => (ids, mark) => $$"""{ "method": "DELETE", "path": "/Users/{{ids[who]}}" }""",
            <= 2 => (_, mark) => PostUser(unique, $"name{name}@{mark}.example"),
            3 => (ids, mark) => PatchOne("/Users/" + ids[who], $$"""{ "op": "replace", "path": "userName", "value": "name{{name}}@{{mark}}.example" }"""),
            <= 6 => (ids, _) => PatchOne("/Users/" + ids[who], $$"""{ "op": "replace", "path": "entitlements", "value": {{seats}} }"""),
            7 => (ids, _) => PatchOne("/Users/" + ids[who], $$"""{ "op": "replace", "value": { "active": {{isActive}} } }"""),
            8 => (ids, _) => PatchOne("/Users/" + ids[who], $$"""{ "op": "replace", "path": "{{Enterprise}}:manager", "value": "{{ids[name]}}" }"""),
            9 => (ids, _) => PatchOne("/Groups/" + ids[Members], $$"""{ "op": "add", "path": "members", "value": "{{ids[who]}}" }"""),
            10 => (ids, mark) => $$"""{ "method": "PUT", "path": "/Users/{{ids[who]}}", "data": { "schemas": ["{{UserSchema}}"], "userName": "name{{name}}@{{mark}}.example", "title": "{{unique}}" } }""",
            _ => (ids, _) => PatchOne("/Users/" + ids[who], $$"""{ "op": "replace", "path": "title", "value": "{{unique}}" }"""),
        };
    }

    private static async Task<string[]> MakeAsync(HrSystem system, string mark)
    {
        var made = await system.BulkAsync([.. Enumerable.Range(0, Members).Select(i => PostUser($"u{i}", $"name{i}@{mark}.example")), PostGroup("g", mark)]);
        return [.. Enumerable.Range(0, Members + 1).Select(made.IdAt)];
    }

    private static async Task<IEnumerable<JsonNode>> ListAsync(HrSystem system, string mark) =>
        ((await system.GetAsync("/Users?count=1000"))["Resources"] as JsonArray ?? []).Where(user => ((string)user!["userName"]!).Contains($"@{mark}.", StringComparison.Ordinal))!;

    private static async Task<string[]> StateAsync(HrSystem system, string mark)
    {
        var all = (await ListAsync(system, mark)).ToDictionary(user => (string)user["id"]!);
        string Short(string? id) => id is null ? "nobody" : all.TryGetValue(id, out var user) ? ((string)user["userName"]!).Split('@')[0] : "gone";
        int Count(JsonNode user, string name) => (user[name] as JsonArray)?.Count ?? 0;
        string Line(JsonNode user) => string.Create(
            CultureInfo.InvariantCulture,
            $"{Short((string)user["id"]!)} {user["title"]} {user["active"]} {Count(user, "entitlements")} {Short((string?)user[Enterprise]?["manager"]?["value"])} {Count(user, "groups")}");
        return [.. all.Values.Select(Line).Order(StringComparer.Ordinal)];
    }
}
