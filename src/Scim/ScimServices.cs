using IdentityHub.Domain.Credentials;
using IdentityHub.Scim.Bulk;
using IdentityHub.Scim.Catalogue;
using IdentityHub.Scim.Discovery;
using IdentityHub.Scim.Groups;
using IdentityHub.Scim.Listing;
using IdentityHub.Scim.OpenApi;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Search;
using IdentityHub.Scim.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace IdentityHub.Scim;

public static class ScimServices
{
    /// <summary>Adds the SCIM service provider. The container must hold the store, a Sealer, a TimeProvider, PasswordHashing and an IAccessTokenReader.</summary>
    public static IServiceCollection AddScim(this IServiceCollection services, ScimOptions options)
    {
        services.TryAddSingleton<HashGate>();
        services.TryAddSingleton(options);
        return services
            .AddSingleton<ScimAuthentication>()
            .AddSingleton<RequestLimits>()
            .AddSingleton<ScimEndpoint>()
            .AddSingleton<ProvisioningWrites>()
            .AddSingleton<Cursors>()
            .AddSingleton<ScanTurns>()
            .AddSingleton<Lister>()
            .AddSingleton<ProvisionedPassword>()
            .AddSingleton<UserAnswers>()
            .AddSingleton<UserList>()
            .AddSingleton<PostUser>()
            .AddSingleton<GetUser>()
            .AddSingleton<ChangeUser>()
            .AddSingleton<DeleteUser>()
            .AddSingleton<GroupAnswers>()
            .AddSingleton<GroupList>()
            .AddSingleton<GroupOperations>()
            .AddSingleton<BulkDispatch>()
            .AddSingleton<CircularUsers>()
            .AddSingleton<PostBulk>()
            .AddSingleton<SearchEverything>()
            .AddSingleton<RoleList>()
            .AddSingleton<EntitlementList>()
            .AddSingleton<GetCatalogueEntry>()
            .AddSingleton<DiscoveryAnswers>()
            .AddSingleton<OpenApiDocument>();
    }
}
