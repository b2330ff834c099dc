using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Accounts;

/// <summary>Changing a member as an administrator of the account does, in pages, in bulk and by list: all of a change, by the directory's own operations, or nothing of it.</summary>
public static class MemberChanges
{
    /// <summary>Makes a change. When it is refused the whole transaction is undone: so each member has one of their own.</summary>
    /// <param name="transaction">The transaction and who changes; what they may is asked of <see cref="AdministrationRules"/>.</param>
    /// <param name="accountId">The account in which they act. Members of others are not found.</param>
    /// <param name="membershipId">The member.</param>
    /// <param name="wanted">What is to become of them.</param>
    public static async Task<MemberChangeResult> ApplyAsync(HubTransaction transaction, string accountId, string membershipId, MemberChange wanted)
    {
        await transaction.FlushAsync();
        if (MemberStates.Find(transaction, accountId, membershipId) is not { } before)
        {
            return new MemberChangeResult.NoSuchMember();
        }

        var change = wanted.AgainstState(before);
        if (change.IsEmpty)
        {
            return new MemberChangeResult.Unchanged(before);
        }

        if (wanted.ExpectedVersion is { } version && version != before.Version)
        {
            return new MemberChangeResult.Stale(before);
        }

        var reasons = Check(MemberStates.Administrator(transaction, transaction.Actor, accountId), before, change);
        if (reasons.Count == 0)
        {
            reasons = await CarryOutAsync(transaction, before, change);
        }

        if (reasons.Count > 0)
        {
            return transaction.RollBack<MemberChangeResult>(new MemberChangeResult.Refused(before, reasons));
        }

        await transaction.SettleAsync();
        var after = MemberStates.Find(transaction, accountId, membershipId)!;
        return new MemberChangeResult.Changed(after, MemberDifference.Between(before, after));
    }

    /// <summary>What would be said against a change, as far as that shows without making it: for previews. An empty list promises no seat.</summary>
    public static IReadOnlyList<MemberRefusal> Check(ActingAdministrator actor, MemberState state, MemberChange wanted)
    {
        var change = wanted.AgainstState(state);
        var reasons = new List<MemberRefusal>();
        if (change.IsEmpty)
        {
            return reasons;
        }

        CheckProfile(actor, state, change, reasons);
        CheckStanding(actor, state, change, reasons);
        if (change.Status is { } status)
        {
            Add(reasons, actor, state, status == MembershipStatus.Inactive ? MemberAct.Deactivate : MemberAct.Reactivate, MemberField.Status);
            if (status == MembershipStatus.Invited || state.Status == MembershipStatus.Invited && status == MembershipStatus.Active)
            {
                reasons.Add(new(MemberField.Status, "They have not accepted yet. They are asked at their next sign-in."));
            }
        }

        if (change.TwoFactorRequired is { } required)
        {
            Add(reasons, actor, state, required ? MemberAct.ChangeStanding : MemberAct.LowerTwoFactor, MemberField.TwoFactor);
        }

        if (change.CodeAddress is { } codes && Add(reasons, actor, state, MemberAct.ChangeFactors, MemberField.CodeAddress))
        {
            AddText(reasons, MemberField.CodeAddress, state.Home ? MemberTexts.CheckAddress(codes.Value) : MemberTexts.GuestsAreElsewhere);
        }

        return reasons;
    }

    private static void CheckProfile(ActingAdministrator actor, MemberState state, MemberChange change, List<MemberRefusal> reasons)
    {
        foreach (var (field, isAsked, text) in (ReadOnlySpan<(MemberField, bool, string?)>)
        [
            (MemberField.Name, change.Name is not null, change.Name is { } name ? MemberTexts.CheckName(name.Given, name.Family) : null),
            (MemberField.UserName, change.UserName is not null, change.UserName is { } userName ? MemberTexts.CheckUserName(userName) : null),
            (MemberField.Email, change.Email is not null, MemberTexts.CheckAddress(change.Email?.Value)),
        ])
        {
            if (isAsked && Add(reasons, actor, state, MemberAct.ChangeProfile, field))
            {
                AddText(reasons, field, state.Home ? text : MemberTexts.GuestsAreElsewhere);
            }
        }
    }

    private static void CheckStanding(ActingAdministrator actor, MemberState state, MemberChange change, List<MemberRefusal> reasons)
    {
        if (change.Role is { } role && Add(reasons, actor, state, MemberAct.ChangeStanding, MemberField.Role))
        {
            AddRefusal(reasons, AdministrationRules.CheckGrant(actor, state.ActedOn, role, state.Level), MemberAct.ChangeStanding, MemberField.Role);
        }

        if (change.Level is { } level && Add(reasons, actor, state, MemberAct.ChangeStanding, MemberField.Level))
        {
            AddRefusal(reasons, AdministrationRules.CheckGrant(actor, state.ActedOn, state.Role, level.Value), MemberAct.ChangeStanding, MemberField.Level);
        }

        if (change.SeatsToAdd.Count + change.SeatsToRemove.Count > 0 && Add(reasons, actor, state, MemberAct.ChangeStanding, MemberField.Seats)
            && change.SeatsToAdd.Count > 0 && (change.Status ?? state.Status) == MembershipStatus.Inactive)
        {
            reasons.Add(new(MemberField.Seats, "A user who is not active holds no seat."));
        }
    }

    /// <returns>Whether nothing speaks against it.</returns>
    private static bool Add(List<MemberRefusal> reasons, ActingAdministrator actor, MemberState state, MemberAct act, MemberField field) =>
        AddRefusal(reasons, AdministrationRules.Check(actor, state.ActedOn, act), act, field);

