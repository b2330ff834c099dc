using System.Text.Json.Nodes;
using IdentityHub.Scim.Pipeline;

namespace IdentityHub.Scim.OpenApi;

/// <summary>What operations share: SCIM's messages (RFC 7644 §3), parameters, headers, errors, and how a caller proves itself.</summary>
internal static class OpenApiMessages
{
    /// <summary>Each error that the endpoint answers, by status: its name among the components and what it means.</summary>
    private static readonly (int Status, string Name, string Meaning)[] Errors =
    [
        (304, "NotModified", "The caller has this version already."),
        (400, "BadRequest", "The request is wrong; scimType and detail say how."),
        (401, "Unauthorized", "The token is missing, unknown, expired or revoked."),
        (403, "Forbidden", "The token does not reach this, or a filter was given to discovery."),
        (404, "NotFound", "The account has no such resource."),
        (409, "Conflict", "The name is taken, no seat is left, a second PRIMARY, or the last administrator would go. Nothing was changed."),
        (412, "PreconditionFailed", "The resource has changed since it was read."),
        (413, "PayloadTooLarge", "The body is too large."),
        (415, "UnsupportedMediaType", "The body is neither application/scim+json nor application/json in UTF-8."),
        (429, "TooManyRequests", "Too many requests with this token."),
        (503, "Unavailable", "Just now it cannot be done. Nothing was changed; try again in a moment."),
    ];

    public static string ResponseName(int status) => Errors.First(error => error.Status == status).Name;

    public static string Description(ScimOptions options) => FormattableString.Invariant(
        $"""
        The SCIM 2.0 service provider (RFC 7643, RFC 7644, RFC 9865) of one account: the token says which. A User is a membership of the account.
        A token may make {options.RequestsPerSecond} requests a second and {options.RequestBurst} at once (header RateLimit-Policy); beyond that, 429 with Retry-After.
        A body has at most {ScimOptions.MaxBody} bytes, a Bulk request at most {ScimOptions.MaxBulkOperations} operations, a page at most {ScimOptions.MaxPageSize} resources.
        A filter that no index answers looks at no more than {options.MaxScan} resources. A cursor is good for {options.CursorLifetime.TotalSeconds} seconds.
        """);

    public static JsonObject Components(ScimOptions options) => new()
    {
        ["securitySchemes"] = Security(options),
        ["parameters"] = Parse(Parameters),
        ["headers"] = Parse(Headers),
        ["responses"] = Responses(),
        ["schemas"] = Parse(Schemas),
    };

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static JsonObject Responses()
    {
        var responses = new JsonObject();
        foreach (var (status, name, meaning) in Errors)
        {
            var response = new JsonObject { ["description"] = meaning };
            if (status >= 400)
            {
                response["content"] = new JsonObject { [ScimMedia.Type] = new JsonObject { ["schema"] = OpenApiSchemas.Reference("Error") } };
            }

            if (status is 401 or 429)
            {
                var header = status == 401 ? "WWW-Authenticate" : "Retry-After";
                response["headers"] = new JsonObject { [header] = new JsonObject { ["$ref"] = "#/components/headers/" + header } };
            }

            responses[name] = response;
        }

        return responses;
    }

    private static JsonObject Security(ScimOptions options)
    {
        static JsonObject Scopes() => new() { [ScimAuthentication.WriteScope] = "Read and change.", [ScimAuthentication.ReadScope] = "Read." };
        return new()
        {
            ["provisioningToken"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "A token that an administrator of the account makes." },
            ["client"] = new JsonObject
            {
                ["type"] = "oauth2",
                ["description"] = "A client of the account, for itself.",
                ["flows"] = new JsonObject { ["clientCredentials"] = new JsonObject { ["tokenUrl"] = options.Issuer + "/token", ["scopes"] = Scopes() } },
            },
            ["person"] = new JsonObject
            {
                ["type"] = "oauth2",
                ["description"] = "A member who grants an app access to their own resource.",
                ["flows"] = new JsonObject
                {
                    ["authorizationCode"] = new JsonObject { ["authorizationUrl"] = options.Issuer + "/authorize", ["tokenUrl"] = options.Issuer + "/token", ["scopes"] = Scopes() },
                },
            },
        };
    }

