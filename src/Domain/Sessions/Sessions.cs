using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;
using IdentityHub.Domain.SecurityEvents;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Sessions;

/// <summary>Sessions of browsers at the hub. Every way in which one ends goes through here, so relying apps always hear.</summary>
public static class Sessions
{
    /// <summary>A session ends this long after it began, however much it is used (NIST SP 800-63B-4 §5.2: 24 hours at most).</summary>
    public static readonly TimeSpan AbsoluteLifetime = TimeSpan.FromHours(12);

    /// <summary>A session ends when it was not used for this long.</summary>
    public static readonly TimeSpan IdleLifetime = TimeSpan.FromHours(1);

    /// <summary>How often a session's use is noted: twice in the minute that counts as present.</summary>
    internal static readonly TimeSpan TouchInterval = TimeSpan.FromSeconds(30);

    /// <summary>The reason of a session's end that nobody brought about.</summary>
    internal const string Expired = "expired";

    private const string Live =
        """
        SELECT s."Id", s."UserId", s."AuthTime", s."Amr", s."AccountId", s."StartedAt", s."LastSeenAt", s."ExpiresAt", u."UserName", u."Operator", s."PutOff",
            p."MustChange", s."Remembered", s."ByTemporaryCode"
        FROM "Sessions" s JOIN "Users" u ON u."Id" = s."UserId" AND u."Epoch" = s."UserEpoch" AND u."Active"
        LEFT JOIN "Passwords" p ON p."UserId" = s."UserId"
        WHERE s."EndedAt" IS NULL AND s."EndsAt" > @now AND
        """;

    private static readonly Statement BySecret = new(Live + """ s."SecretHash" = @hash""", "@hash", "@now");

    private static readonly Statement ById = new(Live + """ s."Id" = @id""", "@id", "@now");

    private static readonly Statement TouchSession = new(
        """
        UPDATE "Sessions" SET "LastSeenAt" = @now, "EndsAt" = CASE WHEN @now + "IdleMilliseconds" < "ExpiresAt" THEN @now + "IdleMilliseconds" ELSE "ExpiresAt" END
        WHERE "Id" = @id AND "EndedAt" IS NULL AND "EndsAt" > @now
        """,
        "@id", "@now");

    /// <summary>By the use of a grant that hangs on it.</summary>
    private static readonly Statement TouchOfGrant = new(
        """
        UPDATE "Sessions" SET "LastSeenAt" = @now, "EndsAt" = CASE WHEN @now + "IdleMilliseconds" < "ExpiresAt" THEN @now + "IdleMilliseconds" ELSE "ExpiresAt" END
        WHERE "Id" = (SELECT g."SessionId" FROM "Grants" g WHERE g."Id" = @grant AND NOT g."Offline")
          AND "EndedAt" IS NULL AND "EndsAt" > @now AND "LastSeenAt" <= @before
        """,
        "@grant", "@now", "@before");

    /// <summary>Never longer than it was.</summary>
    private static readonly Statement Limit = new(
        """
        UPDATE "Sessions" SET
            "IdleMilliseconds" = CASE WHEN @idle < "IdleMilliseconds" THEN @idle ELSE "IdleMilliseconds" END,
            "ExpiresAt" = CASE WHEN "AuthTime" + @lifetime < "ExpiresAt" THEN "AuthTime" + @lifetime ELSE "ExpiresAt" END,
            "EndsAt" = CASE WHEN @now + @idle < "EndsAt" AND @now + @idle < "AuthTime" + @lifetime THEN @now + @idle
                            WHEN "AuthTime" + @lifetime < "EndsAt" THEN "AuthTime" + @lifetime ELSE "EndsAt" END
        WHERE "Id" = @id AND "EndedAt" IS NULL AND (@idle < "IdleMilliseconds" OR "AuthTime" + @lifetime < "ExpiresAt")
        """,
        "@id", "@now", "@idle", "@lifetime");

    private static readonly Statement OpenOf = new("""SELECT "Id" FROM "Sessions" WHERE "UserId" = @user AND "EndedAt" IS NULL""", "@user");