    private static bool AddRefusal(List<MemberRefusal> reasons, AdministrationRefusal? refusal, MemberAct act, MemberField field)
    {
        AddText(reasons, field, refusal is { } why ? AdministrationRules.Explain(why, act) : null);
        return refusal is null;
    }

    private static void AddText(List<MemberRefusal> reasons, MemberField field, string? sentence)
    {
        if (sentence is not null)
        {
            reasons.Add(new(field, sentence));
        }
    }

    /// <remarks>Whoever is to come in again does so first, whoever is to go goes last: seats are only the active ones'.</remarks>
    private static async Task<List<MemberRefusal>> CarryOutAsync(HubTransaction transaction, MemberState state, MemberChange change)
    {
        var reasons = new List<MemberRefusal>();
        if (change.Status == MembershipStatus.Active)
        {
            await UserLifecycle.ReactivateAsync(transaction, state.Id);
        }

        if (change.Name is not null || change.UserName is not null || change.Email is not null)
        {
            AddTo(reasons, await ChangeProfileAsync(transaction, state, change));
        }

        if (change.Role is { } role)
        {
            AddTo(reasons, ExplainChange(await Memberships.ChangeRoleAsync(transaction, state.Id, role), MemberField.Role));
        }

        if (change.Level is { } level)
        {
            AddTo(reasons, ExplainChange(await Memberships.ChangeLevelAsync(transaction, state.Id, level.Value), MemberField.Level));
        }

        if (change.TwoFactorRequired is { } required)
        {
            AddTo(reasons, ExplainChange(await Memberships.RequireTwoFactorAsync(transaction, state.Id, required), MemberField.TwoFactor));
        }

        if (change.CodeAddress is { } codes)
        {
            await SecondFactors.NameEmailCodesAsync(transaction, state.UserId, codes.Value);
        }

        foreach (var seat in change.SeatsToRemove)
        {
            await Seats.Seats.ReleaseAsync(transaction, state.Id, seat);
        }

        foreach (var seat in change.SeatsToAdd)
        {
            AddTo(reasons, await AssignAsync(transaction, state.Id, seat));
        }

        if (change.Status == MembershipStatus.Inactive)
        {
            AddTo(reasons, ExplainStatus(await UserLifecycle.DeactivateAsync(transaction, state.Id), MemberField.Status));
        }

        return reasons;
    }

    private static async Task<MemberRefusal?> ChangeProfileAsync(HubTransaction transaction, MemberState state, MemberChange change)
    {
        var (given, family) = change.Name is { } name ? (name.Given, name.Family) : (state.GivenName, state.FamilyName);
        var email = change.Email is { } address ? address.Value : state.Email;

        // An address is verified by whoever reads its mail, never by who administers.
        var verified = state.EmailVerified && email == state.Email;
        return await Users.Users.ChangeProfileAsync(transaction, state.UserId, new(change.UserName ?? state.UserName, given, family, email, verified, state.Operator)) switch
        {
            Users.Users.ChangeResult.UserNameTaken => MemberTexts.UserNameTaken(),
            Users.Users.ChangeResult.UserNameInvalid => new(MemberField.UserName, MemberTexts.CheckUserName("")!),
            _ => null,
        };
    }

    internal static async Task<MemberRefusal?> AssignAsync(HubTransaction transaction, string membershipId, string applicationId)
    {
        var result = await Seats.Seats.AssignAsync(transaction, membershipId, applicationId);
        return result is Seats.Seats.AssignResult.Assigned or Seats.Seats.AssignResult.AlreadyAssigned
            ? null
            : ExplainSeat(result, (await Seats.Seats.FindApplicationAsync(transaction, applicationId))?.Name ?? applicationId, applicationId);
    }

    internal static MemberRefusal? ExplainStatus(UserLifecycle.StatusResult result, MemberField field) => result switch
    {
        UserLifecycle.StatusResult.LastAdministrator => new(field, LastAdministrator),
        UserLifecycle.StatusResult.Operator or UserLifecycle.StatusResult.LastOperator => new(field, "This user runs the sign-in service itself. Their sign-in cannot be taken away here."),
        _ => null,
    };

    private const string LastAdministrator = "Nobody would be left to administer this account. Make somebody else administrator first.";

    private const string NobodyCouldSignIn = "Nobody who administers this account could sign in any more: no other administrator has a second factor, or does without one.";

    internal static MemberRefusal? ExplainChange(Memberships.ChangeResult result, MemberField field) => result switch
    {
        Memberships.ChangeResult.LastAdministrator => new(field, LastAdministrator),
        Memberships.ChangeResult.NobodyCouldSignIn => new(field, NobodyCouldSignIn),
        Memberships.ChangeResult.PrimaryIsTransferred => new(field, AdministrationRules.Explain(AdministrationRefusal.PrimaryIsTransferred, MemberAct.ChangeStanding)),
        _ => null,
    };

    private static MemberRefusal ExplainSeat(Seats.Seats.AssignResult result, string application, string applicationId) => result switch
    {
        Seats.Seats.AssignResult.PoolExhausted { Capacity: var capacity } =>
            new(MemberField.Seats, $"No seat of {application} is left: all {capacity} are taken.") { NoSeatLeft = applicationId },
        Seats.Seats.AssignResult.NotActive => new(MemberField.Seats, "A user who is not active holds no seat."),
        _ => new(MemberField.Seats, $"This account has no seats of {application}.") { NoSeatLeft = applicationId },
    };

    private static void AddTo(List<MemberRefusal> reasons, MemberRefusal? reason)
    {
        if (reason is not null)
        {
            reasons.Add(reason);
        }
    }
}
