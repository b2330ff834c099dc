using System.Text.Json.Nodes;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Discovery;

public sealed class SchemaTests(DiscoveryHub hub) : IClassFixture<DiscoveryHub>
{
    private const string Core = "urn:ietf:params:scim:schemas:core:2.0:";

    private static readonly string[] All =
    [
        Core + "User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "urn:identityhub:params:scim:schemas:extension:account:2.0:User", Core + "Group",
        Core + "Role", "urn:identityhub:params:scim:schemas:extension:permissions:2.0:Role", Core + "Entitlement",
        Core + "ServiceProviderConfig", Core + "ResourceType", Core + "Schema",
    ];

    /// <summary>Reviewed: where our schemas differ from those of RFC 7643 §8.7, and why. A new line here is a decision.</summary>
    private static readonly string[] Reviewed =
    [
        "Enterprise manager.$ref: anycase is exact — an address holds an id, and ids are compared by case",
        "Enterprise manager.$ref: required is optional — the id alone says who; the hub gives the address",
        "Enterprise manager.value: required is optional — a client may send the address instead",
        "Group displayName: none is server — Entra and Okta match groups by name, so two of a name are refused",
        "Group members.$ref: User,Group is User — groups in groups are refused",
        "Group members.$ref: anycase is exact — an address holds an id",
        "Group members.display: readOnly is immutable — clients send it with a member; it is taken and the hub gives its own",
        "Group members.type: User,Group is User — groups in groups are refused",
        "Group members.value: anycase is exact — ids are compared by case (RFC 7643 §3.1)",
        "Group members.value: optional is required — a member without id is nobody",
        "ServiceProviderConfig RolesAndEntitlements.entitlements.multipleEntitlementsSupported: added — draft-ietf-scim-roles-entitlements-01 §3.1",
        "ServiceProviderConfig RolesAndEntitlements.entitlements.primarySupported: added — draft-ietf-scim-roles-entitlements-01 §3.1",
        "ServiceProviderConfig RolesAndEntitlements.entitlements.supported: added — draft-ietf-scim-roles-entitlements-01 §3.1",
        "ServiceProviderConfig RolesAndEntitlements.entitlements.typeSupported: added — draft-ietf-scim-roles-entitlements-01 §3.1",
        "ServiceProviderConfig RolesAndEntitlements.entitlements.types: added — draft-ietf-scim-roles-entitlements-01 §3.1",
        "ServiceProviderConfig RolesAndEntitlements.entitlements: added — draft-ietf-scim-roles-entitlements-01 §3.1",
        "ServiceProviderConfig RolesAndEntitlements.roles.multipleRolesSupported: added — draft-ietf-scim-roles-entitlements-01 §3.1",
        "ServiceProviderConfig RolesAndEntitlements.roles.primarySupported: added — draft-ietf-scim-roles-entitlements-01 §3.1",
        "ServiceProviderConfig RolesAndEntitlements.roles.supported: added — draft-ietf-scim-roles-entitlements-01 §3.1",
        "ServiceProviderConfig RolesAndEntitlements.roles.typeSupported: added — draft-ietf-scim-roles-entitlements-01 §3.1",
        "ServiceProviderConfig RolesAndEntitlements.roles.types: added — draft-ietf-scim-roles-entitlements-01 §3.1",
        "ServiceProviderConfig RolesAndEntitlements.roles: added — draft-ietf-scim-roles-entitlements-01 §3.1",
        "ServiceProviderConfig RolesAndEntitlements: added — draft-ietf-scim-roles-entitlements-01 §3.1",
        "ServiceProviderConfig pagination.cursor: added — RFC 9865 §4",
        "ServiceProviderConfig pagination.cursorTimeout: added — RFC 9865 §4",
        "ServiceProviderConfig pagination.defaultPageSize: added — RFC 9865 §4",
        "ServiceProviderConfig pagination.defaultPaginationMethod: added — RFC 9865 §4",
        "ServiceProviderConfig pagination.index: added — RFC 9865 §4",
        "ServiceProviderConfig pagination.maxPageSize: added — RFC 9865 §4",
        "ServiceProviderConfig pagination: added — RFC 9865 §4",
        "User entitlements.value: anycase is exact — the id of an application",
        "User groups.$ref: anycase is exact — an address holds an id",
        "User groups.type: direct,indirect is direct — without groups in groups all are direct",
        "User groups.value: anycase is exact — ids are compared by case",
        "User password: anycase is exact — a password without case would be a weaker one",
        "User photos.value: exact is anycase — as profileUrl; the RFC has one so and the other so",
    ];

    [Fact]
    [Spec("RFC 7643", "7"), Spec("RFC 7644", "4")]
    public async Task Every_schema_is_listed_and_has_its_address()
    {
        var list = await hub.GetAsync("/Schemas");
        Assert.Equal(All, list.Resources.Select(schema => (string?)schema!["id"]));
        Assert.Equal(All.Length, (int)list.Body["totalResults"]!);
        foreach (var schema in list.Resources)
        {
            Assert.Equal(("Schema", $"{hub.BaseAddress}/Schemas/{schema!["id"]}"), ((string)schema["meta"]!["resourceType"]!, (string)schema["meta"]!["location"]!));
            var one = await hub.GetAsync("/Schemas/" + schema["id"]);
            Assert.True(JsonNode.DeepEquals(schema, one.Body));
            Assert.Equal((string?)schema["meta"]!["version"], one.Version);
            Assert.Equal($"""["{Core}Schema"]""", schema["schemas"]!.ToJsonString());
        }
    }

