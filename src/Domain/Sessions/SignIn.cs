namespace IdentityHub.Domain.Sessions;

/// <summary>A sign-in under way: one authorization request in one browser, and what has been proved for it so far.</summary>
/// <remarks>Proof is recorded here only by the step that checked it, for this request, this browser and this user (Keycloak CVE-2026-18963).</remarks>
public sealed class SignIn
{
    public required string Id { get; init; }

    /// <summary>SHA-256 of the secret in the cookie of the browser that asked: a copied link is of no use elsewhere.</summary>
    public required string BrowserHash { get; init; }

    /// <summary>The authorization request as it was validated, as JSON, sealed: it may name somebody (<c>login_hint</c>) of whom nobody knows yet whether they are the one. See <see cref="SignIns.RequestOf"/>.</summary>
    public required string Request { get; init; }

    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The user whose password was right, while a second factor is still owed.</summary>
    public string? UserId { get; set; }
    public int UserEpoch { get; set; }
    public DateTimeOffset? PasswordAt { get; set; }

    /// <summary>Codes tried so far.</summary>
    public int CodeAttempts { get; set; }

    /// <summary>SHA-256 of the code sent by e-mail, bound to this sign-in.</summary>
    public string? EmailCodeHash { get; set; }
    public DateTimeOffset? EmailCodeExpiresAt { get; set; }

    /// <summary>The account picked in the chooser for this request.</summary>
    public string? AccountId { get; set; }

    /// <summary>The memberships that this person was asked to accept for this request and put off, separated by spaces; null for none.</summary>
    public string? PutOff { get; set; }

    /// <summary>The state of the passkey ceremony that this sign-in waits for, as the framework's handler wrote it; used once.</summary>
    public string? PasskeyState { get; set; }

    /// <summary>A second factor that is being enrolled and not confirmed yet, sealed: what it is and its secret or address.</summary>
    public byte[]? SealedEnrolment { get; set; }

    public DateTimeOffset? CompletedAt { get; set; }
}
