using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;

namespace IdentityHub.Scim.Pipeline;

/// <summary>Who calls, and which one account they reach. Every lookup takes the account from here.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="CallerId">The provisioning token's id, or the client's.</param>
/// <param name="Settings">How the account meets its HR system.</param>
/// <param name="MayWrite">False with the scope <c>scim.read</c> alone.</param>
/// <param name="MembershipId">The member who granted the access token; null for a provisioning token and for a client that acts for itself.</param>
internal sealed record ScimCall(string AccountId, string CallerId, ScimSettings Settings, bool MayWrite, string? MembershipId)
{
    /// <summary>False for a token that an Administrator made, who does not act on the PRIMARY either. Clients are registered by the operator.</summary>
    public bool ActsOnPrimary { get; init; } = true;

    public Actor Actor { get; } = new Actor.Provisioning(AccountId, CallerId);
}
