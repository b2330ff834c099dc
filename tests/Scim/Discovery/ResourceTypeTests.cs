using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Discovery;

public sealed class ResourceTypeTests(DiscoveryHub hub) : IClassFixture<DiscoveryHub>
{
    [Fact]
    [Spec("RFC 7643", "6"), Spec("RFC 7644", "4")]
    public async Task Every_kind_of_resource_is_listed_on_one_page()
    {
        var list = await hub.GetAsync("/ResourceTypes?startIndex=3&count=1");
        Assert.Equal("""["urn:ietf:params:scim:api:messages:2.0:ListResponse"]""", list.Body["schemas"]!.ToJsonString());
        Assert.Equal((4, 4, 1), ((int)list.Body["totalResults"]!, (int)list.Body["itemsPerPage"]!, (int)list.Body["startIndex"]!));
        Assert.Equal(["User", "Group", "Role", "Entitlement"], list.Resources.Select(type => (string?)type!["name"]));
    }

    [Theory]
    [InlineData("User", "/Users", "urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User urn:identityhub:params:scim:schemas:extension:account:2.0:User")]
    [InlineData("Group", "/Groups", "urn:ietf:params:scim:schemas:core:2.0:Group", "")]
    [InlineData("Role", "/Roles", "urn:ietf:params:scim:schemas:core:2.0:Role", "urn:identityhub:params:scim:schemas:extension:permissions:2.0:Role")]
    [InlineData("Entitlement", "/Entitlements", "urn:ietf:params:scim:schemas:core:2.0:Entitlement", "")]
    [Spec("RFC 7643", "6"), Spec("RFC 7643", "8.6")]
    public async Task A_kind_of_resource_names_its_endpoint_and_schemas(string name, string endpoint, string schema, string extensions)
    {
        var type = (await hub.GetAsync("/ResourceTypes/" + name)).Body;
        Assert.Equal("""["urn:ietf:params:scim:schemas:core:2.0:ResourceType"]""", type["schemas"]!.ToJsonString());
        Assert.Equal((name, name, endpoint, schema), ((string)type["id"]!, (string)type["name"]!, (string)type["endpoint"]!, (string)type["schema"]!));
        Assert.Equal(extensions, string.Join(' ', type["schemaExtensions"]!.AsArray().Select(extension => (string?)extension!["schema"])));
        Assert.All(type["schemaExtensions"]!.AsArray(), extension => Assert.False((bool)extension!["required"]!));
        Assert.Equal(("ResourceType", $"{hub.BaseAddress}/ResourceTypes/{name}"), ((string)type["meta"]!["resourceType"]!, (string)type["meta"]!["location"]!));
        Assert.Equal(System.Net.HttpStatusCode.OK, (await hub.GetAsync((string)type["endpoint"]!)).Status);
        foreach (var uri in extensions.Split(' ', StringSplitOptions.RemoveEmptyEntries).Append(schema))
        {
            Assert.Equal(uri, (string?)(await hub.GetAsync("/Schemas/" + uri)).Body["id"]);
        }
    }

    [Theory]
    [InlineData("/ResourceTypes/Device"), InlineData("/ResourceTypes/Users"), InlineData("/Schemas/urn:nothing"), InlineData("/Schemas/User"), InlineData("/Roles/Owner"), InlineData("/Entitlements/member-portal")]
    public async Task What_there_is_not_is_not_found_in_SCIMs_shape(string path) => (await hub.GetAsync(path)).IsError(404);
}
