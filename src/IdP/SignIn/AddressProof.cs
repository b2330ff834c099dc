using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sealing;
using IdentityHub.Domain.Sessions;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>Has a guest show that they read mail at the address that the inviting account named: a code that goes there, typed in the sign-in that asked for it.</summary>
internal sealed class AddressProof(IHubStore store, Sealer sealer)
{
    /// <summary>Wrong codes for one user, over all sign-ins: ten, then one every three minutes.</summary>
    private static readonly Limit ByUser = new("address-proof", 10, TimeSpan.FromMinutes(3));

    private readonly byte[] key = sealer.DeriveKey("address-proof");

    /// <summary>Mails a fresh code to the address that is to be proved. The newest one counts, for this sign-in only.</summary>
    /// <returns>False when there is nothing to prove, or too many were sent.</returns>
    public Task<bool> SendAsync(HttpContext context, CurrentSignIn current, LiveSession session, MembershipView place) => store.WriteAsync(
        new Actor.Person(session.UserId) { From = BrowserFacts.AddressOf(context) },
        async transaction =>
        {
            if (await AddressAsync(transaction, current, session, place) is not { } address || !Throttles.TryReserve(transaction, MailedCode.Sends, session.UserId))
            {
                return false;
            }

            var code = MailedCode.New();
            await SignIns.SetEmailCodeAsync(transaction, current.Row.Id, HashOf(current.Row.Id, session.UserId, address, code), transaction.Now + MailedCode.Lifetime);
            await Notices.QueueAsync(transaction, session.UserId, MailTemplates.AddressCode, new Dictionary<string, string> { ["code"] = code }, address);
            return true;
        },
        context.RequestAborted);

    /// <summary>Checks the code; the right one verifies the address and accepts the membership. Every attempt is counted before it is looked at.</summary>
    /// <returns>False when the code is wrong, old or used, or there were too many.</returns>
    public Task<bool> TryAcceptAsync(HttpContext context, CurrentSignIn current, LiveSession session, MembershipView place, string? code) => store.WriteAsync(
        new Actor.Person(session.UserId) { From = BrowserFacts.AddressOf(context) },
        async transaction =>
        {
            if (await AddressAsync(transaction, current, session, place) is not { } address
                || !Throttles.TryReserve(transaction, ByUser, session.UserId) || !await SignIns.TryTakeCodeAttemptAsync(transaction, current.Row.Id)
                || !await SignIns.TryUseEmailCodeAsync(transaction, current.Row.Id, HashOf(current.Row.Id, session.UserId, address, MailedCode.DigitsOf(code))))
            {
                return false;
            }

            Throttles.GiveBack(transaction, ByUser, session.UserId);
            return await Memberships.AcceptAsync(transaction, place.Id, session.UserId, address) == Memberships.AnswerResult.Done;
        },
        context.RequestAborted);

    /// <returns>The address to be proved, as it stands in this transaction, while sign-in and session are under way; otherwise null.</returns>
    private static async Task<string?> AddressAsync(HubTransaction transaction, CurrentSignIn current, LiveSession session, MembershipView place) =>
        await SignIns.FindOpenAsync(transaction, current.Row.Id) is not null
        && await Domain.Users.Users.FindAsync(transaction, session.UserId) is { Active: true } user
        && await Sessions.IsOpenAsync(transaction, session.Id, user.Id, user.Epoch)
        && place.UserId == user.Id && await Memberships.AcceptanceOfAsync(transaction, place.Id) is Memberships.Acceptance.Unproved unproved
            ? unproved.Address
            : null;

    /// <summary>Bound to the sign-in, the user and the address: a code mailed to one is none for another, and none to sign in with.</summary>
    private string HashOf(string signInId, string userId, string address, string code) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{signInId}|{userId}|{address}|{code}")));
}
