namespace IdentityHub.IdP.Protocol;

/// <summary>Scope values, and the claims that each asks for (OpenID Connect Core §5.4, and this hub's own).</summary>
internal static class Scopes
{
    public const string OpenId = "openid";
    public const string Profile = "profile";
    public const string Email = "email";
    public const string Phone = "phone";
    public const string Address = "address";
    public const string Account = "account";
    public const string Accounts = "accounts";
    public const string OfflineAccess = "offline_access";

    /// <summary>Those that mean a user: a client cannot have them for itself.</summary>
    private static readonly HashSet<string> OfUsers = new([OpenId, Profile, Email, Phone, Address, Account, Accounts, OfflineAccess], StringComparer.Ordinal);

    public static string[] Split(string scope) => scope.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What of the asked scope the client may have, each once, in the order asked; unknown values are dropped (OpenID Connect Core §3.1.2.1).</summary>
    public static string[] Granted(IEnumerable<string> asked, IReadOnlyCollection<string> registered) =>
        [.. asked.Distinct(StringComparer.Ordinal).Where(registered.Contains)];

    /// <summary>What of the asked scope a client may have for itself; all that it may have when it asked for none.</summary>
    public static string[] GrantedToClient(string? asked, IReadOnlyCollection<string> registered) =>
        [.. Granted(asked is null ? registered : Split(asked), registered).Where(scope => !OfUsers.Contains(scope))];

    /// <summary>RFC 6749 §3.3: printable ASCII but quote and backslash.</summary>
    public static bool IsWellFormed(string scope) => scope.All(character => character is >= ' ' and <= '~' and not '"' and not '\\');
}
