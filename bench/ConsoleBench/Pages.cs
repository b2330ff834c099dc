namespace IdentityHub.Bench.Console;

/// <summary>What is opened.</summary>
internal static class Pages
{
    private const string Account = "/admin/accounts/" + Site.Account;

    public static readonly IReadOnlyList<(string Name, string Path)> All =
    [
        ("users", Account + "/users"),
        ("users, last page", Account + "/users?page=100000"),
        ("users, found by a name", Account + "/users?q=user-0000123"),
        ("users, found by what everybody has", Account + "/users?q=user"),
        ("users, by last sign-in", Account + "/users?sort=-signin"),
        ("users, of one role and status", Account + "/users?role=user&status=active"),
        ("one user", Account + "/users/{member}"),
        ("add a user", Account + "/users/new"),
        ("reports", Account + "/reports"),
        ("audit", Account + "/audit"),
        ("jobs", Account + "/jobs"),
        ("Primary User", Account + "/primary"),
        ("plan", Account + "/plan"),
        ("provisioning", Account + "/provisioning"),
        ("own settings", "/me"),
        ("own sessions", "/me/sessions"),
        ("own report", "/me/report"),
        ("the hub", "/admin/hub"),
        ("the hub's accounts", "/admin/hub/accounts"),
        ("the hub's queues", "/admin/hub/queues"),
    ];
}
