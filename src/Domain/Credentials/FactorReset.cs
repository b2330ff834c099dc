namespace IdentityHub.Domain.Credentials;

/// <summary>How a request to reset somebody's second factors ended.</summary>
public enum FactorResetOutcome
{
    /// <summary>A second administrator agreed and the factors are reset.</summary>
    Approved,

    /// <summary>Another administrator, or the person themself, refused it.</summary>
    Refused,

    /// <summary>Who asked took it back.</summary>
    Withdrawn,

    /// <summary>Nobody answered in time.</summary>
    Expired,
}

/// <summary>A request to reset the second factors of the PRIMARY: it waits for somebody else than who made it.</summary>
public sealed class FactorReset
{
    public required string Id { get; init; }
    public required string AccountId { get; init; }

    /// <summary>Whose factors.</summary>
    public required string MembershipId { get; init; }
    public required string RequestedByUserId { get; init; }

    /// <summary>Why, in the words of who asked; sealed under the key of the user whose factors they are.</summary>
    public required byte[] SealedReason { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? EndedAt { get; set; }
    public FactorResetOutcome? Outcome { get; set; }
}
