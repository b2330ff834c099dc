namespace IdentityHub.Domain.Audit;

/// <summary>That something happened: who did it, when, in which account, to whom. Written in the transaction of the change, and chained to the entry before.</summary>
/// <remarks>
/// What is personal stands in <see cref="SealedDetails"/> and <see cref="SealedOrigin"/>, sealed with the own keys of whom it concerns, and is taken out when they are erased,
/// with their id and its salt. The digests of it stay, and only they are in the chain: it holds before and after.
/// </remarks>
public sealed class AuditEntry
{
    public long Sequence { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Action { get; init; }
    public required string ActorKind { get; init; }

    /// <summary>Null where there is only one of the kind, and once the person was erased.</summary>
    public string? ActorId { get; set; }

    /// <summary>Sixteen random bytes beside a person's id: without them, its digest says nothing of it. Null for other kinds.</summary>
    public byte[]? ActorSalt { get; set; }

    public string? AccountId { get; init; }

    public string? SubjectUserId { get; set; }
    public byte[]? SubjectSalt { get; set; }

    /// <summary>JSON, sealed with the subject's key; with the hub's where there is no subject.</summary>
    public byte[]? SealedDetails { get; set; }

    /// <summary>The network address that the person came from who did it, sealed with that person's key.</summary>
    public byte[]? SealedOrigin { get; set; }

    /// <summary>Digests of actor, subject, details and origin: see <see cref="AuditChain"/>. Null, as <see cref="Hash"/>, for what was written before there was a chain.</summary>
    public byte[]? Digests { get; init; }

    /// <summary>32 bytes over this entry and the hash of the one before.</summary>
    public byte[]? Hash { get; init; }
}
