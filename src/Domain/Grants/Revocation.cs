using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.Domain.Sessions;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Grants;

/// <summary>Ending many grants at once, and telling the apps that held them.</summary>
internal static class Revocation
{
    private static readonly Statement AnyOfMember = new("""SELECT 1 FROM "Grants" WHERE "MembershipId" = @member AND "RevokedAt" IS NULL LIMIT 1""", "@member");

    private static readonly Statement AnyOfUser = new("""SELECT 1 FROM "Grants" WHERE "UserId" = @user AND "RevokedAt" IS NULL LIMIT 1""", "@user");

    /// <summary>Ends what a member was granted for an application of which the seat is gone.</summary>
    public static async Task EndGrantsOfSeatAsync(HubTransaction transaction, string membershipId, string applicationId)
    {
        var grants = transaction.Db.Grants.Where(grant =>
            grant.MembershipId == membershipId && grant.RevokedAt == null
            && transaction.Db.Clients.Any(client => client.Id == grant.ClientId && client.RequireSeat == applicationId));
        await EndAsync(transaction, grants);
        Connections.EndOfSeat(transaction, membershipId, applicationId);
    }

    /// <summary>Ends one grant, and tells its app.</summary>
    public static async Task EndGrantAsync(HubTransaction transaction, string grantId)
    {
        await transaction.FlushAsync();
        await LogoutNotices.QueueAsync(transaction, transaction.Db.Grants.Where(grant => grant.Id == grantId && grant.RevokedAt == null));
        Grants.Revoke(transaction, grantId, ConnectionEnd.EndedByAdministrator);
    }

    /// <summary>Ends everything that a member was granted.</summary>
    public static async Task EndGrantsOfMemberAsync(HubTransaction transaction, string membershipId, ConnectionEnd how = ConnectionEnd.EndedByAdministrator)
    {
        await transaction.FlushAsync();
        if (transaction.Connection.Scalar(AnyOfMember, membershipId) is not null)
        {
            await EndAsync(transaction, transaction.Db.Grants.Where(grant => grant.MembershipId == membershipId && grant.RevokedAt == null));
            Connections.EndOfMember(transaction, membershipId, how);
        }
    }

    /// <summary>Ends everything that a user was granted in any account, but what hangs on one session.</summary>
    public static async Task EndGrantsOfUserAsync(
        HubTransaction transaction, string userId, ConnectionEnd how = ConnectionEnd.EndedByAdministrator, string? exceptSessionId = null)
    {
        await transaction.FlushAsync();
        if (transaction.Connection.Scalar(AnyOfUser, userId) is not null)
        {
            await EndAsync(transaction, transaction.Db.Grants.Where(grant =>
                grant.UserId == userId && grant.RevokedAt == null && (exceptSessionId == null || grant.SessionId != exceptSessionId)));
            Connections.EndOfUser(transaction, userId, how, exceptSessionId);
        }
    }

    /// <summary>Ends everything that these members were granted before their account's epoch was this.</summary>
    public static async Task EndGrantsOfMembersAsync(HubTransaction transaction, IReadOnlyCollection<string> membershipIds, int beforeEpoch, ConnectionEnd how)
    {
        await transaction.FlushAsync();
        foreach (var membershipId in membershipIds)
        {
            Connections.EndOfShutAccount(transaction, membershipId, beforeEpoch, how);
        }

        await EndAsync(transaction, transaction.Db.Grants.Where(grant =>
            membershipIds.Contains(grant.MembershipId!) && grant.AccountEpoch < beforeEpoch && grant.RevokedAt == null));
    }

    /// <summary>Ends everything that a user granted one client, in every account.</summary>
    /// <returns>How many grants there were.</returns>
    public static async Task<int> EndGrantsOfClientAsync(HubTransaction transaction, string userId, string clientId)
    {
        await transaction.FlushAsync();
        Connections.EndOfUserAtClient(transaction, userId, clientId);
        return await EndAsync(transaction, transaction.Db.Grants.Where(grant => grant.UserId == userId && grant.ClientId == clientId && grant.RevokedAt == null));
    }

    private static async Task<int> EndAsync(HubTransaction transaction, IQueryable<Grant> grants)
    {
        await LogoutNotices.QueueAsync(transaction, grants);
        await Signals.GrantsEndingAsync(transaction, grants);
        return await grants.ExecuteUpdateAsync(update => update.SetProperty(grant => grant.RevokedAt, transaction.Now));
    }
}
