namespace IdentityHub.Domain.Accounts;

/// <summary>A link by mail with which somebody who has no password yet chooses one, once. Only the hash of its token is kept.</summary>
public sealed class Invitation
{
    public required string Id { get; init; }
    public required string UserId { get; init; }

    /// <summary>The user's epoch when it was made: an invitation does not outlive a deactivation, also not one that was taken back.</summary>
    public required int UserEpoch { get; init; }

    /// <summary>Who invites: the user's home account.</summary>
    public required string AccountId { get; init; }

    public required string TokenHash { get; init; }

    /// <summary>Hash of the token together with the address that the mail went to: who has the token can tell whether that is still the user's, the database cannot tell the address.</summary>
    public required string SentToHash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }

    /// <summary>When a newer one took its place.</summary>
    public DateTimeOffset? WithdrawnAt { get; set; }
}
