using System.Security.Claims;
using System.Text.Json;
using IdentityHub.RelyingParty.Sessions;

namespace IdentityHub.RelyingParty.Tokens;

/// <summary>From a token answer to a person: ID token, then UserInfo, and both about the same one.</summary>
internal sealed class TokenChecks(JwtVerifier verifier, HubClient hub, RelyingPartySettings settings, TimeProvider time)
{
    internal readonly record struct Outcome(ClaimsPrincipal? Principal, string? Fault);

    public async Task<Outcome> SignInAsync(HubClient.TokenAnswer.Issued issued, string nonce, CancellationToken cancellationToken)
    {
        if (issued.IdToken is null)
        {
            return new(null, "the answer has no ID token");
        }

        var (payload, fault) = await verifier.VerifyAsync(issued.IdToken, IdTokenRules.Types, cancellationToken);
        fault ??= IdTokenRules.CheckSignIn(payload, nonce, Expected(issued));
        return fault is null ? await WithUserInfoAsync(payload, issued.AccessToken, cancellationToken) : new(null, fault);
    }

    /// <remarks><c>original</c> is the ID token of the sign-in; it stays in force when the refresh brings none (Core section 12.2).</remarks>
    public async Task<Outcome> RefreshAsync(HubClient.TokenAnswer.Issued issued, JsonElement original, CancellationToken cancellationToken)
    {
        var payload = original;
        if (issued.IdToken is not null)
        {
            (payload, var fault) = await verifier.VerifyAsync(issued.IdToken, IdTokenRules.Types, cancellationToken);
            fault ??= IdTokenRules.CheckRefresh(payload, original, Expected(issued));
            if (fault is not null)
            {
                return new(null, fault);
            }
        }

        return await WithUserInfoAsync(payload, issued.AccessToken, cancellationToken);
    }

    private async Task<Outcome> WithUserInfoAsync(JsonElement idToken, string accessToken, CancellationToken cancellationToken)
    {
        if (await hub.UserInfoAsync(accessToken, cancellationToken) is not { } userInfo)
        {
            return new(null, "the hub refused to tell who this is (UserInfo)");
        }

        // Core section 5.3.2: without this, someone else's access token could be substituted.
        return userInfo.String("sub") == idToken.String("sub")
            ? new(SessionTicket.Principal(idToken, userInfo), null)
            : new(null, "UserInfo is about another person (sub)");
    }

    private IdTokenRules.Expectation Expected(HubClient.TokenAnswer.Issued issued) =>
        new(settings.ClientId, issued.AccessToken, time.GetUtcNow());
}
