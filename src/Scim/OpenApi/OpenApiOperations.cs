using System.Collections.Immutable;

namespace IdentityHub.Scim.OpenApi;

/// <summary>What operations have in common: their parameters, bodies and answers.</summary>
internal enum OperationKind
{
    List,
    Search,
    Get,
    GetOwn,
    Create,
    Replace,
    Patch,
    Delete,
    Bulk,
    DiscoverAll,
    DiscoverOne,
    Configuration,
    Document,
}

/// <summary>An operation as the OpenAPI document tells of it.</summary>
/// <param name="Method">In lower case.</param>
/// <param name="Path">Below the base address, as the route has it.</param>
/// <param name="Id">The operationId.</param>
/// <param name="Kind">What it is like.</param>
/// <param name="Schema">The resource's schema among the components; empty for none.</param>
/// <param name="Summary">For people.</param>
internal sealed record OpenApiOperation(string Method, string Path, string Id, OperationKind Kind, string Schema, string Summary)
{
    /// <summary>Every operation that a route may have. A test holds that each route is here.</summary>
    public static readonly ImmutableArray<OpenApiOperation> All =
    [
        .. OfDirectory("User", "Users", "member"),
        .. OfDirectory("Group", "Groups", "group"),
        .. OfCatalogue("Role", "Roles", "role that a member can have"),
        .. OfCatalogue("Entitlement", "Entitlements", "application that the account has seats of"),
        new("get", "/Me", "getMe", OperationKind.GetOwn, "User", "The member who granted the access token."),
        new("get", "/", "listEverything", OperationKind.List, "", "Users, then Groups, on one list; by index only."),
        new("post", "/.search", "searchEverything", OperationKind.Search, "", "Searches Users and Groups; by index only."),
        new("post", "/Bulk", "bulk", OperationKind.Bulk, "", "Several operations in one request."),
        new("get", "/ServiceProviderConfig", "getServiceProviderConfig", OperationKind.Configuration, "ServiceProviderConfiguration", "What this service provider can do."),
        new("get", "/ResourceTypes", "listResourceTypes", OperationKind.DiscoverAll, "ResourceType", "The kinds of resources."),
        new("get", "/ResourceTypes/{name}", "getResourceType", OperationKind.DiscoverOne, "ResourceType", "One kind of resource."),
        new("get", "/Schemas", "listSchemas", OperationKind.DiscoverAll, "Schema", "What resources are made of."),
        new("get", "/Schemas/{uri}", "getSchema", OperationKind.DiscoverOne, "Schema", "One schema."),
        new("get", "/openapi.json", "getOpenApi", OperationKind.Document, "", "This document."),
    ];

    private static OpenApiOperation[] OfDirectory(string type, string plural, string what) =>
    [
        .. OfCatalogue(type, plural, what + " of the account"),
        new("post", "/" + plural, "create" + type, OperationKind.Create, type, $"Adds a {what}."),
        new("put", $"/{plural}/{{id}}", "replace" + type, OperationKind.Replace, type, $"Replaces what a {what} is made of."),
        new("patch", $"/{plural}/{{id}}", "patch" + type, OperationKind.Patch, type, $"Changes a {what}."),
        new("delete", $"/{plural}/{{id}}", "delete" + type, OperationKind.Delete, type, $"Deletes a {what} for good."),
    ];

    private static OpenApiOperation[] OfCatalogue(string type, string plural, string what) =>
    [
        new("get", "/" + plural, "list" + plural, OperationKind.List, type, $"Each {what}, filtered, sorted and paged."),
        new("post", $"/{plural}/.search", "search" + plural, OperationKind.Search, type, $"The same as the list, asked for in a body: each {what}."),
        new("get", $"/{plural}/{{id}}", "get" + type, OperationKind.Get, type, $"One {what}."),
    ];
}
