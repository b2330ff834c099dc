using System.Text.Json;
using IdentityHub.Domain.Sealing;

namespace IdentityHub.Domain.Audit;

/// <summary>Out of how many entries of the chain people were taken: as who did it, and as whom it was done to. Each erasure says it in an entry of its own.</summary>
public readonly record struct AuditErasure(long AsActor, long AsSubject)
{
    internal AuditErasure Plus(AuditErasure other) => new(AsActor + other.AsActor, AsSubject + other.AsSubject);

    /// <summary>Whether nothing of the other is more than here.</summary>
    internal bool Covers(AuditErasure other) => other.AsActor <= AsActor && other.AsSubject <= AsSubject;

    /// <returns>What the entry of an erasure tells; nothing for any other entry.</returns>
    internal static AuditErasure ToldBy(AuditEntry entry, Sealer sealer) =>
        entry is { Action: AuditLog.Erasure, SealedDetails: { } details } && sealer.Open("audit", entry.Action, details) is { } json
            ? JsonSerializer.Deserialize<AuditErasure>(json)
            : default;
}
