using System.Globalization;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>Invitations by mail for people who have no password yet. Never a way to another password: whoever has one signs in.</summary>
public static class Invitations
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    public abstract record InviteResult
    {
        private InviteResult() { }

        /// <summary>The mail is queued. Earlier invitations of the user are no good any more.</summary>
        public sealed record Invited(DateTimeOffset Until) : InviteResult;

        public sealed record NoSuchMember : InviteResult;

        /// <summary>A guest: only the home account gives its users a way to a password. Nothing was changed.</summary>
        public sealed record NotAtHome : InviteResult;

        /// <summary>The member may not sign in. Nothing was changed.</summary>
        public sealed record NotActive : InviteResult;

        /// <summary>The user signs in already. Nothing was changed.</summary>
        public sealed record HasPassword : InviteResult;

        /// <summary>Neither the e-mail nor the user name is an address. Nothing was changed.</summary>
        public sealed record NoAddress : InviteResult;

        /// <summary>Provisioning has had too many sent to this user just now. Nothing was changed.</summary>
        public sealed record TooSoon : InviteResult;
    }

    /// <summary>What an invitation is good for at this moment.</summary>
    public abstract record Standing
    {
        private Standing() { }

        public sealed record Open(string UserId, string UserName, string AccountName) : Standing;

        /// <summary>The user has a password by now, through this invitation or otherwise, and signs in with it.</summary>
        public sealed record HasPassword : Standing;

        /// <summary>Unknown, expired, replaced by a newer one, or of somebody who may not sign in.</summary>
        public sealed record Gone : Standing;
    }

    public enum RedeemResult
    {
        /// <summary>This call used it: the user has the password.</summary>
        Redeemed,

        /// <summary>See <see cref="Standing.HasPassword"/>. Nothing was changed.</summary>
        HasPassword,

        /// <summary>See <see cref="Standing.Gone"/>. Nothing was changed.</summary>
        Gone,
    }

    /// <summary>Mails a member at home a link with which to choose the first password. It works once, for <see cref="Lifetime"/>, and replaces every earlier one.</summary>
    /// <param name="transaction">The transaction and who invites.</param>
    /// <param name="membershipId">The membership at home.</param>
    /// <param name="issuer">The hub's issuer without trailing slash, from the configuration: the link begins with it.</param>
    public static async Task<InviteResult> InviteAsync(HubTransaction transaction, string membershipId, string issuer)
    {
        await transaction.Db.SaveChangesAsync();
        if (await Memberships.FindAsync(transaction, membershipId) is not { } membership)
        {
            return new InviteResult.NoSuchMember();
        }

        var user = await transaction.Db.Users.AsNoTracking().SingleAsync(row => row.Id == membership.UserId);
        if (!membership.Home)
        {
            return new InviteResult.NotAtHome();
        }

        if (membership.Status != MembershipStatus.Active || !user.Active)
        {
            return new InviteResult.NotActive();
        }

        if (await Passwords.HashOfAsync(transaction, user.Id) is not null)
        {
            return new InviteResult.HasPassword();
        }

        if (AddressOf(user) is not { } address)
        {
            return new InviteResult.NoAddress();
        }

        if (transaction.Actor is Actor.Provisioning && !MailLimits.Allows(transaction, MailLimits.Invitations, user.Id))
        {
            await transaction.AuditAsync("member.invitation-skipped", membership.AccountId, user.Id);
            return new InviteResult.TooSoon();
        }

        await WithdrawAsync(transaction, user.Id);
        var token = RandomId.Secret();
        var invitation = new Invitation
        {
            Id = RandomId.New(),
            UserId = user.Id,
            UserEpoch = user.Epoch,
            AccountId = membership.AccountId,
            TokenHash = RandomId.HashOf(token),
            SentToHash = HashOf(token, address),
            CreatedAt = transaction.Now,
            ExpiresAt = transaction.Now + Lifetime,
        };
        transaction.Db.Invitations.Add(invitation);
        var account = await transaction.Db.Accounts.AsNoTracking().SingleAsync(row => row.Id == membership.AccountId);
        await Mails.QueueAsync(transaction, user.Id, Letter(address, user, account, $"{issuer}/invitation?token={token}", invitation.ExpiresAt));
        await transaction.AuditAsync("member.invited", account.Id, user.Id);
        return new InviteResult.Invited(invitation.ExpiresAt);
    }

    /// <summary>Has every open invitation of a user lose its use.</summary>
    internal static Task WithdrawAsync(HubTransaction transaction, string userId) =>
        transaction.Db.Invitations.Where(row => row.UserId == userId && row.UsedAt == null && row.WithdrawnAt == null)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.WithdrawnAt, transaction.Now));

    /// <summary>What the invitation of this token is good for. Looking changes nothing: mail scanners open links too.</summary>
    public static async Task<Standing> FindAsync(HubReader reader, string token)
    {
        var open = await (
            from row in Open(reader, RandomId.HashOf(token))
            join user in reader.Db.Users.AsNoTracking() on row.UserId equals user.Id
            join account in reader.Db.Accounts on row.AccountId equals account.Id
            select new { User = user, AccountName = account.Name, row.SentToHash }).SingleOrDefaultAsync();
        return open is not null && IsTheirs(token, open.User, open.SentToHash)
            ? new Standing.Open(open.User.Id, open.User.UserName, open.AccountName)
            : await WithoutPlaceAsync(reader, token);
    }

    /// <summary>Uses an invitation: the user gets the password, and the address is verified that the mail went to while it is still theirs.</summary>
    public static async Task<RedeemResult> RedeemAsync(HubTransaction transaction, string token, string passwordHash)
    {
        var hash = RandomId.HashOf(token);
        if (await FindAsync(transaction, token) is not Standing.Open)
        {
            return await WithoutPlaceAsync(transaction, token) is Standing.HasPassword ? RedeemResult.HasPassword : RedeemResult.Gone;
        }

        // The row that this changes is the one use that there will be; everything that it hangs on is asked in the same statement.
        if (await Open(transaction, hash).ExecuteUpdateAsync(update => update.SetProperty(row => row.UsedAt, transaction.Now)) == 0)
        {
            return await WithoutPlaceAsync(transaction, token) is Standing.HasPassword ? RedeemResult.HasPassword : RedeemResult.Gone;
        }

        var used = await transaction.Db.Invitations.AsNoTracking().SingleAsync(row => row.TokenHash == hash);
        var user = await transaction.Db.Users.SingleAsync(row => row.Id == used.UserId);
        await Passwords.SetAsync(transaction, user.Id, passwordHash);
        var verified = !user.EmailVerified && user.Email is { } email && HashOf(token, email) == used.SentToHash;
        if (verified)
        {
            user.EmailVerified = true;
            user.UpdatedAt = transaction.Now;
        }

        await transaction.AuditAsync("invitation.redeemed", used.AccountId, user.Id, new { emailVerified = verified });
        return RedeemResult.Redeemed;
    }

    /// <summary>The invitation of this hash while it can be used.</summary>
    private static IQueryable<Invitation> Open(HubReader reader, string tokenHash) => reader.Db.Invitations.Where(row =>
        row.TokenHash == tokenHash && row.UsedAt == null && row.WithdrawnAt == null && row.ExpiresAt > reader.Now
        && reader.Db.Users.Any(user => user.Id == row.UserId && user.Active && user.Epoch == row.UserEpoch)
        && reader.Db.Memberships.Any(place => place.UserId == row.UserId && place.AccountId == row.AccountId && place.Home && place.Status == MembershipStatus.Active)
        && !reader.Db.Passwords.Any(password => password.UserId == row.UserId));

    /// <summary>Why an invitation that cannot be used cannot be.</summary>
    private static async Task<Standing> WithoutPlaceAsync(HubReader reader, string token)
    {
        var hash = RandomId.HashOf(token);
        return await reader.Db.Invitations.AnyAsync(row =>
                row.TokenHash == hash && row.WithdrawnAt == null && row.ExpiresAt > reader.Now
                && reader.Db.Users.Any(user => user.Id == row.UserId && user.Active)
                && reader.Db.Passwords.Any(password => password.UserId == row.UserId))
            ? new Standing.HasPassword()
            : new Standing.Gone();
    }

    /// <summary>Whether the mail went where this user reads theirs now: one that went to an address since corrected is somebody else's.</summary>
    private static bool IsTheirs(string token, User user, string sentToHash) => AddressOf(user) is { } address && HashOf(token, address) == sentToHash;

    private static string? AddressOf(User user) =>
        user.Email is { } email ? (EmailAddress.IsPlausible(email) ? email : null) : EmailAddress.IsPlausible(user.UserName) ? user.UserName : null;

    private static string HashOf(string token, string address) => RandomId.HashOf($"{token}|{address}");

    private static Mail Letter(string address, User user, Account account, string link, DateTimeOffset until)
    {
        var name = MailText.Of(account);
        return new(
            address, $"{name} invites you",
            $"Hello {MailText.Of(user)},\n\n{name} invites you to sign in. Your user name is {MailText.UserNameOf(user)}.\n\nOpen this link and choose a password:\n\n{link}\n\n"
            + $"The link works once, until {until.UtcDateTime.ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture)} UTC.\n\n"
            + $"If you do not know {name}, do nothing: without the link nobody can sign in as you.\n");
    }
}
