namespace IdentityHub.Domain.Events;

/// <summary>Something that must leave the hub because of a change; written in the transaction of that change.</summary>
public sealed class OutboxMessage
{
    public long Sequence { get; init; }

    /// <summary>Which handler sends it: <c>mail</c>, <c>backchannel-logout</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Sealed under the hub's key; blanked once delivered. Given up or refused, it stays where the operator may send it again.</summary>
    public byte[]? SealedPayload { get; set; }

    /// <summary>The user it is about; goes with the user.</summary>
    public string? UserId { get; init; }

    /// <summary>The user whom it is sent to, where it is one; goes with that user too.</summary>
    public string? RecipientUserId { get; init; }

    /// <summary>A pseudonym of the user whose access it tells the end of, under the hub's key: with it an administrator sees which app was told. It outlives the user and tells nobody who that was.</summary>
    public string? AboutKey { get; init; }

    /// <summary>Messages to one destination wait for each other's back-off, not for anyone else's.</summary>
    public required string Destination { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset NextAttemptAt { get; set; }
    public int Attempts { get; set; }
    public DateTimeOffset? DeliveredAt { get; set; }

    /// <summary>When it was given up.</summary>
    public DateTimeOffset? DeadAt { get; set; }

    /// <summary>Why the last attempt failed, without personal data.</summary>
    public string? LastError { get; set; }
}
