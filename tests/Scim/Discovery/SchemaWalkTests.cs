using System.Net;
using System.Text.Json.Nodes;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Discovery;

/// <summary>Does what suites do that know a server by its schemas alone: fills every attribute that /Schemas says is writable with a value of its type, and adds, replaces and removes each by PATCH.</summary>
public sealed class SchemaWalkTests(ScimHub hub) : IClassFixture<ScimHub>
{
    /// <summary>Which cannot be without a value: the status, the one role, and what is required.</summary>
    private static readonly string[] NeverEmpty = ["active", "roles", "userName", "displayName of Group", Urns.Account + ":role", Urns.Account + ":twoFactor", "members"];

    private ScimCaller Hr => hub.NorthCaller;

    private int serial;

    [Fact, Spec("RFC 7643", "7")]
    public async Task A_user_with_every_attribute_of_the_schemas_comes_back_whole()
    {
        var made = (await Hr.PostAsync("/Users", (await FullUserAsync()).ToJsonString())).Created();
        foreach (var (name, sent) in (await FullUserAsync()).Where(member => member.Key is not ("schemas" or "password" or "userName" or "externalId")))
        {
            Assert.True(made.Body!.ContainsKey(name), $"{name} did not come back: {made.Text}");
            Assert.Equal(sent!.GetValueKind(), made.Body[name]!.GetValueKind());
        }

        Assert.False(made.Body!.ContainsKey("password"));
        (await Hr.PutAsync("/Users/" + made.Id, (await FullUserAsync()).ToJsonString())).Ok();
    }

    [Fact, Spec("RFC 7644", "3.5.2")]
    public async Task Every_attribute_of_a_user_can_be_added_replaced_and_removed_by_patch()
    {
        var id = (await Hr.AddUserAsync("walked@north.example")).Id;
        var walked = 0;
        foreach (var (path, attribute) in await AttributesAsync(Urns.User, Urns.Enterprise, Urns.Account))
        {
            if (path is "schemas" or "id" or "meta" or "userName")
            {
                continue;
            }

            foreach (var op in (string[])["add", "replace"])
            {
                var value = await ValueAsync(path, attribute);
                var reply = await Hr.PatchAsync("/Users/" + id, $$"""{"op":"{{op}}","path":"{{path}}","value":{{value.ToJsonString()}} }""");
                Assert.True(reply.Status == HttpStatusCode.OK, $"{op} {path} {value.ToJsonString()}: {reply.Text}");
                Assert.True(path == "password" || Holds(At(reply.Body!, path), value), $"{op} {path} {value.ToJsonString()} came back as {At(reply.Body!, path)?.ToJsonString()}");
            }

            var removed = await Hr.PatchAsync("/Users/" + id, $$"""{"op":"remove","path":"{{path}}"}""");
            Assert.True(removed.Status == HttpStatusCode.OK, $"remove {path}: {removed.Text}");
            Assert.True(NeverEmpty.Contains(path) || At(removed.Body!, path) is null, $"remove {path} left {At(removed.Body!, path)?.ToJsonString()}");
            walked++;
        }

        Assert.True(walked > 25, $"only {walked} attributes");
    }

    private async Task<JsonObject> FullUserAsync()
    {
        var user = new JsonObject { ["schemas"] = new JsonArray(Urns.User, Urns.Enterprise, Urns.Account), ["userName"] = $"full-{++serial}@north.example" };
        foreach (var (path, attribute) in await AttributesAsync(Urns.User, Urns.Enterprise, Urns.Account))
        {
            // A seat is taken by one user at a time here; a status of its own is another test's.
            if (path is "userName" or "active" || path.EndsWith(":seats", StringComparison.Ordinal))
            {
                continue;
            }

            var (container, name) = Place(user, path);
            container[name] = await ValueAsync(path, attribute);
        }

        return user;
    }

    private async Task<IReadOnlyList<(string Path, JsonObject Attribute)>> AttributesAsync(params string[] schemas)
    {
        var all = new List<(string, JsonObject)>();
        foreach (var urn in schemas)
        {
            foreach (var attribute in (await Hr.GetAsync("/Schemas/" + urn)).Ok().Body!["attributes"]!.AsArray().Select(one => one!.AsObject()))
            {
                if (Text(attribute, "mutability") != "readOnly")
                {
                    all.Add(((urn == Urns.User ? "" : urn + ":") + Text(attribute, "name"), attribute));
                }
            }
        }

        return all;
    }

    private async Task<JsonNode> ValueAsync(string path, JsonObject attribute)
    {
        var one = await OneAsync(path, attribute);
        return attribute["multiValued"]!.GetValue<bool>() ? new JsonArray(one) : one;
    }

    private async Task<JsonNode> OneAsync(string path, JsonObject attribute)
    {
        if (attribute["canonicalValues"] is JsonArray { Count: > 0 } values)
        {
            return values[0]!.DeepClone();
        }

        return Text(attribute, "type") switch
        {
            "boolean" => JsonValue.Create(true),
            "integer" => JsonValue.Create(7),
            "dateTime" => JsonValue.Create("2026-01-02T03:04:05Z"),
            "binary" => JsonValue.Create("AAECAw=="),
            "reference" => JsonValue.Create($"https://pictures.example/{++serial}"),
            "complex" => await ComplexAsync(path, attribute),
            _ => JsonValue.Create(path.StartsWith("emails", StringComparison.Ordinal) ? $"mail-{++serial}@north.example" : $"a value, number {++serial}"),
        };
    }

    private async Task<JsonNode> ComplexAsync(string path, JsonObject attribute)
    {
        if (path.EndsWith(":manager", StringComparison.Ordinal))
        {
            return new JsonObject { ["value"] = (await Hr.AddUserAsync($"leads-{++serial}@north.example")).Id };
        }

        var made = new JsonObject();
        foreach (var sub in attribute["subAttributes"]!.AsArray().Select(one => one!.AsObject()).Where(sub => Text(sub, "mutability") != "readOnly"))
        {
            made[Text(sub, "name")] = await ValueAsync(path + "." + Text(sub, "name"), sub);
        }

        return made;
    }

    /// <summary>Whether what came back holds all that was sent; the hub may have more to say.</summary>
    private static bool Holds(JsonNode? got, JsonNode sent) => (got, sent) switch
    {
        (null, _) => false,
        (JsonObject gotten, JsonObject wanted) => wanted.All(member => Holds(gotten[member.Key], member.Value!)),
        (JsonArray gotten, JsonArray wanted) => wanted.All(value => gotten.Any(one => Holds(one, value!))),
        _ => JsonNode.DeepEquals(got, sent),
    };

    private static JsonNode? At(JsonObject resource, string path)
    {
        var (container, name) = Place(resource.DeepClone().AsObject(), path);
        return container[name];
    }

    private static (JsonObject Container, string Name) Place(JsonObject resource, string path)
    {
        var colon = path.LastIndexOf(':');
        if (colon < 0)
        {
            return (resource, path);
        }

        var container = resource[path[..colon]] as JsonObject ?? [];
        if (container.Parent is null)
        {
            resource[path[..colon]] = container;
        }

        return (container, path[(colon + 1)..]);
    }

    private static string Text(JsonObject node, string name) => node[name]!.GetValue<string>();
}
