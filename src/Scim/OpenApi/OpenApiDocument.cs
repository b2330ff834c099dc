using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace IdentityHub.Scim.OpenApi;

/// <summary>GET /openapi.json: the endpoint as an OpenAPI 3.1 document, of the routes that are mapped and the tables of the schemas. Made at the first request.</summary>
/// <remarks>The framework's generator reads the types of bodies, and here bodies are read by hand: it would say nothing of them.</remarks>
internal sealed class OpenApiDocument(EndpointDataSource routes, ScimOptions options)
{
    private readonly Lazy<byte[]> document = new(() => JsonSerializer.SerializeToUtf8Bytes(Make(routes, options), ScimMedia.Tree));

    public async Task HandleAsync(HttpContext context)
    {
        // Not a SCIM resource, and tools that read it look for JSON.
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = document.Value.Length;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.Body.WriteAsync(document.Value, context.RequestAborted);
    }

    /// <summary>The operations of the mapped routes: <c>get /Users/{id}</c>.</summary>
    internal static IEnumerable<(string Method, string Path)> Mapped(EndpointDataSource routes) =>
        from endpoint in routes.Endpoints.OfType<RouteEndpoint>()
        let pattern = "/" + (endpoint.RoutePattern.RawText ?? "").TrimStart('/')
        where pattern.StartsWith(ScimOptions.Path, StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
        select (method.ToLowerInvariant(), pattern.Length <= ScimOptions.Path.Length + 1 ? "/" : pattern[ScimOptions.Path.Length..]);

    private static JsonObject Make(EndpointDataSource routes, ScimOptions options)
    {
        var mapped = Mapped(routes).ToHashSet();
        var paths = new JsonObject();
        foreach (var operation in OpenApiOperation.All.Where(operation => mapped.Contains((operation.Method, operation.Path))))
        {
            if (paths[operation.Path] is not JsonObject path)
            {
                paths[operation.Path] = path = [];
            }

            path[operation.Method] = OpenApiPaths.Of(operation);
        }

        var components = OpenApiMessages.Components(options);
        OpenApiSchemas.AddTo(components["schemas"]!.AsObject());
        return new()
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "IdentityHub SCIM 2.0", ["version"] = "2.0", ["description"] = OpenApiMessages.Description(options) },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = options.BaseAddress }),
            ["security"] = new JsonArray(
                new JsonObject { ["provisioningToken"] = new JsonArray() },
                new JsonObject { ["client"] = new JsonArray(ScimAuthentication.WriteScope) },
                new JsonObject { ["client"] = new JsonArray(ScimAuthentication.ReadScope) }),
            ["paths"] = paths,
            ["components"] = components,
        };
    }
}