    [Fact]
    [Spec("RFC 7643", "7"), Spec("RFC 7643", "2.2")]
    public async Task Every_attribute_says_every_characteristic()
    {
        string[] always = ["name", "type", "multiValued", "description", "required", "caseExact", "mutability", "returned", "uniqueness"];
        foreach (var (path, attribute) in (await hub.GetAsync("/Schemas")).Resources.SelectMany(schema => Walk(schema!)))
        {
            Assert.True(always.All(attribute.ContainsKey), path);
            Assert.NotEmpty((string)attribute["description"]!);
            Assert.Equal((string?)attribute["type"] == "complex", attribute.ContainsKey("subAttributes"));
            Assert.Equal((string?)attribute["type"] == "reference", attribute.ContainsKey("referenceTypes"));
        }
    }

    [Fact]
    [Spec("RFC 7643", "8.7.1"), Spec("RFC 7643", "8.7.2"), Spec("RFC 7643", "4.1"), Spec("RFC 7643", "4.2"), Spec("RFC 7643", "4.3")]
    public async Task The_schemas_differ_from_those_of_RFC_7643_as_reviewed()
    {
        var ours = (await hub.GetAsync("/Schemas")).Resources.SelectMany(schema => Walk(schema!)).ToDictionary(pair => pair.Path, pair => pair.Attribute);
        var differences = new List<string>();
        var standard = Rfc7643Schemas.Table.Split('\n').Select(line => line.Split(' ')).ToDictionary(line => line[0] + " " + line[1]);
        foreach (var (path, facts) in standard)
        {
            if (!ours.TryGetValue(path, out var attribute))
            {
                differences.Add(path + ": missing");
                continue;
            }

            differences.AddRange(facts.Skip(2).Zip(Facts(attribute)).Where(pair => pair.First != "-" && pair.First != pair.Second)
                .Select(pair => $"{path}: {pair.First} is {pair.Second}"));
        }

        var compared = standard.Values.Select(line => line[0]).ToHashSet();
        differences.AddRange(ours.Keys.Where(path => compared.Contains(path.Split(' ')[0]) && !standard.ContainsKey(path)).Select(path => path + ": added"));
        Assert.Equal(string.Join('\n', Reviewed.Select(line => line.Split('—')[0].Trim()).Order(StringComparer.Ordinal)), string.Join('\n', differences.Order(StringComparer.Ordinal)));
    }

    [Fact]
    [Spec("draft-ietf-scim-roles-entitlements-01", "3.4")]
    public async Task Roles_and_entitlements_have_the_attributes_of_the_draft()
    {
        string[] draft = ["value", "display", "type", "supported", "limitedAssignmentsPermitted", "totalAssignmentsPermitted", "totalAssignmentsUsed", "containedBy", "contains"];
        foreach (var name in new[] { "Role", "Entitlement" })
        {
            var attributes = (await hub.GetAsync("/Schemas/" + Core + name)).Body["attributes"]!.AsArray();
            Assert.Equal(draft, attributes.Select(attribute => (string?)attribute!["name"]));
            Assert.All(attributes, attribute => Assert.Equal("readOnly", (string?)attribute!["mutability"]));
        }
    }

    [Fact]
    public async Task What_a_User_shows_is_in_the_schemas()
    {
        var user = (await hub.GetAsync("/Users")).Resources[0]!.AsObject();
        var known = (await hub.GetAsync("/Schemas")).Resources.SelectMany(schema => Walk(schema!)).Select(pair => pair.Path).ToHashSet();
        var account = user["urn:identityhub:params:scim:schemas:extension:account:2.0:User"]!.AsObject();
        Assert.All(user.Select(pair => pair.Key).Where(name => !name.StartsWith("urn:", StringComparison.Ordinal) && name is not ("schemas" or "id" or "externalId" or "meta")), name => Assert.Contains("User " + name, known));
        Assert.All(account, pair => Assert.Contains("account " + pair.Key, known));
    }

    private static IEnumerable<(string Path, JsonObject Attribute)> Walk(JsonNode schema)
    {
        var urn = ((string)schema["id"]!).Split(':');
        var name = urn[5] == "extension" ? urn[6] == "enterprise" ? "Enterprise" : urn[6] : urn[^1];
        return schema["attributes"]!.AsArray().SelectMany(attribute => Walk(name + " ", attribute!.AsObject()));
    }

    private static IEnumerable<(string Path, JsonObject Attribute)> Walk(string prefix, JsonObject attribute)
    {
        var path = prefix + attribute["name"];
        yield return (path, attribute);
        foreach (var sub in (attribute["subAttributes"] as JsonArray ?? []).SelectMany(sub => Walk(path + ".", sub!.AsObject())))
        {
            yield return sub;
        }
    }

    private static IEnumerable<string> Facts(JsonObject attribute) =>
    [
        (string)attribute["type"]!, (bool)attribute["multiValued"]! ? "multi" : "single", (bool)attribute["required"]! ? "required" : "optional", (bool)attribute["caseExact"]! ? "exact" : "anycase",
        (string)attribute["mutability"]!, (string)attribute["returned"]!, (string)attribute["uniqueness"]!, Join(attribute["canonicalValues"]), Join(attribute["referenceTypes"]),
    ];

    private static string Join(JsonNode? values) => values is JsonArray list ? string.Join(',', list.Select(value => (string?)value)) : "-";
}
