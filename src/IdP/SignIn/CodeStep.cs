using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sealing;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Authorize;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>Whose code is asked for in a sign-in.</summary>
/// <param name="UserId">The user whose password was right in this sign-in, or who is signed in already.</param>
/// <param name="UserEpoch">The user's epoch then.</param>
/// <param name="Factors">The user's second factors.</param>
/// <param name="SessionId">The session that the code raises; null where the code completes a password.</param>
internal sealed record CodeOwner(string UserId, int UserEpoch, EnrolledFactors Factors, string? SessionId);

/// <summary>Checks the code of an authenticator app, or one sent by e-mail. Every attempt is counted before it is looked at.</summary>
internal sealed class CodeStep(IHubStore store, Sealer sealer)
{
    /// <summary>Wrong codes for one user, over all sign-ins and addresses: ten, then one every three minutes.</summary>
    private static readonly Limit ByUser = new("second-factor", 10, TimeSpan.FromMinutes(3));

    /// <summary>How long after the password the code may come.</summary>
    private static readonly TimeSpan PasswordStaysGood = TimeSpan.FromMinutes(10);

    private readonly byte[] emailCodeKey = sealer.DeriveKey("email-code");

    /// <param name="current">The sign-in.</param>
    /// <param name="step">Where it is: a password is owed, or a second factor of whoever is signed in.</param>
    /// <param name="session">Who is signed in in this browser.</param>
    /// <param name="cancellationToken">The request's end.</param>
    /// <returns>Null when a code proves nothing here: a password is owed and none was given lately, or the step is another.</returns>
    public Task<CodeOwner?> OwnerAsync(CurrentSignIn current, NextStep step, LiveSession? session, CancellationToken cancellationToken) => store.ReadAsync(
        async reader => step switch
        {
            NextStep.AskPassword when PasswordWasGiven(current.Row, reader.Now) => await OwnerAsync(reader, current.Row.UserId!, current.Row.UserEpoch, null),
            NextStep.AskSecondFactor when session is not null => await OwnerAsync(reader, session.UserId, null, session.Id),
            _ => null,
        },
        cancellationToken);

    private static async Task<CodeOwner?> OwnerAsync(HubReader reader, string userId, int? epoch, string? sessionId) =>
        await Domain.Users.Users.FindAsync(reader, userId) is { Active: true } user && (epoch ?? user.Epoch) == user.Epoch
            ? new(userId, user.Epoch, await SecondFactors.OfAsync(reader, userId), sessionId)
            : null;

    private static bool PasswordWasGiven(Domain.Sessions.SignIn row, DateTimeOffset now) => row.UserId is not null && row.PasswordAt + PasswordStaysGood > now;

    /// <summary>Whether what the code builds on still stands, in the transaction that uses the code: a password given for this very user, or the very session.</summary>
    internal static async Task<bool> StillStandsAsync(HubTransaction transaction, string signInId, CodeOwner owner) => owner.SessionId is { } sessionId
        ? await Sessions.IsOpenAsync(transaction, sessionId, owner.UserId, owner.UserEpoch)
        : await SignIns.FindOpenAsync(transaction, signInId) is { } row
            && PasswordWasGiven(row, transaction.Now) && row.UserId == owner.UserId && row.UserEpoch == owner.UserEpoch;

    /// <returns>What was proved, as <c>amr</c>; null when the code is wrong, old, used, or there were too many.</returns>
    public Task<string?> TryAsync(HttpContext context, CurrentSignIn current, CodeOwner owner, string? code) => store.WriteAsync(
        new Actor.Person(owner.UserId) { From = BrowserFacts.AddressOf(context) },
        async transaction =>
        {
            var digits = MailedCode.DigitsOf(code);
            if (!await StillStandsAsync(transaction, current.Row.Id, owner)
                || !Throttles.TryReserve(transaction, ByUser, owner.UserId) || !await SignIns.TryTakeCodeAttemptAsync(transaction, current.Row.Id))
            {
                return null;
            }

            var amr = owner.Factors.Totp
                ? await SecondFactors.TryUseTotpAsync(transaction, owner.UserId, digits) ? Assurance.Of(Evidence.Password | Evidence.Totp).Amr : null
                : await SignIns.TryUseEmailCodeAsync(transaction, current.Row.Id, HashOf(current.Row.Id, owner.UserId, digits)) ? Assurance.Of(Evidence.Password | Evidence.EmailCode).Amr : null;
            if (amr is not null)
            {
                if (!owner.Factors.Totp)
                {
                    await SecondFactors.VerifyEmailCodesAsync(transaction, owner.UserId);
                }

                await SignIns.UseUpPasswordAsync(transaction, current.Row.Id);
                Throttles.GiveBack(transaction, ByUser, owner.UserId);
            }

            return amr;
        },
        context.RequestAborted);

    /// <summary>Mails a fresh code to the owner's address for codes. The newest one counts, for this sign-in only.</summary>
    /// <returns>False when too many were sent.</returns>
    public Task<bool> SendEmailCodeAsync(HttpContext context, CurrentSignIn current, CodeOwner owner) => store.WriteAsync(
        new Actor.Person(owner.UserId) { From = BrowserFacts.AddressOf(context) },
        async transaction =>
        {
            if (owner.Factors.EmailCodesTo is not { } address || !await StillStandsAsync(transaction, current.Row.Id, owner) || !Throttles.TryReserve(transaction, MailedCode.Sends, owner.UserId))
            {
                return false;
            }

            var code = MailedCode.New();
            await SignIns.SetEmailCodeAsync(transaction, current.Row.Id, HashOf(current.Row.Id, owner.UserId, code), transaction.Now + MailedCode.Lifetime);
            var app = MailText.Name(current.Client.Name ?? current.Client.Id) ?? MailText.Name(current.Client.Id) ?? "an app";
            await Notices.QueueAsync(transaction, owner.UserId, MailTemplates.SignInCode, new Dictionary<string, string> { ["code"] = code, ["app"] = app }, address);
            return true;
        },
        context.RequestAborted);

    /// <summary>Bound to the sign-in and to the user: a code mailed to one is none for another.</summary>
    private string HashOf(string signInId, string userId, string code) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(emailCodeKey, Encoding.UTF8.GetBytes($"{signInId}|{userId}|{code}")));
}
