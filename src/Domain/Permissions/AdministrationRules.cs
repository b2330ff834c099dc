namespace IdentityHub.Domain.Permissions;

/// <summary>Who acts on the members of an account, as the rules need it.</summary>
/// <param name="UserId">The person; null for the operator at the command line or in the configuration file, and for the account's provisioning.</param>
/// <param name="Operator">Whether they run the hub.</param>
/// <param name="Role">The role in this account; null when they are no active member of it.</param>
/// <param name="Level">The permission level in this account.</param>
public sealed record ActingAdministrator(string? UserId, bool Operator, Role? Role, PermissionLevel? Level)
{
    /// <summary>The operator, by command or configuration file.</summary>
    public static readonly ActingAdministrator TheOperator = new(null, true, null, null);

    /// <summary>What an account's own provisioning may: what an Administrator may.</summary>
    public static readonly ActingAdministrator Provisioning = new(null, false, Permissions.Role.Administrator, null);

    /// <summary>Whoever has no say in an account.</summary>
    public static readonly ActingAdministrator Nobody = new(null, false, null, null);

    public bool May(string permission) => Operator || (Role is { } role && PermissionMatrix.Allows(role, Level, permission));
}

/// <summary>On whom they act.</summary>
/// <param name="UserId">The member's user.</param>
/// <param name="Operator">Whether the member runs the hub.</param>
/// <param name="Role">The member's role.</param>
/// <param name="Level">The member's permission level.</param>
public sealed record MemberActedOn(string UserId, bool Operator, Role Role, PermissionLevel? Level)
{
    /// <summary>Whether they are the PRIMARY of another account than the one that acts.</summary>
    public bool PrimaryElsewhere { get; init; }
}

/// <summary>What is done to a member.</summary>
public enum MemberAct
{
    /// <summary>Role, permission level, seats, whether a second factor is asked: what an account decides.</summary>
    ChangeStanding,

    /// <summary>Name, user name and e-mail address.</summary>
    ChangeProfile,

    /// <summary>Asks less of a second factor than before.</summary>
    LowerTwoFactor,

    /// <summary>The address for codes by e-mail.</summary>
    ChangeFactors,

    /// <summary>Takes every second factor away, for who lost theirs. What it takes besides: <see cref="AdministrationRules.SafeguardOf"/>.</summary>
    ResetFactors,

    /// <summary>Ends that a sign-in is frozen.</summary>
    Thaw,

    /// <summary>A new password, or a way to one.</summary>
    ResetPassword,

    SignOutEverywhere,
    Deactivate,
    Reactivate,
    Delete,
}

/// <summary>Why somebody may not do something to a member.</summary>
public enum AdministrationRefusal
{
    /// <summary>They do not administer the account's users.</summary>
    NoAdministrator,

    /// <summary>The member is the PRIMARY, on whom only the PRIMARY themself and the operator act.</summary>
    ActsOnPrimary,

    /// <summary>PRIMARY is given and taken by transfer alone.</summary>
    PrimaryIsTransferred,

    /// <summary>The role is above the one that they have themselves.</summary>
    AboveThemselves,

    /// <summary>Nobody deactivates or deletes themself, nor takes a second factor off themself here.</summary>
    OnThemselves,

    /// <summary>The member runs the hub: their sign-in is not an account's to change.</summary>
    RunsTheHub,

    /// <summary>The member is the PRIMARY of another account: what would open that one is the operator's to agree to.</summary>
    PrimaryElsewhere,

    /// <summary>Nobody agrees to what they asked for themself.</summary>
    AskedThemselves,
}

/// <summary>What a reset of somebody's second factors takes besides the right to it, from little to much. Each has those before it in it.</summary>
public enum ResetSafeguard
{
    /// <summary>A fresh sign-in and a reason.</summary>
    FreshSignIn,

    /// <summary>A sign-in that cannot be given to another address than the hub's: with a passkey.</summary>
    PhishingResistant,

    /// <summary>Somebody else who agrees, signed in like that too.</summary>
    SecondApprover,
}

