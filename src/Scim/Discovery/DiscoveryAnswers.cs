using System.Collections.Immutable;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Seats;
using IdentityHub.Scim.Listing;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Schema;
using IdentityHub.Scim.Users;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Discovery;

/// <summary>/ServiceProviderConfig, /ResourceTypes and /Schemas (RFC 7644 §4): made once, of the tables that everything else reads. The seats that an account has are named to it.</summary>
internal sealed class DiscoveryAnswers(IHubStore store, ScimOptions options)
{
    /// <summary>The kinds of resources, in the order in which they are shown.</summary>
    public static readonly ImmutableArray<ResourceType> Types = [UserSchemas.User, GroupSchema.Group, CatalogueSchemas.Role, CatalogueSchemas.Entitlement];

    /// <summary>Every schema of theirs, and those of discovery itself.</summary>
    public static readonly ImmutableArray<ScimSchema> AllSchemas =
        [.. Types.SelectMany(type => type.Extensions.Prepend(type.Core)), DiscoverySchemas.Config, DiscoverySchemas.ResourceTypes, DiscoverySchemas.Schema];

    /// <summary>RFC 7644 §4: a client must not believe that a filter was heeded.</summary>
    private static readonly ScimError NotFiltered = ScimError.Forbidden("Discovery is not filtered. Leave the filter out; the answer is short.");

    private readonly VersionedResource config = ServiceProviderConfig.Of(options);
    private readonly ImmutableArray<VersionedResource> resourceTypes = [.. Types.Select(type => ResourceTypeDocument.Of(type, options.BaseAddress))];
    private readonly ImmutableArray<VersionedResource> schemas = [.. AllSchemas.Select(schema => SchemaDocument.Of(schema, options.BaseAddress))];

    /// <summary>Open to anyone, so that a client learns how to authenticate (RFC 7643 §5): it says nothing of any account.</summary>
    public Task ConfigAsync(HttpContext context) => (Refusal(context) ?? config.Answer(ScimRequest.Of(context))).WriteAsync(context);

    public Task<ScimAnswer> ResourceTypesAsync(HttpContext context) => Task.FromResult(Refusal(context) ?? All(resourceTypes));

    public Task<ScimAnswer> ResourceTypeAsync(HttpContext context, string name) =>
        Task.FromResult(Refusal(context) ?? One(resourceTypes, name, context, "There is no resource type of that name. /ResourceTypes lists those that there are."));

    public async Task<ScimAnswer> SchemasAsync(ScimCall call, HttpContext context) => Refusal(context) ?? All(await SchemasOfAsync(call));

    public async Task<ScimAnswer> SchemaAsync(ScimCall call, HttpContext context, string uri) =>
        Refusal(context) ?? One(await SchemasOfAsync(call), uri, context, "There is no schema of that URI. /Schemas lists those that there are.");

    /// <summary>With the applications of which the account has seats as the values that a seat may have.</summary>
    private async Task<ImmutableArray<VersionedResource>> SchemasOfAsync(ScimCall call)
    {
        var pools = await store.ReadAsync(reader => Task.FromResult(Seats.PoolsOf(reader, call.AccountId)));
        if (pools.Count == 0)
        {
            return schemas;
        }

        var own = UserSchemas.Account with
        {
            Attributes = [.. UserSchemas.Account.Attributes.Select(attribute =>
                attribute.Name == MemberFacts.SeatsName ? attribute with { CanonicalValues = [.. pools.Select(pool => pool.ApplicationId)] } : attribute)],
        };
        return schemas.SetItem(AllSchemas.IndexOf(UserSchemas.Account), SchemaDocument.Of(own, options.BaseAddress));
    }

    private static ScimAnswer? Refusal(HttpContext context) => string.IsNullOrWhiteSpace(context.Request.Query["filter"]) ? null : ScimAnswer.Of(NotFiltered);

    /// <summary>Whole on one page: RFC 7644 §4 has paging and sorting passed over.</summary>
    private static ScimAnswer All(ImmutableArray<VersionedResource> resources) =>
        new ListPage(resources.Length, [.. resources.Select(resource => resource.Body)], 1, null).Answer();

    private static ScimAnswer One(ImmutableArray<VersionedResource> resources, string id, HttpContext context, string otherwise) =>
        resources.FirstOrDefault(resource => id.Equals((string?)resource.Tree["id"], StringComparison.OrdinalIgnoreCase)) is { } found
            ? found.Answer(ScimRequest.Of(context))
            : ScimAnswer.Of(ScimError.NotFound(otherwise));
}
