using System.Collections.Frozen;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.AdminUi.Tests.Matrix;

/// <summary>Who may open each page of the console, written down apart from the pages: the matrix is walked by the routes, and a route that is not in here fails.</summary>
internal static class PageTable
{
    /// <summary>Everybody who is signed in.</summary>
    public const string Person = "person";

    /// <summary>Who runs the hub.</summary>
    public const string Operator = "operator";

    public static readonly FrozenDictionary<string, string> Who = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["/admin/switch"] = Person,
        ["/admin/sign-out"] = Person,
        ["/admin/accounts/{account}/bulk"] = PermissionMatrix.ManageUsers,
        ["/admin/accounts/{account}/import"] = PermissionMatrix.ManageUsers,
        ["/admin/accounts/{account}/import/{id}"] = PermissionMatrix.ManageUsers,
        ["/admin/accounts/{account}/jobs"] = PermissionMatrix.ManageUsers,
        ["/admin/accounts/{account}/jobs/{id}"] = PermissionMatrix.ManageUsers,
        ["/admin/accounts/{account}/users.csv"] = PermissionMatrix.ManageUsers,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Who is led on from here, or told that there is nothing for them: its own test says how.</summary>
    public const string Start = "/admin";
}
