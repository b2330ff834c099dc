using System.Security.Cryptography;
using System.Text;
using IdentityHub.RelyingParty.Discovery;
using IdentityHub.RelyingParty.Pages;
using IdentityHub.RelyingParty.Sessions;
using IdentityHub.RelyingParty.Tokens;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;

namespace IdentityHub.RelyingParty.SignOut;

/// <summary>OpenID Connect RP-Initiated Logout 1.0: out here first, then at the hub.</summary>
internal sealed partial class SignOutEndpoints(
    ProviderDirectory directory, HubClient hub, RelyingPartySettings settings, IAntiforgery antiforgery, ILogger<SignOutEndpoints> logger)
{
    public const string CallbackPath = "/signout-callback-oidc";

    private string StateCookie => settings.CookieName("signout");

    private CookieOptions CookieOptions => new()
    {
        HttpOnly = true, Secure = !settings.AllowHttp, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = TimeSpan.FromMinutes(15),
    };

    public async Task<IResult> SignOutAsync(HttpContext context)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Notices.Stale;
        }

        var session = await context.AuthenticateAsync();
        await context.SignOutAsync(); // the session is gone from here on, whatever the hub answers
        try
        {
            var metadata = await directory.GetAsync(context.RequestAborted);
            if (session.Properties?.GetTokenValue(SessionTicket.RefreshToken) is { } refreshToken)
            {
                await hub.RevokeAsync(refreshToken, context.RequestAborted);
            }

            return metadata.EndSession is { } endpoint ? ToHub(context, endpoint, session.Properties) : Notices.SignedOutHere;
        }
        catch (HubUnreachableException fault)
        {
            LogUnreachable(logger, fault.Message);
            return Notices.SignedOutHere;
        }
    }

    /// <summary>The hub sends the browser back here; by then there is nothing left to do but to say so.</summary>
    public IResult Callback(HttpContext context)
    {
        var expected = context.Request.Cookies[StateCookie];
        context.Response.Cookies.Delete(StateCookie, CookieOptions);
        var state = context.Request.Query["state"];
        return expected is not null && state.Count == 1
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(state.ToString()), Encoding.UTF8.GetBytes(expected))
            ? Notices.SignedOut
            : Notices.NotOurSignOut;
    }

    private SeeOther ToHub(HttpContext context, Uri endpoint, AuthenticationProperties? session)
    {
        var state = RandomValue.Create();
        context.Response.Cookies.Append(StateCookie, state, CookieOptions);
        var query = new QueryBuilder
        {
            { "client_id", settings.ClientId },
            { "post_logout_redirect_uri", UriHelper.BuildAbsolute(context.Request.Scheme, context.Request.Host, context.Request.PathBase, CallbackPath) },
            { "state", state },
        };
        if (session?.GetTokenValue(SessionTicket.IdToken) is { } idToken)
        {
            query.Add("id_token_hint", idToken);
        }

        return new SeeOther(endpoint + (endpoint.Query.Length > 0 ? "&" + query.ToString()[1..] : query.ToString()));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Signed out here, but the hub could not be told: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, string reason);

    /// <summary>303: the browser goes on with GET, and does not post the form to the hub.</summary>
    private sealed class SeeOther(string url) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = url;
            return Task.CompletedTask;
        }
    }
}
