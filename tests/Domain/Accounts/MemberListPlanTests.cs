using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Xunit;
using Xunit.Abstractions;

namespace IdentityHub.Domain.Tests.Accounts;

/// <summary>The table of users reads the narrow index and nothing wider for what it does not show, and stays quick with a hundred thousand.</summary>
public sealed class MemberListPlanTests : HubTests
{
    private static readonly (string Name, MemberFilter Filter)[] Filters =
    [
        ("all", MemberFilter.All), ("word", new() { Find = "jo" }), ("words", new() { Find = "name5 @mail" }), ("nothing found", new() { Find = "xyzzy" }),
        ("administrators", new() { Role = Role.Administrator }), ("level", new() { Level = PermissionLevel.Support }), ("no level", new() { WithoutLevel = true }),
        ("status", new() { Status = MembershipStatus.Inactive }), ("seat", new() { Seat = TestDirectory.Console }), ("no seat", new() { WithoutSeat = true }),
        ("2FA required", new() { TwoFactor = TwoFactorStanding.Required }), ("2FA enrolled", new() { TwoFactor = TwoFactorStanding.Enrolled }),
        ("2FA none", new() { TwoFactor = TwoFactorStanding.None }), ("2FA missing", new() { TwoFactor = TwoFactorStanding.Missing }),
        ("source", new() { Source = MemberSource.Provisioning }), ("active now", new() { ActiveNow = true }),
        ("several", new() { Role = Role.User, Status = MembershipStatus.Active, Find = "name7", TwoFactor = TwoFactorStanding.None, WithoutSeat = true }),
    ];

    public static IEnumerable<object[]> Names => from filter in Filters from policy in Enum.GetValues<TwoFactorPolicy>() select new object[] { filter.Name, policy };

    [Theory, MemberData(nameof(Names))]
    public async Task No_row_is_read_to_filter_count_or_sort(string name, TwoFactorPolicy policy)
    {
        await Hub.AddAccountAsync("north");
        var filter = Filters.Single(one => one.Name == name).Filter;
        var queries = await Hub.ReadAsync(reader => Task.FromResult<List<(string What, List<string> Plan)>>(
        [
            ("count", PlanOf(new MemberListSql("SELECT count(*)", "north", policy, false, reader.Now, filter).Command(reader))),
            ("chunk", PlanOf(new MemberListSql("SELECT m.\"Id\"", "north", policy, false, reader.Now, filter).After(new("a", "b"), 100).Command(reader))),
            .. from column in Enum.GetValues<MemberColumn>()
               from isDescending in (bool[])[false, true]
               select ($"{column} {isDescending}", PlanOf(
                   new MemberListSql("SELECT m.\"Id\"", "north", policy, false, reader.Now, filter).Order(new(column, isDescending, TestDirectory.Console), 50, 50).Command(reader))),
        ]));
        Assert.All(queries, query =>
        {
            var plan = string.Join('\n', query.Plan.Prepend(query.What));
            var overMembers = Assert.Single(query.Plan, line => line.StartsWith("SEARCH m ", StringComparison.Ordinal));

            // All of them by user name: along the index that has them in that order, and a row for each line of the page.
            var isInOrder = filter.IsAll && query.What.StartsWith(nameof(MemberColumn.UserName), StringComparison.Ordinal);
            Assert.True(overMembers.Contains(isInOrder ? "USING INDEX IX_Memberships_AccountId_UserNameKey" : "USING COVERING INDEX", StringComparison.Ordinal), plan);
            Assert.DoesNotContain(query.Plan, line => line.StartsWith("SCAN", StringComparison.Ordinal) || line.Contains("AUTOMATIC", StringComparison.Ordinal));
            if (isInOrder || query.What.StartsWith(nameof(MemberColumn.Name), StringComparison.Ordinal) || query.What == "chunk")
            {
                Assert.DoesNotContain(query.Plan, line => line.Contains("ORDER BY", StringComparison.Ordinal));
            }
        });
    }

    private static List<string> PlanOf(System.Data.Common.DbCommand command)
    {
        command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
        using var row = command.ExecuteReader();
        var lines = new List<string>();
        while (row.Read())
        {
            lines.Add(row.GetString(3));
        }

        return lines;
    }

    /// <summary>As many members, straight into the tables: every third has a second factor, four in ten a seat, one in fifty was seen just now.</summary>

}
