using System.Text.Json.Nodes;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.WebAuthn;

/// <summary>The whole sign-in with a passkey: nobody says who they are before the passkey does, and it verifies them itself.</summary>
internal sealed class PasskeySignIn(IHubStore store, PasskeyHandlers handlers, PasskeyCeremonies ceremonies, SignedIn signedIn, IdPOptions options)
{
    private readonly Limit byAddress = PasswordStep.AddressLimit(options);

    public abstract record Outcome
    {
        private Outcome() { }

        public sealed record Right : Outcome;

        /// <summary>Whatever the reason.</summary>
        /// <param name="UnknownId">The passkey, where the hub has none of this id: whoever keeps it may forget it.</param>
        public sealed record Wrong(string? UnknownId) : Outcome;

        /// <summary>Too much at once from this address.</summary>
        public sealed record Busy(TimeSpan RetryAfter) : Outcome;
    }

    /// <summary>What the browser is asked for: the same whoever asks, for it names nobody.</summary>
    public async Task<string> AskAsync(HttpContext context, CurrentSignIn current)
    {
        var asked = await handlers.Verifying.MakeRequestOptionsAsync(null, context);
        await ceremonies.KeepAsync(current.Row.Id, PasskeyPurpose.SignIn, null, null, asked.AssertionState!, context.RequestAborted);
        return PasskeyOptions.Write(JsonNode.Parse(asked.RequestOptionsJson)!);
    }

    /// <param name="context">The request.</param>
    /// <param name="current">The sign-in.</param>
    /// <param name="credential">What the browser sent.</param>
    public async Task<Outcome> TryAsync(HttpContext context, CurrentSignIn current, string? credential)
    {
        var network = PasswordStep.NetworkOf(context.Connection.RemoteIpAddress);

        // Counted before it is looked at, and good or not, it is the one answer to what was asked.
        var (may, state) = await store.WriteAsync(
            PasskeyCeremonies.Self,
            async transaction => Throttles.TryReserve(transaction, byAddress, network)
                ? (true, await PasskeyCeremonies.TakeAsync(transaction, current.Row.Id, PasskeyPurpose.SignIn, null, null))
                : (false, null),
            context.RequestAborted);
        if (!may)
        {
            return new Outcome.Busy(options.AddressRefill > PasswordStep.LeastWait ? options.AddressRefill : PasswordStep.LeastWait);
        }

        if (state is null || SentCredential.Assertion(credential) is not { } sent)
        {
            return new Outcome.Wrong(null);
        }

        if (await PasskeyAssertions.VerifyAsync(handlers.Verifying, context, sent, state) is not { } passkey)
        {
            var known = await store.ReadAsync(reader => Passkeys.FindAsync(reader, sent.Id), context.RequestAborted);
            return new Outcome.Wrong(known is null ? sent.Id : null);
        }

        var epoch = await store.WriteAsync(PasskeyCeremonies.Self, transaction => UseAsync(transaction, current, passkey, network), context.RequestAborted);
        return epoch is { } now && await signedIn.RecordAsync(context, passkey.UserId, now, passkey.Evidence) ? new Outcome.Right() : new Outcome.Wrong(null);
    }

    /// <returns>The user's epoch; null when they may not sign in, or the passkey's count did not move on.</returns>
    private async Task<int?> UseAsync(HubTransaction transaction, CurrentSignIn current, VerifiedPasskey passkey, string network)
    {
        if (await Users.FindAsync(transaction, passkey.UserId) is not { Active: true, FrozenAt: null } user
            || !await Passkeys.TryUseAsync(transaction, passkey.Id, passkey.SignCount, passkey.BackedUp))
        {
            return null;
        }

        // A password that was given in this sign-in, perhaps another person's, leads nowhere any more.
        await SignIns.UseUpPasswordAsync(transaction, current.Row.Id);
        Throttles.GiveBack(transaction, byAddress, network);
        return user.Epoch;
    }
}
