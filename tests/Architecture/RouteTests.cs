using System.Reflection;
using IdentityHub.Domain.Permissions;
using IdentityHub.Testing;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.Architecture.Tests;

/// <summary>Every route says who may call it, and what is open to all is what was reviewed.</summary>
public sealed class RouteTests : IAsyncLifetime
{
    /// <summary>Reviewed: each gives nothing away and changes nothing for anyone else. A new line here is a decision.</summary>
    private static readonly string[] OpenToAnyone =
    [
        "GET /.well-known/oauth-authorization-server",
        "GET /.well-known/openid-configuration",
        "GET /.well-known/ssf-configuration",
        "GET /admin/assets/{name}",
        "GET /admin/signed-in",
        "GET /assets/hub.*.css",
        "GET /assets/icon.*.svg",
        "GET /assets/passkeys.*.js",
        "GET /health/live",
        "GET /health/ready",
        "GET /jwks",
        "GET /reset",
        "GET /scim/v2/ServiceProviderConfig",
        "GET /scim/v2/openapi.json",
        "GET,POST /authorize",
        "GET,POST /end-session",
        "POST /reset",
    ];

    private RunningHub hub = null!;

    public async Task InitializeAsync() => hub = await RunningHub.StartAsync();

    public async Task DisposeAsync() => await hub.DisposeAsync();

    [Fact]
    public async Task Every_route_says_who_may_call_it()
    {
        var routes = await RoutesAsync();
        Assert.True(routes.Count > 15, "The walk finds too few routes to be one.");
        Assert.DoesNotContain(routes, route => route.Caller is null);
    }

    [Fact]
    public async Task The_routes_open_to_anyone_are_the_reviewed_ones() =>
        Assert.Equal(OpenToAnyone, (await RoutesAsync()).Where(route => route.Caller == Caller.Anyone).Select(route => route.Name).Order(StringComparer.Ordinal));

    private async Task<List<(string Name, Caller? Caller)>> RoutesAsync()
    {
        var routes = new List<(string, Caller?)>();
        var loader = hub.Services.GetRequiredService<PageLoader>();
        foreach (var endpoint in hub.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>())
        {
            var metadata = endpoint.Metadata;
            var caller = metadata.GetMetadata<CallersAttribute>()?.Caller;
            if (caller is null && metadata.GetMetadata<PageActionDescriptor>() is { } page)
            {
                // A page's attributes are known once it is loaded, as at its first request.
                caller = (await loader.LoadAsync(page, metadata)).ModelTypeInfo?.GetCustomAttribute<CallersAttribute>()?.Caller;
            }

            var pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            var methods = string.Join(',', metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>());
            routes.Add(($"{methods} {System.Text.RegularExpressions.Regex.Replace(pattern, @"\.[0-9a-f]{16}\.", ".*.")}".Trim(), caller));
        }

        return routes;
    }
}
