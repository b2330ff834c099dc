using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityHub.Scim;

/// <summary>The SCIM 2.0 service provider's place in the hub. Its routes come with the service provider itself; until then nothing answers at <c>/scim/v2</c>.</summary>
public static class ScimEndpoints
{
    public static IServiceCollection AddScim(this IServiceCollection services) => services;

    public static IEndpointRouteBuilder MapScim(this IEndpointRouteBuilder routes) => routes;
}
