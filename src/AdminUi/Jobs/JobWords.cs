using System.Globalization;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Seats;

namespace IdentityHub.AdminUi.Jobs;

/// <summary>Jobs in words.</summary>
internal static class JobWords
{
    /// <summary>What a job does, as a title.</summary>
    public static string TitleOf(JobAction action, IReadOnlyList<Seats.PoolOfAccount> pools) => action switch
    {
        JobAction.ChangeRole change => $"Change the role to {PermissionNames.Of(change.Role)}",
        JobAction.ChangeLevel { Level: { } level } => $"Give the level {PermissionNames.Of(level)}",
        JobAction.ChangeLevel => "Take the permission level away",
        JobAction.GiveSeat give => $"Give a seat of {NameOf(give.ApplicationId, pools)}",
        JobAction.TakeSeat take => $"Take the seat of {NameOf(take.ApplicationId, pools)}",
        JobAction.Deactivate => "Deactivate users",
        JobAction.Reactivate => "Reactivate users",
        JobAction.RequireTwoFactor { Required: true } => "Require a second factor",
        JobAction.RequireTwoFactor => "No longer require a second factor",
        JobAction.Delete => "Delete users",
        _ => "Import users",
    };

    public static string Of(JobStatus status) => status switch
    {
        JobStatus.Draft => "Columns to be named",
        JobStatus.Preparing => "Being looked through",
        JobStatus.Preview => "Waits for you",
        JobStatus.Waiting => "About to start",
        JobStatus.Running => "Running",
        JobStatus.Done => "Done",
        JobStatus.Cancelled => "Cancelled",
        _ => "Stopped",
    };

    /// <summary>The class of the badge; its shape and its words say the same as its colour.</summary>
    public static string BadgeOf(JobStatus status) => status switch
    {
        JobStatus.Done => "badge good",
        JobStatus.Failed => "badge bad",
        JobStatus.Cancelled => "badge plain",
        JobStatus.Draft or JobStatus.Preview => "badge warn",
        _ => "badge",
    };

    /// <param name="item">The item.</param>
    /// <param name="job">Its job: what waits has other words once the job has ended.</param>
    public static string Of(JobItemView item, JobView job) => item.Outcome switch
    {
        JobOutcome.Unplanned => "Not looked at yet",
        JobOutcome.Waiting when job.HasEnded => "Not done",
        JobOutcome.Waiting when job.Action is JobAction.Import => item.MembershipId is null ? "Will be added" : "Will be changed",
        JobOutcome.Waiting => job.Action is JobAction.Delete ? "Will be deleted" : "Will be changed",
        JobOutcome.Changed when job.Action is JobAction.Delete => "Deleted",
        JobOutcome.Unchanged => "Is so already",
        _ => item.Outcome.ToString(),
    };

    public static string BadgeOf(JobOutcome outcome) => outcome switch
    {
        JobOutcome.Changed or JobOutcome.Added => "badge good",
        JobOutcome.Failed => "badge bad",
        JobOutcome.Skipped => "badge warn",
        _ => "badge",
    };

    public static string Of(ImportField field) => field switch
    {
        ImportField.Ignore => "Leave out",
        ImportField.UserName => "E-mail (user name)",
        ImportField.FullName => "Full name",
        ImportField.GivenName => "Given name",
        ImportField.FamilyName => "Family name",
        ImportField.Level => "Permission level",
        ImportField.TwoFactorRequired => "Second factor required",
        _ => field.ToString(),
    };

    /// <returns>As in <c>1 user</c> and <c>12 users</c>.</returns>
    public static string Users(int count) => $"{Number(count)} {(count == 1 ? "user" : "users")}";

    public static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string NameOf(string applicationId, IReadOnlyList<Seats.PoolOfAccount> pools) =>
        pools.FirstOrDefault(pool => pool.ApplicationId == applicationId)?.ApplicationName ?? applicationId;
}
