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

    /// <summary>Stands for the address of a link that somebody hands over: it shows of nobody that they read mail anywhere.</summary>
    private const string ByHand = "";

    private static readonly Statement ToInvite = new(
        """
        SELECT u."Id", u."Epoch", a."Id", a."Name", u."UserName", u."GivenName", u."FamilyName", u."Email", m."Home", m."Status", u."Active",
            EXISTS (SELECT 1 FROM "Passwords" p WHERE p."UserId" = u."Id")
        FROM "Memberships" m JOIN "Users" u ON u."Id" = m."UserId" JOIN "Accounts" a ON a."Id" = m."AccountId" WHERE m."Id" = @member
        """,
        "@member");

    private static readonly Statement WithdrawEarlier = new(
        """UPDATE "Invitations" SET "WithdrawnAt" = @now WHERE "UserId" = @user AND "UsedAt" IS NULL AND "WithdrawnAt" IS NULL""", "@user", "@now");

    private static readonly Statement WithdrawOpen = new(
        """UPDATE "Invitations" SET "WithdrawnAt" = @now WHERE "UserId" = @user AND "UsedAt" IS NULL AND "WithdrawnAt" IS NULL AND "ExpiresAt" > @now""", "@user", "@now");

    private static readonly Statement Insert = new(
        """
        INSERT INTO "Invitations" ("Id", "UserId", "UserEpoch", "AccountId", "TokenHash", "SentToHash", "CreatedAt", "ExpiresAt")
        VALUES (@id, @user, @epoch, @account, @token, @sent, @now, @until)
        """,
        "@id", "@user", "@epoch", "@account", "@token", "@sent", "@now", "@until");

    /// <summary>What decides whether a member is invited, and what the letter says.</summary>
    private sealed record Invitee(
        string UserId, int UserEpoch, string AccountId, string AccountName, string UserName, string DisplayName, string? Email, bool Home, bool Active, bool HasPassword);

    public abstract record InviteResult
    {
        private InviteResult() { }

        /// <summary>The mail is queued. Earlier invitations of the user are no good any more.</summary>
        public sealed record Invited(DateTimeOffset Until) : InviteResult;

        /// <summary>A link to hand over. Earlier invitations of the user are no good any more.</summary>
        public sealed record LinkMade(string Link, DateTimeOffset Until) : InviteResult
        {
            /// <summary>Tells nothing of the link, with which somebody signs in.</summary>
            public override string ToString() => nameof(LinkMade);
        }

        public sealed record NoSuchMember : InviteResult;

        /// <summary>A guest: only the home account gives its users a way to a password. Nothing was changed.</summary>
        public sealed record NotAtHome : InviteResult;

        /// <summary>The member may not sign in. Nothing was changed.</summary>
        public sealed record NotActive : InviteResult;

        /// <summary>The user signs in already. Nothing was changed.</summary>
        public sealed record HasPassword : InviteResult;

        /// <summary>Neither the e-mail nor the user name is an address. Nothing was changed.</summary>
        public sealed record NoAddress : InviteResult;

        /// <summary>Too many were sent to this user just now. Nothing was changed.</summary>
        public sealed record TooSoon : InviteResult;

        /// <summary>The account's people had too many sent just now. Nothing was changed.</summary>
        public sealed record TooMany : InviteResult;
    }

    /// <summary>Whether a member waits for an invitation to be followed.</summary>
    public abstract record Waiting
    {
        private Waiting() { }

        /// <summary>They have a password, or it is another account's to invite them.</summary>
        public sealed record NotNeeded : Waiting;

        /// <summary>They have no password and no link; what expired long ago is forgotten.</summary>
        public sealed record NotInvited : Waiting;

        public sealed record Open(DateTimeOffset Since, DateTimeOffset Until) : Waiting;

        public sealed record Expired(DateTimeOffset Since, DateTimeOffset Until) : Waiting;
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
        var (read, refusal) = await InviteeAsync(transaction, membershipId);
        if (refusal is not null)
        {
            return refusal;
        }

        var invitee = read!;
        if (EmailAddress.Of(invitee.Email, invitee.UserName) is not { } address)
        {
            return new InviteResult.NoAddress();
        }

        if (Limited(transaction, invitee) is { } limited)
        {
            await transaction.AuditAsync("member.invitation-skipped", invitee.AccountId, invitee.UserId);
            return limited;
        }

        var (token, until) = Write(transaction, invitee, address);
        await Notices.Notices.QueueAsync(transaction, invitee.UserId, MailTemplates.Invitation, ValuesOf(invitee, LinkOf(issuer, token), until), address);
        transaction.Noting.OfMember(membershipId).Invited = true;
        await transaction.AuditAsync("member.invited", invitee.AccountId, invitee.UserId);
        return new InviteResult.Invited(until);
    }

    /// <summary>Makes a link for an administrator to hand over themself: as an invitation, but nothing is mailed. Whoever has it can become this user, as long as that one has no password.</summary>
    /// <param name="transaction">The transaction and who invites.</param>
    /// <param name="membershipId">The membership at home.</param>
    /// <param name="issuer">The hub's issuer without trailing slash, from the configuration: the link begins with it.</param>
    /// <returns><see cref="InviteResult.LinkMade"/> with the link, which is told this once; or why there is none.</returns>
    public static async Task<InviteResult> MakeLinkAsync(HubTransaction transaction, string membershipId, string issuer)
    {
        var (invitee, refusal) = await InviteeAsync(transaction, membershipId);
        if (refusal is not null)
        {
            return refusal;
        }

        var (token, until) = Write(transaction, invitee!, ByHand);
        transaction.Noting.OfMember(membershipId).Invited = true;
        await transaction.AuditAsync("member.invitation-link-made", invitee!.AccountId, invitee.UserId);
        return new InviteResult.LinkMade(LinkOf(issuer, token), until);
    }

    /// <summary>Has a member's open invitation lose its use.</summary>
    /// <returns>False when there is no such member at home, or none that is open.</returns>
    public static async Task<bool> WithdrawAsync(HubTransaction transaction, string membershipId)
    {
        await transaction.FlushAsync();
        if (Read(transaction, membershipId) is not { Home: true } invitee || transaction.Connection.Execute(WithdrawOpen, invitee.UserId, transaction.Now.ToUnixTimeMilliseconds()) == 0)
        {
            return false;
        }

        await transaction.AuditAsync("member.invitation-withdrawn", invitee.AccountId, invitee.UserId);
        return true;
    }

    /// <summary>How it stands with a member's invitation, as who looks after them sees it.</summary>
    public static async Task<Waiting> WaitingOfAsync(HubReader reader, string membershipId)
    {
        var member = await (
            from row in reader.Db.Memberships.AsNoTracking()
            where row.Id == membershipId && row.Home
            select new { row.UserId, HasPassword = reader.Db.Passwords.Any(password => password.UserId == row.UserId) }).SingleOrDefaultAsync();
        if (member is null || member.HasPassword)
        {
            return new Waiting.NotNeeded();
        }

        var last = await reader.Db.Invitations.AsNoTracking().Where(row => row.UserId == member.UserId).OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id).FirstOrDefaultAsync();
        return last switch
        {
            null or { WithdrawnAt: not null } => new Waiting.NotInvited(),
            _ when last.ExpiresAt > reader.Now => new Waiting.Open(last.CreatedAt, last.ExpiresAt),
            _ => new Waiting.Expired(last.CreatedAt, last.ExpiresAt),
        };
    }

    /// <summary>Has every open invitation of a user without a password lose its use: the mail may have gone to somebody else's mailbox.</summary>
    internal static async Task WithdrawUnlessPasswordAsync(HubTransaction transaction, string userId)
    {
        if (await Passwords.HashOfAsync(transaction, userId) is null)
        {
            transaction.Connection.Execute(WithdrawEarlier, userId, transaction.Now.ToUnixTimeMilliseconds());
        }
    }

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
        && reader.Db.Accounts.Any(account => account.Id == row.AccountId && account.Status == AccountStatus.Open)
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

    /// <returns>Whom to invite, or why not.</returns>
    private static async Task<(Invitee? Invitee, InviteResult? Refusal)> InviteeAsync(HubTransaction transaction, string membershipId)
    {
        await transaction.FlushAsync();
        var invitee = Read(transaction, membershipId);
        return (invitee, invitee switch
        {
            null => new InviteResult.NoSuchMember(),
            { Home: false } => new InviteResult.NotAtHome(),
            { Active: false } => new InviteResult.NotActive(),
            { HasPassword: true } => new InviteResult.HasPassword(),
            _ => null,
        });
    }

    /// <summary>An HR system invites all of an account at its first synchronisation, and asks for none again: only what people have sent is counted by account.</summary>
    private static InviteResult? Limited(HubTransaction transaction, Invitee invitee)
    {
        if (!MailLimits.Allows(transaction, MailLimits.Invitations, invitee.UserId))
        {
            return new InviteResult.TooSoon();
        }

        if (transaction.Actor is not Actor.Person || MailLimits.Allows(transaction, MailLimits.InvitationsOfAccount, invitee.AccountId))
        {
            return null;
        }

        MailLimits.GiveBack(transaction, MailLimits.Invitations, invitee.UserId);
        return new InviteResult.TooMany();
    }

    /// <summary>Makes the invitation that takes the place of every earlier one.</summary>
    private static (string Token, DateTimeOffset Until) Write(HubTransaction transaction, Invitee invitee, string address)
    {
        var (token, until) = (RandomId.Secret(), transaction.Now + Lifetime);
        var now = transaction.Now.ToUnixTimeMilliseconds();
        transaction.Connection.Execute(WithdrawEarlier, invitee.UserId, now);
        transaction.Connection.Execute(
            Insert, RandomId.New(), invitee.UserId, invitee.UserEpoch, invitee.AccountId, RandomId.HashOf(token), HashOf(token, address), now, until.ToUnixTimeMilliseconds());
        return (token, until);
    }

    private static string LinkOf(string issuer, string token) => $"{issuer}/invitation?token={token}";

    private static Invitee? Read(HubTransaction transaction, string membershipId)
    {
        using var row = transaction.Connection.Bind(ToInvite, membershipId).ExecuteReader();
        return row.Read()
            ? new(
                row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetString(3), row.GetString(4), User.NameOf(row.GetString(4), row.Text(5), row.Text(6)), row.Text(7),
                row.GetBoolean(8), row.Status(9) == MembershipStatus.Active && row.GetBoolean(10), row.GetBoolean(11))
            : null;
    }

    /// <summary>Whether the mail went where this user reads theirs now: one that went to an address since corrected is somebody else's.</summary>
    private static bool IsTheirs(string token, User user, string sentToHash) => HashOf(token, ByHand) == sentToHash || (EmailAddress.Of(user.Email, user.UserName) is { } address && HashOf(token, address) == sentToHash);

    private static string HashOf(string token, string address) => RandomId.HashOf($"{token}|{address}");

    private static Dictionary<string, string> ValuesOf(Invitee invitee, string link, DateTimeOffset until) => new(StringComparer.Ordinal)
    {
        ["account"] = invitee.AccountName,
        ["person"] = MailText.Person(invitee.DisplayName, invitee.UserName),
        ["userName"] = invitee.UserName,
        ["link"] = link,
        ["until"] = MailText.Moment(until),
    };
}
