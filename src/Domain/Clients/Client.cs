using System.Collections.Immutable;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.Domain.Clients;

/// <summary>A relying app. Names and meanings are RFC 7591's and OpenID Connect Registration's, with four additions of this hub.</summary>
public sealed class Client
{
    /// <summary><c>client_id</c></summary>
    public required string Id { get; init; }

    public string? Name { get; set; }

    /// <summary>Null for a public client. See <see cref="ClientSecret"/>.</summary>
    public string? SecretHash { get; set; }

    public ImmutableArray<string> RedirectUris { get; set; } = [];
    public ImmutableArray<string> PostLogoutRedirectUris { get; set; } = [];
    public string? BackchannelLogoutUri { get; set; }
    public ImmutableArray<string> GrantTypes { get; set; } = [];

    /// <summary><c>client_secret_basic</c>, <c>client_secret_post</c> or <c>none</c>.</summary>
    public required string TokenEndpointAuthMethod { get; set; }

    /// <summary>The scopes that the client may ask for.</summary>
    public ImmutableArray<string> Scopes { get; set; } = [];

    /// <summary><c>web</c> or <c>native</c>: a native app may use any port of a loopback redirect URI (RFC 8252 §7.3).</summary>
    public required string ApplicationType { get; set; }

    /// <summary><c>ES256</c> or <c>RS256</c>.</summary>
    public required string IdTokenSignedResponseAlg { get; set; }

    /// <summary>Whether access tokens are opaque to the app instead of RFC 9068 JWTs.</summary>
    public bool OpaqueAccessTokens { get; set; }

    /// <summary>False only for confidential clients that are registered so.</summary>
    public bool RequirePkce { get; set; } = true;

    /// <summary>Seconds; null when the client registered none (<c>default_max_age</c>).</summary>
    public int? DefaultMaxAge { get; set; }

    /// <summary>The application of which a member must hold a seat.</summary>
    public string? RequireSeat { get; set; }

    /// <summary>The levels that may sign in; empty: every member.</summary>
    public ImmutableArray<PermissionLevel> PermissionLevels { get; set; } = [];

    public bool RequireMfa { get; set; }

    /// <summary>Minutes without a refresh after which what was granted ends; null for the session's own limit. Registered as <c>session_idle_minutes</c>.</summary>
    public int? SessionIdleMinutes { get; set; }

    /// <summary>Minutes after the sign-in at which what was granted ends; null for the session's own limit. Registered as <c>session_lifetime_minutes</c>.</summary>
    public int? SessionLifetimeMinutes { get; set; }

    /// <summary>The one account whose client this is; null: of every account.</summary>
    public string? AccountId { get; set; }

    public bool Disabled { get; set; }

    /// <summary>Grants remember this number and die when it moves on.</summary>
    public int Epoch { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether the one account whose client this is lets nobody in at the moment at which it was read.</summary>
    public bool AccountIsShut { get; init; }

    /// <summary>Whether it may do anything.</summary>
    public bool IsUsable => !Disabled && !AccountIsShut;

    public bool IsPublic => TokenEndpointAuthMethod == "none";
}
