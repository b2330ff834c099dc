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
        ["/admin/accounts/{account}/users"] = PermissionMatrix.ManageUsers,
        ["/admin/accounts/{account}/users/told"] = PermissionMatrix.ManageUsers,
        ["/admin/accounts/{account}/users/new"] = PermissionMatrix.ManageUsers,
        ["/admin/accounts/{account}/users/{member}"] = PermissionMatrix.ManageUsers,
        ["/admin/accounts/{account}/users/{member}/delete"] = PermissionMatrix.ManageUsers,
        ["/admin/accounts/{account}/users/{member}/password"] = PermissionMatrix.ManageUsers,
        ["/admin/accounts/{account}/users/{member}/factors"] = PermissionMatrix.ManageSecondFactors,
        ["/admin/accounts/{account}/users/{member}/sessions"] = PermissionMatrix.ManageUsers,
        ["/admin/accounts/{account}/security"] = PermissionMatrix.ManageSecondFactors,
        ["/admin/hub/people"] = Operator,
        ["/me"] = Person,
        ["/me/password"] = Person,
        ["/me/security"] = Person,
        ["/me/sessions"] = Person,
        ["/me/apps"] = Person,
        ["/admin/hub"] = Operator,
        ["/admin/hub/accounts"] = Operator,
        ["/admin/hub/accounts/{id}"] = Operator,
        ["/admin/hub/applications"] = Operator,
        ["/admin/hub/plans"] = Operator,
        ["/admin/hub/clients"] = Operator,
        ["/admin/hub/clients/{id}"] = Operator,
        ["/admin/hub/register-client"] = Operator,
        ["/admin/hub/primary"] = Operator,
        ["/admin/hub/queues"] = Operator,
        ["/admin/hub/streams"] = Operator,
        ["/admin/hub/keys"] = Operator,
        ["/admin/accounts/{account}/reports"] = PermissionMatrix.ReportsOfOthers,
        ["/admin/accounts/{account}/reports/{member}"] = PermissionMatrix.ReportsOfOthers,
        ["/admin/accounts/{account}/audit"] = PermissionMatrix.ManageUsers,
        ["/admin/accounts/{account}/erasures"] = PermissionMatrix.ManageUsers,
        ["/me/report"] = Person,
        ["/admin/hub/audit"] = Operator,
        ["/me/primary"] = Person,
        ["/admin/accounts/{account}/primary"] = PermissionMatrix.ManageUsers,
        ["/admin/accounts/{account}/plan"] = PermissionMatrix.ManagePlan,
        ["/admin/accounts/{account}/plan/free"] = PermissionMatrix.ManagePlan,
        ["/admin/accounts/{account}/billing"] = PermissionMatrix.ManageBilling,
        ["/admin/accounts/{account}/provisioning"] = PermissionMatrix.ManageUsers,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Who is led on from here, or told that there is nothing for them: its own test says how.</summary>
    public const string Start = "/admin";
}
