using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Sessions;

/// <summary>Where a member is signed in, as whoever looks after them sees it: at home each browser; of a guest, each app in this account.</summary>
/// <param name="Handle">By which it is ended: no way to the session or the grant.</param>
/// <param name="What">The browser in words, or the app.</param>
/// <param name="Network">The network, roughly; null where it is not known, and of a guest.</param>
/// <param name="StartedAt">Since when.</param>
/// <param name="LastSeenAt">Of the last use; null of a guest.</param>
/// <param name="Amr">How they signed in.</param>
/// <param name="ActiveNow">Whether it was used in the last <see cref="MemberList.ActiveWithin"/>.</param>
/// <param name="IsLive">Whether an app holds a live connection in it.</param>
public sealed record MemberSession(
    string Handle, string What, string? Network, DateTimeOffset StartedAt, DateTimeOffset? LastSeenAt, string Amr, bool ActiveNow, bool IsLive);

/// <summary>A member's sessions: seen, and ended one by one. All at once: <see cref="MemberActs.SignOutEverywhereAsync"/>.</summary>
public static class MemberSessions
{
    private const int Most = 200;
    private const string HandleOfSession = "member sessions";
    private const string HandleOfGrant = "member grants";

    private static readonly Statement GrantsOf = new(
        $"""
        SELECT g."Id", COALESCE(c."Name", c."Id"), g."CreatedAt", g."Amr", g."LiveUntil", s."LastSeenAt"
        FROM "Grants" g JOIN "Clients" c ON c."Id" = g."ClientId" LEFT JOIN "Sessions" s ON s."Id" = g."SessionId"
        WHERE g."MembershipId" = @member AND {GrantStatements.Live} ORDER BY g."CreatedAt" DESC LIMIT {Most}
        """,
        "@member", "@now");

    /// <summary>What an account sees of one of its members.</summary>
    public static async Task<IReadOnlyList<MemberSession>> ListAsync(HubReader reader, MemberState member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return member.Home ? await OfUserAsync(reader, member.UserId) : [.. OfGuest(reader, member.Id).Select(one => one.Session)];
    }

    /// <summary>Every session of a user, the last used first.</summary>
    public static async Task<IReadOnlyList<MemberSession>> OfUserAsync(HubReader reader, string userId)
    {
        var rows = await OwnSessions.Open(reader, userId).AsNoTracking().OrderByDescending(row => row.LastSeenAt).Take(Most).ToListAsync();
        var live = await reader.Db.Grants.Where(grant => grant.UserId == userId && grant.RevokedAt == null && grant.LiveUntil > reader.Now).Select(grant => grant.SessionId).Distinct().ToListAsync();
        var key = rows.Count == 0 ? null : await UserSealing.OpenKeyAsync(reader, userId);
        return
        [
            .. from row in rows
               let device = SessionSealing.Open(key, row.Id, row.SealedDevice)
               select new MemberSession(
                   LogoutNotices.SidFor(row.Id, HandleOfSession), device?.Words ?? "A browser", device?.Network, row.StartedAt, row.LastSeenAt, row.Amr,
                   IsNow(reader, row.LastSeenAt), live.Contains(row.Id)),
        ];
    }

    /// <summary>Ends one session of a member at home, or one app of a guest. Its apps are told.</summary>
    public static async Task<MemberActResult> EndAsync(HubTransaction transaction, string accountId, string membershipId, string handle)
    {
        await transaction.FlushAsync();
        if (MemberStates.Find(transaction, accountId, membershipId) is not { } member)
        {
            return new MemberActResult.NoSuchMember();
        }

        if (AdministrationRules.Check(MemberStates.Administrator(transaction, transaction.Actor, accountId), member.ActedOn, MemberAct.SignOutEverywhere) is { } refusal)
        {
            return new MemberActResult.Refused(new(MemberField.Member, AdministrationRules.Explain(refusal, MemberAct.SignOutEverywhere)));
        }

        if (!(member.Home ? await EndOfUserAsync(transaction, member.UserId, handle) : await EndGrantAsync(transaction, membershipId, handle)))
        {
            return new MemberActResult.Refused(new(MemberField.Member, "That session was over already."));
        }

        await transaction.AuditAsync("member.session-ended", accountId, member.UserId);
        return new MemberActResult.Done(member);
    }

    private static async Task<bool> EndOfUserAsync(HubTransaction transaction, string userId, string handle)
    {
        var ids = await OwnSessions.Open(transaction, userId).Select(row => row.Id).ToListAsync();
        return ids.Find(id => LogoutNotices.SidFor(id, HandleOfSession) == handle) is { } sessionId && await Sessions.EndAsync(transaction, sessionId, "ended by an administrator");
    }

    /// <summary>Ends one session of anybody. The operator's alone.</summary>
    /// <returns>False when there is no such open session.</returns>
    public static async Task<bool> EndByOperatorAsync(HubTransaction transaction, string userId, string handle)
    {
        if (!await EndOfUserAsync(transaction, userId, handle))
        {
            return false;
        }

        await transaction.AuditAsync("member.session-ended", subjectUserId: userId);
        return true;
    }

    /// <summary>Ends every session and grant of anybody. The operator's alone.</summary>
    public static async Task EndAllByOperatorAsync(HubTransaction transaction, string userId)
    {
        await CredentialChange.EndEverythingAsync(transaction, userId, "signed out by an administrator");
        await transaction.AuditAsync("member.signed-out", subjectUserId: userId);
    }

    private static async Task<bool> EndGrantAsync(HubTransaction transaction, string membershipId, string handle)
    {
        var found = OfGuest(transaction, membershipId).FirstOrDefault(one => one.Session.Handle == handle);
        if (found.GrantId is null)
        {
            return false;
        }

        await Revocation.EndGrantAsync(transaction, found.GrantId);
        return true;
    }

    private static List<(string GrantId, MemberSession Session)> OfGuest(HubReader reader, string membershipId)
    {
        var found = new List<(string, MemberSession)>();
        using var row = reader.Connection.Bind(GrantsOf, membershipId, reader.Now.ToUnixTimeMilliseconds()).ExecuteReader();
        while (row.Read())
        {
            var seen = row.MomentOrNull(5);
            found.Add((row.GetString(0), new(
                LogoutNotices.SidFor(row.GetString(0), HandleOfGrant), row.GetString(1), null, row.Moment(2), null, row.GetString(3),
                seen is { } at && IsNow(reader, at), row.MomentOrNull(4) > reader.Now)));
        }

        return found;
    }

    private static bool IsNow(HubReader reader, DateTimeOffset seen) => reader.Now - seen < MemberList.ActiveWithin;
}