    private static readonly Statement Leave = new("""UPDATE "Sessions" SET "AccountId" = NULL WHERE "UserId" = @user AND "AccountId" = @account""", "@user", "@account");

    /// <returns>The live session of this cookie secret, with its user still active; otherwise null.</returns>
    public static LiveSession? Find(HubReader reader, string secret) => Find(reader, BySecret, RandomId.HashOf(secret));

    /// <returns>The live session that a grant came from, with its user still active; otherwise null.</returns>
    public static LiveSession? FindById(HubReader reader, string sessionId) => Find(reader, ById, sessionId);

    private static LiveSession? Find(HubReader reader, Statement by, string key)
    {
        using var row = reader.Connection.Bind(by, key, reader.Now.ToUnixTimeMilliseconds()).ExecuteReader();
        return row.Read()
            ? new(
                row.GetString(0), row.GetString(1), row.GetString(8), row.GetBoolean(9), row.Moment(2), row.GetString(3), row.Text(4), row.Moment(5),
                row.Moment(7), reader.Now - row.Moment(6) > TouchInterval)
            {
                PutOff = row.Text(10)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
                MustChangePassword = !row.IsDBNull(11) && row.GetBoolean(11),
                Remembered = row.GetBoolean(12),
                ByTemporaryCode = row.GetBoolean(13),
            }
            : null;
    }

    /// <summary>Notes that the session is in use. Called only when <see cref="LiveSession.TouchIsDue"/>, so reading stays reading.</summary>
    public static void Touch(HubTransaction transaction, string sessionId) =>
        transaction.Connection.Execute(TouchSession, sessionId, transaction.Now.ToUnixTimeMilliseconds());

    /// <summary>Notes that the session of a grant is in use, unless that was noted less than <paramref name="every"/> ago. Not for a grant that outlives its session: it is used while nobody is there.</summary>
    internal static void TouchByGrant(HubTransaction transaction, string grantId, TimeSpan every) => transaction.Connection.Execute(
        TouchOfGrant, grantId, transaction.Now.ToUnixTimeMilliseconds(), (transaction.Now - every).ToUnixTimeMilliseconds());

    /// <summary>Has the session that acts in an account end as early as that account wants; never later than it would have.</summary>
    public static async Task LimitAsync(HubTransaction transaction, string sessionId, SessionLimits limits)
    {
        if (limits == SessionLimits.None)
        {
            return;
        }

        await transaction.FlushAsync();
        transaction.Connection.Execute(
            Limit, sessionId, transaction.Now.ToUnixTimeMilliseconds(), (long)(limits.Idle ?? AbsoluteLifetime).TotalMilliseconds,
            (long)(limits.Lifetime ?? AbsoluteLifetime * 2).TotalMilliseconds);
    }

    /// <summary>Starts a session for a user who has proved who they are.</summary>
    /// <param name="transaction">The transaction and who acts.</param>
    /// <param name="userId">Who signs in.</param>
    /// <param name="userEpoch">The user's epoch at the proof.</param>
    /// <param name="authTime">When the proof was given.</param>
    /// <param name="amr">What was proved, as RFC 8176 values separated by spaces.</param>
    /// <param name="device">The browser, for its owner to recognise; null where it is not known.</param>
    /// <param name="spared">What else let the sign-in pass without being proof.</param>
    /// <returns>The session and its cookie secret; null when the user was deactivated or frozen or changed credentials since the proof.</returns>
    public static async Task<(Session Session, string Secret)?> StartAsync(
        HubTransaction transaction, string userId, int userEpoch, DateTimeOffset authTime, string amr, SessionDevice? device = null, Evidence spared = Evidence.None)
    {
        var good = await transaction.Db.Users.AnyAsync(user => user.Id == userId && user.Active && user.FrozenAt == null && user.Epoch == userEpoch);
        if (!good)
        {
            return null;
        }

        var secret = RandomId.Secret();
        var id = RandomId.New();
        var session = new Session
        {
            Id = id,
            SecretHash = RandomId.HashOf(secret),
            UserId = userId,
            UserEpoch = userEpoch,
            AuthTime = authTime,
            Amr = amr,
            SealedDevice = SessionSealing.Seal(transaction, userId, id, device),
            Remembered = spared.HasFlag(Evidence.RememberedDevice),
            ByTemporaryCode = spared.HasFlag(Evidence.TemporaryCode),
            StartedAt = transaction.Now,
            LastSeenAt = transaction.Now,
            EndsAt = transaction.Now + IdleLifetime,
            ExpiresAt = transaction.Now + AbsoluteLifetime,
        };
        transaction.Db.Sessions.Add(session);
        await transaction.AuditAsync("session.started", subjectUserId: userId, details: new { amr });
        return (session, secret);
    }

