using System.Security.Claims;
using IdentityHub.RelyingParty.Discovery;
using IdentityHub.RelyingParty.Sessions;
using IdentityHub.RelyingParty.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityHub.RelyingParty.SignIn;

/// <summary>From an answer that belongs to this browser to a person, or to the reason why not.</summary>
internal sealed class SignInSteps(
    ProviderDirectory directory,
    HubClient hub,
    TokenChecks checks,
    [FromKeyedServices(SignInSteps.UsedStates)] UsedOnce states,
    TimeProvider time)
{
    public const string UsedStates = "states";

    internal readonly record struct Outcome(ClaimsPrincipal? Principal, AuthenticationProperties? Properties, SignInRefusedException? Refused);

    public async Task<Outcome> CompleteAsync(
        AuthorizationAnswer answer, AuthorizationRequest.Pending pending, CancellationToken cancellationToken)
    {
        // The cookie is deleted by now, but only the server can be sure that a state works once.
        var end = pending.Began + AuthorizationRequest.Lifetime;
        if (end <= time.GetUtcNow() || !states.TryUse(pending.Nonce, end))
        {
            return Refuse(SignInFault.NotOurs, "the answer was used before, or came too late");
        }

        if (!answer.IsFrom(await directory.GetAsync(cancellationToken)))
        {
            return Refuse(SignInFault.Invalid, "the answer is of another issuer (iss)");
        }

        if (answer.Error is { Length: > 0 } error)
        {
            return new(null, null, new SignInRefusedException(SignInFault.ErrorAnswer, error, answer.ErrorDescription));
        }

        if (string.IsNullOrEmpty(answer.Code))
        {
            return Refuse(SignInFault.Invalid, "the answer has no code");
        }

        return await RedeemAsync(answer.Code, pending, cancellationToken);
    }

    private async Task<Outcome> RedeemAsync(string code, AuthorizationRequest.Pending pending, CancellationToken cancellationToken)
    {
        var tokens = await hub.RedeemAsync(code, pending.Verifier, pending.RedirectUri, cancellationToken);
        if (tokens is not HubClient.TokenAnswer.Issued issued)
        {
            return Refuse(SignInFault.Invalid, $"the hub did not accept the code: {((HubClient.TokenAnswer.Refused)tokens).Error}");
        }

        var (principal, fault) = await checks.SignInAsync(issued, pending.Nonce, cancellationToken);
        if (principal is null)
        {
            return Refuse(SignInFault.Invalid, fault!);
        }

        var properties = new AuthenticationProperties();
        SessionTicket.Keep(properties, issued, time.GetUtcNow());
        return new(principal, properties, null);
    }

    private static Outcome Refuse(SignInFault fault, string detail) => new(null, null, new SignInRefusedException(fault, detail));
}
