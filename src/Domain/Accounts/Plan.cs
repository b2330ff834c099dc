namespace IdentityHub.Domain.Accounts;

/// <summary>What an account can agree with the operator. The hub has no payment provider: a plan is a name and what it says, and nothing is charged.</summary>
public sealed class Plan
{
    /// <summary>As configuration and the operator's pages write it: lower-case letters, digits, hyphens.</summary>
    public required string Id { get; init; }

    public required string Name { get; set; }

    /// <summary>What it holds, for those who choose. Plain text.</summary>
    public required string Description { get; set; }

    /// <summary>Whether it is offered no more. Accounts that have it keep it.</summary>
    public bool Retired { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What of an account's agreement changed.</summary>
public enum PlanChangeKind
{
    Plan,

    /// <summary>How many seats of an application it has.</summary>
    Seats,

    /// <summary>The billing contact or address.</summary>
    Billing,
}

/// <summary>One change of what an account has agreed: who, when, what.</summary>
public sealed class PlanChange
{
    public long Sequence { get; init; }
    public required string AccountId { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Who did it. Null when it was the hub itself or an HR system, and once that user is erased.</summary>
    public string? ByUserId { get; set; }

    public required PlanChangeKind Kind { get; init; }

    /// <summary>Of which application, where it is about seats.</summary>
    public string? ApplicationId { get; init; }

    /// <summary>The plan's name or the number of seats before. Null where there was none, and for billing details.</summary>
    public string? Before { get; init; }

    /// <summary>The plan's name or the number of seats after; for billing details, the names of what changed.</summary>
    public string? After { get; init; }
}
