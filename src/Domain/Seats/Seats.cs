using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;
using IdentityHub.Domain.SecurityEvents;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Seats;

/// <summary>Seats: assigned, released, moved, bought. An account never has more taken than it has: one conditional UPDATE decides.</summary>
public static partial class Seats
{
    private static readonly Statement TouchMember = new("""UPDATE "Memberships" SET "UpdatedAt" = @now WHERE "Id" = @member""", "@member", "@now");

    private static readonly Statement PoolsOfAccount = new(
        """
        SELECT p."ApplicationId", a."Name", p."Capacity", p."Used" FROM "SeatPools" p JOIN "Applications" a ON a."Id" = p."ApplicationId"
        WHERE p."AccountId" = @account ORDER BY p."ApplicationId"
        """,
        "@account");

    private static readonly Statement HeldBy = new("""SELECT "ApplicationId" FROM "SeatAssignments" WHERE "MembershipId" = @member""", "@member");

    public abstract record AssignResult
    {
        private AssignResult() { }

        public sealed record Assigned : AssignResult;
        public sealed record AlreadyAssigned : AssignResult;
        public sealed record NoSuchMember : AssignResult;

        /// <summary>A member who may not sign in holds no seat. Nothing was changed.</summary>
        public sealed record NotActive : AssignResult;

        /// <summary>The account has none of this application's seats.</summary>
        public sealed record NoPool : AssignResult;

        /// <summary>All are taken. Nothing was changed.</summary>
        public sealed record PoolExhausted(int Capacity) : AssignResult;
    }

    public static async Task<AssignResult> AssignAsync(HubTransaction transaction, string membershipId, string applicationId)
    {
        if (await transaction.Db.Memberships.AsNoTracking().SingleOrDefaultAsync(row => row.Id == membershipId) is not { } membership)
        {
            return new AssignResult.NoSuchMember();
        }

        if (membership.Status == MembershipStatus.Inactive)
        {
            return new AssignResult.NotActive();
        }

        if (await transaction.Db.SeatAssignments.AnyAsync(row => row.MembershipId == membershipId && row.ApplicationId == applicationId))
        {
            return new AssignResult.AlreadyAssigned();
        }

        var pools = transaction.Db.SeatPools.Where(pool => pool.AccountId == membership.AccountId && pool.ApplicationId == applicationId);
        var taken = await pools.Where(pool => pool.Used < pool.Capacity)
            .ExecuteUpdateAsync(update => update.SetProperty(pool => pool.Used, pool => pool.Used + 1));
        if (taken == 0)
        {
            return await pools.AsNoTracking().SingleOrDefaultAsync() is { } pool
                ? new AssignResult.PoolExhausted(pool.Capacity)
                : new AssignResult.NoPool();
        }

        transaction.Db.SeatAssignments.Add(new()
        {
            MembershipId = membershipId, ApplicationId = applicationId, AccountId = membership.AccountId, AssignedAt = transaction.Now,
        });
        await transaction.FlushAsync();
        transaction.Connection.Execute(TouchMember, membershipId, transaction.Now.ToUnixTimeMilliseconds());
        transaction.Noting.OfMember(membershipId).Seat(applicationId, 1);
        SeatDays.Record(transaction, membership.AccountId, applicationId);
        await Signals.SeatsChangedAsync(transaction, membership.UserId, membership.AccountId, membershipId);
        await transaction.AuditAsync("seat.assigned", membership.AccountId, membership.UserId, new { application = applicationId });
        return new AssignResult.Assigned();
    }

