using IdentityHub.Testing;
using Xunit;
using static IdentityHub.Scim.Tests.Bulk.BulkHub;

namespace IdentityHub.Scim.Tests.Bulk;

/// <summary>New resources that refer to each other in a circle.</summary>
[Spec("RFC 7644", "3.7.1")]
public sealed class CircleTests(BulkHub hub) : IClassFixture<BulkHub>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(200)]
    public async Task Users_in_a_circle_of_managers_all_end_whole(int size)
    {
        var answer = await hub.Northside.BulkAsync([.. Enumerable.Range(0, size).Select(i => PostUser($"u{i}", hub.NewName(), $$"""{ "value": "bulkId:u{{(i + 1) % size}}" }"""))]);

        Assert.All(answer.Statuses, status => Assert.Equal("201", status));
        Assert.Equal(size, answer.Operations.Count);
        for (var i = 0; i < size; i++)
        {
            var user = await hub.Northside.GetAsync("/Users/" + answer.IdAt(i));
            Assert.Equal(answer.IdAt((i + 1) % size), (string?)user[Enterprise]!["manager"]!["value"]);
            Assert.Equal((string?)answer.Operations[i]!["version"], (string?)user["meta"]!["version"]);
        }
    }

    [Fact]
    public async Task What_hangs_on_a_circle_comes_after_it()
    {
        var answer = await hub.Northside.BulkAsync(
            PostGroup("g", "Group " + hub.NewName(), "bulkId:c", "bulkId:a"),
            PostUser("c", hub.NewName(), "\"bulkId:a\""),
            PostUser("a", hub.NewName(), "\"bulkId:b\""),
            PatchOne("/Users/bulkId:b", """{ "op": "add", "path": "title", "value": "Head" }"""),
            PostUser("b", hub.NewName(), """{ "$ref": "bulkId:a" }"""),
            PostUser("d", hub.NewName(), "\"bulkId:d\""));

        Assert.Equal(["201", "201", "201", "200", "201", "201"], answer.Statuses);
        Assert.Equal(answer.IdOf("b"), await hub.Northside.ManagerOfAsync(answer.IdOf("a")));
        Assert.Equal(answer.IdOf("a"), await hub.Northside.ManagerOfAsync(answer.IdOf("b")));
        Assert.Equal(answer.IdOf("a"), await hub.Northside.ManagerOfAsync(answer.IdOf("c")));
        Assert.Equal(answer.IdOf("d"), await hub.Northside.ManagerOfAsync(answer.IdOf("d")));
        Assert.Equal(2, (await hub.Northside.MembersOfAsync(answer.IdOf("g"))).Length);
    }

    [Fact]
    public async Task Of_a_circle_in_which_one_fails_nothing_is_left()
    {
        var taken = hub.NewName();
        await hub.Northside.BulkAsync(PostUser("x", taken));
        var (one, two) = (hub.NewName(), hub.NewName());

        var answer = await hub.Northside.BulkAsync(PostUser("a", one, "\"bulkId:b\""), PostUser("b", two, "\"bulkId:c\""), PostUser("c", taken, "\"bulkId:a\""), PostUser("d", hub.NewName(), "\"bulkId:a\""));

        Assert.Equal(["409", "409", "409", "409"], answer.Statuses);
        Assert.Equal([null, null, "uniqueness", null], answer.Operations.Select(operation => (string?)operation!["response"]!["scimType"]));
        Assert.All(answer.Operations, operation => Assert.Null(operation!["location"]));
        Assert.Equal(0, await hub.Northside.CountAsync(one) + await hub.Northside.CountAsync(two));
    }

    [Fact]
    public async Task Of_a_circle_in_which_one_cannot_be_read_nothing_is_left()
    {
        var one = hub.NewName();
        var answer = await hub.Northside.BulkAsync(PostUser("a", one, "\"bulkId:b\""), PostUser("b", "", "\"bulkId:a\""));

        Assert.Equal(["409", "400"], answer.Statuses);
        Assert.Equal(0, await hub.Northside.CountAsync(one));
    }

    [Fact]
    public async Task A_circle_through_a_group_is_a_conflict()
    {
        var name = hub.NewName();
        var answer = await hub.Northside.BulkAsync(PostUser("u", name, "\"bulkId:g\""), PostGroup("g", "Group " + name, "bulkId:u"), PostGroup("self", "Own " + name, "bulkId:self"));

        Assert.Equal(["409", "409", "409"], answer.Statuses);
        Assert.Equal(0, await hub.Northside.CountAsync(name));
    }

    [Fact]
    public async Task A_password_in_a_circle_is_set()
    {
        var name = hub.NewName();
        var answer = await hub.Northside.BulkAsync(
            $$"""
            { "method": "POST", "path": "/Users", "bulkId": "a", "data": { "schemas": ["{{UserSchema}}", "{{Enterprise}}"], "userName": "{{name}}", "password": "long enough for all",
              "{{Enterprise}}": { "manager": { "value": "bulkId:a" }, "department": "Alone" } } }
            """);

        Assert.Equal(["201"], answer.Statuses);
        var user = await hub.Northside.GetAsync("/Users/" + answer.IdAt(0));
        Assert.Equal("Alone", (string?)user[Enterprise]!["department"]);
        Assert.DoesNotContain("long enough", user.ToJsonString(), StringComparison.Ordinal);
    }
}
