using System.Net;
using IdentityHub.Testing;
using Xunit;
using static IdentityHub.Scim.Tests.Bulk.BulkHub;

namespace IdentityHub.Scim.Tests.Bulk;

/// <summary>Running side by side must come to what running one after the other comes to (RFC 7644 §3.7).</summary>
[Spec("RFC 7644", "3.7")]
public sealed class BulkOrderTests(BulkHub hub) : IClassFixture<BulkHub>
{
    [Fact]
    public async Task A_thousand_users_are_made_and_deactivated_and_deleted_and_the_one_that_fails_is_told()
    {
        var names = Enumerable.Range(0, 1_000).Select(i => hub.NewName("many")).ToArray();
        names[500] = "";
        var made = await hub.Northside.BulkAsync([.. names.Select((name, i) => PostUser($"b{i}", name))]);

        Assert.Equal(1_000, made.Operations.Count);
        Assert.Equal("400", made.Statuses[500]);
        Assert.All(made.Operations.Index().Where(one => one.Index != 500), one => Assert.Equal("201", (string?)one.Item!["status"]));
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"b{i}"), made.Operations.Select(operation => (string?)operation!["bulkId"]));
        Assert.Equal(names[999], (string?)(await hub.Northside.GetAsync("/Users/" + made.IdAt(999)))["userName"]);

        var ids = Enumerable.Range(0, 1_000).Where(i => i != 500).Select(made.IdAt).ToArray();
        var gone = await hub.Northside.BulkAsync([.. ids.Select(id => PatchOne("/Users/" + id, """{ "op": "Replace", "path": "active", "value": "False" }"""))]);
        Assert.All(gone.Statuses, status => Assert.Equal("200", status));
        Assert.Equal(ids, Enumerable.Range(0, 999).Select(gone.IdAt));
        Assert.False((bool)(await hub.Northside.GetAsync("/Users/" + ids[998]))["active"]!);

        var deleted = await hub.Northside.BulkAsync([.. ids.Select(id => $$"""{ "method": "DELETE", "path": "/Users/{{id}}" }""")]);
        Assert.All(deleted.Statuses, status => Assert.Equal("204", status));
        Assert.Equal(HttpStatusCode.NotFound, (await hub.Northside.SendAsync(HttpMethod.Get, "/Users/" + ids[0])).Status);
    }

    [Fact]
    public async Task Operations_on_one_resource_keep_their_order()
    {
        var made = await hub.Northside.BulkAsync(PostUser("a", hub.NewName()));
        var path = "/Users/" + made.IdAt(0);
        var answer = await hub.Northside.BulkAsync([
            .. Enumerable.Range(0, 50).Select(i => PatchOne(path, $$"""{ "op": "replace", "path": "title", "value": "{{i}}" }""")),
            $$"""{ "method": "DELETE", "path": "{{path}}" }""",
            PatchOne(path, """{ "op": "replace", "path": "title", "value": "late" }""")]);

        Assert.Equal("204", answer.Statuses[50]);
        Assert.Equal("404", answer.Statuses[51]);
        Assert.Equal(50, answer.Operations.Take(50).Select(operation => (string?)operation!["version"]).Distinct().Count());
    }

    [Fact]
    public async Task A_name_that_one_operation_frees_the_next_may_take()
    {
        var name = hub.NewName();
        var made = await hub.Northside.BulkAsync(PostUser("a", name));
        var answer = await hub.Northside.BulkAsync($$"""{ "method": "DELETE", "path": "/Users/{{made.IdAt(0)}}" }""", PostUser("b", name), PostUser("c", name.ToUpperInvariant()));

        Assert.Equal(["204", "201", "409"], answer.Statuses);
    }

    [Fact]
    public async Task The_first_that_ask_get_the_last_seats()
    {
        var answer = await hub.Northside.BulkAsync([.. Enumerable.Range(0, 20).Select(i => $$"""
            { "method": "POST", "path": "/Users", "bulkId": "s{{i}}", "data": { "schemas": ["{{UserSchema}}"], "userName": "{{hub.NewName()}}",
              "entitlements": [ { "value": "expert-console", "type": "seat" } ] } }
            """)]);

        Assert.Equal(["201", "201", .. Enumerable.Repeat("409", 18)], answer.Statuses);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(3, 5)]
    [InlineData(4, 6)]
    public async Task After_as_many_errors_as_are_allowed_nothing_more_is_attempted(int failOnErrors, int attempted)
    {
        const string Wrong = """{ "method": "DELETE", "path": "/Users/nobody" }""";
        var names = Enumerable.Range(0, 3).Select(_ => hub.NewName()).ToArray();
        var answer = await hub.Northside.BulkAsync(failOnErrors, PostUser("a", names[0]), Wrong, PostUser("b", names[1]), Wrong, Wrong, PostUser("c", names[2]));

        Assert.Equal(new[] { "201", "404", "201", "404", "404", "201" }.Take(attempted), answer.Statuses);
        Assert.Equal(attempted > 5 ? 1 : 0, await hub.Northside.CountAsync(names[2]));
    }

    [Fact]
    public async Task Of_errors_among_neighbours_no_more_are_made_than_are_allowed()
    {
        var names = Enumerable.Range(0, 100).Select(i => i % 10 == 9 ? "" : hub.NewName()).ToArray();
        var answer = await hub.Northside.BulkAsync(3, [.. names.Select((name, i) => PostUser($"b{i}", name))]);

        Assert.Equal(30, answer.Operations.Count);
        Assert.Equal(0, await hub.Northside.CountAsync(names[30]));
    }

    [Fact]
    public async Task Each_operation_has_its_line_in_the_provisioning_log()
    {
        var answer = await hub.Northside.BulkAsync(
            PostUser("a", hub.NewName(), "\"bulkId:b\""), PostUser("b", hub.NewName(), "\"bulkId:a\""), PostUser("c", hub.NewName(), "\"bulkId:x\""),
            PatchOne("/Users/bulkId:a", """{ "op": "replace", "path": "title", "value": "x" }"""), """{ "method": "GET", "path": "/Users" }""");

        Assert.Equal(["201", "201", "400", "200", "400"], answer.Statuses);
        var lines = (await hub.LogAsync(5)).Select(line => $"{line.Method} {line.ResourceType} {line.Status}").Order();
        Assert.Equal(["PATCH User 200", "POST Bulk 400", "POST User 201", "POST User 201", "POST User 400"], lines);
    }
}
