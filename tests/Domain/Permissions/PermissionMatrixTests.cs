using IdentityHub.Domain.Permissions;
using Xunit;

namespace IdentityHub.Domain.Tests.Permissions;

/// <summary>The whole table, written out against the words of the two products whose roles and levels it unites.</summary>
public sealed class PermissionMatrixTests
{
    private static readonly string[] Own = ["report:own", "second-factor:own"];
    private static readonly string[] Administration = ["users:manage", "second-factors:manage", "billing:manage", "plan:manage", "reports:others"];

    // "all available services ... forms, reports, web tools, member documents, and resources", "but does not include ACATR"
    private static readonly string[] Services = ["services:forms", "services:reports", "services:web-tools", "services:documents", "services:resources"];

    // "view invoices only"
    private static readonly string[] Invoices = ["invoices:view"];

    // "all web tools related to ... ACATR, including reports, member documents, and submissions"
    private static readonly string[] Acatr = ["acatr:tools", "acatr:reports", "acatr:documents", "acatr:submissions"];

    public static TheoryData<Role, PermissionLevel?, string[]> Table { get; } = new()
    {
        { Role.User, null, Own },
        { Role.User, PermissionLevel.Support, [.. Own, .. Services] },
        { Role.User, PermissionLevel.Invoices, [.. Own, .. Invoices] },
        { Role.User, PermissionLevel.Acatr, [.. Own, .. Acatr] },
        { Role.User, PermissionLevel.Primary, [.. Own, .. Administration, .. Services, .. Invoices, .. Acatr] },
        { Role.Administrator, null, [.. Own, .. Administration] },
        { Role.Administrator, PermissionLevel.Support, [.. Own, .. Administration, .. Services] },
        { Role.Administrator, PermissionLevel.Invoices, [.. Own, .. Administration, .. Invoices] },
        { Role.Administrator, PermissionLevel.Acatr, [.. Own, .. Administration, .. Acatr] },
        { Role.Administrator, PermissionLevel.Primary, [.. Own, .. Administration, .. Services, .. Invoices, .. Acatr] },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void A_member_may_do_exactly_what_role_and_level_say(Role role, PermissionLevel? level, string[] permissions)
    {
        Assert.Equal(permissions.Order(StringComparer.Ordinal), PermissionMatrix.Of(role, level));
        Assert.All(permissions, permission => Assert.True(PermissionMatrix.Allows(role, level, permission)));
        Assert.False(PermissionMatrix.Allows(role, level, "hub:operate"));
    }

    [Fact]
    public void The_table_is_complete() => Assert.Equal(Enum.GetValues<Role>().Length * (Enum.GetValues<PermissionLevel>().Length + 1), Table.Count);

    [Fact]
    public void Names_read_back_as_they_are_written_and_no_other_way()
    {
        Assert.All(Enum.GetValues<PermissionLevel>(), level => Assert.Equal(level, PermissionNames.Level(PermissionNames.Of(level))));
        Assert.All(Enum.GetValues<Role>(), role => Assert.Equal(role, PermissionNames.RoleOf(PermissionNames.Of(role))));
        Assert.Null(PermissionNames.Level("primary"));
        Assert.Null(PermissionNames.Level(null));
        Assert.Null(PermissionNames.RoleOf("administrator"));
    }
}
