using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Credentials;

/// <summary>Links by mail for people who have a password and do not know it. The link proves that they read the mail, and nothing else: a second factor is asked for as ever.</summary>
public static class PasswordResets
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private static readonly Statement ToReset = new(
        """
        SELECT u."Epoch", u."UserName", u."GivenName", u."FamilyName", u."Email", u."Active" AND u."FrozenAt" IS NULL, EXISTS (SELECT 1 FROM "Passwords" p WHERE p."UserId" = u."Id"),
            (SELECT a."Name" FROM "Memberships" m JOIN "Accounts" a ON a."Id" = m."AccountId" WHERE m."UserId" = u."Id" AND m."Home")
        FROM "Users" u WHERE u."Id" = @user
        """,
        "@user");

    private static readonly Statement WithdrawEarlier = new(
        """UPDATE "PasswordResets" SET "WithdrawnAt" = @now WHERE "UserId" = @user AND "UsedAt" IS NULL AND "WithdrawnAt" IS NULL""", "@user", "@now");

    private static readonly Statement Insert = new(
        """
        INSERT INTO "PasswordResets" ("Id", "UserId", "UserEpoch", "TokenHash", "SentToHash", "CreatedAt", "ExpiresAt")
        VALUES (@id, @user, @epoch, @token, @sent, @now, @until)
        """,
        "@id", "@user", "@epoch", "@token", "@sent", "@now", "@until");

    private sealed record Owner(int Epoch, string UserName, string DisplayName, string? Address, bool Active, bool HasPassword, string? Account);

    public abstract record StartResult
    {
        private StartResult() { }

        /// <summary>The mail is queued. Earlier links of the user are no good any more.</summary>
        public sealed record Sent(DateTimeOffset Until) : StartResult;

        public sealed record NoSuchUser : StartResult;

        /// <summary>The user may not sign in. Nothing was changed.</summary>
        public sealed record NotActive : StartResult;

        /// <summary>There is nothing to reset: who has no password yet is invited. Nothing was changed.</summary>
        public sealed record NoPassword : StartResult;

        /// <summary>Neither the e-mail nor the user name is an address. Nothing was changed.</summary>
        public sealed record NoAddress : StartResult;

        /// <summary>Too many went to this user just now. Nothing was changed.</summary>
        public sealed record TooSoon : StartResult;
    }

    /// <summary>What a link is good for at this moment.</summary>
    public abstract record Standing
    {
        private Standing() { }

        public sealed record Open(string UserId, string UserName) : Standing;

        /// <summary>Unknown, used, expired, replaced by a newer one, sent to an address that is the user's no longer, or of somebody who may not sign in.</summary>
        public sealed record Gone : Standing;
    }

    /// <summary>Queues that somebody of this name, if there is one, is to be mailed a link. Costs the same whether there is.</summary>
    public static Task QueueRequestAsync(HubTransaction transaction, PasswordResetRequest request)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.EnqueueAsync(PasswordResetRequest.Kind, "", null, request);
    }

    /// <summary>Mails a user a link with which to choose another password. It works once, for <see cref="Lifetime"/>, and replaces every earlier one.</summary>
    /// <param name="transaction">The transaction and who asks.</param>
    /// <param name="userId">Whose password. The caller knows that they may have this done.</param>
    /// <param name="issuer">The hub's issuer without trailing slash, from the configuration: the link begins with it.</param>
    /// <param name="requestedByAdministrator">Whether the mail says that an administrator of the home account sent it; otherwise that somebody asked for it.</param>
    /// <param name="signIn">The sign-in under way to go back to, in the browser in which it is; or null.</param>
    public static async Task<StartResult> StartAsync(HubTransaction transaction, string userId, string issuer, bool requestedByAdministrator, string? signIn = null)
    {
        await transaction.FlushAsync();
        if (Read(transaction, userId) is not { } owner)
        {
            return new StartResult.NoSuchUser();
        }

        if (!owner.Active)
        {
            return new StartResult.NotActive();
        }

        if (!owner.HasPassword)
        {
            return new StartResult.NoPassword();
        }

        if (owner.Address is not { } address)
        {
            return new StartResult.NoAddress();
        }

        // Before anything is withdrawn: what is too soon leaves the link sent last as good as it is.
        if (!MailLimits.Allows(transaction, requestedByAdministrator ? MailLimits.ResetsByAdministrators : MailLimits.Resets, userId))
        {
            return new StartResult.TooSoon();
        }

        var (token, until) = (RandomId.Secret(), transaction.Now + Lifetime);
        var now = transaction.Now.ToUnixTimeMilliseconds();
        transaction.Connection.Execute(WithdrawEarlier, userId, now);
        transaction.Connection.Execute(Insert, RandomId.New(), userId, owner.Epoch, RandomId.HashOf(token), HashOf(token, address), now, until.ToUnixTimeMilliseconds());
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["account"] = owner.Account ?? "",
            ["person"] = MailText.Person(owner.DisplayName, owner.UserName),
            ["userName"] = owner.UserName,
            ["link"] = $"{issuer}/reset/password?token={token}{(signIn is null ? "" : "&tx=" + signIn)}",
            ["until"] = MailText.Moment(until),
        };
        await Notices.Notices.QueueAsync(
            transaction, userId, requestedByAdministrator && owner.Account is not null ? MailTemplates.PasswordResetByAdministrator : MailTemplates.PasswordReset, values, address);
        await transaction.AuditAsync("password.reset-sent", subjectUserId: userId);
        return new StartResult.Sent(until);
    }

    /// <summary>What the link of this token is good for. Looking changes nothing: mail scanners open links too.</summary>
    public static async Task<Standing> FindAsync(HubReader reader, string token)
    {
        var open = await (
            from row in Open(reader, RandomId.HashOf(token))
            join user in reader.Db.Users.AsNoTracking() on row.UserId equals user.Id
            select new { User = user, row.SentToHash }).SingleOrDefaultAsync();
        return open is not null && EmailAddress.Of(open.User.Email, open.User.UserName) is { } address && HashOf(token, address) == open.SentToHash
            ? new Standing.Open(open.User.Id, open.User.UserName)
            : new Standing.Gone();
    }

    /// <summary>Uses a link: the user has the password, and everything that was signed in or granted before ends.</summary>
    /// <returns>False when it is no good (any more). Nothing was changed.</returns>
    public static async Task<bool> TryRedeemAsync(HubTransaction transaction, string token, string passwordHash)
    {
        if (await FindAsync(transaction, token) is not Standing.Open open)
        {
            return false;
        }

        // The row that this changes is the one use that there will be; everything that it hangs on is asked in the same statement.
        if (await Open(transaction, RandomId.HashOf(token)).ExecuteUpdateAsync(update => update.SetProperty(row => row.UsedAt, transaction.Now)) == 0)
        {
            return false;
        }

        await Passwords.SetAsync(transaction, open.UserId, passwordHash);
        if (await Users.Users.FindAsync(transaction, open.UserId) is { Email: { } email })
        {
            // They have just read mail there.
            await Users.Users.VerifyEmailAsync(transaction, open.UserId, email);
        }

        await transaction.AuditAsync("password.reset-used", subjectUserId: open.UserId);
        return true;
    }

    /// <summary>Has every open link of a user lose its use: the mail may have gone to somebody else's mailbox.</summary>
    internal static void Withdraw(HubTransaction transaction, string userId) =>
        transaction.Connection.Execute(WithdrawEarlier, userId, transaction.Now.ToUnixTimeMilliseconds());

    /// <summary>The link of this hash while it can be used.</summary>
    private static IQueryable<PasswordReset> Open(HubReader reader, string tokenHash) => reader.Db.PasswordResets.Where(row =>
        row.TokenHash == tokenHash && row.UsedAt == null && row.WithdrawnAt == null && row.ExpiresAt > reader.Now
        && reader.Db.Users.Any(user => user.Id == row.UserId && user.Active && user.FrozenAt == null && user.Epoch == row.UserEpoch)
        && reader.Db.Passwords.Any(password => password.UserId == row.UserId));

    private static Owner? Read(HubTransaction transaction, string userId)
    {
        using var row = transaction.Connection.Bind(ToReset, userId).ExecuteReader();
        return row.Read()
            ? new(
                row.GetInt32(0), row.GetString(1), User.NameOf(row.GetString(1), row.Text(2), row.Text(3)), EmailAddress.Of(row.Text(4), row.GetString(1)), row.GetBoolean(5),
                row.GetBoolean(6), row.Text(7))
            : null;
    }

    private static string HashOf(string token, string address) => RandomId.HashOf($"reset|{token}|{address}");
}
