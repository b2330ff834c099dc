namespace IdentityHub.Domain.Keys;

/// <summary>Where a signing key is in its life.</summary>
public enum SigningKeyPhase
{
    /// <summary>Published so that relying apps know it, not signing yet.</summary>
    Announced,
    Signing,

    /// <summary>Signs no more, still published for what it signed.</summary>
    Retired,

    /// <summary>Published no more. The public part is kept a while for <c>id_token_hint</c>.</summary>
    Gone,
}

/// <summary>A signing key. Its phase follows from the clock alone, so nothing has to run for it to move on.</summary>
public sealed class SigningKey
{
    /// <summary>The <c>kid</c>.</summary>
    public required string Id { get; init; }

    /// <summary><c>ES256</c> or <c>RS256</c>.</summary>
    public required string Algorithm { get; init; }

    /// <summary>PKCS #8, sealed; null once the key signs no more and was erased.</summary>
    public byte[]? SealedPrivateKey { get; set; }

    /// <summary>SubjectPublicKeyInfo.</summary>
    public required byte[] PublicKey { get; init; }

    public required DateTimeOffset AnnouncedAt { get; init; }
    public required DateTimeOffset SignsFrom { get; set; }
    public DateTimeOffset? RetiresAt { get; set; }
    public DateTimeOffset? GoneAt { get; set; }

    public SigningKeyPhase PhaseAt(DateTimeOffset now) =>
        now >= GoneAt ? SigningKeyPhase.Gone
        : now >= RetiresAt ? SigningKeyPhase.Retired
        : now >= SignsFrom ? SigningKeyPhase.Signing
        : SigningKeyPhase.Announced;
}

/// <summary>A small secret of the hub's own, sealed: the canary, the token keys, the framework's key ring.</summary>
public sealed class HubSecret
{
    public required string Name { get; init; }
    public required byte[] Sealed { get; set; }
}

/// <summary>The key that seals one user's personal data outside the directory's columns, itself sealed. It dies with the user.</summary>
public sealed class UserKey
{
    public required string UserId { get; init; }
    public required byte[] SealedKey { get; init; }
}
