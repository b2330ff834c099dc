using IdentityHub.RelyingParty.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityHub.RelyingParty.Live;

/// <summary>Marks a page with the one small script that this library has.</summary>
internal sealed class WithScript
{
    public static readonly WithScript Mark = new();
}

/// <summary>What an application calls to hold a live connection for each session.</summary>
public static class LivePages
{
    /// <summary>Adds what holds the connections.</summary>
    public static WebApplicationBuilder AddLiveConnections(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LiveConnections>().AddSingleton<LiveEndpoint>();
        return builder;
    }

    /// <summary>Serves the connection and its script. After <c>UseRelyingParty</c>.</summary>
    public static WebApplication UseLiveConnections(this WebApplication app)
    {
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(15) });
        app.MapGet(LiveEndpoint.Path, (LiveEndpoint live, HttpContext context) => live.HandleAsync(context));
        app.MapGet("/live.js", SiteAssets.SendScript).ShortCircuit();
        return app;
    }

    /// <summary>Lets a page run the script of <see cref="UseLiveConnections"/>, and no other.</summary>
    public static TBuilder WithLiveScript<TBuilder>(this TBuilder page) where TBuilder : IEndpointConventionBuilder => page.WithMetadata(WithScript.Mark);
}
