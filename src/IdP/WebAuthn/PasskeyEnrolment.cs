using System.Buffers.Text;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using IdentityHub.IdP.Authorize;
using IdentityHub.IdP.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace IdentityHub.IdP.WebAuthn;

/// <summary>Enrols a passkey of who is signed in. It raises nothing: a factor that is still owed is asked for afterwards, and the new passkey gives it.</summary>
internal sealed class PasskeyEnrolment(IHubStore store, PasskeyHandlers handlers, PasskeyCeremonies ceremonies)
{
    /// <summary>Of keys that are in use the longest, RSA with 4096 bits, takes a quarter of this. A longer one would only cost time to verify.</summary>
    private const int MaxKeyLength = 2048;

    private static readonly Limit ByUser = new("passkey-enrolment", 10, TimeSpan.FromMinutes(1));

    /// <returns>Null when the session is over.</returns>
    public async Task<string?> AskAsync(HttpContext context, CurrentSignIn current, LiveSession session)
    {
        if (await store.ReadAsync(reader => Users.FindAsync(reader, session.UserId), context.RequestAborted) is not { Active: true } user)
        {
            return null;
        }

        // The names go to the browser only: what is kept does not hold them.
        var asked = await handlers.Possessing.MakeCreationOptionsAsync(new() { Id = user.Id, Name = "", DisplayName = "" }, context);
        await ceremonies.KeepAsync(current.Row.Id, PasskeyPurpose.Enrol, user.Id, session.Id, asked.AttestationState!, context.RequestAborted);
        var options = JsonNode.Parse(asked.CreationOptionsJson)!;
        options["rp"]!["name"] = "IdentityHub";
        options["user"]!["name"] = user.UserName;
        options["user"]!["displayName"] = user.DisplayName;
        return PasskeyOptions.Write(
            options, PasskeyOptions.Accepted(handlers.RelyingPartyId, user.Id, options["excludeCredentials"]!.AsArray().Select(one => one!["id"]!.GetValue<string>())));
    }

    /// <summary>On what an enrolment is built: to be read before the step that the sign-in is at, so that whatever changes after that is seen when the passkey is kept.</summary>
    /// <returns>Null when the session is over.</returns>
    public Task<CodeOwner?> OwnerAsync(HttpContext context, LiveSession session) => store.ReadAsync(
        async reader => await Users.FindAsync(reader, session.UserId) is { Active: true, FrozenAt: null } user
            ? new CodeOwner(user.Id, user.Epoch, await SecondFactors.OfAsync(reader, user.Id), session.Id)
            : null,
        context.RequestAborted);

    /// <param name="context">The request.</param>
    /// <param name="current">The sign-in.</param>
    /// <param name="owner">See <see cref="OwnerAsync"/>.</param>
    /// <param name="credential">What the authenticator made.</param>
    /// <param name="name">What its owner calls it.</param>
    /// <param name="endOthers">Whether every other session ends.</param>
    /// <returns>False when anything about it is wrong, it is enrolled already, or there are too many.</returns>
    public async Task<bool> TryAsync(HttpContext context, CurrentSignIn current, CodeOwner owner, string? credential, string? name, bool endOthers)
    {
        var state = await store.WriteAsync(
            PasskeyCeremonies.Self,
            async transaction => Throttles.TryReserve(transaction, ByUser, owner.UserId)
                ? await PasskeyCeremonies.TakeAsync(transaction, current.Row.Id, PasskeyPurpose.Enrol, owner.UserId, owner.SessionId!)
                : null,
            context.RequestAborted);
        if (state is null || SentCredential.Registration(credential) is not { } sent)
        {
            return false;
        }

        var result = await handlers.Possessing.PerformAttestationAsync(new() { HttpContext = context, CredentialJson = sent.Json, AttestationState = state });
        return result.Succeeded && result.UserEntity.Id == owner.UserId && result.Passkey.PublicKey.Length <= MaxKeyLength && await store.WriteAsync(
            new Actor.Person(owner.UserId) { From = BrowserFacts.AddressOf(context) },
            transaction => EnrolAsync(transaction, current, owner, result.Passkey, name, endOthers),
            context.RequestAborted);
    }

    /// <summary>In one transaction with what it hangs on: the session may have ended meanwhile, and who set up another factor elsewhere would have to give that first.</summary>
    private static async Task<bool> EnrolAsync(HubTransaction transaction, CurrentSignIn current, CodeOwner owner, UserPasskeyInfo made, string? name, bool endOthers)
    {
        var passkey = new StoredPasskey(
            Base64Url.EncodeToString(made.CredentialId), owner.UserId, made.PublicKey, made.SignCount, string.Join(' ', made.Transports ?? []), made.IsBackupEligible, made.IsBackedUp,
            transaction.Now);
        if (!await CodeStep.StillStandsAsync(transaction, current.Row.Id, owner) || Sessions.FindById(transaction, owner.SessionId!) is not { } live
            || !await OwnFactors.EnrolPasskeyAsync(transaction, live, passkey, Passkeys.NameFrom(name), endOthers))
        {
            return false;
        }

        if (current.Request.Enrol == Enrolment.Passkey)
        {
            await SignIns.RecordPutOffAsync(transaction, current.Row.Id, Situation.EnrolmentIsDone);
        }

        Throttles.GiveBack(transaction, ByUser, owner.UserId);
        return true;
    }
}
