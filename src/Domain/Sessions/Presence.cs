using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Sessions;

/// <summary>Apps that hold a live connection for somebody say so now and then, and learn when they may not any more: the net under a sign-out notice that got lost.</summary>
public static class Presence
{
    /// <summary>How long somebody counts as connected after their app last said so.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromSeconds(75);

    /// <summary>How often the session is noted as seen: often enough that somebody who is connected is active at every moment.</summary>
    private static readonly TimeSpan TouchInterval = TimeSpan.FromSeconds(25);

    private static readonly Statement Note = new(
        $"""
        UPDATE "Grants" AS g SET "LiveUntil" = @until,
               "IdleEndsAt" = CASE WHEN g."IdleMilliseconds" IS NOT NULL AND CAST(@until AS BIGINT) IS NOT NULL THEN @now + g."IdleMilliseconds" ELSE g."IdleEndsAt" END
        WHERE g."Id" = @grant AND {GrantStatements.Live}
        """,
        "@grant", "@now", "@until");

    /// <param name="transaction">The transaction.</param>
    /// <param name="grantId">For which the app holds the connection.</param>
    /// <param name="gone">Whether it holds none any more.</param>
    /// <returns>False when the grant, or what it hangs on, is dead.</returns>
    public static bool TryNote(HubTransaction transaction, string grantId, bool gone)
    {
        var until = gone ? null : (object)(transaction.Now + Lasts).ToUnixTimeMilliseconds();
        if (transaction.Connection.Execute(Note, grantId, transaction.Now.ToUnixTimeMilliseconds(), until) == 0)
        {
            return false;
        }

        if (!gone)
        {
            Sessions.TouchByGrant(transaction, grantId, TouchInterval);
        }

        return true;
    }
}
