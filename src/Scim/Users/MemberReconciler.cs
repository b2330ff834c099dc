using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Seats;
using IdentityHub.Domain.Users;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;

namespace IdentityHub.Scim.Users;

/// <summary>Makes of a member what a resource says they should be, by the directory's own operations, in the caller's transaction. What one of them refuses, the whole is refused for.</summary>
internal sealed class MemberReconciler(HubTransaction transaction, ScimCall call)
{
    private static readonly ScimError LastAdministrator = ScimError.Conflict(
        "Nobody would be left to administer the account. Make another member Administrator first.");

    private static readonly ScimError NobodyCouldSignIn = ScimError.Conflict(
        "Nobody who administers the account could sign in: no other administrator has a second factor, or does without one.");

    private static readonly ScimError ActsOnPrimary = ScimError.Forbidden(
        "This token was made by an Administrator, who does not act on the account's PRIMARY. A token that the PRIMARY or the operator makes does.");

    /// <returns>Why this caller may not act on this member; null when they may.</returns>
    public static ScimError? CheckPrimary(ScimCall call, MemberRecord member) => member.PermissionLevel == PermissionLevel.Primary && !call.ActsOnPrimary ? ActsOnPrimary : null;

    /// <summary>Brings everything but the password into line.</summary>
    /// <param name="member">The member as they are.</param>
    /// <param name="current">The same as a resource.</param>
    /// <param name="desired">What they should be.</param>
    /// <returns>Null when it is done.</returns>
    public async Task<ScimError?> ReconcileAsync(MemberRecord member, JsonObject current, JsonObject desired)
    {
        var read = MemberFacts.Read(current, desired);
        if (read.Failed)
        {
            return read.Error;
        }

        if (CheckPrimary(call, member) is { } primary && !JsonNode.DeepEquals(current, desired))
        {
            return primary;
        }

        var facts = read.Value;
        return await PutProfileAsync(member, current, desired)
            ?? await ActivateAsync(member, facts)
            ?? await ChangeStandingAsync(member, facts)
            ?? await ChangeSeatsAsync(member, facts)
            ?? await DeactivateAsync(member, facts);
    }

    /// <summary>Sets the password, given as its hash. Where this is not the user's home account it is not this account's to set, and nothing happens.</summary>
    public async Task<ScimError?> SetPasswordAsync(MemberRecord member, string hash)
    {
        if (!member.Home)
        {
            return null;
        }

        if ((await Domain.Users.Users.FindAsync(transaction, member.UserId))!.Operator)
        {
            return ScimError.Forbidden("This user runs the hub itself. Their password is not an account's to set.");
        }

        if (CheckPrimary(call, member) is { } primary)
        {
            return primary;
        }

        await Passwords.SetAsync(transaction, member.UserId, hash);
        return null;
    }

    /// <summary>Gives a new member level, seats and second-factor rule. Role and status they were made with.</summary>
    public async Task<ScimError?> EquipAsync(string membershipId, MemberFacts facts)
    {
        var error = facts.Level == PermissionLevel.Primary ? await AppointAsync(membershipId) : null;
        if (error is not null)
        {
            return error;
        }

        if (facts.TwoFactorRequired && await Memberships.RequireTwoFactorAsync(transaction, membershipId, true) is Memberships.ChangeResult.NobodyCouldSignIn)
        {
            return NobodyCouldSignIn;
        }

        foreach (var seat in facts.Active ? facts.Seats : [])
        {
            error ??= await AssignAsync(membershipId, seat);
        }

        return error;
    }

    public static ScimError? Explain(MemberProfiles.PutResult result, string userName) => result switch
    {
        MemberProfiles.PutResult.UserNameTaken => ScimError.Uniqueness($"The userName \"{userName}\" is taken."),
        MemberProfiles.PutResult.UserNameInvalid => ScimError.InvalidValue("The userName is empty, longer than 256 characters, or has characters that no name has."),
        MemberProfiles.PutResult.EmailInvalid => ScimError.InvalidValue("The primary e-mail address is none to which mail could be sent."),
        MemberProfiles.PutResult.TooLarge => ScimError.InvalidValue($"All that is kept of a User may have {ProfileDocument.MaxLength} characters as JSON, and this is more. Large pictures have addresses instead."),
        MemberProfiles.PutResult.NotHome => ScimError.Mutability("The userName belongs to the user's home account, and only that one changes it."),
        MemberProfiles.PutResult.Operator => ScimError.Forbidden("This user runs the hub itself. Their userName and e-mail address are not an account's to change."),
        _ => null,
    };

