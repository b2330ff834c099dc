namespace IdentityHub.Bench.Console;

/// <summary>What is opened.</summary>
internal static class Pages
{
    private const string Account = "/admin/accounts/" + Site.Account;

    public static readonly IReadOnlyList<(string Name, string Path)> All =
    [
        ("users", Account + "/users"),
        ("one user", Account + "/users/{member}"),
    ];
}