    private const string Parameters =
        """
        {
          "filter": { "name": "filter", "in": "query", "schema": { "type": "string", "maxLength": 8192 },
            "description": "RFC 7644 §3.4.2.2.", "example": "userName eq \"barbara@example.com\"" },
          "sortBy": { "name": "sortBy", "in": "query", "schema": { "type": "string" }, "description": "An attribute or sub-attribute." },
          "sortOrder": { "name": "sortOrder", "in": "query", "schema": { "type": "string", "enum": ["ascending", "descending"] } },
          "startIndex": { "name": "startIndex", "in": "query", "schema": { "type": "integer", "default": 1 }, "description": "From 1. Not with cursor." },
          "count": { "name": "count", "in": "query", "schema": { "type": "integer", "default": 100 },
            "description": "At most so many; more than 1000 is taken for 1000, less than 0 for 0." },
          "cursor": { "name": "cursor", "in": "query", "allowEmptyValue": true, "schema": { "type": "string" },
            "description": "RFC 9865: empty for the first page, then the nextCursor of the one before." },
          "attributes": { "name": "attributes", "in": "query", "schema": { "type": "string" }, "description": "Names parted by commas: nothing else is returned. Not with excludedAttributes." },
          "excludedAttributes": { "name": "excludedAttributes", "in": "query", "schema": { "type": "string" }, "description": "Names parted by commas: these are not returned." },
          "ifMatch": { "name": "If-Match", "in": "header", "schema": { "type": "string" }, "description": "An ETag: change the resource only while it is that version." },
          "ifNoneMatch": { "name": "If-None-Match", "in": "header", "schema": { "type": "string" }, "description": "An ETag: 304 while the resource is that version." }
        }
        """;

    private const string Headers =
        """
        {
          "ETag": { "schema": { "type": "string" }, "description": "The resource's version." },
          "Location": { "schema": { "type": "string", "format": "uri" }, "description": "The resource's address." },
          "Retry-After": { "schema": { "type": "integer" }, "description": "Seconds." },
          "WWW-Authenticate": { "schema": { "type": "string" }, "description": "Bearer." }
        }
        """;

    private const string Schemas =
        """
        {
          "Error": { "type": "object", "required": ["schemas", "status"], "properties": {
            "schemas": { "type": "array", "items": { "const": "urn:ietf:params:scim:api:messages:2.0:Error" } },
            "status": { "type": "string" }, "scimType": { "type": "string" }, "detail": { "type": "string" } } },
          "ListResponse": { "type": "object", "required": ["schemas", "itemsPerPage", "Resources"], "properties": {
            "schemas": { "type": "array", "items": { "const": "urn:ietf:params:scim:api:messages:2.0:ListResponse" } },
            "totalResults": { "type": "integer", "description": "On all pages. Left out on pages by cursor where counting would cost a search." },
            "itemsPerPage": { "type": "integer" }, "startIndex": { "type": "integer", "description": "On pages by index." },
            "nextCursor": { "type": "string", "description": "On pages by cursor that are not the last." },
            "Resources": { "type": "array", "items": { "type": "object" } } } },
          "SearchRequest": { "type": "object", "required": ["schemas"], "properties": {
            "schemas": { "type": "array", "items": { "const": "urn:ietf:params:scim:api:messages:2.0:SearchRequest" } },
            "filter": { "type": "string" }, "sortBy": { "type": "string" }, "sortOrder": { "type": "string" },
            "startIndex": { "type": "integer" }, "count": { "type": "integer" }, "cursor": { "type": "string" },
            "attributes": { "type": "array", "items": { "type": "string" } }, "excludedAttributes": { "type": "array", "items": { "type": "string" } } } },
          "PatchOp": { "type": "object", "required": ["schemas", "Operations"], "properties": {
            "schemas": { "type": "array", "items": { "const": "urn:ietf:params:scim:api:messages:2.0:PatchOp" } },
            "Operations": { "type": "array", "items": { "type": "object", "required": ["op"], "properties": {
              "op": { "type": "string", "description": "In any case.", "examples": ["add", "replace", "remove"] },
              "path": { "type": "string", "examples": ["emails[type eq \"work\"].value"] }, "value": {} } } } } },
          "BulkRequest": { "type": "object", "required": ["schemas", "Operations"], "properties": {
            "schemas": { "type": "array", "items": { "const": "urn:ietf:params:scim:api:messages:2.0:BulkRequest" } },
            "failOnErrors": { "type": "integer" },
            "Operations": { "type": "array", "items": { "type": "object", "required": ["method", "path"], "properties": {
              "method": { "type": "string", "examples": ["POST", "PUT", "PATCH", "DELETE"] }, "bulkId": { "type": "string" },
              "version": { "type": "string" }, "path": { "type": "string" }, "data": { "type": "object" } } } } } },
          "BulkResponse": { "type": "object", "required": ["schemas", "Operations"], "properties": {
            "schemas": { "type": "array", "items": { "const": "urn:ietf:params:scim:api:messages:2.0:BulkResponse" } },
            "Operations": { "type": "array", "items": { "type": "object", "properties": {
              "method": { "type": "string" }, "bulkId": { "type": "string" }, "version": { "type": "string" },
              "location": { "type": "string", "format": "uri" }, "status": { "type": "string" }, "response": { "type": "object" } } } } } }
        }
        """;
}
