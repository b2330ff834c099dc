namespace IdentityHub.Domain.Audit;

/// <summary>That something happened: who did it, when, in which account, to whom. Written in the transaction of the change.</summary>
/// <remarks>What is personal stands in <see cref="SealedDetails"/>, sealed with the subject's own key, and becomes unreadable when that key dies.</remarks>
public sealed class AuditEntry
{
    public long Sequence { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Action { get; init; }
    public required string ActorKind { get; init; }
    public string? ActorId { get; init; }
    public string? AccountId { get; init; }
    public string? SubjectUserId { get; set; }
    public byte[]? SealedDetails { get; set; }
}
