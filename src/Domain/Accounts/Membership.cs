using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Accounts;

public enum MembershipStatus
{
    Active,
    Inactive,

    /// <summary>A guest who has not accepted yet; is asked at the next sign-in. Until then the membership lets nobody in anywhere.</summary>
    Invited,
}

/// <summary>A user in an account. The id is what SCIM calls the User's <c>id</c>.</summary>
public sealed class Membership
{
    public required string Id { get; init; }
    public required string UserId { get; init; }
    public required string AccountId { get; init; }

    /// <summary>The user's own <see cref="User.UserNameKey"/>, kept here too: an account finds and orders its members by it without looking at anybody else's.</summary>
    public required string UserNameKey { get; set; }

    /// <summary>The name by which the account knows the member, in the form in which it is found and ordered: see <see cref="MemberNames"/>.</summary>
    public required string NameKey { get; set; }

    /// <summary>How the member came into the account.</summary>
    public MemberSource Source { get; init; }

    /// <summary>What the account's HR system calls this member.</summary>
    public string? ExternalId { get; set; }

    /// <summary>What the account has on file about the person: a <see cref="ProfileDocument"/>. Null when it has nothing.</summary>
    public string? Attributes { get; set; }

    public Role Role { get; set; }
    public PermissionLevel? PermissionLevel { get; set; }
    public MembershipStatus Status { get; set; }

    /// <summary>Whether this member must give a second factor, whatever the account asks of others.</summary>
    public bool TwoFactorRequired { get; set; }

    /// <summary>When this member was first asked, at a sign-in, to enrol the second factor that is required of them: the beginning of the account's days of grace. Null before.</summary>
    public DateTimeOffset? SecondFactorAskedAt { get; set; }

    /// <summary>Whether this account may change the user's names, e-mail, password and factors. One membership of a user is home.</summary>
    public bool Home { get; init; }

    /// <summary>When the user became a member: at home from the first moment on, as a guest by accepting, or by the operator's word. Null while a guest has not: then no reactivation makes them one.</summary>
    public DateTimeOffset? AcceptedAt { get; set; }

    /// <summary>Grants remember this number and die when it moves on.</summary>
    public int Epoch { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
    public DateTimeOffset? LastSignInAt { get; set; }
}

/// <summary>Where a user may go: one membership with the account's name and the seats held, as sign-in and tokens need it.</summary>
public sealed record MembershipView(
    string Id,
    string UserId,
    string AccountId,
    string AccountName,
    TwoFactorPolicy AccountTwoFactor,
    Role Role,
    PermissionLevel? PermissionLevel,
    MembershipStatus Status,
    bool Home,
    bool TwoFactorRequired,
    IReadOnlyList<string> Seats)
{
    /// <summary>Whether a code by e-mail beside the password is enough where this place asks for a second factor.</summary>
    public bool EmailCodesCount { get; init; }

    /// <summary>Days of grace that the account gives before the second factor that it requires must be there.</summary>
    public int TwoFactorGraceDays { get; init; }

    /// <summary>When the member was first asked to enrol one; null before.</summary>
    public DateTimeOffset? SecondFactorAskedAt { get; init; }

    /// <summary>Minutes without use after which the account wants a session to end; null for the hub's limit.</summary>
    public int? SessionIdleMinutes { get; init; }

    /// <summary>Minutes after which the account wants a session to end in any case; null for the hub's limit.</summary>
    public int? SessionLifetimeMinutes { get; init; }

    /// <summary>False while the operator has suspended the account, and once it is closed.</summary>
    public bool AccountIsOpen { get; init; } = true;

    /// <summary>Whether the member may act in the account.</summary>
    public bool LetsIn => Status == MembershipStatus.Active && AccountIsOpen;

    /// <summary>Whether this place asks two factors of this member: of them alone, of those who administer, or of everybody.</summary>
    public bool RequiresSecondFactor => AccountTwoFactor.AsksOf(Role, PermissionLevel, TwoFactorRequired);
}
