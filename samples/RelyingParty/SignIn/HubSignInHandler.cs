using System.Text.Encodings.Web;
using IdentityHub.RelyingParty.Discovery;
using IdentityHub.RelyingParty.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IdentityHub.RelyingParty.SignIn;

/// <summary>Where the framework's remote sign-in meets OpenID Connect: the authorization code flow of Core 1.0 section 3.1.</summary>
internal sealed class HubSignInHandler(
    IOptionsMonitor<HubSignInOptions> options, ILoggerFactory logger, UrlEncoder encoder, ProviderDirectory directory, SignInSteps steps)
    : RemoteAuthenticationHandler<HubSignInOptions>(options, logger, encoder)
{
    public const string SchemeName = "hub";

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var hub = await directory.GetAsync(Context.RequestAborted);
        AuthorizationRequest.Begin(properties, BuildRedirectUri(Options.CallbackPath), TimeProvider.GetUtcNow());
        GenerateCorrelationId(properties);
        var state = Options.States.Protect(properties);

        // 303 rather than 302: the challenge may answer a POST, which must not be repeated at the hub.
        Response.StatusCode = StatusCodes.Status303SeeOther;
        Response.Headers.Location = AuthorizationRequest.Url(hub.Authorization, Options.Settings, properties, state);
    }

    protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync()
    {
        if (!HttpMethods.IsGet(Request.Method) || AuthorizationAnswer.Read(Request.Query) is not { } answer)
        {
            return Refused(SignInFault.NotOurs, "the answer is malformed");
        }

        // Nothing of an answer is looked at, or shown, before it is known to be for this browser's own sign-in.
        if (Options.States.Unprotect(answer.State) is not { } properties || AuthorizationRequest.Read(properties) is not { } pending)
        {
            return Refused(SignInFault.NotOurs, "the state is missing or was not made here");
        }

        if (!ValidateCorrelationId(properties))
        {
            return Refused(SignInFault.NotOurs, "the sign-in was not begun in this browser");
        }

        var outcome = await steps.CompleteAsync(answer, pending, Context.RequestAborted);
        if (outcome.Refused is { } refused)
        {
            return HandleRequestResult.Fail(refused);
        }

        SessionStore.ReplaceSessionOf(Context);
        outcome.Properties!.RedirectUri = properties.RedirectUri;
        return HandleRequestResult.Success(new AuthenticationTicket(outcome.Principal!, outcome.Properties, Scheme.Name));
    }

    private static HandleRequestResult Refused(SignInFault fault, string detail) =>
        HandleRequestResult.Fail(new SignInRefusedException(fault, detail));
}
