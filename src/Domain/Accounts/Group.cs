namespace IdentityHub.Domain.Accounts;

/// <summary>A named group of members of one account, as HR systems push them.</summary>
public sealed class Group
{
    public required string Id { get; init; }
    public required string AccountId { get; init; }
    public required string DisplayName { get; set; }

    /// <summary>The form in which names are compared and unique in the account: see <see cref="Users.CanonicalName"/>.</summary>
    public required string DisplayNameKey { get; set; }

    public string? ExternalId { get; set; }

    /// <summary>Grows with every change, of the members too.</summary>
    public int Version { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>That a member is in a group.</summary>
public sealed class GroupMember
{
    public required string GroupId { get; init; }
    public required string MembershipId { get; init; }
}
