using IdentityHub.RelyingParty;
using IdentityHub.RelyingParty.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdentityHub.ExpertConsole;

/// <summary>The console for remote support. The hub lets in only members with a seat; see <c>require_seat</c> of its client.</summary>
internal static class ExpertConsoleApp
{
    private static readonly AppIdentity Identity = new("Expert console", "console", "https://localhost:5003");

    /// <remarks><c>configure</c> is for tests, which bring a clock of their own.</remarks>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? configure = null)
    {
        var builder = SampleHost.CreateBuilder(args, Identity).AddRelyingParty(Identity).AddLiveConnections();
        configure?.Invoke(builder.Services);
        var app = builder.Build().UseRelyingParty().UseLiveConnections();
        app.MapGet("/", IResult (HttpContext context) => SignedInPerson.From(context.User) is { } person
            ? new RazorComponentResult<Home>(new { Person = person })
            : new RazorComponentResult<Welcome>());
        app.MapGet("/remote", IResult (HttpContext context) => SignedInPerson.From(context.User) is { } person
            ? new RazorComponentResult<Remote>(new { Person = person })
            : TypedResults.Redirect("/signin")).WithLiveScript();
        return app;
    }
}
