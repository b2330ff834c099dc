using System.Net;
using System.Text.Json.Nodes;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Discovery;

public sealed class ServiceProviderConfigTests(DiscoveryHub hub) : IClassFixture<DiscoveryHub>
{
    [Fact]
    [Spec("RFC 7643", "5"), Spec("RFC 7643", "8.5"), Spec("RFC 7644", "4")]
    public async Task The_configuration_is_open_and_announces_what_there_is()
    {
        var answer = await hub.GetAsync("/ServiceProviderConfig", token: null);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("application/scim+json", answer.Type);
        var config = answer.Body;
        Assert.Equal("""["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"]""", config["schemas"]!.ToJsonString());
        Assert.Equal("""{"supported":true,"maxOperations":1000,"maxPayloadSize":1048576}""", config["bulk"]!.ToJsonString());
        Assert.Equal("""{"supported":true,"maxResults":1000}""", config["filter"]!.ToJsonString());
        Assert.All(["patch", "changePassword", "sort", "etag"], name => Assert.Equal("""{"supported":true}""", config[name]!.ToJsonString()));
        Assert.Equal("ServiceProviderConfig", (string?)config["meta"]!["resourceType"]);
        Assert.Equal(hub.BaseAddress + "/ServiceProviderConfig", (string?)config["meta"]!["location"]);
        Assert.Equal(answer.Version, (string?)config["meta"]!["version"]);
    }

    [Fact]
    [Spec("RFC 9865", "4")]
    public async Task Paging_is_announced_as_it_works()
    {
        var pagination = (await hub.GetAsync("/ServiceProviderConfig")).Body["pagination"]!;
        Assert.Equal("""{"cursor":true,"index":true,"defaultPaginationMethod":"index","defaultPageSize":100,"maxPageSize":1000,"cursorTimeout":3600}""", pagination.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, (await hub.GetAsync("/Users?cursor&count=1")).Status);
    }

    [Fact]
    [Spec("RFC 7643", "5")]
    public async Task Each_way_to_authenticate_has_what_the_schema_requires_and_one_is_primary()
    {
        var schemes = (await hub.GetAsync("/ServiceProviderConfig")).Body["authenticationSchemes"]!.AsArray();
        Assert.Equal(["oauthbearertoken", "oauth2"], schemes.Select(scheme => (string?)scheme!["type"]));
        Assert.All(schemes, scheme => Assert.All(["name", "description", "specUri", "documentationUri"], name => Assert.NotEmpty((string)scheme![name]!)));
        Assert.Single(schemes, scheme => (bool)scheme!["primary"]!);
    }

    [Fact]
    [Spec("draft-ietf-scim-roles-entitlements-01", "3.1")]
    public async Task Roles_and_entitlements_are_announced()
    {
        var announced = (await hub.GetAsync("/ServiceProviderConfig")).Body["RolesAndEntitlements"]!;
        Assert.Equal("""{"supported":true,"multipleRolesSupported":false,"primarySupported":false,"typeSupported":false}""", announced["roles"]!.ToJsonString());
        Assert.Equal(
            """{"supported":true,"multipleEntitlementsSupported":true,"primarySupported":false,"typeSupported":true,"types":["seat"]}""", announced["entitlements"]!.ToJsonString());
    }

    [Fact]
    public async Task The_documentation_that_is_announced_can_be_read()
    {
        var address = (string)(await hub.GetAsync("/ServiceProviderConfig")).Body["documentationUri"]!;
        Assert.StartsWith(hub.BaseAddress + "/", address);
        Assert.Equal(HttpStatusCode.OK, (await hub.GetAsync(address[hub.BaseAddress.Length..], token: null)).Status);
    }

    [Fact]
    [Spec("RFC 7644", "3.14")]
    public async Task What_the_caller_has_already_is_not_sent_again()
    {
        var first = await hub.GetAsync("/ServiceProviderConfig");
        var again = await hub.SendAsync("GET", "/ServiceProviderConfig", headers: ("If-None-Match", first.Version!));
        Assert.Equal(HttpStatusCode.NotModified, again.Status);
    }

    [Theory]
    [InlineData("/ServiceProviderConfig"), InlineData("/ResourceTypes"), InlineData("/ResourceTypes/User"), InlineData("/Schemas"), InlineData("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User")]
    [Spec("RFC 7644", "4")]
    public async Task Discovery_is_not_filtered_and_nothing_in_it_is_changed(string path)
    {
        (await hub.GetAsync(path + "?filter=name%20eq%20%22User%22")).IsError(403);
        Assert.Equal(HttpStatusCode.OK, (await hub.GetAsync(path + "?filter=&startIndex=5&count=1&sortBy=name")).Status);
        (await hub.SendAsync("PUT", path, body: "{}")).IsError(405);
        (await hub.SendAsync("DELETE", path)).IsError(405);
    }

    [Theory]
    [InlineData("/ResourceTypes"), InlineData("/ResourceTypes/User"), InlineData("/Schemas"), InlineData("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User"), InlineData("/Roles"), InlineData("/Roles/User")]
    [InlineData("/Entitlements"), InlineData("/Entitlements/reports")]
    [Spec("RFC 7644", "2")]
    public async Task The_rest_of_discovery_needs_a_token_and_one_that_only_reads_will_do(string path)
    {
        (await hub.GetAsync(path, token: null)).IsError(401);
        (await hub.GetAsync(path, token: "nobody's")).IsError(401);
        Assert.Equal(HttpStatusCode.OK, (await hub.GetAsync(path, await hub.ReadTokenAsync())).Status);
    }

    [Theory]
    [InlineData("/serviceproviderconfig"), InlineData("/resourcetypes/"), InlineData("/RESOURCETYPES/user"), InlineData("/schemas/URN:IETF:params:scim:schemas:core:2.0:user")]
    [InlineData("/Schemas/urn%3Aietf%3Aparams%3Ascim%3Aschemas%3Acore%3A2.0%3AGroup"), InlineData("/roles"), InlineData("/entitlements/")]
    public async Task Addresses_are_taken_in_any_case(string path) => Assert.Equal(HttpStatusCode.OK, (await hub.GetAsync(path)).Status);

    [Theory]
    [InlineData("/ServiceProviderConfig"), InlineData("/ResourceTypes"), InlineData("/Schemas"), InlineData("/Roles"), InlineData("/Entitlements")]
    public async Task No_answer_has_a_null(string path) => Assert.DoesNotContain(Leaves((await hub.GetAsync(path)).Body), leaf => leaf is null);

    private static IEnumerable<JsonNode?> Leaves(JsonNode? node) => node switch
    {
        JsonObject tree => tree.SelectMany(pair => Leaves(pair.Value)),
        JsonArray list => list.SelectMany(Leaves),
        _ => [node],
    };
}
