using IdentityHub.Domain.Permissions;

namespace IdentityHub.Domain.Accounts;

/// <summary>Of which members a second factor is asked: the one rule, in code and as a condition of SQL.</summary>
public static class TwoFactorRule
{
    /// <param name="policy">The account's rule.</param>
    /// <param name="role">The member's role.</param>
    /// <param name="level">The member's permission level.</param>
    /// <param name="ofMember">The member's own: <see cref="Membership.TwoFactorRequired"/>.</param>
    public static bool AsksOf(this TwoFactorPolicy policy, Role role, PermissionLevel? level, bool ofMember) => ofMember || policy switch
    {
        TwoFactorPolicy.Required => true,
        TwoFactorPolicy.Administrators => role == Role.Administrator || level == PermissionLevel.Primary,
        _ => false,
    };

    /// <summary>The same of a row <c>m</c> of the memberships.</summary>
    internal static string Condition(TwoFactorPolicy policy) => policy switch
    {
        TwoFactorPolicy.Required => "(1 = 1)",
        TwoFactorPolicy.Administrators => """(m."TwoFactorRequired" OR m."Role" = 'Administrator' OR (m."PermissionLevel" IS NOT NULL AND m."PermissionLevel" = 'PRIMARY'))""",
        _ => """(m."TwoFactorRequired")""",
    };
}
