using System.Text.RegularExpressions;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>The plans that the operator offers, which one an account has, and the history of what it agreed.</summary>
public static partial class Plans
{
    public const int MaxIdLength = 64;
    public const int MaxNameLength = 100;
    public const int MaxDescriptionLength = 2000;

    public abstract record PutResult
    {
        private PutResult() { }

        public sealed record Made : PutResult;
        public sealed record Changed : PutResult;
        public sealed record Unchanged : PutResult;

        /// <summary>The id is none: 1–64 lower-case letters, digits, hyphens.</summary>
        public sealed record IdInvalid : PutResult;

        /// <summary>1–100 characters, none of them a control character.</summary>
        public sealed record NameInvalid : PutResult;

        /// <summary>Up to 2,000 characters.</summary>
        public sealed record DescriptionInvalid : PutResult;
    }

    public enum ChooseResult
    {
        Chosen,
        Unchanged,
        NoSuchAccount,
        NoSuchPlan,

        /// <summary>It is offered no more. Nothing was changed.</summary>
        Retired,
    }

    /// <summary>A change as it is shown.</summary>
    /// <param name="Sequence">Where an earlier page goes on.</param>
    /// <param name="At">When.</param>
    /// <param name="ByUserId">Who; null for the hub itself and for whoever is erased.</param>
    /// <param name="ByName">As the account knows them; null when they are no member of it.</param>
    /// <param name="Kind">Of what.</param>
    /// <param name="ApplicationName">Of which application, where it is about seats.</param>
    /// <param name="Before">See <see cref="PlanChange.Before"/>.</param>
    /// <param name="After">See <see cref="PlanChange.After"/>.</param>
    public sealed record ChangeView(
        long Sequence, DateTimeOffset At, string? ByUserId, string? ByName, PlanChangeKind Kind, string? ApplicationName, string? Before, string? After);

    /// <summary>Makes a plan, or gives it this name and description, or withdraws it.</summary>
    public static async Task<PutResult> PutAsync(HubTransaction transaction, string id, string name, string description, bool retired)
    {
        if (id.Length > MaxIdLength || !Id().IsMatch(id))
        {
            return new PutResult.IdInvalid();
        }

        (name, description) = (name.Trim(), description.ReplaceLineEndings("\n").Trim());
        if (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl))
        {
            return new PutResult.NameInvalid();
        }

        if (description.Length > MaxDescriptionLength || description.Any(character => char.IsControl(character) && character != '\n'))
        {
            return new PutResult.DescriptionInvalid();
        }

        if (await transaction.Db.Plans.SingleOrDefaultAsync(row => row.Id == id) is not { } plan)
        {
            transaction.Db.Plans.Add(new() { Id = id, Name = name, Description = description, Retired = retired, CreatedAt = transaction.Now });
            await transaction.AuditAsync("plan.made", details: new { plan = id, name, description, retired });
            return new PutResult.Made();
        }

        var before = new { plan.Name, plan.Description, plan.Retired };
        (plan.Name, plan.Description, plan.Retired) = (name, description, retired);
        if (transaction.Db.Entry(plan).State == EntityState.Unchanged)
        {
            return new PutResult.Unchanged();
        }

        await transaction.AuditAsync("plan.changed", details: new { plan = id, before, after = new { plan.Name, plan.Description, plan.Retired } });
        return new PutResult.Changed();
    }

    /// <returns>The plans in order of their names.</returns>
    public static async Task<IReadOnlyList<Plan>> ListAsync(HubReader reader, bool withRetired) =>
        await reader.Db.Plans.AsNoTracking().Where(plan => withRetired || !plan.Retired).OrderBy(plan => plan.Name).ThenBy(plan => plan.Id).ToListAsync();

    /// <returns>The plan, or null.</returns>
    public static Task<Plan?> FindAsync(HubReader reader, string id) => reader.Db.Plans.AsNoTracking().SingleOrDefaultAsync(plan => plan.Id == id);

    /// <returns>The account's plan; null when it has none.</returns>
    public static Task<Plan?> OfAccountAsync(HubReader reader, string accountId) => (
        from account in reader.Db.Accounts
        join plan in reader.Db.Plans.AsNoTracking() on account.PlanId equals plan.Id
        where account.Id == accountId
        select plan).SingleOrDefaultAsync();

    /// <summary>Gives an account another plan.</summary>
    public static async Task<ChooseResult> ChooseAsync(HubTransaction transaction, string accountId, string planId)
    {
        if (await transaction.Db.Accounts.SingleOrDefaultAsync(row => row.Id == accountId) is not { } account)
        {
            return ChooseResult.NoSuchAccount;
        }

        if (account.PlanId == planId)
        {
            return ChooseResult.Unchanged;
        }

        if (await FindAsync(transaction, planId) is not { } plan)
        {
            return ChooseResult.NoSuchPlan;
        }

        if (plan.Retired)
        {
            return ChooseResult.Retired;
        }

        var former = account.PlanId is { } id ? await FindAsync(transaction, id) : null;
        account.PlanId = planId;
        Record(transaction, accountId, PlanChangeKind.Plan, null, former?.Name, plan.Name);
        await transaction.AuditAsync("plan.chosen", accountId, details: new { plan = new[] { former?.Id, planId } });
        return ChooseResult.Chosen;
    }

    /// <returns>What an account changed of its agreement, the newest first; before a sequence number where one is given.</returns>
    public static async Task<IReadOnlyList<ChangeView>> HistoryAsync(HubReader reader, string accountId, int count, long? before = null)
    {
        var db = reader.Db;
        var rows = await (
            from change in db.PlanChanges.AsNoTracking()
            where change.AccountId == accountId && (before == null || change.Sequence < before)
            orderby change.Sequence descending
            join application in db.Applications on change.ApplicationId equals application.Id into applications
            from application in applications.DefaultIfEmpty()
            join place in db.Memberships on new { change.AccountId, UserId = change.ByUserId! } equals new { place.AccountId, place.UserId } into places
            from place in places.DefaultIfEmpty()
            join user in db.Users on place.UserId equals user.Id into users
            from user in users.DefaultIfEmpty()
            select new { Change = change, Application = application == null ? null : application.Name, Place = place, User = user }).Take(count).ToListAsync();
        return
        [
            .. rows.Select(row => new ChangeView(
                row.Change.Sequence, row.Change.At, row.Change.ByUserId,
                row.Place is null || row.User is null ? null : MemberNames.Of(row.Place.Home, row.User.UserName, row.User.GivenName, row.User.FamilyName, row.Place.Attributes),
                row.Change.Kind, row.Application ?? row.Change.ApplicationId, row.Change.Before, row.Change.After)),
        ];
    }

    /// <summary>Writes a change into the account's history.</summary>
    internal static void Record(HubTransaction transaction, string accountId, PlanChangeKind kind, string? applicationId, string? before, string? after) =>
        transaction.Db.PlanChanges.Add(new()
        {
            AccountId = accountId, At = transaction.Now, ByUserId = (transaction.Actor as Actor.Person)?.UserId, Kind = kind, ApplicationId = applicationId, Before = before, After = after,
        });

    [GeneratedRegex("^[a-z0-9][a-z0-9-]*\\z")]
    private static partial Regex Id();
}
