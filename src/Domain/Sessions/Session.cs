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

    /// <summary>The second factor was not asked because the browser was remembered.</summary>
    public bool Remembered { get; set; }

    /// <summary>The person gave the code that an administrator handed them after a reset, and may enrol a factor with it; nothing else.</summary>
    public bool ByTemporaryCode { get; set; }

    /// <summary>Milliseconds without use after which it ends.</summary>
    public long IdleMilliseconds { get; set; } = (long)Sessions.IdleLifetime.TotalMilliseconds;

    /// <summary>When it ends if it is not used again: after its idle time, and with <see cref="ExpiresAt"/> at the latest.</summary>
    public required DateTimeOffset EndsAt { get; set; }

    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset LastSeenAt { get; set; }

    /// <summary>When it ends however much it is used.</summary>
    public required DateTimeOffset ExpiresAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
}
