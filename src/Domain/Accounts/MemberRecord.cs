using IdentityHub.Domain.Permissions;

namespace IdentityHub.Domain.Accounts;

/// <summary>A group as a member's row names it.</summary>
public sealed record GroupName(string Id, string DisplayName);

/// <summary>A member of an account with all that the account may know of them.</summary>
public sealed record MemberRecord
{
    public required string Id { get; init; }
    public required string UserId { get; init; }
    public required string UserName { get; init; }
    public required string UserNameKey { get; init; }
    public string? ExternalId { get; init; }

    /// <summary>The text of a <see cref="Users.ProfileDocument"/>, or null.</summary>
    public string? Attributes { get; init; }

    public required Role Role { get; init; }
    public PermissionLevel? PermissionLevel { get; init; }
    public required MembershipStatus Status { get; init; }
    public required bool Home { get; init; }
    public required bool TwoFactorRequired { get; init; }

    /// <summary>Whether an authenticator app is enrolled.</summary>
    public required bool HasTotp { get; init; }

    /// <summary>Whether codes by e-mail are enrolled.</summary>
    public required bool HasEmailCodes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? LastSignInAt { get; init; }

    /// <summary>The applications of which the member holds a seat, in order.</summary>
    public IReadOnlyList<string> Seats { get; internal set; } = [];

    /// <summary>The groups that the member is in, in order of their ids.</summary>
    public IReadOnlyList<GroupName> Groups { get; internal set; } = [];
}
