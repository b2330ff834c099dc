using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Permissions;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>The only writer of the permission level PRIMARY. At most one member of an account holds it: the database's unique partial index says so too.</summary>
public static class PrimaryTransfer
{
    public abstract record AppointResult
    {
        private AppointResult() { }

        public sealed record Appointed : AppointResult;
        public sealed record AlreadyPrimary : AppointResult;
        public sealed record NoSuchMember : AppointResult;

        /// <summary>Another member holds it. Nothing was changed.</summary>
        public sealed record HeldByAnother(string MembershipId) : AppointResult;
    }

    /// <summary>Makes a member the account's first PRIMARY.</summary>
    public static async Task<AppointResult> AppointFirstAsync(HubTransaction transaction, string membershipId)
    {
        if (await Memberships.FindAsync(transaction, membershipId) is not { } membership)
        {
            return new AppointResult.NoSuchMember();
        }

        if (membership.PermissionLevel == PermissionLevel.Primary)
        {
            return new AppointResult.AlreadyPrimary();
        }

        var holder = await transaction.Db.Memberships.AsNoTracking()
            .SingleOrDefaultAsync(row => row.AccountId == membership.AccountId && row.PermissionLevel == PermissionLevel.Primary);
        if (holder is not null)
        {
            return new AppointResult.HeldByAnother(holder.Id);
        }

        var before = membership.PermissionLevel;
        membership.PermissionLevel = PermissionLevel.Primary;
        await Memberships.ChangedAsync(transaction, membership, lowered: false, new { level = new[] { Memberships.Named(before), "PRIMARY" } });
        return new AppointResult.Appointed();
    }
}
