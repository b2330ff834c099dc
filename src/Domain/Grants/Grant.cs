namespace IdentityHub.Domain.Grants;

/// <summary>What a user granted a client in one authorization: the root of its code, access tokens and refresh tokens.</summary>
/// <remarks>A refresh token family is this one row: <see cref="Generation"/> is the only token of it that is still good.</remarks>
public sealed class Grant
{
    public required string Id { get; init; }
    public required string ClientId { get; init; }
    public required int ClientEpoch { get; init; }
    public required string UserId { get; init; }
    public required int UserEpoch { get; init; }

    /// <summary>Null only for an operator who is in no account.</summary>
    public string? MembershipId { get; init; }
    public int? MembershipEpoch { get; init; }

    /// <summary>Of the membership's account; 0 where there is none.</summary>
    public int AccountEpoch { get; init; }

    public required string SessionId { get; init; }

    /// <summary>Whether the grant outlives its session (<c>offline_access</c>).</summary>
    public bool Offline { get; init; }

    /// <summary>Space-separated, as granted.</summary>
    public required string Scope { get; init; }

    /// <summary>The <c>claims</c> parameter as it was sent, or null.</summary>
    public string? ClaimsRequest { get; init; }

    public required DateTimeOffset AuthTime { get; init; }
    public required string Amr { get; init; }

    /// <summary>The <c>acr</c> that this authorization reached.</summary>
    public required string Acr { get; init; }
    /// <summary>Milliseconds without a refresh after which it ends; null for no such limit.</summary>
    public long? IdleMilliseconds { get; init; }

    /// <summary>When it ends if it is not refreshed again; null where it has no such limit.</summary>
    public DateTimeOffset? IdleEndsAt { get; set; }

    /// <summary>Until when the app said that it holds a live connection for this grant; null where it never did.</summary>
    public DateTimeOffset? LiveUntil { get; set; }

    public int Generation { get; set; }
    public DateTimeOffset? RotatedAt { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>An authorization code, by its hash. Redeemed once, by one conditional UPDATE; kept a while so that a second use is known for what it is.</summary>
public sealed class AuthorizationCode
{
    public required string Hash { get; init; }
    public required string GrantId { get; init; }
    public required string ClientId { get; init; }

    /// <summary>As sent to the authorization endpoint, or null when it was left out.</summary>
    public string? RedirectUri { get; init; }
    public string? CodeChallenge { get; init; }
    public string? Nonce { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? RedeemedAt { get; set; }
}

/// <summary>An access token that was revoked by itself, kept until it would have expired anyway.</summary>
public sealed class RevokedToken
{
    public required string TokenId { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
}
