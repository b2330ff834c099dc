using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Credentials;

/// <summary>What replacing a credential ends: whoever signed in with the former one is signed in no more.</summary>
internal static class CredentialChange
{
    private static readonly Statement NextEpoch = new("""UPDATE "Users" SET "Epoch" = "Epoch" + 1 WHERE "Id" = @user""", "@user");

    private static readonly Statement TakeSessionsAlong = new(
        """
        UPDATE "Sessions" SET "UserEpoch" = "UserEpoch" + 1
        WHERE "UserId" = @user AND "EndedAt" IS NULL AND (@all OR "Id" = @kept)
          AND "UserEpoch" = (SELECT u."Epoch" - 1 FROM "Users" u WHERE u."Id" = @user)
        """,
        "@user", "@kept", "@all");

    private static readonly Statement TakeGrantsAlong = new(
        """
        UPDATE "Grants" SET "UserEpoch" = "UserEpoch" + 1
        WHERE "UserId" = @user AND "RevokedAt" IS NULL AND (@all OR "SessionId" = @kept)
          AND "UserEpoch" = (SELECT u."Epoch" - 1 FROM "Users" u WHERE u."Id" = @user)
        """,
        "@user", "@kept", "@all");

    /// <summary>The person themself replaced a credential, in a session that goes on. Sign-ins under way die with the former one; other sessions where they want it.</summary>
    /// <returns>How many other sessions ended.</returns>
    public static async Task<int> MoveOnAsync(HubTransaction transaction, string userId, string keptSessionId, bool endOthers, string reason)
    {
        await transaction.FlushAsync();
        var others = !endOthers ? [] : await transaction.Db.Sessions.Where(row => row.UserId == userId && row.EndedAt == null && row.Id != keptSessionId).Select(row => row.Id).ToListAsync();
        foreach (var id in others)
        {
            await Sessions.Sessions.EndAsync(transaction, id, reason);
        }

        if (endOthers)
        {
            await Revocation.EndGrantsOfUserAsync(transaction, userId, ConnectionEnd.CredentialReplaced, exceptSessionId: keptSessionId);
        }

        await transaction.FlushAsync();
        transaction.Connection.Execute(NextEpoch, userId);
        transaction.Connection.Execute(TakeSessionsAlong, userId, keptSessionId, !endOthers);
        transaction.Connection.Execute(TakeGrantsAlong, userId, keptSessionId, !endOthers);
        await transaction.RefreshAsync(userId, withMemberships: false);
        return others.Count;
    }

    public static async Task EndEverythingAsync(HubTransaction transaction, string userId, string reason)
    {
        await transaction.Db.SaveChangesAsync();
        var user = await transaction.Db.Users.SingleAsync(row => row.Id == userId);
        user.Epoch++;
        await transaction.Db.SaveChangesAsync();
        await Sessions.Sessions.EndAllOfAsync(transaction, userId, reason);
        await Revocation.EndGrantsOfUserAsync(transaction, userId, Connections.WhyEnded(reason, transaction.Actor, userId));
    }
}
