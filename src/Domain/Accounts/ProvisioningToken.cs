namespace IdentityHub.Domain.Accounts;

/// <summary>A bearer token with which an account's HR system provisions. Only its hash is kept.</summary>
public sealed class ProvisioningToken
{
    public required string Id { get; init; }
    public required string AccountId { get; init; }
    public required string Name { get; set; }
    public required string TokenHash { get; set; }

    /// <summary>Whether it acts on the PRIMARY: only what the PRIMARY or the operator made does, so that no Administrator does by a token what they may not do themself.</summary>
    public bool ActsOnPrimary { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>When its name became free for another token. One that was rotated stays good until <see cref="ExpiresAt"/>, so that both work while the HR system is changed over.</summary>
    public DateTimeOffset? RotatedAt { get; set; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }
}
