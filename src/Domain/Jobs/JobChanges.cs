using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Jobs;

/// <summary>Does to one item what its job is for, by the very operations that the pages use for one member.</summary>
internal static class JobChanges
{
    private const string Gone = "This user is not in the account any more.";
    private const string OwnRole = "You cannot change your own role here: the rest of this would not be yours to do. Do it alone, on your own page.";

    /// <returns>What came of it. Where that is not a change, what was written must be undone.</returns>
    public static async Task<ItemResult> ApplyAsync(HubTransaction transaction, JobWork work, ItemRow item) => work.Parameters.Action switch
    {
        JobAction.Import import => await JobImports.ApplyAsync(transaction, work, import, item),
        _ when item.MembershipId is null => ItemResult.Skipped(Gone),
        JobAction.Delete => Of(await MemberActs.DeleteAsync(transaction, work.AccountId, item.MembershipId)),
        JobAction.ChangeRole when MemberStates.Find(transaction, work.AccountId, item.MembershipId)?.UserId == work.ActorUserId => ItemResult.Skipped(OwnRole),
        var action => Of(await MemberChanges.ApplyAsync(transaction, work.AccountId, item.MembershipId, ChangeOf(action))),
    };

    /// <summary>What of a member became different, in words.</summary>
    public static string Explain(IReadOnlyList<MemberDifference> differences)
    {
        var names = differences.Select(difference => NameOf(difference.Field)).Distinct().ToList();
        return names is [] ? "" : char.ToUpperInvariant(names[0][0]) + string.Join(", ", names)[1..];
    }

    public static string Explain(IReadOnlyList<MemberRefusal> reasons) => string.Join(" ", reasons.Select(reason => reason.Sentence).Distinct());

    private static MemberChange ChangeOf(JobAction action) => action switch
    {
        JobAction.ChangeRole change => new() { Role = change.Role },
        JobAction.ChangeLevel change => new() { Level = new(change.Level) },
        JobAction.RequireTwoFactor change => new() { TwoFactorRequired = change.Required },
        JobAction.GiveSeat give => new() { SeatsToAdd = [give.ApplicationId] },
        JobAction.TakeSeat take => new() { SeatsToRemove = [take.ApplicationId] },
        JobAction.Deactivate => new() { Status = MembershipStatus.Inactive },
        JobAction.Reactivate => new() { Status = MembershipStatus.Active },
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "This is no change of a member."),
    };

    private static ItemResult Of(MemberChangeResult result) => result switch
    {
        MemberChangeResult.Changed changed => new(JobOutcome.Changed, Explain(changed.Differences)),
        MemberChangeResult.Unchanged => ItemResult.Unchanged,
        MemberChangeResult.Refused refused => ItemResult.Skipped(Explain(refused.Reasons)),
        _ => ItemResult.Skipped(Gone),
    };

    private static ItemResult Of(MemberActResult result) => result switch
    {
        MemberActResult.Done => ItemResult.Changed,
        MemberActResult.Refused refused => ItemResult.Skipped(refused.Reason.Sentence),
        _ => ItemResult.Skipped(Gone),
    };

    private static string NameOf(MemberField field) => field switch
    {
        MemberField.UserName => "user name",
        MemberField.Email => "e-mail",
        MemberField.Level => "permission level",
        MemberField.TwoFactor => "second factor",
        MemberField.CodeAddress => "address for codes",
        _ => field.ToString().ToLowerInvariant(),
    };
}
