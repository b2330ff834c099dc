using IdentityHub.RelyingParty;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdentityHub.ExpertConsole;

/// <summary>The console for remote support. The hub lets in only members with a seat; see <c>require_seat</c> of its client.</summary>
internal static class ExpertConsoleApp
{
    private static readonly AppIdentity Identity = new("Expert console", "console", "https://localhost:5003");

    /// <remarks><c>configure</c> is for tests, which bring a clock of their own.</remarks>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? configure = null)
    {
        var builder = SampleHost.CreateBuilder(args, Identity).AddRelyingParty(Identity);
        configure?.Invoke(builder.Services);
        var app = builder.Build().UseRelyingParty();
        app.MapGet("/", IResult (HttpContext context) => SignedInPerson.From(context.User) is { } person
            ? new RazorComponentResult<Home>(new { Person = person })
            : new RazorComponentResult<Welcome>());
        return app;
    }
}
