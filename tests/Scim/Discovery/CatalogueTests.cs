using System.Net;
using IdentityHub.Domain.Permissions;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Discovery;

[Spec("draft-ietf-scim-roles-entitlements-01", "3")]
public sealed class CatalogueTests(DiscoveryHub hub) : IClassFixture<DiscoveryHub>
{
    private const string Permissions = "urn:identityhub:params:scim:schemas:extension:permissions:2.0:Role";

    [Fact]
    public async Task The_roles_are_the_two_of_the_permission_table()
    {
        var roles = await hub.GetAsync("/Roles");
        Assert.Equal(2, (int)roles.Body["totalResults"]!);
        Assert.Equal(["Administrator", "User"], roles.Resources.Select(role => (string?)role!["value"]));
        Assert.All(roles.Resources, role =>
        {
            Assert.Equal((string?)role!["value"], (string?)role["id"]);
            Assert.Equal((string?)role["value"], (string?)role["display"]);
            Assert.True((bool)role["supported"]!);
            Assert.False((bool)role["limitedAssignmentsPermitted"]!);
            Assert.Equal("Role", (string?)role["meta"]!["resourceType"]);
        });
        Assert.Equal("""["User"]""", roles.Resources[0]!["contains"]!.ToJsonString());
        Assert.Equal("""["Administrator"]""", roles.Resources[1]!["containedBy"]!.ToJsonString());
        Assert.Equal(PermissionMatrix.Of(Role.Administrator, null), roles.Resources[0]![Permissions]!["permissions"]!.AsArray().Select(permission => (string)permission!));
    }

    [Fact]
    public async Task Entitlements_are_the_seats_of_the_calling_account_and_no_others()
    {
        var entitlements = (await hub.GetAsync("/Entitlements")).Resources;
        Assert.Equal(["expert-console", "reports"], entitlements.Select(entitlement => (string?)entitlement!["value"]));
        var console = entitlements[0]!;
        Assert.Equal(("Expert console", "seat"), ((string)console["display"]!, (string)console["type"]!));
        Assert.True((bool)console["supported"]! && (bool)console["limitedAssignmentsPermitted"]!);
        Assert.Equal((2, 1), ((int)console["totalAssignmentsPermitted"]!, (int)console["totalAssignmentsUsed"]!));
        var others = Assert.Single((await hub.GetAsync("/Entitlements", DiscoveryHub.Brightfix)).Resources)!;
        Assert.Equal(("expert-console", 7, 0), ((string)others["value"]!, (int)others["totalAssignmentsPermitted"]!, (int)others["totalAssignmentsUsed"]!));
        (await hub.GetAsync("/Entitlements/reports", DiscoveryHub.Brightfix)).IsError(404);
    }

    [Fact]
    public async Task What_is_announced_can_be_assigned_and_is_then_counted()
    {
        var before = (await hub.GetAsync("/Entitlements/reports")).Body;
        var body = """
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"rob@northside.example","roles":[{"value":"User"}],"entitlements":[{"value":"reports","type":"seat"}]}
            """;
        Assert.Equal(HttpStatusCode.Created, (await hub.SendAsync("POST", "/Users", body: body)).Status);
        var after = await hub.GetAsync("/Entitlements/reports");
        Assert.Equal((int)before["totalAssignmentsUsed"]! + 1, (int)after.Body["totalAssignmentsUsed"]!);
        Assert.NotEqual((string?)before["meta"]!["version"], after.Version);
        Assert.Equal(HttpStatusCode.NotModified, (await hub.SendAsync("GET", "/Entitlements/reports", headers: ("If-None-Match", after.Version!))).Status);
    }

    [Theory]
    [InlineData("/Roles?filter=value%20eq%20%22user%22", "User")]
    [InlineData("/Roles?filter=id%20eq%20%22User%22", "User")]
    [InlineData("/Roles?filter=id%20sw%20%22A%22", "Administrator")]
    [InlineData("/Roles?filter=id%20eq%20%22User%22%20or%20display%20co%20%22min%22", "Administrator User")]
    [InlineData("/Roles?filter=contains%20eq%20%22User%22", "Administrator")]
    [InlineData("/Roles?filter=urn:identityhub:params:scim:schemas:extension:permissions:2.0:Role:permissions%20eq%20%22users:manage%22", "Administrator")]
    [InlineData("/Roles?filter=externalId%20eq%20%22x%22", "")]
    [InlineData("/Roles?filter=meta.created%20gt%20%222000-01-01T00:00:00Z%22", "")]
    [InlineData("/Roles?sortBy=value&sortOrder=descending", "User Administrator")]
    [InlineData("/Roles?sortBy=meta.created&sortOrder=descending", "User Administrator")]
    [InlineData("/Roles?startIndex=2&count=1", "User")]
    [InlineData("/Entitlements?filter=totalAssignmentsPermitted%20gt%204", "reports")]
    [InlineData("/Entitlements?filter=type%20eq%20%22seat%22%20and%20display%20eq%20%22expert%20console%22", "expert-console")]
    [Spec("RFC 7644", "3.4.2")]
    public async Task They_are_filtered_sorted_and_paged_as_everything_else(string path, string values) =>
        Assert.Equal(values, string.Join(' ', (await hub.GetAsync(path)).Resources.Select(resource => (string?)resource!["value"])));

    [Fact]
    [Spec("RFC 9865", "2")]
    public async Task They_are_paged_by_cursor_too()
    {
        var first = await hub.GetAsync("/Roles?cursor&count=1");
        var second = await hub.GetAsync($"/Roles?count=1&cursor={first.Body["nextCursor"]}");
        Assert.Equal("Administrator", (string?)Assert.Single(first.Resources)!["value"]);
        Assert.Equal("User", (string?)Assert.Single(second.Resources)!["value"]);
        Assert.False(second.Body.ContainsKey("nextCursor"));
    }

    [Fact]
    [Spec("RFC 7644", "3.9"), Spec("RFC 7644", "3.4.3")]
    public async Task They_are_projected_and_searched()
    {
        Assert.Equal(["schemas", "id", "display"], (await hub.GetAsync("/Roles/User?attributes=display")).Body.Select(pair => pair.Key));
        Assert.False((await hub.GetAsync("/Roles/User?excludedAttributes=" + Permissions)).Body.ContainsKey(Permissions));
        var search = """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"value eq \"reports\"","attributes":["value"]}""";
        Assert.Equal("reports", (string?)Assert.Single((await hub.SendAsync("POST", "/Entitlements/.search", body: search)).Resources)!["value"]);
        Assert.Empty((await hub.SendAsync("POST", "/Roles/.search", body: search)).Resources);
    }

    [Theory]
    [InlineData("POST", "/Roles"), InlineData("PUT", "/Roles/User"), InlineData("PATCH", "/Roles/User"), InlineData("DELETE", "/Roles/User")]
    [InlineData("POST", "/Entitlements"), InlineData("PATCH", "/Entitlements/reports"), InlineData("DELETE", "/Entitlements/reports")]
    public async Task Nobody_writes_them(string method, string path) => (await hub.SendAsync(method, path, body: "{}")).IsError(405);
}
