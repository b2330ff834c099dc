using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

public static partial class Memberships
{
    public enum AnswerResult
    {
        Done,

        /// <summary>There is no invitation of this user's to answer: answered before, withdrawn, another's. Nothing was changed.</summary>
        NoInvitation,
    }

    /// <summary>A guest becomes a member: the user's own answer to being invited.</summary>
    public static async Task<AnswerResult> AcceptAsync(HubTransaction transaction, string membershipId, string userId)
    {
        if (await FindInvitedAsync(transaction, membershipId, userId) is not { } membership)
        {
            return AnswerResult.NoInvitation;
        }

        await TakeInAsync(transaction, membership, "member.accepted");
        await MemberNotices.QueueAsync(transaction, membership, MemberNotice.Accepted);
        return AnswerResult.Done;
    }

    /// <summary>A guest does not want to be a member: the membership is gone, and its seats are free.</summary>
    public static async Task<AnswerResult> DeclineAsync(HubTransaction transaction, string membershipId, string userId)
    {
        if (await FindInvitedAsync(transaction, membershipId, userId) is not { } membership)
        {
            return AnswerResult.NoInvitation;
        }

        await MemberNotices.QueueAsync(transaction, membership, MemberNotice.Declined);
        await Seats.Seats.ReleaseAllAsync(transaction, membership.Id);
        await CountLeaversAsync(transaction, [membership.Id]);
        transaction.Db.Memberships.Remove(membership);
        await transaction.Db.SaveChangesAsync();
        await transaction.AuditAsync("member.declined", membership.AccountId, userId);
        return AnswerResult.Done;
    }

    /// <summary>Takes a guest in without asking them: the operator's word in the configuration file, as when it adds one.</summary>
    /// <returns>Whether anything changed.</returns>
    public static async Task<bool> AdmitAsync(HubTransaction transaction, string membershipId)
    {
        if (await FindAsync(transaction, membershipId) is not { Status: MembershipStatus.Invited } membership)
        {
            return false;
        }

        await TakeInAsync(transaction, membership, "member.admitted");
        return true;
    }

    /// <returns>The guest's row, tracked, while this user may answer: nobody answers for another, nor for an account that is home.</returns>
    private static Task<Membership?> FindInvitedAsync(HubTransaction transaction, string membershipId, string userId) =>
        transaction.Db.Memberships.SingleOrDefaultAsync(row =>
            row.Id == membershipId && row.UserId == userId && row.Status == MembershipStatus.Invited && !row.Home
            && transaction.Db.Users.Any(user => user.Id == userId && user.Active));

    private static async Task TakeInAsync(HubTransaction transaction, Membership membership, string action)
    {
        membership.Status = MembershipStatus.Active;
        membership.AcceptedAt = transaction.Now;
        membership.UpdatedAt = transaction.Now;
        await transaction.AuditAsync(action, membership.AccountId, membership.UserId);
    }
}
