using System.Text.Json.Nodes;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.WebAuthn;

/// <summary>A passkey as the second factor, after the password or to raise a session: asked of one user, whose passkeys the browser may know by then.</summary>
internal sealed class PasskeyFactor(IHubStore store, PasskeyHandlers handlers, PasskeyCeremonies ceremonies)
{
    /// <summary>Tries of one user, over all sign-ins and addresses. Apart from codes: who guesses those does not keep the owner from their passkey.</summary>
    private static readonly Limit ByUser = new("passkey", 10, TimeSpan.FromMinutes(1));

    public async Task<string> AskAsync(HttpContext context, CurrentSignIn current, CodeOwner owner)
    {
        var asked = await handlers.Possessing.MakeRequestOptionsAsync(new(owner.UserId), context);
        await ceremonies.KeepAsync(current.Row.Id, PasskeyPurpose.SecondFactor, owner.UserId, owner.SessionId, asked.AssertionState!, context.RequestAborted);
        var options = JsonNode.Parse(asked.RequestOptionsJson)!;
        return PasskeyOptions.Write(
            options, PasskeyOptions.Accepted(handlers.RelyingPartyId, owner.UserId, options["allowCredentials"]!.AsArray().Select(one => one!["id"]!.GetValue<string>())));
    }

    /// <returns>What was shown by it, and nothing besides; null when it is wrong, old, used, or there were too many.</returns>
    public async Task<Evidence?> TryAsync(HttpContext context, CurrentSignIn current, CodeOwner owner, string? credential)
    {
        var state = await store.WriteAsync(
            PasskeyCeremonies.Self,
            async transaction => await CodeStep.StillStandsAsync(transaction, current.Row.Id, owner)
                && Throttles.TryReserve(transaction, ByUser, owner.UserId) && await SignIns.TryTakeCodeAttemptAsync(transaction, current.Row.Id)
                ? await PasskeyCeremonies.TakeAsync(transaction, current.Row.Id, PasskeyPurpose.SecondFactor, owner.UserId, owner.SessionId)
                : null,
            context.RequestAborted);
        if (state is null || SentCredential.Assertion(credential) is not { } sent
            || await PasskeyAssertions.VerifyAsync(handlers.Possessing, context, sent, state) is not { } passkey || passkey.UserId != owner.UserId)
        {
            return null;
        }

        return await store.WriteAsync(PasskeyCeremonies.Self, transaction => UseAsync(transaction, current, owner, passkey), context.RequestAborted);
    }

    private static async Task<Evidence?> UseAsync(HubTransaction transaction, CurrentSignIn current, CodeOwner owner, VerifiedPasskey passkey)
    {
        if (!await CodeStep.StillStandsAsync(transaction, current.Row.Id, owner)
            || await Users.FindAsync(transaction, owner.UserId) is not { Active: true, FrozenAt: null }
            || !await Passkeys.TryUseAsync(transaction, passkey.Id, passkey.SignCount, passkey.BackedUp))
        {
            return null;
        }

        await SignIns.UseUpPasswordAsync(transaction, current.Row.Id);
        Throttles.GiveBack(transaction, ByUser, owner.UserId);
        return passkey.Evidence;
    }
}
