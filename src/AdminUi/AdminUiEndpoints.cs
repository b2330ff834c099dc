using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityHub.AdminUi;

/// <summary>The administration's place in the hub. Its pages come with the administration itself; until then nothing answers at <c>/admin</c> and <c>/me</c>.</summary>
public static class AdminUiEndpoints
{
    public static IServiceCollection AddAdminUi(this IServiceCollection services) => services;

    public static IEndpointRouteBuilder MapAdminUi(this IEndpointRouteBuilder routes) => routes;
}
