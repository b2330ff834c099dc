using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Seats;

namespace IdentityHub.AdminUi.Jobs;

/// <summary>One thing that can be done to many users, as a form offers it.</summary>
/// <param name="Value">What the form sends.</param>
/// <param name="Group">Under which heading it stands.</param>
/// <param name="Words">What it is called.</param>
/// <param name="Hint">What else follows from it; null where nothing does.</param>
/// <param name="Action">What it is.</param>
internal sealed record JobChoice(string Value, string Group, string Words, string? Hint, JobAction Action)
{
    /// <returns>Everything that can be done in an account with these seats.</returns>
    public static IReadOnlyList<JobChoice> Of(IReadOnlyList<Seats.PoolOfAccount> pools) =>
    [
        new("role-administrator", "Role", "Make them Administrator", "Administrators manage users, seats, billing and reports.", new JobAction.ChangeRole(Role.Administrator)),
        new("role-user", "Role", "Make them User", "Whatever they were signed in to as Administrator ends.", new JobAction.ChangeRole(Role.User)),
        .. new[] { PermissionLevel.Support, PermissionLevel.Invoices, PermissionLevel.Acatr }.Select(level =>
            new JobChoice("level-" + PermissionNames.Of(level), "Permission level", $"Give the level {PermissionNames.Of(level)}", null, new JobAction.ChangeLevel(level))),
        new("level-none", "Permission level", "Take the level away", null, new JobAction.ChangeLevel(null)),
        .. pools.Select(pool => new JobChoice(
            "give-" + pool.ApplicationId, "Seats", $"Give a seat of {pool.ApplicationName}", $"{pool.Capacity - pool.Used} of {pool.Capacity} are free.", new JobAction.GiveSeat(pool.ApplicationId))),
        .. pools.Select(pool => new JobChoice(
            "take-" + pool.ApplicationId, "Seats", $"Take the seat of {pool.ApplicationName}", "They are signed out of it at once.", new JobAction.TakeSeat(pool.ApplicationId))),
        new("require", "Second factor", "Require a second factor", "Whoever has none cannot sign in here: nobody can set one up yet.", new JobAction.RequireTwoFactor(true)),
        new("release", "Second factor", "No longer require one of them", "What the account requires of everyone stays.", new JobAction.RequireTwoFactor(false)),
        new("deactivate", "Access", "Deactivate", "They are signed out everywhere at once, and their seats become free.", new JobAction.Deactivate()),
        new("reactivate", "Access", "Reactivate", "They can sign in again. Seats do not come back by themselves.", new JobAction.Reactivate()),
        new("delete", "Access", "Delete", "All personal data and reports are erased for good. This cannot be undone.", new JobAction.Delete()),
    ];
}
