using System.Collections.Immutable;

namespace IdentityHub.Domain.Permissions;

/// <summary>What a member is in an account.</summary>
public enum Role
{
    User,
    Administrator,
}

/// <summary>What of the account's services a member may use. Absent: none of them.</summary>
public enum PermissionLevel
{
    Primary,
    Support,
    Invoices,
    Acatr,
}

/// <summary>The names of roles and levels as configuration, SCIM and tokens write them.</summary>
public static class PermissionNames
{
    public static string Of(PermissionLevel level) => level switch
    {
        PermissionLevel.Primary => "PRIMARY",
        PermissionLevel.Support => "SUPPORT",
        PermissionLevel.Invoices => "INVOICES",
        PermissionLevel.Acatr => "ACATR",
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, null),
    };

    public static string Of(Role role) => role == Role.Administrator ? "Administrator" : "User";

    /// <summary>Reads a permission level, case-sensitive. Null when it is none.</summary>
    public static PermissionLevel? Level(string? name) => name switch
    {
        "PRIMARY" => PermissionLevel.Primary,
        "SUPPORT" => PermissionLevel.Support,
        "INVOICES" => PermissionLevel.Invoices,
        "ACATR" => PermissionLevel.Acatr,
        _ => null,
    };

    /// <summary>Reads a role, case-sensitive. Null when it is none.</summary>
    public static Role? RoleOf(string? name) => name switch
    {
        "Administrator" => Role.Administrator,
        "User" => Role.User,
        _ => null,
    };
}

/// <summary>Who may do what: the one table. Role and permission level each grant; a member has the union.</summary>
/// <remarks>The names are the values of the <c>permissions</c> claim.</remarks>
public static class PermissionMatrix
{
    public const string ManageUsers = "users:manage";
    public const string ManageSecondFactors = "second-factors:manage";
    public const string ManageBilling = "billing:manage";
    public const string ManagePlan = "plan:manage";
    public const string ReportsOfOthers = "reports:others";
    public const string OwnReport = "report:own";
    public const string OwnSecondFactor = "second-factor:own";
    public const string Forms = "services:forms";
    public const string Reports = "services:reports";
    public const string WebTools = "services:web-tools";
    public const string Documents = "services:documents";
    public const string Resources = "services:resources";
    public const string ViewInvoices = "invoices:view";
    public const string AcatrTools = "acatr:tools";
    public const string AcatrReports = "acatr:reports";
    public const string AcatrDocuments = "acatr:documents";
    public const string AcatrSubmissions = "acatr:submissions";

    private static readonly ImmutableArray<string> Own = [OwnReport, OwnSecondFactor];
    private static readonly ImmutableArray<string> Administration = [ManageUsers, ManageSecondFactors, ManageBilling, ManagePlan, ReportsOfOthers];
    private static readonly ImmutableArray<string> Services = [Forms, Reports, WebTools, Documents, Resources];
    private static readonly ImmutableArray<string> Acatr = [AcatrTools, AcatrReports, AcatrDocuments, AcatrSubmissions];

    private static readonly ImmutableDictionary<Role, ImmutableArray<string>> ByRole =
        ImmutableDictionary.CreateRange<Role, ImmutableArray<string>>(
        [
            new(Role.User, Own),
            new(Role.Administrator, [.. Administration, .. Own]),
        ]);

    private static readonly ImmutableDictionary<PermissionLevel, ImmutableArray<string>> ByLevel =
        ImmutableDictionary.CreateRange<PermissionLevel, ImmutableArray<string>>(
        [
            new(PermissionLevel.Primary, [.. Administration, .. Own, .. Services, ViewInvoices, .. Acatr]),
            new(PermissionLevel.Support, Services),
            new(PermissionLevel.Invoices, [ViewInvoices]),
            new(PermissionLevel.Acatr, Acatr),
        ]);

    private static readonly ImmutableDictionary<(Role, PermissionLevel?), ImmutableArray<string>> Unions =
        (from role in Enum.GetValues<Role>()
         from level in Enum.GetValues<PermissionLevel>().Cast<PermissionLevel?>().Append(null)
         select KeyValuePair.Create((role, level), Union(role, level))).ToImmutableDictionary();

    /// <summary>Everything that a member with this role and level may do, each once, sorted by name.</summary>
    public static ImmutableArray<string> Of(Role role, PermissionLevel? level) => Unions[(role, level)];

    /// <summary>Whether a member with this role and level may do it.</summary>
    public static bool Allows(Role role, PermissionLevel? level, string permission) => Of(role, level).Contains(permission);

    private static ImmutableArray<string> Union(Role role, PermissionLevel? level) =>
        [.. ByRole[role].Concat(level is { } held ? ByLevel[held] : []).Distinct().Order(StringComparer.Ordinal)];
}
