using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.IdP.Authorize;
using IdentityHub.IdP.Discovery;
using IdentityHub.IdP.Freeze;
using IdentityHub.IdP.Introspection;
using IdentityHub.IdP.Invite;
using IdentityHub.IdP.Keys;
using IdentityHub.IdP.Logout;
using IdentityHub.IdP.Presence;
using IdentityHub.IdP.Reset;
using IdentityHub.IdP.Revocation;
using IdentityHub.IdP.SecurityEvents;
using IdentityHub.IdP.Setup;
using IdentityHub.IdP.SignIn;
using IdentityHub.IdP.Token;
using IdentityHub.IdP.UserInfo;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityHub.IdP;

/// <summary>Every route of the OpenID Provider. The pages of a sign-in are in Pages/SignIn; the host maps the pages of all its parts at once.</summary>
public static class IdPEndpoints
{
    /// <summary>Larger bodies are refused before they are read.</summary>
    private const long MaxBody = 64 * 1024;

    private static readonly string[] GetOrPost = [HttpMethods.Get, HttpMethods.Post];

    public static IEndpointRouteBuilder MapIdP(this IEndpointRouteBuilder routes)
    {
        var idp = routes.MapGroup("").WithMetadata(new BodyLimit(MaxBody));

        // Who the hub is.
        idp.MapGet("/.well-known/openid-configuration", (HttpContext context, DiscoveryDocument document) => document.HandleAsync(context)).For(Caller.Anyone);
        idp.MapGet("/.well-known/oauth-authorization-server", (HttpContext context, DiscoveryDocument document) => document.HandleAsync(context)).For(Caller.Anyone);
        if (new Uri(routes.ServiceProvider.GetRequiredService<IdPOptions>().Issuer).AbsolutePath is { Length: > 1 } path)
        {
            // RFC 8414 §3.1: an issuer's path comes after the well-known one.
            idp.MapGet("/.well-known/oauth-authorization-server" + path, (HttpContext context, DiscoveryDocument document) => document.HandleAsync(context)).For(Caller.Anyone);
        }

        idp.MapGet("/jwks", JwksEndpoint.HandleAsync).For(Caller.Anyone);

        // People sign in and out.
        idp.MapMethods("/authorize", GetOrPost, AuthorizeEndpoint.HandleAsync).For(Caller.Anyone);
        idp.MapGet("/authorize/continue", AuthorizeEndpoint.ContinueAsync).For(Caller.SignIn);
        idp.MapMethods("/end-session", GetOrPost, EndSessionEndpoint.HandleAsync).For(Caller.Anyone);
        idp.MapGet(Assets.StylesheetPath, Assets.HandleAsync).For(Caller.Anyone);
        idp.MapGet(Assets.IconPath, Assets.HandleIconAsync).For(Caller.Anyone);
        idp.MapGet(Assets.PasskeysPath, Assets.HandlePasskeysAsync).For(Caller.Anyone);

        // A fresh hub gets its first user.
        idp.MapGet("/setup", SetupEndpoint.ShowAsync).For(Caller.SetupToken);
        idp.MapPost("/setup", SetupEndpoint.HandleAsync).For(Caller.SetupToken);

        // Who was invited chooses a first password.
        idp.MapGet("/invitation", InvitationEndpoint.ShowAsync).For(Caller.Invitation);
        idp.MapPost("/invitation", InvitationEndpoint.HandleAsync).For(Caller.Invitation);

        // Who forgot their password says so, and chooses another by the link in their mail.
        idp.MapGet("/reset", ResetRequestEndpoint.ShowAsync).For(Caller.Anyone);
        idp.MapPost("/reset", ResetRequestEndpoint.HandleAsync).For(Caller.Anyone);
        idp.MapGet("/reset/password", ResetEndpoint.ShowAsync).For(Caller.PasswordReset);
        idp.MapPost("/reset/password", ResetEndpoint.HandleAsync).For(Caller.PasswordReset);

        // Who had a mail about their sign-in says that it was not them.
        idp.MapGet(FreezeLinks.Path, FreezeEndpoint.ShowAsync).For(Caller.FreezeLink);
        idp.MapPost(FreezeLinks.Path, FreezeEndpoint.HandleAsync).For(Caller.FreezeLink);

        // Apps get, use and give back tokens.
        idp.MapPost("/token", TokenEndpoint.HandleAsync).For(Caller.Client);
        idp.MapMethods("/userinfo", GetOrPost, UserInfoEndpoint.HandleAsync).For(Caller.AccessToken);
        idp.MapPost("/presence", PresenceEndpoint.HandleAsync).For(Caller.AccessToken);
        idp.MapPost("/introspect", IntrospectionEndpoint.HandleAsync).For(Caller.Client);
        idp.MapPost("/revoke", RevocationEndpoint.HandleAsync).For(Caller.Client);

        // Receivers set up their stream of security events, and fetch them.
        MapTransmitter(idp, routes.ServiceProvider.GetRequiredService<IdPOptions>());
        return routes;
    }

    private static void MapTransmitter(RouteGroupBuilder idp, IdPOptions options)
    {
        // OpenID Shared Signals Framework 1.0 §7.2: an issuer's path comes after the well-known one.
        foreach (var path in new Uri(options.Issuer).AbsolutePath is { Length: > 1 } own ? new[] { "", own } : [""])
        {
            idp.MapGet("/.well-known/ssf-configuration" + path, (HttpContext context, TransmitterDocument document) => document.HandleAsync(context)).For(Caller.Anyone);
        }

        idp.MapPost("/ssf/stream", StreamEndpoint.CreateAsync).For(Caller.AccessToken);
        idp.MapGet("/ssf/stream", StreamEndpoint.ReadAsync).For(Caller.AccessToken);
        idp.MapPatch("/ssf/stream", StreamEndpoint.PatchAsync).For(Caller.AccessToken);
        idp.MapPut("/ssf/stream", StreamEndpoint.PutAsync).For(Caller.AccessToken);
        idp.MapDelete("/ssf/stream", StreamEndpoint.DeleteAsync).For(Caller.AccessToken);
        idp.MapGet("/ssf/status", StatusEndpoint.ReadAsync).For(Caller.AccessToken);
        idp.MapPost("/ssf/status", StatusEndpoint.ChangeAsync).For(Caller.AccessToken);
        idp.MapPost("/ssf/subjects/add", SubjectEndpoint.AddAsync).For(Caller.AccessToken);
        idp.MapPost("/ssf/subjects/remove", SubjectEndpoint.RemoveAsync).For(Caller.AccessToken);
        idp.MapPost("/ssf/verify", VerificationEndpoint.HandleAsync).For(Caller.AccessToken);
        idp.MapPost("/ssf/poll/{streamId}", PollEndpoint.HandleAsync).For(Caller.AccessToken);
    }

    private static void For(this IEndpointConventionBuilder route, Caller caller) => route.WithMetadata(new CallersAttribute(caller));

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
