namespace IdentityHub.Domain.Accounts;

/// <summary>One e-mail address in what an account has on file about a member, for finding the member by it.</summary>
public sealed class MemberEmail
{
    public required string AccountId { get; init; }

    /// <summary>Lower case by the invariant rules.</summary>
    public required string AddressKey { get; init; }

    public required string MembershipId { get; init; }
}
