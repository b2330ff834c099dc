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

/// <summary>How far a limit is used up: the moment at which it will be empty again (generic cell rate algorithm).</summary>
public sealed class Throttle
{
    public required string Key { get; init; }

    /// <summary>Theoretical arrival time, Unix milliseconds.</summary>
    public long EmptyAt { get; set; }
}
