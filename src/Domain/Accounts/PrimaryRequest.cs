namespace IdentityHub.Domain.Accounts;

/// <summary>How far a request to change an account's Primary User is.</summary>
public enum PrimaryRequestState
{
    /// <summary>Waits for the present Primary User, or the operator, to confirm it.</summary>
    Requested,

    /// <summary>Waits for the one who shall be Primary User to accept.</summary>
    Confirmed,

    /// <summary>The swap was made.</summary>
    Accepted,
    Declined,
    Cancelled,
    Expired,
}

/// <summary>Why a request came to its end without a swap.</summary>
public enum PrimaryRequestEnd
{
    ByCandidate,
    ByPrimary,
    ByOperator,
    ByRequester,

    /// <summary>The one who should become Primary User may not sign in any more, or was removed.</summary>
    CandidateLeft,

    /// <summary>The present Primary User may not sign in any more, or was removed: a new request is the operator's to confirm.</summary>
    PrimaryLeft,

    /// <summary>Who asked for it left before anybody had confirmed it.</summary>
    RequesterLeft,

    /// <summary>The account was given its first Primary User meanwhile.</summary>
    Overtaken,

    /// <summary>Nobody acted within <see cref="PrimaryTransfer.Lifetime"/>.</summary>
    TimeOut,
}

/// <summary>A request that another member become an account's Primary User. At most one of an account is open: the database's unique partial index says so too.</summary>
/// <remarks>It stays as the account's history. The people in it are named by id alone; where one is erased, the database empties the column.</remarks>
public sealed class PrimaryRequest
{
    public required string Id { get; init; }
    public required string AccountId { get; init; }

    /// <summary>Who shall be Primary User. Null once that user is erased.</summary>
    public string? CandidateUserId { get; set; }

    /// <summary>The candidate's place in the account. Null once it is gone.</summary>
    public string? CandidateMembershipId { get; set; }

    /// <summary>Who asked. Null for the hub's own command, and once that user is erased.</summary>
    public string? RequestedByUserId { get; set; }

    /// <summary>Whether the operator asked, who need be no member.</summary>
    public bool RequestedByOperator { get; init; }

    /// <summary>Why, sealed with the candidate's key within the requester's: nobody reads it once either is erased.</summary>
    public byte[]? SealedWhy { get; set; }

    public PrimaryRequestState State { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? ConfirmedAt { get; set; }
    public string? ConfirmedByUserId { get; set; }
    public bool ConfirmedByOperator { get; set; }

    /// <summary>When it was accepted, or came to its end otherwise. Null while it is open.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    public PrimaryRequestEnd? End { get; set; }

    /// <summary>Who was Primary User until the swap. Null where there was none, and once that user is erased.</summary>
    public string? FormerUserId { get; set; }

    /// <summary>When the sweep has something to do with it next: remind, or let it expire.</summary>
    public required DateTimeOffset NextStepAt { get; set; }

    /// <summary>How many reminders were sent to whoever has to act.</summary>
    public int Reminders { get; set; }

    /// <summary>When the operators were told that it waits for longer than promised.</summary>
    public DateTimeOffset? OperatorsToldAt { get; set; }
}
