using IdentityHub.RelyingParty;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdentityHub.MemberPortal;

/// <summary>The portal of a customer's members: who I am and what I may do in this account.</summary>
internal static class MemberPortalApp
{
    private static readonly AppIdentity Identity = new("Member portal", "portal", "https://localhost:5002");

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
