using System.Globalization;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Seats;

/// <summary>How many seats an account has: looked at before it is changed, and changed together with who holds them.</summary>
public static partial class Seats
{
    public const int MaxCapacity = 1_000_000;

    /// <summary>How many members' seats one change takes away.</summary>
    public const int MostFreedAtOnce = 1000;

    public abstract record ResizeResult
    {
        private ResizeResult() { }

        public sealed record Resized(int Capacity) : ResizeResult;
        public sealed record Unchanged : ResizeResult;

        /// <summary>More are taken than would be left. Nothing was changed.</summary>
        public sealed record InUse(int Used) : ResizeResult;
    }

    public abstract record ShrinkResult
    {
        private ShrinkResult() { }

        public sealed record Done(int Capacity, int Freed) : ShrinkResult;

        /// <summary>The account has none of this application's seats.</summary>
        public sealed record NoPool : ShrinkResult;

        /// <summary>Somebody chosen holds no such seat here, or not any more. Nothing was changed.</summary>
        public sealed record NotAHolder(string MembershipId) : ShrinkResult;

        /// <summary>Who acts may not take this member's seat. Nothing was changed.</summary>
        /// <param name="MembershipId">The member.</param>
        /// <param name="Sentence">Why, in words for who acts.</param>
        public sealed record MayNot(string MembershipId, string Sentence) : ShrinkResult;

        /// <summary>Even so more are taken than would be left. Nothing was changed.</summary>
        public sealed record InUse(int StillToFree) : ShrinkResult;
    }

    /// <summary>What another number of seats would mean.</summary>
    /// <param name="ApplicationId">The application.</param>
    /// <param name="ApplicationName">Its name.</param>
    /// <param name="Before">How many there are.</param>
    /// <param name="After">How many there would be.</param>
    /// <param name="Used">How many are taken.</param>
    public sealed record Preview(string ApplicationId, string ApplicationName, int Before, int After, int Used)
    {
        /// <summary>How many would be left to give.</summary>
        public int Free => Math.Max(0, After - Used);

        /// <summary>How many have to be taken away from somebody first.</summary>
        public int ToFree => Math.Max(0, Used - After);
    }

    /// <returns>What it would mean to have so many seats; null when there is no such application with seats. An account that has none of it yet can have some.</returns>
    public static async Task<Preview?> PreviewAsync(HubReader reader, string accountId, string applicationId, int capacity) =>
        (await BuyableAsync(reader, accountId, applicationId)).SingleOrDefault() is { } pool ? new(pool.ApplicationId, pool.ApplicationName, pool.Capacity, capacity, pool.Used) : null;

    /// <returns>Every application with seats, and how many the account has of it, which may be none; in order of the names.</returns>
    public static Task<List<PoolOfAccount>> BuyableAsync(HubReader reader, string accountId, string? applicationId = null) => (
        from application in reader.Db.Applications
        where applicationId == null || application.Id == applicationId
        join pool in reader.Db.SeatPools.Where(row => row.AccountId == accountId) on application.Id equals pool.ApplicationId into pools
        from pool in pools.DefaultIfEmpty()
        where application.Seated || pool != null
        orderby application.Name, application.Id
        select new PoolOfAccount(application.Id, application.Name, pool == null ? 0 : pool.Capacity, pool == null ? 0 : pool.Used)).ToListAsync();

    /// <summary>Sets how many seats of an application the account has.</summary>
    public static async Task<ResizeResult> ResizeAsync(HubTransaction transaction, string accountId, string applicationId, int capacity)
    {
        // Counted by the database, never by a tracked copy: assignments in this very transaction count too.
        var pools = transaction.Db.SeatPools.Where(pool => pool.AccountId == accountId && pool.ApplicationId == applicationId);
        var present = await pools.AsNoTracking().SingleOrDefaultAsync();
        if (present is null)
        {
            transaction.Db.SeatPools.Add(new() { AccountId = accountId, ApplicationId = applicationId, Capacity = capacity });
        }
        else if (present.Capacity == capacity)
        {
            return new ResizeResult.Unchanged();
        }
        else if (await pools.Where(pool => pool.Used <= capacity).ExecuteUpdateAsync(update => update.SetProperty(pool => pool.Capacity, capacity)) == 0)
        {
            return new ResizeResult.InUse(present.Used);
        }

        Plans.Record(transaction, accountId, PlanChangeKind.Seats, applicationId, present?.Capacity.ToString(CultureInfo.InvariantCulture), capacity.ToString(CultureInfo.InvariantCulture));
        await transaction.AuditAsync("seats.resized", accountId, details: new { application = applicationId, capacity = new[] { present?.Capacity, capacity } });
        SeatDays.Record(transaction, accountId, applicationId);
        return new ResizeResult.Resized(capacity);
    }

    /// <summary>Takes the seat of an application from these members and sets how many the account has, both or nothing.</summary>
    public static async Task<ShrinkResult> ShrinkAsync(HubTransaction transaction, string accountId, string applicationId, int capacity, IReadOnlyCollection<string> membershipIds)
    {
        if (await FindPoolAsync(transaction, accountId, applicationId) is null)
        {
            return new ShrinkResult.NoPool();
        }

        await transaction.FlushAsync();
        var acting = MemberStates.Administrator(transaction, transaction.Actor, accountId);
        var chosen = membershipIds.Distinct(StringComparer.Ordinal).ToList();
        foreach (var membershipId in chosen)
        {
            if (MemberStates.Find(transaction, accountId, membershipId) is { } member && AdministrationRules.Check(acting, member.ActedOn, MemberAct.ChangeStanding) is { } refusal)
            {
                return transaction.RollBack<ShrinkResult>(new ShrinkResult.MayNot(membershipId, AdministrationRules.Explain(refusal, MemberAct.ChangeStanding)));
            }

            var here = await transaction.Db.SeatAssignments.AnyAsync(row => row.MembershipId == membershipId && row.ApplicationId == applicationId && row.AccountId == accountId);
            if (!here || !await ReleaseAsync(transaction, membershipId, applicationId))
            {
                return transaction.RollBack<ShrinkResult>(new ShrinkResult.NotAHolder(membershipId));
            }
        }

        return await ResizeAsync(transaction, accountId, applicationId, capacity) is ResizeResult.InUse inUse
            ? transaction.RollBack<ShrinkResult>(new ShrinkResult.InUse(inUse.Used - capacity))
            : new ShrinkResult.Done(capacity, chosen.Count);
    }
}
