using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.SecurityEvents;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>The only writer of the permission level PRIMARY. At most one member of an account holds it: the database's unique partial index says so too.</summary>
/// <remarks>It goes from one member to another by a <see cref="PrimaryRequest"/>: asked for, confirmed by the present Primary User or the operator, accepted by the new one.</remarks>
public static partial class PrimaryTransfer
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

    /// <summary>Makes a member the account's first PRIMARY. A request that was open ends: what was confirmed was confirmed for an account without one.</summary>
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

        Memberships.NoteLevel(transaction, membership.Id, membership.PermissionLevel, PermissionLevel.Primary);
        await RaiseAsync(transaction, membership);
        await EndAllAsync(transaction, Open(transaction).Where(row => row.AccountId == membership.AccountId), PrimaryRequestState.Cancelled, PrimaryRequestEnd.Overtaken);
        return new AppointResult.Appointed();
    }

    /// <summary>Takes PRIMARY from whoever has it and gives it to another member of the account. The former Primary User goes on as an Administrator without a level.</summary>
    /// <returns>The id of the former Primary User; null where there was none.</returns>
    private static async Task<string?> SwapAsync(HubTransaction transaction, Membership candidate)
    {
        var former = await transaction.Db.Memberships
            .SingleOrDefaultAsync(row => row.AccountId == candidate.AccountId && row.PermissionLevel == PermissionLevel.Primary);
        if (former is not null)
        {
            var role = former.Role;
            former.PermissionLevel = null;
            former.Role = Role.Administrator;
            await Signals.ClaimsChangedAsync(transaction, former, role: true, level: true);
            await Memberships.ChangedAsync(
                transaction, former, lowered: true,
                new { role = new[] { PermissionNames.Of(role), PermissionNames.Of(Role.Administrator) }, level = new[] { PermissionNames.Of(PermissionLevel.Primary), null } });
        }

        await RaiseAsync(transaction, candidate);
        return former?.UserId;
    }

    /// <summary>PRIMARY holds every other level: what was granted under a former one gives no more than before, and lives on, unless the account asks a second factor of its PRIMARY.</summary>
    private static async Task RaiseAsync(HubTransaction transaction, Membership membership)
    {
        var before = membership.PermissionLevel;
        membership.PermissionLevel = PermissionLevel.Primary;
        await Signals.ClaimsChangedAsync(transaction, membership, role: false, level: true);
        await Memberships.ChangedAsync(
            transaction, membership, lowered: await Memberships.IsAskedNowAsync(transaction, membership, membership.Role, before),
            new { level = new[] { Memberships.Named(before), "PRIMARY" } });
        await transaction.FlushAsync();
    }
}
