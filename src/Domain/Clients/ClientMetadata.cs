using System.Collections.Immutable;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.Domain.Clients;

/// <summary>A client as someone asks for it, before <see cref="ClientRules"/> has said whether it may be. Each default is that of the registration standards.</summary>
public sealed record ClientMetadata
{
    /// <summary>What a client without <c>scope</c> may ask for.</summary>
    public const string DefaultScope = "openid profile email";

    public required string ClientId { get; init; }
    public string? ClientName { get; init; }

    /// <summary>In the clear; null when none was given.</summary>
    public string? ClientSecret { get; init; }

    public ImmutableArray<string> RedirectUris { get; init; } = [];
    public ImmutableArray<string> PostLogoutRedirectUris { get; init; } = [];
    public string? BackchannelLogoutUri { get; init; }
    public ImmutableArray<string> GrantTypes { get; init; } = ["authorization_code"];
    public ImmutableArray<string> ResponseTypes { get; init; } = ["code"];
    public string TokenEndpointAuthMethod { get; init; } = "client_secret_basic";

    /// <summary>Space-separated; null: <see cref="DefaultScope"/> for a client that signs people in, none for any other.</summary>
    public string? Scope { get; init; }

    public string ApplicationType { get; init; } = "web";
    public string IdTokenSignedResponseAlg { get; init; } = "ES256";
    public int? DefaultMaxAge { get; init; }
    public bool RequirePkce { get; init; } = true;

    /// <summary><c>jwt</c> or <c>opaque</c>.</summary>
    public string AccessTokenFormat { get; init; } = "jwt";

    public string? RequireSeat { get; init; }
    public ImmutableArray<PermissionLevel> PermissionLevels { get; init; } = [];
    public bool RequireMfa { get; init; }

    /// <summary>Minutes without a refresh after which what was granted ends; null for the session's own limit.</summary>
    public int? SessionIdleMinutes { get; init; }

    /// <summary>Minutes after the sign-in at which what was granted ends; null for the session's own limit.</summary>
    public int? SessionLifetimeMinutes { get; init; }

    public string? Account { get; init; }

    /// <summary>The scopes that the client may ask for.</summary>
    public ImmutableArray<string> Scopes =>
        [.. (Scope ?? (GrantTypes.Contains("authorization_code") ? DefaultScope : "")).Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Never the secret.</summary>
    public override string ToString() => ClientId;

    /// <summary>The client to store. Ask <see cref="ClientRules.Check"/> first.</summary>
    /// <param name="secretHash">What <c>ClientSecret.Hash</c> made of it; null for a public client.</param>
    /// <param name="disabled">Whether it may be used.</param>
    /// <param name="now">The moment of registration, when this is one.</param>
    public Client ToClient(string? secretHash, bool disabled, DateTimeOffset now) => new()
    {
        Id = ClientId,
        Name = ClientName,
        SecretHash = secretHash,
        RedirectUris = RedirectUris,
        PostLogoutRedirectUris = PostLogoutRedirectUris,
        BackchannelLogoutUri = BackchannelLogoutUri,
        GrantTypes = GrantTypes,
        TokenEndpointAuthMethod = TokenEndpointAuthMethod,
        Scopes = Scopes,
        ApplicationType = ApplicationType,
        IdTokenSignedResponseAlg = IdTokenSignedResponseAlg,
        OpaqueAccessTokens = AccessTokenFormat == "opaque",
        RequirePkce = RequirePkce,
        DefaultMaxAge = DefaultMaxAge,
        RequireSeat = RequireSeat,
        PermissionLevels = PermissionLevels,
        RequireMfa = RequireMfa,
        SessionIdleMinutes = SessionIdleMinutes,
        SessionLifetimeMinutes = SessionLifetimeMinutes,
        AccountId = Account,
        Disabled = disabled,
        CreatedAt = now,
    };
}
