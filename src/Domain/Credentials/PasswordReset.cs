namespace IdentityHub.Domain.Credentials;

/// <summary>A link by mail with which a user who has a password chooses another, once. Only the hash of its token is kept.</summary>
public sealed class PasswordReset
{
    public required string Id { get; init; }
    public required string UserId { get; init; }

    /// <summary>The user's epoch when it was made: a link outlives no deactivation and no other change of the password.</summary>
    public required int UserEpoch { get; init; }

    public required string TokenHash { get; init; }

    /// <summary>Hash of the token together with the address that the mail went to: the database cannot tell the address, who has the token can tell whether it is still the user's.</summary>
    public required string SentToHash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }

    /// <summary>When a newer one took its place, or the address was changed.</summary>
    public DateTimeOffset? WithdrawnAt { get; set; }
}

/// <summary>Waits in the outbox until it was looked up who has the name.</summary>
/// <param name="Name">In the form in which names are compared.</param>
/// <param name="SignIn">The sign-in under way in which it was asked for; or null.</param>
public sealed record PasswordResetRequest(string Name, string? SignIn)
{
    public const string Kind = "password-reset-request";
}