    public static ScimError? Explain(UserLifecycle.StatusResult result) => result switch
    {
        UserLifecycle.StatusResult.LastAdministrator => LastAdministrator,
        UserLifecycle.StatusResult.Operator or UserLifecycle.StatusResult.LastOperator =>
            ScimError.Forbidden("This user runs the hub itself. Their sign-in is not an account's to take away."),
        _ => null,
    };

    private async Task<ScimError?> PutProfileAsync(MemberRecord member, JsonObject current, JsonObject desired)
    {
        var (before, after) = (ProfileReading.Of(current), ProfileReading.Of(desired));
        if (before.UserName == after.UserName && before.ExternalId == after.ExternalId && JsonNode.DeepEquals(before.Attributes, after.Attributes))
        {
            return null;
        }

        return ProfileReading.CheckManager(transaction, call, after)
            ?? Explain(await MemberProfiles.PutAsync(transaction, member.Id, after), after.UserName);
    }

    private async Task<ScimError?> ActivateAsync(MemberRecord member, MemberFacts facts)
    {
        if (facts.Active && member.Status == MembershipStatus.Inactive)
        {
            await UserLifecycle.ReactivateAsync(transaction, member.Id);
        }

        return null;
    }

    private async Task<ScimError?> ChangeStandingAsync(MemberRecord member, MemberFacts facts)
    {
        if (facts.Role != member.Role && await Memberships.ChangeRoleAsync(transaction, member.Id, facts.Role) is Memberships.ChangeResult.LastAdministrator)
        {
            return LastAdministrator;
        }

        if (facts.Level != member.PermissionLevel)
        {
            if (facts.Level == PermissionLevel.Primary)
            {
                return await AppointAsync(member.Id);
            }

            if (await Memberships.ChangeLevelAsync(transaction, member.Id, facts.Level) is Memberships.ChangeResult.PrimaryIsTransferred)
            {
                return ScimError.Conflict("This member is the account's PRIMARY. That passes to another member by transfer only.");
            }
        }

        if (facts.TwoFactorRequired != member.TwoFactorRequired
            && await Memberships.RequireTwoFactorAsync(transaction, member.Id, facts.TwoFactorRequired) is Memberships.ChangeResult.NobodyCouldSignIn)
        {
            return NobodyCouldSignIn;
        }

        return null;
    }

    private async Task<ScimError?> ChangeSeatsAsync(MemberRecord member, MemberFacts facts)
    {
        foreach (var seat in member.Seats.Where(seat => !facts.Seats.Contains(seat)))
        {
            await Seats.ReleaseAsync(transaction, member.Id, seat);
        }

        if (!facts.Active && member.Status != MembershipStatus.Inactive)
        {
            // About to be deactivated, which frees every seat.
            return null;
        }

        foreach (var seat in facts.Seats.Where(seat => !member.Seats.Contains(seat)))
        {
            if (await AssignAsync(member.Id, seat) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private async Task<ScimError?> DeactivateAsync(MemberRecord member, MemberFacts facts) =>
        facts.Active ? null : Explain(await UserLifecycle.DeactivateAsync(transaction, member.Id));

    private async Task<ScimError?> AppointAsync(string membershipId) =>
        !call.ActsOnPrimary ? ScimError.Forbidden("This token was made by an Administrator, who appoints no PRIMARY. One is asked for in the administration, and confirmed by the operator.")
        : await PrimaryTransfer.AppointFirstAsync(transaction, membershipId) is PrimaryTransfer.AppointResult.HeldByAnother
            ? ScimError.Conflict("The account has a PRIMARY already. That passes to another member by transfer only.")
            : null;

    private async Task<ScimError?> AssignAsync(string membershipId, string applicationId) => await Seats.AssignAsync(transaction, membershipId, applicationId) switch
    {
        Seats.AssignResult.PoolExhausted exhausted => ScimError.Conflict($"No seat is left: all {exhausted.Capacity} of \"{applicationId}\" are taken. Free one first, or buy more."),
        Seats.AssignResult.NoPool => ScimError.InvalidValue($"The account has no seats of \"{applicationId}\"."),
        Seats.AssignResult.NotActive => ScimError.Conflict("A member who is not active holds no seat. Set active to true first."),
        _ => null,
    };
}
