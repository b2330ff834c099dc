using IdentityHub.Domain.Permissions;
using IdentityHub.Scim.Bulk;
using IdentityHub.Scim.Catalogue;
using IdentityHub.Scim.Discovery;
using IdentityHub.Scim.Groups;
using IdentityHub.Scim.Listing;
using IdentityHub.Scim.OpenApi;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Search;
using IdentityHub.Scim.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace IdentityHub.Scim;

/// <summary>Every route of the SCIM service provider. Each answers for the one account of its caller's token.</summary>
public static class ScimEndpoints
{
    public static IEndpointRouteBuilder MapScim(this IEndpointRouteBuilder routes)
    {
        // Far more than may be sent: who sends too much is told so in SCIM's shape, and what is still on its way is let run out, or the client would find the connection broken and no answer.
        var scim = routes.MapGroup(ScimOptions.Path).WithMetadata(new CallersAttribute(Caller.Provisioning), new BodyLimit(16 * ScimOptions.MaxBody));

        // Members.
        scim.MapGet("/Users", (HttpContext context, ScimEndpoint endpoint, Lister lister, UserList users) => endpoint.ListAsync(context, lister, users));
        scim.MapPost("/Users", (HttpContext context, ScimEndpoint endpoint, PostUser post) =>
            endpoint.WriteAsync(context, (call, body) => post.RunAsync(call, body, ScimRequest.Of(context))));
        scim.MapPost("/Users/.search", (HttpContext context, ScimEndpoint endpoint, Lister lister, UserList users) => endpoint.SearchAsync(context, (call, list) => lister.RunAsync(call, users, list)));
        scim.MapGet("/Users/{id}", (HttpContext context, ScimEndpoint endpoint, GetUser get, string id) =>
            endpoint.RunAsync(context, Access.Read, call => get.RunAsync(call, id, ScimRequest.Of(context))));
        scim.MapPut("/Users/{id}", (HttpContext context, ScimEndpoint endpoint, ChangeUser change, string id) =>
            endpoint.WriteAsync(context, (call, body) => change.PutAsync(call, id, body, ScimRequest.Of(context))));
        scim.MapPatch("/Users/{id}", (HttpContext context, ScimEndpoint endpoint, ChangeUser change, string id) =>
            endpoint.WriteAsync(context, (call, body) => change.PatchAsync(call, id, body, ScimRequest.Of(context))));
        scim.MapDelete("/Users/{id}", (HttpContext context, ScimEndpoint endpoint, DeleteUser delete, string id) =>
            endpoint.RunAsync(context, Access.Write, call => delete.RunAsync(call, id, ScimRequest.Of(context))));

        // Groups of them.
        scim.MapGet("/Groups", (HttpContext context, ScimEndpoint endpoint, Lister lister, GroupList groups) => endpoint.ListAsync(context, lister, groups));
        scim.MapPost("/Groups", (HttpContext context, ScimEndpoint endpoint, GroupOperations operations) =>
            endpoint.WriteAsync(context, (call, body) => operations.PostAsync(call, body, ScimRequest.Of(context))));
        scim.MapPost("/Groups/.search", (HttpContext context, ScimEndpoint endpoint, Lister lister, GroupList groups) => endpoint.SearchAsync(context, (call, list) => lister.RunAsync(call, groups, list)));
        scim.MapGet("/Groups/{id}", (HttpContext context, ScimEndpoint endpoint, GroupOperations operations, string id) =>
            endpoint.RunAsync(context, Access.Read, call => operations.GetAsync(call, id, ScimRequest.Of(context))));
        scim.MapPut("/Groups/{id}", (HttpContext context, ScimEndpoint endpoint, GroupOperations operations, string id) =>
            endpoint.WriteAsync(context, (call, body) => operations.PutAsync(call, id, body, ScimRequest.Of(context))));
        scim.MapPatch("/Groups/{id}", (HttpContext context, ScimEndpoint endpoint, GroupOperations operations, string id) =>
            endpoint.WriteAsync(context, (call, body) => operations.PatchAsync(call, id, body, ScimRequest.Of(context))));
        scim.MapDelete("/Groups/{id}", (HttpContext context, ScimEndpoint endpoint, GroupOperations operations, string id) =>
            endpoint.RunAsync(context, Access.Write, call => operations.DeleteAsync(call, id, ScimRequest.Of(context))));

        // The caller's own, and everything at once.
        scim.MapGet("/Me", (HttpContext context, ScimEndpoint endpoint, GetUser get) => endpoint.RunAsync(context, Access.Own, call => get.OwnAsync(call, ScimRequest.Of(context))));
        scim.MapGet("/", (HttpContext context, ScimEndpoint endpoint, SearchEverything search) =>
            endpoint.RunAsync(context, Access.Read, call => ScimEndpoint.WithListAsync(ListRequest.Of(context.Request.Query), list => search.RunAsync(call, list))));
        scim.MapPost("/.search", (HttpContext context, ScimEndpoint endpoint, SearchEverything search) => endpoint.SearchAsync(context, search.RunAsync));
        scim.MapPost("/Bulk", (HttpContext context, ScimEndpoint endpoint, PostBulk post) => endpoint.WriteAsync(context, post.RunAsync));

        // What a member can have: roles, and seats of applications.
        scim.MapGet("/Roles", (HttpContext context, ScimEndpoint endpoint, Lister lister, RoleList roles) => endpoint.ListAsync(context, lister, roles));
        scim.MapPost("/Roles/.search", (HttpContext context, ScimEndpoint endpoint, Lister lister, RoleList roles) => endpoint.SearchAsync(context, (call, list) => lister.RunAsync(call, roles, list)));
        scim.MapGet("/Roles/{id}", (HttpContext context, ScimEndpoint endpoint, GetCatalogueEntry get, RoleList roles, string id) =>
            endpoint.RunAsync(context, Access.Read, call => get.RunAsync(call, roles, id, ScimRequest.Of(context))));
        scim.MapGet("/Entitlements", (HttpContext context, ScimEndpoint endpoint, Lister lister, EntitlementList entitlements) => endpoint.ListAsync(context, lister, entitlements));
        scim.MapPost("/Entitlements/.search", (HttpContext context, ScimEndpoint endpoint, Lister lister, EntitlementList entitlements) =>
            endpoint.SearchAsync(context, (call, list) => lister.RunAsync(call, entitlements, list)));
        scim.MapGet("/Entitlements/{id}", (HttpContext context, ScimEndpoint endpoint, GetCatalogueEntry get, EntitlementList entitlements, string id) =>
            endpoint.RunAsync(context, Access.Read, call => get.RunAsync(call, entitlements, id, ScimRequest.Of(context))));

        // What the service provider can do, and what its resources are made of.
        scim.MapGet("/ServiceProviderConfig", (HttpContext context, DiscoveryAnswers discovery) => discovery.ConfigAsync(context)).WithMetadata(new CallersAttribute(Caller.Anyone));
        scim.MapGet("/ResourceTypes", (HttpContext context, ScimEndpoint endpoint, DiscoveryAnswers discovery) =>
            endpoint.RunAsync(context, Access.Read, _ => discovery.ResourceTypesAsync(context)));
        scim.MapGet("/ResourceTypes/{name}", (HttpContext context, ScimEndpoint endpoint, DiscoveryAnswers discovery, string name) =>
            endpoint.RunAsync(context, Access.Read, _ => discovery.ResourceTypeAsync(context, name)));
        scim.MapGet("/Schemas", (HttpContext context, ScimEndpoint endpoint, DiscoveryAnswers discovery) =>
            endpoint.RunAsync(context, Access.Read, call => discovery.SchemasAsync(call, context)));
        scim.MapGet("/Schemas/{uri}", (HttpContext context, ScimEndpoint endpoint, DiscoveryAnswers discovery, string uri) =>
            endpoint.RunAsync(context, Access.Read, call => discovery.SchemaAsync(call, context, uri)));
        scim.MapGet("/openapi.json", (HttpContext context, OpenApiDocument document) => document.HandleAsync(context)).WithMetadata(new CallersAttribute(Caller.Anyone));
        return routes;
    }

    private static Task ListAsync<T>(this ScimEndpoint endpoint, HttpContext context, Lister lister, IListSource<T> source) =>
        endpoint.RunAsync(context, Access.Read, call => ScimEndpoint.WithListAsync(ListRequest.Of(context.Request.Query), list => lister.RunAsync(call, source, list)));

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
