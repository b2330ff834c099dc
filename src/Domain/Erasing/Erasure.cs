namespace IdentityHub.Domain.Erasing;

/// <summary>That somebody was erased, and nothing of whom: kept so that a restored backup can be made to forget them again, and that it can be shown.</summary>
public sealed class Erasure
{
    /// <summary>Random; the name of its receipt.</summary>
    public required string Id { get; init; }

    /// <summary>The account that erased them; null where the operator did.</summary>
    public string? AccountId { get; init; }

    /// <summary>A pseudonym of the erased user under the hub's key. Whoever holds the user's id, as only an older copy does, can tell that it is theirs.</summary>
    public required string Mark { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>When the bytes were gone from the files of the hub as well; null before.</summary>
    public DateTimeOffset? BytesGoneAt { get; set; }

    /// <summary>How many rows of which kind went, as JSON.</summary>
    public required string Counts { get; init; }
}
