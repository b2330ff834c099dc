using System.Data.Common;
using IdentityHub.Domain.Accounts;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Accounts;

/// <summary>What SQLite makes of the directory's queries: what names few is found by an index, and a list is walked along one; no table is read from end to end.</summary>
public sealed class DirectoryPlanTests : IAsyncLifetime
{
    private TestHub hub = null!;

    public async Task InitializeAsync()
    {
        hub = await TestHub.StartAsync();
        await hub.AddAccountAsync("one");
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private static DirectoryCriterion.Term Is(DirectoryField field, string value = "x", DirectoryOperator how = DirectoryOperator.Equal) => new(field, how, value);

    private Task<List<string>> PlanAsync(bool ofMembers, Func<DirectorySql, DirectorySql> build) => hub.ReadAsync(reader =>
    {
        var start = ofMembers
            ? """SELECT m."Id", u."UserName" FROM "Memberships" m JOIN "Users" u ON u."Id" = m."UserId" """
            : """SELECT g."Id" FROM "Groups" g""";
        using var command = build(new DirectorySql(ofMembers, start)).Command(reader);
        command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
        using DbDataReader row = command.ExecuteReader();
        var lines = new List<string>();
        while (row.Read())
        {
            lines.Add(row.GetString(3));
        }

        return Task.FromResult(lines);
    });

    private static void AssertIndexed(List<string> plan, bool sorts)
    {
        Assert.All(plan, line => Assert.False(line.StartsWith("SCAN", StringComparison.Ordinal), string.Join('\n', plan)));
        if (!sorts)
        {
            Assert.DoesNotContain(plan, line => line.Contains("TEMP B-TREE FOR ORDER BY", StringComparison.Ordinal));
        }
    }

    public static TheoryData<bool, DirectoryField, DirectoryOperator> Identifying => new()
    {
        { true, DirectoryField.Id, DirectoryOperator.Equal }, { true, DirectoryField.Id, DirectoryOperator.StartsWith },
        { true, DirectoryField.UserName, DirectoryOperator.Equal }, { true, DirectoryField.UserName, DirectoryOperator.StartsWith },
        { true, DirectoryField.ExternalId, DirectoryOperator.Equal }, { true, DirectoryField.ExternalId, DirectoryOperator.StartsWith },
        { true, DirectoryField.Email, DirectoryOperator.Equal }, { true, DirectoryField.Email, DirectoryOperator.StartsWith },
        { true, DirectoryField.Group, DirectoryOperator.Equal },
        { false, DirectoryField.Id, DirectoryOperator.Equal }, { false, DirectoryField.DisplayName, DirectoryOperator.Equal }, { false, DirectoryField.DisplayName, DirectoryOperator.StartsWith },
        { false, DirectoryField.ExternalId, DirectoryOperator.Equal }, { false, DirectoryField.Member, DirectoryOperator.Equal },
    };

    [Theory, MemberData(nameof(Identifying))]
    public async Task What_identifies_is_found_by_an_index(bool ofMembers, DirectoryField field, DirectoryOperator how)
    {
        var order = ofMembers ? DirectoryOrder.UserName : DirectoryOrder.DisplayName;
        foreach (var criterion in (DirectoryCriterion[])
            [
                Is(field, how: how), new DirectoryCriterion.AllOf([Is(field, how: how), Is(DirectoryField.Created, "5", DirectoryOperator.Greater)]), new DirectoryCriterion.AnyOf([Is(field, how: how), Is(field, "y", how)]),
            ])
        {
            AssertIndexed(await PlanAsync(ofMembers, sql => sql.Where("one", criterion)), sorts: true);
            foreach (var by in (DirectoryOrder[])[DirectoryOrder.Created, DirectoryOrder.LastModified, order])
            {
                AssertIndexed(await PlanAsync(ofMembers, sql => sql.Where("one", criterion).Page(new("one", criterion, by))), sorts: true);
            }
        }
    }

    [Theory]
    [InlineData(true, DirectoryOrder.Created), InlineData(true, DirectoryOrder.LastModified), InlineData(true, DirectoryOrder.UserName)]
    [InlineData(false, DirectoryOrder.Created), InlineData(false, DirectoryOrder.DisplayName)]
    public async Task A_list_is_walked_along_an_index_from_any_place(bool ofMembers, DirectoryOrder order)
    {
        foreach (var descending in (bool[])[false, true])
        {
            AssertIndexed(await PlanAsync(ofMembers, sql => sql.Where("one", null).Page(new("one", null, order, descending))), sorts: false);
            var after = await PlanAsync(ofMembers, sql => sql.Where("one", null).Page(new("one", null, order, descending, new("5", "id"))));
            AssertIndexed(after, sorts: false);

            // From its place in the index on, not from the index's beginning.
            Assert.Contains(after, line => line.Contains("AccountId=? AND ", StringComparison.Ordinal));
        }
    }
}