    /// <summary>Takes a member's seat away and ends what that application was granted for the member; nothing else.</summary>
    /// <returns>False when the member held none.</returns>
    public static async Task<bool> ReleaseAsync(HubTransaction transaction, string membershipId, string applicationId)
    {
        var assignment = await transaction.Db.SeatAssignments
            .SingleOrDefaultAsync(row => row.MembershipId == membershipId && row.ApplicationId == applicationId);
        if (assignment is null)
        {
            return false;
        }

        transaction.Db.SeatAssignments.Remove(assignment);
        await transaction.Db.SeatPools.Where(pool => pool.AccountId == assignment.AccountId && pool.ApplicationId == applicationId)
            .ExecuteUpdateAsync(update => update.SetProperty(pool => pool.Used, pool => pool.Used - 1));
        await transaction.FlushAsync();
        transaction.Connection.Execute(TouchMember, membershipId, transaction.Now.ToUnixTimeMilliseconds());
        SeatDays.Record(transaction, assignment.AccountId, applicationId);
        await Revocation.EndGrantsOfSeatAsync(transaction, membershipId, applicationId);
        var userId = await transaction.Db.Memberships.Where(row => row.Id == membershipId).Select(row => row.UserId).SingleAsync();
        transaction.Noting.OfMember(membershipId).Seat(applicationId, -1);
        await Signals.SeatsChangedAsync(transaction, userId, assignment.AccountId, membershipId);
        await transaction.AuditAsync("seat.released", assignment.AccountId, userId, new { application = applicationId });
        return true;
    }

    /// <summary>Takes the seat from one member and gives it to another of the same account, in one step.</summary>
    public static async Task<AssignResult> MoveAsync(HubTransaction transaction, string fromMembershipId, string toMembershipId, string applicationId)
    {
        var accounts = await transaction.Db.Memberships.Where(row => row.Id == fromMembershipId || row.Id == toMembershipId)
            .Select(row => row.AccountId).ToListAsync();
        if (accounts.Count != 2 || accounts[0] != accounts[1])
        {
            return new AssignResult.NoSuchMember();
        }

        if (!await ReleaseAsync(transaction, fromMembershipId, applicationId))
        {
            return new AssignResult.NoPool();
        }

        return await AssignAsync(transaction, toMembershipId, applicationId) is AssignResult.Assigned assigned
            ? assigned
            : transaction.RollBack<AssignResult>(new AssignResult.AlreadyAssigned());
    }

    /// <summary>Frees every seat of a member.</summary>
    internal static async Task ReleaseAllAsync(HubTransaction transaction, string membershipId)
    {
        await transaction.FlushAsync();
        foreach (var applicationId in transaction.Connection.Texts(HeldBy, membershipId))
        {
            await ReleaseAsync(transaction, membershipId, applicationId);
        }
    }

    /// <returns>The account's seats of an application, or null when it has none of it.</returns>
    public static Task<SeatPool?> FindPoolAsync(HubReader reader, string accountId, string applicationId) =>
        reader.Db.SeatPools.AsNoTracking().SingleOrDefaultAsync(pool => pool.AccountId == accountId && pool.ApplicationId == applicationId);

    /// <summary>The seats that an account has of one application.</summary>
    /// <param name="ApplicationId">The application.</param>
    /// <param name="ApplicationName">Its name.</param>
    /// <param name="Capacity">How many there are.</param>
    /// <param name="Used">How many are taken.</param>
    public sealed record PoolOfAccount(string ApplicationId, string ApplicationName, int Capacity, int Used);

    /// <returns>Every pool of the account, in order of the applications' ids. Nothing of another account.</returns>
    public static IReadOnlyList<PoolOfAccount> PoolsOf(HubReader reader, string accountId)
    {
        using var row = reader.Connection.Bind(PoolsOfAccount, accountId).ExecuteReader();
        var pools = new List<PoolOfAccount>();
        while (row.Read())
        {
            pools.Add(new(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3)));
        }

        return pools;
    }

    /// <summary>Registers an application or gives it this name.</summary>
    /// <returns>Whether anything changed.</returns>
    public static async Task<bool> PutApplicationAsync(HubTransaction transaction, string id, string name, bool seated)
    {
        var application = await transaction.Db.Applications.SingleOrDefaultAsync(row => row.Id == id);
        if (application is not null && application.Name == name && application.Seated == seated)
        {
            return false;
        }

        var changes = AuditChanges.WithFacts([("name", application?.Name, name), ("seated", application?.Seated, seated)], ("application", id));
        if (application is null)
        {
            transaction.Db.Applications.Add(new() { Id = id, Name = name, Seated = seated });
        }
        else
        {
            application.Name = name;
            application.Seated = seated;
        }

        await transaction.AuditAsync("application.changed", details: changes);
        return true;
    }

    /// <returns>The application, or null.</returns>
    public static Task<Application?> FindApplicationAsync(HubReader reader, string id) =>
        reader.Db.Applications.AsNoTracking().SingleOrDefaultAsync(application => application.Id == id);
}
