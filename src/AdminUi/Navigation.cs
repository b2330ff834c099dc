using IdentityHub.AdminUi.SignIn;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.AdminUi;

/// <summary>One way in the navigation.</summary>
/// <param name="Words">What it is called.</param>
/// <param name="Path">A path of the console; <c>{account}</c> stands for the account in which the person acts.</param>
/// <param name="Needs">What of <see cref="PermissionMatrix"/> it takes; null for everybody whom the section is for.</param>
public sealed record Way(string Words, string Path, string? Needs = null)
{
    public string Of(ConsolePerson person) => Path.Replace("{account}", person.Place?.AccountId, StringComparison.Ordinal);
}

/// <summary>The navigation: one list per section.</summary>
public static class Navigation
{
    private static readonly Way[] Account =
    [
        new("Users", "/admin/accounts/{account}/users", PermissionMatrix.ManageUsers),
        new("Import users", "/admin/accounts/{account}/import", PermissionMatrix.ManageUsers),
        new("Jobs", "/admin/accounts/{account}/jobs", PermissionMatrix.ManageUsers),
        new("Reports", "/admin/accounts/{account}/reports", PermissionMatrix.ReportsOfOthers),
        new("Audit", "/admin/accounts/{account}/audit", PermissionMatrix.ManageUsers),
        new("Erasures", "/admin/accounts/{account}/erasures", PermissionMatrix.ManageUsers),
        new("Sign-in security", "/admin/accounts/{account}/security", PermissionMatrix.ManageSecondFactors),
        new("Primary User", "/admin/accounts/{account}/primary", PermissionMatrix.ManageUsers),
        new("Plan", "/admin/accounts/{account}/plan", PermissionMatrix.ManagePlan),
        new("Billing", "/admin/accounts/{account}/billing", PermissionMatrix.ManageBilling),
        new("Provisioning", "/admin/accounts/{account}/provisioning", PermissionMatrix.ManageUsers),
    ];

    private static readonly Way[] Own =
    [
        new("Profile", "/me"),
        new("Password", "/me/password"),
        new("Second factors", "/me/security"),
        new("Sessions", "/me/sessions"),
        new("Connected apps", "/me/apps"),
        new("Your report", "/me/report"),
        new("Primary User", "/me/primary"),
    ];

    private static readonly Way[] Hub =
    [
        new("Overview", "/admin/hub"),
        new("Accounts", "/admin/hub/accounts"),
        new("Applications", "/admin/hub/applications"),
        new("Plans", "/admin/hub/plans"),
        new("Clients", "/admin/hub/clients"),
        new("Primary requests", "/admin/hub/primary"),
        new("People", "/admin/hub/people"),
        new("Queues", "/admin/hub/queues"),
        new("Security events", "/admin/hub/streams"),
        new("Keys", "/admin/hub/keys"),
        new("Audit", "/admin/hub/audit"),
    ];

    /// <returns>The ways of the section in which a path lies, as far as this person may go.</returns>
    public static IEnumerable<Way> For(ConsolePerson person, string path) =>
        (path.StartsWith("/me", StringComparison.Ordinal) ? Own : path.StartsWith("/admin/hub", StringComparison.Ordinal) ? Hub : person.Place is null ? [] : Account)
        .Where(way => way.Needs is null || person.May(way.Needs));

    /// <returns>Whether a path is this way's, or lies below it and below no other.</returns>
    public static bool IsCurrent(Way way, ConsolePerson person, string path) =>
        For(person, path).Where(one => path == one.Of(person) || path.StartsWith(one.Of(person) + "/", StringComparison.Ordinal)).MaxBy(one => one.Path.Length) == way;
}
