namespace IdentityHub.Domain.Credentials;

/// <summary>A user's password, as the framework's self-describing hash.</summary>
public sealed class PasswordCredential
{
    public required string UserId { get; init; }
    public required string Hash { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }

    /// <summary>Whether somebody else chose it, for the first sign-in only: until its owner has chosen another, it signs in to nothing else.</summary>
    public bool MustChange { get; set; }
}

/// <summary>A user's authenticator app. The secret is sealed; <see cref="LastStep"/> is the last time step that was accepted.</summary>
public sealed class TotpCredential
{
    public required string UserId { get; init; }
    public required byte[] SealedSecret { get; set; }
    public long LastStep { get; set; }
    public required DateTimeOffset EnrolledAt { get; set; }
}

/// <summary>The address of a user's own for codes by e-mail; may differ from the sign-in address.</summary>
public sealed class EmailCodeCredential
{
    public required string UserId { get; init; }
    public required string Address { get; set; }

    /// <summary>When the user first showed that they read mail there; null of an address that an administrator named and to which no code was typed yet.</summary>
    public required DateTimeOffset? VerifiedAt { get; set; }
}

/// <summary>A passkey: a WebAuthn credential of a user. What it is called is the user's own, sealed under their key.</summary>
public sealed class PasskeyCredential
{
    /// <summary>The credential id, base64url without padding.</summary>
    public required string Id { get; init; }
    public required string UserId { get; init; }

    /// <summary>COSE_Key.</summary>
    public required byte[] PublicKey { get; init; }
    public required byte[] SealedName { get; set; }

    /// <summary>Where the authenticator counts its signatures, the last count; otherwise 0.</summary>
    public long SignCount { get; set; }

    /// <summary>As WebAuthn names them, separated by spaces.</summary>
    public required string Transports { get; init; }

    /// <summary>Whether the key may be copied to other devices of its owner.</summary>
    public required bool BackupEligible { get; init; }
    public required bool BackedUp { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; set; }
}

/// <summary>A user's present recovery codes. Each code is a <see cref="RecoveryCode"/> row until it is used.</summary>
public sealed class RecoveryCodeSet
{
    public required string UserId { get; init; }

    /// <summary>For the slow hash: one for the set, so that a try costs one hash.</summary>
    public required byte[] Salt { get; set; }
    public required DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A recovery code that was not used yet, as its slow hash.</summary>
public sealed class RecoveryCode
{
    public required string UserId { get; init; }
    public required string Hash { get; init; }
}

/// <summary>A browser in which a user asked not to be asked for a second factor for a while.</summary>
public sealed class RememberedDevice
{
    public required string Id { get; init; }
    public required string UserId { get; init; }

    /// <summary>It dies with every change of the user's credentials.</summary>
    public required int UserEpoch { get; set; }

    /// <summary>SHA-256 of the secret in the browser's cookie.</summary>
    public required string SecretHash { get; init; }

    /// <summary>A <see cref="Sessions.SessionDevice"/> as JSON, sealed with the user's own key.</summary>
    public byte[]? SealedDevice { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset LastUsedAt { get; set; }
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>A code that an administrator hands to somebody whose second factors were reset, so that they, and nobody else with their password, enrol another.</summary>
public sealed class TemporaryCode
{
    public required string UserId { get; init; }
    public required string Hash { get; set; }
    public required DateTimeOffset ExpiresAt { get; set; }
}

/// <summary>How far a limit is used up: the moment at which it will be empty again (generic cell rate algorithm).</summary>
public sealed class Throttle
{
    public required string Key { get; init; }

    /// <summary>Theoretical arrival time, Unix milliseconds.</summary>
    public long EmptyAt { get; set; }
}
