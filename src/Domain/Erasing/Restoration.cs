using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Erasing;

/// <summary>What a restored database must not bring back: what was ended, used or sent since it was copied would be open, unused and unsent again.</summary>
public static class Restoration
{
    private const int Bite = 200;

    private static readonly Statement EveryEpoch = new("""UPDATE "Users" SET "Epoch" = "Epoch" + 1""");

    private static readonly Statement EveryGrant = new("""UPDATE "Grants" SET "RevokedAt" = @now WHERE "RevokedAt" IS NULL""", "@now");

    /// <summary>Ends every session and everything granted, and has their apps told; takes back every link and code in mails, and drops the mails that were waiting.</summary>
    /// <returns>How many sessions were open.</returns>
    public static async Task<int> CloseWhatWasOpenAsync(IHubStore store, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        await store.WriteAsync(actor, DropAsync, cancellationToken);
        var closed = 0;
        for (var ended = Bite; ended == Bite; closed += ended)
        {
            ended = await store.WriteAsync(actor, EndSomeAsync, cancellationToken);
        }

        await store.WriteAsync(actor, transaction => CloseAsync(transaction, closed), cancellationToken);
        return closed;
    }

    /// <summary>The ledger of erasures was lost and written anew: what it knew beyond this database is gone.</summary>
    public static Task RecordLedgerRewrittenAsync(HubTransaction transaction, int count) => transaction.AuditAsync("erasures.ledger-rewritten", details: new { count });

    private static async Task<bool> DropAsync(HubTransaction transaction)
    {
        var db = transaction.Db;
        await db.Outbox.Where(message => message.Kind == Mail.Kind || message.Kind == LogoutNotices.Kind).ExecuteDeleteAsync();
        await db.SignIns.ExecuteDeleteAsync();
        await db.AuthorizationCodes.ExecuteDeleteAsync();
        await db.Invitations.ExecuteDeleteAsync();
        await db.PasswordResets.ExecuteDeleteAsync();
        await db.RememberedDevices.ExecuteDeleteAsync();
        await db.TemporaryCodes.ExecuteDeleteAsync();
        return true;
    }

    private static async Task<int> EndSomeAsync(HubTransaction transaction)
    {
        var ids = await transaction.Db.Sessions.Where(session => session.EndedAt == null).OrderBy(session => session.Id).Select(session => session.Id).Take(Bite).ToListAsync();
        foreach (var id in ids)
        {
            await Sessions.Sessions.EndAsync(transaction, id, "restored");
        }

        return ids.Count;
    }

    private static async Task<bool> CloseAsync(HubTransaction transaction, int closed)
    {
        await LogoutNotices.QueueAsync(transaction, transaction.Db.Grants.Where(grant => grant.RevokedAt == null && grant.Offline));
        await transaction.FlushAsync();
        transaction.Connection.Execute(EveryGrant, transaction.Now.ToUnixTimeMilliseconds());
        transaction.Connection.Execute(EveryEpoch);
        await transaction.AuditAsync("hub.restored", details: new { sessionsEnded = closed });
        return true;
    }
}
