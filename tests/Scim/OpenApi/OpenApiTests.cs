using System.Net;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Tests.Discovery;
using IdentityHub.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.Scim.Tests.OpenApi;

public sealed class OpenApiTests(DiscoveryHub hub) : IClassFixture<DiscoveryHub>
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    private async Task<JsonObject> DocumentAsync() => (await hub.GetAsync("/openapi.json", token: null)).Body;

    [Fact]
    public async Task The_document_is_open_and_says_what_it_is()
    {
        var answer = await hub.GetAsync("/openapi.json", token: null);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.Status, answer.Type));
        Assert.Equal("3.1.0", (string?)answer.Body["openapi"]);
        Assert.Equal(hub.BaseAddress, (string?)answer.Body["servers"]![0]!["url"]);
        Assert.All(["title", "version", "description"], name => Assert.NotEmpty((string)answer.Body["info"]![name]!));
    }

    [Fact]
    public async Task Every_reference_leads_somewhere_and_every_component_is_referred_to()
    {
        var document = await DocumentAsync();
        var references = Walk(document).OfType<JsonObject>().Select(node => node["$ref"]).OfType<JsonValue>().Select(value => (string)value!).ToHashSet();
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.NotNull(reference.Split('/').Skip(1).Aggregate((JsonNode?)document, (node, name) => node?[name])));
        var components = document["components"]!.AsObject().Where(pair => pair.Key != "securitySchemes")
            .SelectMany(kind => kind.Value!.AsObject().Select(pair => $"#/components/{kind.Key}/{pair.Key}"));
        Assert.DoesNotContain(components.Except(references), name => !name.Contains("/Bulk") && !name.EndsWith("ServiceProviderConfigurationList"));
    }

    [Fact]
    public async Task Its_operations_are_the_routes_that_are_mapped()
    {
        var mapped = hub.Hub.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(endpoint => (Pattern: endpoint.RoutePattern.RawText!, Methods: endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods))
            .Where(route => route.Pattern.StartsWith("/scim/v2", StringComparison.Ordinal))
            .SelectMany(route => route.Methods!.Select(method => $"{method.ToLowerInvariant()} {(route.Pattern.Length < 10 ? "/" : route.Pattern[8..])}")).ToHashSet();
        Assert.True(mapped.Count >= 29, "The walk finds too few routes to be one.");
        Assert.Equal(mapped.Order(StringComparer.Ordinal), (await OperationsAsync()).Select(operation => operation.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_operation_has_a_name_of_its_own_and_its_path_parameters()
    {
        var operations = await OperationsAsync();
        Assert.Equal(operations.Count, operations.Select(operation => (string?)operation.Value["operationId"]).Distinct().Count());
        Assert.All(operations, operation =>
        {
            var inPath = System.Text.RegularExpressions.Regex.Matches(operation.Name, @"\{(\w+)\}").Select(match => match.Groups[1].Value);
            var declared = (operation.Value["parameters"] as JsonArray ?? []).Where(parameter => (string?)parameter!["in"] == "path");
            Assert.Equal(inPath, declared.Select(parameter => (string?)parameter!["name"]));
            Assert.All(declared, parameter => Assert.True((bool)parameter!["required"]!));
        });
    }

    [Fact]
    [Spec("RFC 7644", "3.12")]
    public async Task Every_operation_lists_what_it_answers()
    {
        foreach (var (name, operation) in await OperationsAsync())
        {
            var statuses = operation["responses"]!.AsObject().Select(pair => int.Parse(pair.Key)).ToHashSet();
            Assert.Contains(statuses, status => status is >= 200 and < 300);
            Assert.All(operation["responses"]!.AsObject(), pair => Assert.True(pair.Value!.AsObject().ContainsKey("description") || pair.Value.AsObject().ContainsKey("$ref")));
            var open = name is "get /ServiceProviderConfig" or "get /openapi.json";
            Assert.Equal(open, operation["security"] is JsonArray { Count: 0 });
            Assert.True(open || statuses.IsSupersetOf([401, 403, 429, 503]), name);
            Assert.Equal(operation.ContainsKey("requestBody"), statuses.Contains(415));
            Assert.Equal(operation.ContainsKey("requestBody"), statuses.Contains(413));
            Assert.Equal(name.Contains('{'), statuses.Contains(404) && !name.EndsWith("/Me"));
            Assert.Equal(name.StartsWith("put") || name.StartsWith("patch") || name.StartsWith("delete"), statuses.Contains(412));
            Assert.Equal(statuses.Contains(412) || name is "post /Users" or "post /Groups" or "post /Bulk", statuses.Contains(409));
        }
    }

    [Fact]
    public async Task What_the_hub_answers_is_what_the_document_says()
    {
        var schemas = (await DocumentAsync())["components"]!["schemas"]!;
        foreach (var (path, schema) in new[] { ("/Users", "User"), ("/Roles", "Role"), ("/Entitlements", "Entitlement"), ("/ResourceTypes", "ResourceType"), ("/Schemas", "Schema") })
        {
            Assert.All((await hub.GetAsync(path)).Resources, resource => Fits(schemas, schemas[schema]!, resource!, path));
        }

        Fits(schemas, schemas["ServiceProviderConfiguration"]!, (await hub.GetAsync("/ServiceProviderConfig")).Body, "/ServiceProviderConfig");
        Fits(schemas, schemas["Error"]!, (await hub.GetAsync("/Users/nobody")).Body, "an error");
        Fits(schemas, schemas["ListResponse"]!, (await hub.GetAsync("/Users?cursor&count=0")).Body, "a list");
    }

    private async Task<List<(string Name, JsonObject Value)>> OperationsAsync() => [.. (await DocumentAsync())["paths"]!.AsObject()
        .SelectMany(path => path.Value!.AsObject().Where(pair => Methods.Contains(pair.Key)).Select(pair => ($"{pair.Key} {path.Key}", pair.Value!.AsObject())))];

    /// <summary>As much of JSON Schema as the document uses: a known name, the right type, what is required.</summary>
    private static void Fits(JsonNode schemas, JsonNode schema, JsonNode value, string where)
    {
        if ((string?)schema["$ref"] is { } reference)
        {
            schema = schemas[reference.Split('/')[^1]]!;
        }

        switch ((string?)schema["type"])
        {
            case "object":
                Assert.All(schema["required"] as JsonArray ?? [], name => Assert.True(value.AsObject().ContainsKey((string)name!), $"{where} has no {name}"));
                if (schema["properties"] is JsonObject properties)
                {
                    Assert.All(value.AsObject(), pair => Assert.True(properties.ContainsKey(pair.Key), $"{where} has {pair.Key}, which the document does not know"));
                    Assert.All(value.AsObject(), pair => Fits(schemas, properties[pair.Key]!, pair.Value!, $"{where}.{pair.Key}"));
                }

                break;
            case "array":
                Assert.All(value.AsArray(), item => Fits(schemas, schema["items"]!, item!, where));
                break;
            case { } type:
                var kind = value.GetValueKind() switch { System.Text.Json.JsonValueKind.String => "string", System.Text.Json.JsonValueKind.Number => "integer", _ => "boolean" };
                Assert.True(kind == type, $"{where} is {kind}, not {type}");
                break;
            default:
                break;
        }
    }

    private static IEnumerable<JsonNode?> Walk(JsonNode? node) => node switch
    {
        JsonObject tree => tree.SelectMany(pair => Walk(pair.Value)).Append(tree),
        JsonArray list => list.SelectMany(Walk),
        _ => [],
    };
}
