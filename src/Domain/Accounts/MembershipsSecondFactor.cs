using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

public static partial class Memberships
{
    private static readonly Statement AskFirst = new(
        """UPDATE "Memberships" SET "SecondFactorAskedAt" = @now WHERE "Id" = @id AND "SecondFactorAskedAt" IS NULL""", "@id", "@now");

    /// <summary>Notes that a member is asked to enrol the second factor that is required of them: the account's days of grace run from the first time.</summary>
    public static async Task RecordSecondFactorAskedAsync(HubTransaction transaction, string membershipId)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await transaction.FlushAsync();
        transaction.Connection.Execute(AskFirst, membershipId, transaction.Now.ToUnixTimeMilliseconds());
    }

    /// <summary>Whether a second factor is asked of a member of whom none was asked before: what they were granted until then is not to go on without one.</summary>
    /// <param name="transaction">The transaction of the change.</param>
    /// <param name="membership">The member as they are now.</param>
    /// <param name="role">Their former role.</param>
    /// <param name="level">Their former permission level.</param>
    internal static async Task<bool> IsAskedNowAsync(HubTransaction transaction, Membership membership, Role role, PermissionLevel? level)
    {
        await transaction.FlushAsync();
        var policy = await transaction.Db.Accounts.Where(row => row.Id == membership.AccountId).Select(row => row.TwoFactor).SingleAsync();
        return policy.AsksOf(membership.Role, membership.PermissionLevel, membership.TwoFactorRequired) && !policy.AsksOf(role, level, membership.TwoFactorRequired);
    }
}
