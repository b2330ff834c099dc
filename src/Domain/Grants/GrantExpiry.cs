using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;
using IdentityHub.Domain.Sessions;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Grants;

/// <summary>Grants that come to the end of their own time before their session does, or after it: their apps are told.</summary>
internal static class GrantExpiry
{
    /// <summary>How long a hub may have been down and still tell of what ended meanwhile; housekeeping keeps ended grants as long.</summary>
    private static readonly TimeSpan ToldLate = TimeSpan.FromHours(24);

    /// <summary>Only of apps that can be told, and where the session's own end has not told them.</summary>
    private static readonly Statement DueNow = new(
        """
        SELECT g."Id" FROM "Grants" g
        JOIN "Clients" c ON c."Id" = g."ClientId" AND c."BackchannelLogoutUri" IS NOT NULL
        LEFT JOIN "Sessions" s ON s."Id" = g."SessionId"
        WHERE g."RevokedAt" IS NULL AND (g."Offline" OR s."EndedAt" IS NULL) AND g."Id" IN (
            SELECT "Id" FROM "Grants" WHERE "ExpiresAt" <= @now AND "ExpiresAt" > @since
            UNION ALL
            SELECT "Id" FROM "Grants" WHERE "IdleEndsAt" <= @now AND "IdleEndsAt" IS NOT NULL AND "RevokedAt" IS NULL)
        LIMIT @most
        """,
        "@now", "@since", "@most");

    public static IReadOnlyList<string> Due(HubReader reader, int most) =>
        reader.Connection.Texts(DueNow, reader.Now.ToUnixTimeMilliseconds(), (reader.Now - ToldLate).ToUnixTimeMilliseconds(), most);

    public static async Task<bool> EndAsync(HubTransaction transaction, IReadOnlyCollection<string> grantIds)
    {
        var now = transaction.Now;
        var over = transaction.Db.Grants.Where(grant => grantIds.Contains(grant.Id) && grant.RevokedAt == null && (grant.ExpiresAt <= now || grant.IdleEndsAt <= now));

        // An app that was granted something again in the same session would take the notice for that one's end.
        await LogoutNotices.QueueAsync(transaction, over.Where(grant => !transaction.Db.Grants.Any(later =>
            later.SessionId == grant.SessionId && later.ClientId == grant.ClientId && later.RevokedAt == null && later.ExpiresAt > now
            && (later.IdleEndsAt == null || later.IdleEndsAt > now))));
        var ids = await over.Select(grant => grant.Id).ToListAsync();
        await over.ExecuteUpdateAsync(update => update.SetProperty(grant => grant.RevokedAt, now));
        foreach (var id in ids)
        {
            Connections.End(transaction, id, ConnectionEnd.Expired);
        }

        return true;
    }
}
