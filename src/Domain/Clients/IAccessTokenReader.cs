using System.Collections.Immutable;

namespace IdentityHub.Domain.Clients;

/// <summary>Who calls with an access token of this hub.</summary>
/// <param name="ClientId">The client to which it was issued.</param>
/// <param name="AccountId">The one account whose client that is; null for a client of every account.</param>
/// <param name="UserId">The user who granted it; null where the client acts for itself.</param>
/// <param name="MembershipId">In which place the user granted it; null where the client acts for itself, and for an operator who is in no account.</param>
/// <param name="Scopes">What it is good for.</param>
public sealed record ProvisioningCaller(string ClientId, string? AccountId, string? UserId, string? MembershipId, ImmutableArray<string> Scopes)
{
    /// <summary>Provisioning over SCIM: a client may have it for itself, and a user may grant it.</summary>
    public const string ScimScope = "scim";

    /// <summary>The same without changing anything.</summary>
    public const string ScimReadScope = "scim.read";

    /// <summary>The grant that the token hangs on; null where the client acts for itself.</summary>
    public string? GrantId { get; init; }

    public bool HasScope(string scope) => Scopes.Contains(scope, StringComparer.Ordinal);
}

/// <summary>Reads the access tokens that this hub issued, for those of its own resources that do not issue any. Implemented by the OpenID Provider.</summary>
public interface IAccessTokenReader
{
    /// <returns>
    /// Null when the token is not this hub's, expired or revoked, or what it hangs on has died: its client disabled or registered for less, its grant, user, membership,
    /// session or seat gone. By the rule of token introspection, as of this moment.
    /// </returns>
    Task<ProvisioningCaller?> ReadAsync(string bearerToken, CancellationToken cancellationToken);
}