    /// <returns>What this session has proved, as it stands in this transaction; null when it has ended.</returns>
    public static Task<string?> AmrOfAsync(HubTransaction transaction, string sessionId) =>
        transaction.Db.Sessions.Where(row => row.Id == sessionId && row.EndedAt == null && row.EndsAt > transaction.Now).Select(row => (string?)row.Amr).SingleOrDefaultAsync();

    /// <summary>Whether this session of this user is open, as it stands in this transaction.</summary>
    public static Task<bool> IsOpenAsync(HubTransaction transaction, string sessionId, string userId, int userEpoch) =>
        transaction.Db.Sessions.AnyAsync(row =>
            row.Id == sessionId && row.UserId == userId && row.UserEpoch == userEpoch && row.EndedAt == null && row.EndsAt > transaction.Now);

    /// <summary>Raises or renews what a session has proved. The cookie secret changes with it, against fixation.</summary>
    /// <returns>The new secret; null when the session has ended.</returns>
    public static async Task<string?> StepUpAsync(
        HubTransaction transaction, string sessionId, DateTimeOffset authTime, string amr, SessionDevice? device = null, Evidence spared = Evidence.None)
    {
        var session = await transaction.Db.Sessions.SingleOrDefaultAsync(row => row.Id == sessionId && row.EndedAt == null && row.EndsAt > transaction.Now);
        if (session is null || !await transaction.Db.Users.AnyAsync(user => user.Id == session.UserId && user.Active && user.FrozenAt == null && user.Epoch == session.UserEpoch))
        {
            return null;
        }

        var secret = RandomId.Secret();
        session.SecretHash = RandomId.HashOf(secret);
        await Signals.SteppedUpAsync(transaction, session, amr);
        session.AuthTime = authTime;
        session.Amr = amr;
        session.PutOff = null;
        session.Remembered = spared.HasFlag(Evidence.RememberedDevice);
        session.ByTemporaryCode = spared.HasFlag(Evidence.TemporaryCode);
        session.SealedDevice = SessionSealing.Seal(transaction, session.UserId, session.Id, device) ?? session.SealedDevice;
        session.LastSeenAt = transaction.Now;
        session.EndsAt = transaction.Now.AddMilliseconds(session.IdleMilliseconds) is var idle && idle < session.ExpiresAt ? idle : session.ExpiresAt;
        await transaction.AuditAsync("session.stepped-up", subjectUserId: session.UserId, details: new { amr });
        return secret;
    }