/// <summary>What one member may do to another: pure. That the last administrator stays is the directory's to see, which can count them.</summary>
/// <remarks>
/// <para>Three ranks: PRIMARY, Administrator, User. Whoever may <see cref="PermissionMatrix.ManageUsers"/> acts on everyone, Administrators included, but on the PRIMARY only the PRIMARY
/// themself and the operator do; and nobody gives a rank above their own.</para>
/// <para>SUPPORT, INVOICES and ACATR are no ranks: they open services of the account, which administers its services through its Administrators. So an Administrator who holds none of
/// them gives them all the same, also to themself.</para>
/// <para>The PRIMARY level goes from one member to the next by a transfer with two approvals and by nothing else, whoever asks.</para>
/// </remarks>
public static class AdministrationRules
{
    /// <returns>Why they may not; null when they may.</returns>
    public static AdministrationRefusal? Check(ActingAdministrator actor, MemberActedOn member, MemberAct act)
    {
        var isSelf = actor.UserId is not null && actor.UserId == member.UserId;
        if (!actor.May(act is MemberAct.ChangeFactors or MemberAct.ResetFactors or MemberAct.LowerTwoFactor ? PermissionMatrix.ManageSecondFactors : PermissionMatrix.ManageUsers))
        {
            return AdministrationRefusal.NoAdministrator;
        }

        if (isSelf && act is (MemberAct.Deactivate or MemberAct.Delete or MemberAct.LowerTwoFactor or MemberAct.ChangeFactors or MemberAct.ResetFactors or MemberAct.Thaw or MemberAct.ResetPassword))
        {
            return AdministrationRefusal.OnThemselves;
        }

        if (actor.Operator)
        {
            return null;
        }

        // That the PRIMARY's factors be reset an Administrator asks for, and another agrees.
        if (member.Level == PermissionLevel.Primary && !isSelf && (act != MemberAct.ResetFactors || actor.UserId is null))
        {
            return AdministrationRefusal.ActsOnPrimary;
        }

        // Letting in again takes their factors away, as a reset does.
        if (member.PrimaryElsewhere && act == MemberAct.Thaw)
        {
            return AdministrationRefusal.PrimaryElsewhere;
        }

        return member.Operator && !isSelf && act is not (MemberAct.ChangeStanding or MemberAct.LowerTwoFactor or MemberAct.Reactivate)
            ? AdministrationRefusal.RunsTheHub
            : null;
    }

    /// <summary>What it takes to reset a member's second factors.</summary>
    /// <param name="member">Whose.</param>
    /// <param name="administersElsewhere">Whether they run the hub, or administer another account.</param>
    public static ResetSafeguard SafeguardOf(MemberActedOn member, bool administersElsewhere) =>
        member.Level == PermissionLevel.Primary || member.PrimaryElsewhere ? ResetSafeguard.SecondApprover
        : member.Role == Role.Administrator || member.Operator || administersElsewhere ? ResetSafeguard.PhishingResistant
        : ResetSafeguard.FreshSignIn;

    /// <summary>Whether they may agree to a reset that somebody else asked for.</summary>
    /// <returns>Why they may not; null when they may.</returns>
    public static AdministrationRefusal? CheckApproval(ActingAdministrator actor, MemberActedOn member, string requestedByUserId) =>
        actor.UserId == requestedByUserId ? AdministrationRefusal.AskedThemselves
        : member.PrimaryElsewhere && !actor.Operator ? AdministrationRefusal.PrimaryElsewhere
        : Check(actor, member, MemberAct.ResetFactors);

    /// <summary>Whether they may give a member this role and level, on top of whether they may act on the member at all.</summary>
    /// <param name="actor">Who gives.</param>
    /// <param name="before">What the member has; null for somebody who is just being added.</param>
    /// <param name="role">The role to be.</param>
    /// <param name="level">The level to be.</param>
    /// <returns>Why they may not; null when they may.</returns>
    public static AdministrationRefusal? CheckGrant(ActingAdministrator actor, MemberActedOn? before, Role role, PermissionLevel? level)
    {
        if (!actor.May(PermissionMatrix.ManageUsers))
        {
            return AdministrationRefusal.NoAdministrator;
        }

        if ((level == PermissionLevel.Primary) != (before?.Level == PermissionLevel.Primary))
        {
            return AdministrationRefusal.PrimaryIsTransferred;
        }

        return !actor.Operator && role != before?.Role && RankOf(role, null) > RankOf(actor.Role ?? Role.User, actor.Level) ? AdministrationRefusal.AboveThemselves : null;
    }

    /// <summary>A sentence for the person who was refused.</summary>
    public static string Explain(AdministrationRefusal refusal, MemberAct act) => refusal switch
    {
        AdministrationRefusal.NoAdministrator => "Only an administrator of this account may do this.",
        AdministrationRefusal.ActsOnPrimary when act == MemberAct.Thaw => "This is the account's Primary User. Only the operator lets them sign in again.",
        AdministrationRefusal.ActsOnPrimary => "This is the account's Primary User. Only they themselves can change this.",
        AdministrationRefusal.PrimaryIsTransferred => "There is one Primary User. Ask for a change on the Primary User page.",
        AdministrationRefusal.AboveThemselves => "You cannot give somebody a role above your own.",
        AdministrationRefusal.RunsTheHub => "This user runs the sign-in service itself. Their sign-in is not this account's to change.",
        AdministrationRefusal.PrimaryElsewhere when act == MemberAct.Thaw => "This is the Primary User of another account. Only the operator lets them sign in again.",
        AdministrationRefusal.PrimaryElsewhere => "This is the Primary User of another account. Only the operator can agree.",
        AdministrationRefusal.AskedThemselves => "You asked for this yourself. Another administrator, or the operator, has to agree.",
        AdministrationRefusal.OnThemselves => act switch
        {
            MemberAct.Deactivate => "You cannot deactivate yourself. Ask another administrator.",
            MemberAct.Delete => "You cannot delete yourself. Ask another administrator.",
            MemberAct.LowerTwoFactor => "You cannot take the second factor off yourself. Ask another administrator.",
            _ => "Change your own password and second factors in your own settings.",
        },
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, null),
    };

    private static int RankOf(Role role, PermissionLevel? level) => level == PermissionLevel.Primary ? 2 : role == Role.Administrator ? 1 : 0;
}
