using IdentityHub.AdminUi.SignIn;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace IdentityHub.AdminUi;

/// <summary>Every route of the console that is no page. The pages are in Pages/Console.</summary>
public static class AdminUiEndpoints
{
    public static IEndpointRouteBuilder MapAdminUi(this IEndpointRouteBuilder routes)
    {
        // How people come in: the console is an app like any other, and the provider answers here.
        routes.MapGet(ConsoleSignIn.CallbackPath, (HttpContext context, ConsoleSignIn signIn) => signIn.FinishAsync(context)).For(Caller.Anyone);
        routes.MapGet(Assets.Path + "{name}", Assets.HandleAsync).For(Caller.Anyone);
        return routes;
    }

    private static void For(this IEndpointConventionBuilder route, Caller caller) => route.WithMetadata(new CallersAttribute(caller));
}
