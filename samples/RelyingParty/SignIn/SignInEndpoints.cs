using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.RelyingParty.SignIn;

/// <summary>The ways to begin a sign-in. Each ends at the start page: no return address is taken from anyone.</summary>
internal static class SignInEndpoints
{
    public static ChallengeHttpResult SignIn() => Begin(null, null);

    public static ChallengeHttpResult ChooseAccount() => Begin("prompt", "select_account");

    /// <summary>Switching is signing in again, so that the hub decides who may be in that account and for how long.</summary>
    /// <remarks>A POST with an antiforgery token: no other site can move someone to another account unawares.</remarks>
    public static ChallengeHttpResult SwitchAccount([FromForm] string account) => Begin("account", account);

    private static ChallengeHttpResult Begin(string? parameter, string? value)
    {
        var properties = new AuthenticationProperties { RedirectUri = "/" };
        if (parameter is not null)
        {
            properties.SetParameter(parameter, value);
        }

        return TypedResults.Challenge(properties, [HubSignInHandler.SchemeName]);
    }
}
