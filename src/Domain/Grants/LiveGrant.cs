using IdentityHub.Domain.Permissions;

namespace IdentityHub.Domain.Grants;

/// <summary>A grant whose user, membership, client and session are all still good, with what tokens and UserInfo say about the user.</summary>
public sealed record LiveGrant
{
    public required string Id { get; init; }
    public required string ClientId { get; init; }
    public required string SessionId { get; init; }
    public required bool Offline { get; init; }
    public required string Scope { get; init; }
    public required string? ClaimsRequest { get; init; }
    public required DateTimeOffset AuthTime { get; init; }
    public required string Amr { get; init; }
    public required string Acr { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required int Generation { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required UserFacts User { get; init; }

    /// <summary>Null only for an operator who is in no account.</summary>
    public required MemberFacts? Member { get; init; }
}

public sealed record UserFacts(
    string Id, string UserName, string? GivenName, string? FamilyName, string? Email, bool EmailVerified, DateTimeOffset UpdatedAt)
{
    /// <summary>The language that the person chose, as a tag of BCP 47; null where they chose none.</summary>
    public string? Locale { get; init; }

    /// <summary>The time zone that the person chose, as its IANA name; null where they chose none.</summary>
    public string? ZoneInfo { get; init; }

    /// <summary>How the hub's own pages look to them. Nothing that apps are told.</summary>
    public Users.Theme Theme { get; init; }
}

public sealed record MemberFacts(
    string MembershipId, string AccountId, string AccountName, Role Role, PermissionLevel? PermissionLevel, IReadOnlyList<string> Seats);

/// <summary>An account that a user may switch to: an element of the <c>accounts</c> claim.</summary>
public sealed record AccountChoice(string Id, string Name);
