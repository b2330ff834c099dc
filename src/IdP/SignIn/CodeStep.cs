using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sealing;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Protocol;

namespace IdentityHub.IdP.SignIn;

/// <summary>Whose code is asked for in a sign-in: the user whose password was right in it, or who is signed in already.</summary>
internal sealed record CodeOwner(string UserId, int UserEpoch, EnrolledFactors Factors);

/// <summary>Checks the code of an authenticator app, or one sent by e-mail. Every attempt is counted before it is looked at.</summary>
internal sealed class CodeStep(IHubStore store, Sealer sealer)
{
    /// <summary>Wrong codes for one user, over all sign-ins and addresses: ten, then one every three minutes.</summary>
    private static readonly Limit ByUser = new("second-factor", 10, TimeSpan.FromMinutes(3));

    /// <summary>Codes mailed to one user: five, then one every twelve minutes.</summary>
    private static readonly Limit Sends = new("email-code-send", 5, TimeSpan.FromMinutes(12));

    private static readonly TimeSpan EmailCodeLifetime = TimeSpan.FromMinutes(10);

    /// <summary>How long after the password the code may come.</summary>
    private static readonly TimeSpan PasswordStaysGood = TimeSpan.FromMinutes(10);

    private readonly byte[] emailCodeKey = sealer.DeriveKey("email-code");

    /// <returns>Null when no password was given in this sign-in lately and nobody is signed in.</returns>
    public Task<CodeOwner?> OwnerAsync(CurrentSignIn current, LiveSession? session, CancellationToken cancellationToken) => store.ReadAsync(
        async reader =>
        {
            var byPassword = current.Row.UserId is not null && current.Row.PasswordAt + PasswordStaysGood > reader.Now;
            var userId = byPassword ? current.Row.UserId : session?.UserId;
            if (userId is null || await Domain.Users.Users.FindAsync(reader, userId) is not { Active: true } user || (byPassword && user.Epoch != current.Row.UserEpoch))
            {
                return null;
            }

            return new CodeOwner(userId, user.Epoch, await SecondFactors.OfAsync(reader, userId));
        },
        cancellationToken);

    /// <returns>What was proved, as <c>amr</c>; null when the code is wrong, old, used, or there were too many.</returns>
    public Task<string?> TryAsync(CurrentSignIn current, CodeOwner owner, string? code, CancellationToken cancellationToken) => store.WriteAsync(
        new Actor.Person(owner.UserId),
        async transaction =>
        {
            var digits = new string([.. (code ?? "").Where(char.IsAsciiDigit).Take(Totp.Digits + 1)]);
            if (!Throttles.TryReserve(transaction, ByUser, owner.UserId) || !await SignIns.TryTakeCodeAttemptAsync(transaction, current.Row.Id))
            {
                return null;
            }

            var amr = owner.Factors.Totp
                ? await SecondFactors.TryUseTotpAsync(transaction, owner.UserId, digits) ? Acr.PasswordAndTotp : null
                : await SignIns.TryUseEmailCodeAsync(transaction, current.Row.Id, HashOf(current.Row.Id, digits)) ? Acr.PasswordAndEmail : null;
            if (amr is not null)
            {
                Throttles.GiveBack(transaction, ByUser, owner.UserId);
            }

            return amr;
        },
        cancellationToken);

    /// <summary>Mails a fresh code to the owner's address for codes. The newest one counts, for this sign-in only.</summary>
    /// <returns>False when too many were sent.</returns>
    public Task<bool> SendEmailCodeAsync(CurrentSignIn current, CodeOwner owner, CancellationToken cancellationToken) => store.WriteAsync(
        new Actor.Person(owner.UserId),
        async transaction =>
        {
            if (owner.Factors.EmailCodesTo is not { } address || !Throttles.TryReserve(transaction, Sends, owner.UserId))
            {
                return false;
            }

            var code = RandomNumberGenerator.GetInt32(0, 1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
            await SignIns.SetEmailCodeAsync(transaction, current.Row.Id, HashOf(current.Row.Id, code), transaction.Now + EmailCodeLifetime);
            var app = current.Client.Name ?? current.Client.Id;
            await Mails.QueueAsync(transaction, owner.UserId, new(
                address, "Your sign-in code", $"Your code to sign in to {Printable(app)} is {code}.\n\nIt is good for ten minutes, in the browser in which you are signing in.\n\nIf you are not signing in, someone knows your password: change it.\n"));
            return true;
        },
        cancellationToken);

    private string HashOf(string signInId, string code) => Convert.ToHexStringLower(HMACSHA256.HashData(emailCodeKey, Encoding.UTF8.GetBytes($"{signInId}|{code}")));

    private static string Printable(string name) => new([.. name.Where(character => !char.IsControl(character))]);
}
