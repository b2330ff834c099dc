namespace IdentityHub.Domain.Sessions;

/// <summary>A browser in which a user has signed in to the hub.</summary>
public sealed class Session
{
    public required string Id { get; init; }

    /// <summary>SHA-256 of the secret in the browser's cookie; a new one at each raise of the sign-in's strength.</summary>
    public required string SecretHash { get; set; }

    public required string UserId { get; init; }
    public required int UserEpoch { get; init; }

    /// <summary>When the user last proved who they are: the <c>auth_time</c> claim.</summary>
    public required DateTimeOffset AuthTime { get; set; }

    /// <summary>What was proved, as RFC 8176 values separated by spaces: <c>pwd</c>, <c>pwd otp mfa</c>.</summary>
    public required string Amr { get; set; }

    /// <summary>The account last chosen; null while none is.</summary>
    public string? AccountId { get; set; }

    /// <summary>The memberships that this person was asked to accept and put off, separated by spaces; null for none. Forgotten when they next prove who they are.</summary>
    public string? PutOff { get; set; }

    /// <summary>A <see cref="SessionDevice"/> as JSON, sealed with the user's own key; null where nothing was recorded.</summary>
    public byte[]? SealedDevice { get; set; }

    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset LastSeenAt { get; set; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? EndedAt { get; set; }
}
