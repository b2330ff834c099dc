using System.Collections.Immutable;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.AdminUi.Users;

/// <summary>What each permission of the one table means to people, in the order in which it is explained.</summary>
internal static class PermissionWords
{
    public static readonly ImmutableArray<(string Permission, string Words)> All =
    [
        (PermissionMatrix.ManageUsers, "Add, change and delete users"),
        (PermissionMatrix.ManageSecondFactors, "Help others with their second factors"),
        (PermissionMatrix.ManageBilling, "See and change billing details"),
        (PermissionMatrix.ManagePlan, "Change the plan and the number of seats"),
        (PermissionMatrix.ReportsOfOthers, "See everyone's connections and reports"),
        (PermissionMatrix.OwnReport, "See their own connections"),
        (PermissionMatrix.OwnSecondFactor, "Set up their own second factor"),
        (PermissionMatrix.Forms, "Forms"),
        (PermissionMatrix.Reports, "Reports"),
        (PermissionMatrix.WebTools, "Web tools"),
        (PermissionMatrix.Documents, "Member documents"),
        (PermissionMatrix.Resources, "Resources"),
        (PermissionMatrix.ViewInvoices, "Invoices"),
        (PermissionMatrix.AcatrTools, "ACATR tools"),
        (PermissionMatrix.AcatrReports, "ACATR reports"),
        (PermissionMatrix.AcatrDocuments, "ACATR documents"),
        (PermissionMatrix.AcatrSubmissions, "ACATR submissions"),
    ];

    /// <summary>One sentence about a level.</summary>
    public static string Of(PermissionLevel? level) => level switch
    {
        PermissionLevel.Primary => "everything in this account; there is one",
        PermissionLevel.Support => "all services, without ACATR and invoices",
        PermissionLevel.Invoices => "view invoices only",
        PermissionLevel.Acatr => "everything of ACA tracking and reporting",
        _ => "no services",
    };

    public static string Of(Role role) => role == Role.Administrator ? "runs this account: users, seats, billing, reports" : "their own settings and report";

    /// <summary>Whether a role alone, or a level beside the role User, brings a permission.</summary>
    public static bool Brings(Role role, PermissionLevel? level, string permission) =>
        level is null ? PermissionMatrix.Allows(role, null, permission) : PermissionMatrix.Allows(Role.User, level, permission);
}