    /// <summary>Records that the person does not want to answer now whether they accept this membership: no sign-in that this session answers is held up by it.</summary>
    public static Task RecordPutOffAsync(HubTransaction transaction, string sessionId, string membershipId) =>
        transaction.Db.Sessions.Where(row => row.Id == sessionId && row.EndedAt == null)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.PutOff, row => (row.PutOff ?? "") + membershipId + " "));

    /// <summary>Remembers the account in which the session acts.</summary>
    /// <returns>False when the user has no active membership there or the session has ended.</returns>
    public static async Task<bool> SwitchAccountAsync(HubTransaction transaction, string sessionId, string accountId)
    {
        var session = await transaction.Db.Sessions.SingleOrDefaultAsync(row => row.Id == sessionId && row.EndedAt == null);
        if (session is null)
        {
            return false;
        }

        var membership = await transaction.Db.Memberships.SingleOrDefaultAsync(row =>
            row.UserId == session.UserId && row.AccountId == accountId && row.Status == MembershipStatus.Active
            && transaction.Db.Accounts.Any(account => account.Id == accountId && account.Status == AccountStatus.Open));
        if (membership is null)
        {
            return false;
        }

        session.AccountId = accountId;
        membership.LastSignInAt = transaction.Now;
        var account = await transaction.Db.Accounts.AsNoTracking().Where(row => row.Id == accountId).Select(row => new { row.SessionIdleMinutes, row.SessionLifetimeMinutes }).SingleAsync();
        await LimitAsync(transaction, sessionId, SessionLimits.OfMinutes(account.SessionIdleMinutes, account.SessionLifetimeMinutes));
        await transaction.AuditAsync("session.account-chosen", accountId, session.UserId);
        return true;
    }

    /// <summary>Ends a session: its grants die with it, offline ones aside, and its apps are told.</summary>
    /// <returns>False when it had ended before.</returns>
    public static async Task<bool> EndAsync(HubTransaction transaction, string sessionId, string reason)
    {
        var session = await transaction.Db.Sessions.SingleOrDefaultAsync(row => row.Id == sessionId && row.EndedAt == null);
        if (session is null)
        {
            return false;
        }

        session.EndedAt = transaction.Now;
        await LogoutNotices.QueueAsync(transaction, transaction.Db.Grants.Where(grant => grant.SessionId == sessionId));
        Connections.EndOfSession(transaction, sessionId, Connections.WhyEnded(reason, transaction.Actor, session.UserId));
        await Signals.SessionEndedAsync(transaction, session, reason);
        await transaction.AuditAsync("session.ended", session.AccountId, session.UserId, new { reason });
        return true;
    }

    /// <summary>Ends every session of a user.</summary>
    /// <returns>How many there were.</returns>
    public static async Task<int> EndAllOfAsync(HubTransaction transaction, string userId, string reason)
    {
        await transaction.FlushAsync();
        var open = transaction.Connection.Texts(OpenOf, userId);
        foreach (var sessionId in open)
        {
            await EndAsync(transaction, sessionId, reason);
        }

        return open.Count;
    }

    /// <summary>Has every session of a user act in an account no longer.</summary>
    internal static async Task LeaveAccountAsync(HubTransaction transaction, string userId, string accountId)
    {
        await transaction.FlushAsync();
        transaction.Connection.Execute(Leave, userId, accountId);
    }
}

/// <summary>A session that is good now.</summary>
/// <param name="Id">The session's id, which never leaves the hub.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="UserName">The sign-in name, for pages.</param>
/// <param name="Operator">Whether the user runs the hub.</param>
/// <param name="AuthTime">When the user last proved who they are.</param>
/// <param name="Amr">RFC 8176 values, separated by spaces.</param>
/// <param name="AccountId">The last choice, or null.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="ExpiresAt">When it ends at the latest.</param>
/// <param name="TouchIsDue">Whether its last use was noted long enough ago to note it again.</param>
public sealed record LiveSession(
    string Id, string UserId, string UserName, bool Operator, DateTimeOffset AuthTime, string Amr, string? AccountId, DateTimeOffset StartedAt,
    DateTimeOffset ExpiresAt, bool TouchIsDue)
{
    /// <summary>The memberships that the person put off answering in this session.</summary>
    public IReadOnlyCollection<string> PutOff { get; init; } = [];

    /// <summary>The password is one that somebody else chose: nothing is let through before there is another.</summary>
    public bool MustChangePassword { get; init; }

    /// <summary>The second factor was not asked because the browser was remembered.</summary>
    public bool Remembered { get; init; }

    /// <summary>The person gave the code that an administrator handed them after a reset.</summary>
    public bool ByTemporaryCode { get; init; }

    /// <summary>What let the sign-in pass without being proof.</summary>
    public Evidence Spared => (Remembered ? Evidence.RememberedDevice : Evidence.None) | (ByTemporaryCode ? Evidence.TemporaryCode : Evidence.None);
}
