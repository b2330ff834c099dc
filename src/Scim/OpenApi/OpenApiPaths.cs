using System.Globalization;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Pipeline;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.OpenApi;

/// <summary>An operation's parameters, body, answers and errors, from its kind.</summary>
internal static class OpenApiPaths
{
    private static readonly string[] Listing = ["filter", "sortBy", "sortOrder", "startIndex", "count", "cursor", "attributes", "excludedAttributes"];

    private static readonly string[] Showing = ["attributes", "excludedAttributes"];

    /// <summary>What whoever sends a token may be told.</summary>
    private static readonly int[] OfToken = [401, 403, 429, 503];

    private static readonly int[] OfBody = [400, 413, 415];

    public static JsonObject Of(OpenApiOperation operation)
    {
        var shown = new JsonObject
        {
            ["operationId"] = operation.Id,
            ["summary"] = operation.Summary,
            ["tags"] = new JsonArray(operation.Path.Split('/')[1] is { Length: > 0 } first && !first.StartsWith('.') ? first : "Everything"),
        };
        var parameters = Parameters(operation);
        if (parameters.Count > 0)
        {
            shown["parameters"] = parameters;
        }

        if (Body(operation) is { } body)
        {
            shown["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(body) };
        }

        shown["responses"] = Responses(operation);
        if (operation.Kind is OperationKind.Configuration or OperationKind.Document)
        {
            shown["security"] = new JsonArray();
        }
        else if (operation.Kind is OperationKind.GetOwn)
        {
            shown["security"] = new JsonArray(new JsonObject { ["person"] = new JsonArray(ScimAuthentication.ReadScope) });
        }

        return shown;
    }

    private static JsonArray Parameters(OpenApiOperation operation)
    {
        var names = operation.Kind switch
        {
            OperationKind.List => Listing,
            OperationKind.Get or OperationKind.GetOwn => [.. Showing, "ifNoneMatch"],
            OperationKind.Create => Showing,
            OperationKind.Replace or OperationKind.Patch => [.. Showing, "ifMatch"],
            OperationKind.Delete => ["ifMatch"],
            OperationKind.DiscoverOne or OperationKind.Configuration => ["ifNoneMatch"],
            _ => Array.Empty<string>(),
        };
        var list = new JsonArray();
        if (operation.Path.IndexOf('{', StringComparison.Ordinal) is > 0 and var brace)
        {
            list.Add((JsonNode)new JsonObject
            {
                ["name"] = operation.Path[(brace + 1)..^1], ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" },
            });
        }

        foreach (var name in names)
        {
            list.Add((JsonNode)new JsonObject { ["$ref"] = "#/components/parameters/" + name });
        }

        return list;
    }

    private static JsonObject? Body(OpenApiOperation operation) => operation.Kind switch
    {
        OperationKind.Create or OperationKind.Replace => OpenApiSchemas.Reference(operation.Schema),
        OperationKind.Patch => OpenApiSchemas.Reference("PatchOp"),
        OperationKind.Search => OpenApiSchemas.Reference("SearchRequest"),
        OperationKind.Bulk => OpenApiSchemas.Reference("BulkRequest"),
        _ => null,
    };

    private static JsonObject Responses(OpenApiOperation operation)
    {
        var responses = new JsonObject();
        switch (operation.Kind)
        {
            case OperationKind.Create:
                responses["201"] = Success("Added.", OpenApiSchemas.Reference(operation.Schema), "Location", "ETag");
                break;
            case OperationKind.Delete:
                responses["204"] = new JsonObject { ["description"] = "Deleted." };
                break;
            case OperationKind.Document:
                responses["200"] = new JsonObject
                {
                    ["description"] = "An OpenAPI 3.1 document.", ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "object" } } },
                };
                break;
            case OperationKind.Bulk:
                responses["200"] = Success("What each operation came to.", OpenApiSchemas.Reference("BulkResponse"));
                break;
            case OperationKind.List or OperationKind.Search or OperationKind.DiscoverAll:
                responses["200"] = Success("A page.", OpenApiSchemas.Reference(operation.Schema.Length == 0 ? "ListResponse" : operation.Schema + "List"));
                break;
            default:
                responses["200"] = Success("The resource.", OpenApiSchemas.Reference(operation.Schema), "ETag");
                break;
        }

        if (operation.Kind is OperationKind.Patch)
        {
            responses["204"] = new JsonObject { ["description"] = "Changed; the account is set to answer so, and the request named no attributes." };
        }

        foreach (var status in Errors(operation).Distinct().Order())
        {
            responses[status.ToString(CultureInfo.InvariantCulture)] = new JsonObject { ["$ref"] = "#/components/responses/" + OpenApiMessages.ResponseName(status) };
        }

        return responses;
    }

    private static int[] Errors(OpenApiOperation operation) => operation.Kind switch
    {
        OperationKind.Document => [],
        OperationKind.Configuration => [StatusCodes.Status304NotModified, StatusCodes.Status403Forbidden],
        OperationKind.DiscoverAll => OfToken,
        OperationKind.DiscoverOne => [.. OfToken, 304, 404],
        OperationKind.List => [.. OfToken, 400],
        OperationKind.Search => [.. OfToken, .. OfBody],
        OperationKind.Get or OperationKind.GetOwn => [.. OfToken, 304, 400, 404],
        OperationKind.Create => [.. OfToken, .. OfBody, 409],
        OperationKind.Delete => [.. OfToken, 404, 409, 412],
        OperationKind.Bulk => [.. OfToken, .. OfBody, 409],
        _ => [.. OfToken, .. OfBody, 404, 409, 412],
    };

    private static JsonObject Success(string description, JsonObject schema, params ReadOnlySpan<string> headers)
    {
        var shown = new JsonObject { ["description"] = description, ["content"] = Content(schema) };
        if (headers.Length > 0)
        {
            var named = new JsonObject();
            foreach (var header in headers)
            {
                named[header] = new JsonObject { ["$ref"] = "#/components/headers/" + header };
            }

            shown["headers"] = named;
        }

        return shown;
    }

    private static JsonObject Content(JsonObject schema) => new() { [ScimMedia.Type] = new JsonObject { ["schema"] = schema } };
}
