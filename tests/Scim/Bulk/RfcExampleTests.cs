using System.Net;
using IdentityHub.Testing;
using Xunit;
using static IdentityHub.Scim.Tests.Bulk.BulkHub;

namespace IdentityHub.Scim.Tests.Bulk;

/// <summary>The examples of RFC 7644 §3.7, as they stand there but for names and ids.</summary>
[Spec("RFC 7644", "3.7")]
public sealed class RfcExampleTests(BulkHub hub) : IClassFixture<BulkHub>
{
    [Fact]
    [Spec("RFC 7644", "3.7.2")]
    public async Task A_user_and_the_group_they_are_in_are_made_at_once()
    {
        var answer = await hub.Northside.BulkAsync(PostUser("qwerty", hub.NewName("alice")), PostGroup("ytrewq", "Tour Guides", "bulkId:qwerty"));

        Assert.Equal(["201", "201"], answer.Statuses);
        var user = answer.Operations[0]!;
        Assert.Equal(["location", "method", "bulkId", "version", "status"], user.AsObject().Select(member => member.Key));
        Assert.Equal("POST", (string?)user["method"]);
        Assert.Equal("qwerty", (string?)user["bulkId"]);
        Assert.Equal($"{hub.Base}/Users/{answer.IdAt(0)}", (string?)user["location"]);
        Assert.Equal([answer.IdAt(0)], await hub.Northside.MembersOfAsync(answer.IdAt(1)));
    }

    [Fact]
    [Spec("RFC 7644", "3.7.2")]
    public async Task A_user_and_their_manager_are_made_at_once()
    {
        var answer = await hub.Northside.BulkAsync(PostUser("qwerty", hub.NewName("alice")), PostUser("ytrewq", hub.NewName("bob"), """{ "value": "bulkId:qwerty" }"""));

        Assert.Equal(["201", "201"], answer.Statuses);
        Assert.Equal(answer.IdAt(0), await hub.Northside.ManagerOfAsync(answer.IdAt(1)));
        Assert.Equal((string?)(await hub.Northside.GetAsync("/Users/" + answer.IdAt(0)))["meta"]!["version"], (string?)answer.Operations[0]!["version"]);
    }

    [Fact]
    [Spec("RFC 7644", "3.7.3")]
    public async Task Four_methods_in_one_request()
    {
        var made = await hub.Northside.BulkAsync([.. new[] { "b", "c", "d" }.Select(id => PostUser(id, hub.NewName(id)))]);
        var (bob, version, name) = (made.IdAt(0), (string)made.Operations[0]!["version"]!, hub.NewName("bob"));

        var answer = await hub.Northside.BulkAsync(
            1,
            PostUser("qwerty", hub.NewName("alice")),
            $$"""{ "method": "PUT", "path": "/Users/{{bob}}", "version": {{Quoted(version)}}, "data": { "schemas": ["{{UserSchema}}"], "id": "{{bob}}", "userName": "{{name}}" } }""",
            PatchOne("/Users/" + made.IdAt(1), """{ "op": "remove", "path": "nickName" }, { "op": "add", "path": "userType", "value": "Employee" }"""),
            $$"""{ "method": "DELETE", "path": "/Users/{{made.IdAt(2)}}", "version": {{Quoted((string)made.Operations[2]!["version"]!)}} }""");

        Assert.Equal(["201", "200", "200", "204"], answer.Statuses);
        Assert.Equal(["POST", "PUT", "PATCH", "DELETE"], answer.Operations.Select(operation => (string?)operation!["method"]));
        Assert.Equal(made.IdAt(2), answer.IdAt(3));
        Assert.NotEqual(version, (string?)answer.Operations[1]!["version"]);
        Assert.Equal(name, (string?)(await hub.Northside.GetAsync("/Users/" + bob))["userName"]);
        Assert.Equal("Employee", (string?)(await hub.Northside.GetAsync("/Users/" + made.IdAt(1)))["userType"]);
        Assert.Equal(HttpStatusCode.NotFound, (await hub.Northside.SendAsync(HttpMethod.Get, "/Users/" + made.IdAt(2))).Status);
    }

    [Fact]
    [Spec("RFC 7644", "3.7.3")]
    public async Task With_failOnErrors_1_the_first_error_is_the_last_operation_in_the_answer()
    {
        var never = hub.NewName();
        var answer = await hub.Northside.BulkAsync(1, """{ "method": "POST", "path": "/Users", "bulkId": "qwerty", "data": { "schemas": [], "userName": "alice" } }""", PostUser("b", never));

        var only = Assert.Single(answer.Operations)!;
        Assert.Equal(["method", "bulkId", "status", "response"], only.AsObject().Select(member => member.Key));
        Assert.Equal("400", (string?)only["status"]);
        Assert.Equal("urn:ietf:params:scim:api:messages:2.0:Error", (string?)only["response"]!["schemas"]![0]);
        Assert.Equal("400", (string?)only["response"]!["status"]);
        Assert.Equal(0, await hub.Northside.CountAsync(never));
    }

    [Fact]
    [Spec("RFC 7644", "3.7.3")]
    public async Task Without_failOnErrors_all_are_attempted_and_each_error_is_told()
    {
        var made = await hub.Northside.BulkAsync(PostUser("b", hub.NewName("bob")));
        var bob = made.IdAt(0);

        var answer = await hub.Northside.BulkAsync(
            """{ "method": "POST", "path": "/Users", "bulkId": "qwerty", "data": { "schemas": [] } }""",
            $$"""{ "method": "PUT", "path": "/Users/{{bob}}", "version": "W/\"lha5bbazU3fNvfe5\"", "data": { "schemas": ["{{UserSchema}}"], "userName": "bob" } }""",
            PatchOne("/Users/5d8d29d3-342c-4b5f-8683-a3cb6763ffcc", """{ "op": "remove", "path": "nickName" }"""),
            """{ "method": "DELETE", "path": "/Users/e9025315-6bea-44e1-899c-1e07454e468b", "version": "W/\"0ee8add0a938e1a\"" }""");

        Assert.Equal(["400", "412", "404", "404"], answer.Statuses);
        Assert.Null(answer.Operations[0]!["location"]);
        Assert.Equal(
            [$"{hub.Base}/Users/{bob}", $"{hub.Base}/Users/5d8d29d3-342c-4b5f-8683-a3cb6763ffcc", $"{hub.Base}/Users/e9025315-6bea-44e1-899c-1e07454e468b"],
            answer.Operations.Skip(1).Select(operation => (string?)operation!["location"]));
        Assert.All(answer.Operations, operation => Assert.Equal((string?)operation!["status"], (string?)operation["response"]!["status"]));
        Assert.All(answer.Operations, operation => Assert.NotEmpty((string)operation!["response"]!["detail"]!));
    }

    [Fact]
    [Spec("RFC 7644", "3.7.1")]
    public async Task Groups_that_contain_each_other_are_a_conflict_because_groups_have_users_as_members()
    {
        var answer = await hub.Northside.BulkAsync(PostGroup("qwerty", "Group A", "bulkId:ytrewq"), PostGroup("ytrewq", "Group B", "bulkId:qwerty"));

        Assert.Equal(["409", "409"], answer.Statuses);
        Assert.DoesNotContain("Group A", (await hub.Northside.GetAsync("/Groups")).ToJsonString());
    }

    [Fact]
    [Spec("RFC 7644", "3.7.4")]
    public async Task Too_many_operations_are_refused_as_a_whole_and_told_the_limit()
    {
        var name = hub.NewName();
        var delete = """{ "method": "DELETE", "path": "/Users/nobody" }""";
        var answer = await hub.Northside.PostAsync($$"""
            { "schemas": ["{{Request}}"], "Operations": [ {{PostUser("a", name)}}, {{string.Join(',', Enumerable.Repeat(delete, 1_000))}} ] }
            """);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.Equal("413", (string?)answer.Body!["status"]);
        Assert.Contains("1000", (string?)answer.Body["detail"], StringComparison.Ordinal);
        Assert.Equal(0, await hub.Northside.CountAsync(name));
    }

    [Theory]
    [InlineData(1024 * 1024, HttpStatusCode.OK)]
    [InlineData(1024 * 1024 + 1, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(3 * 1024 * 1024, HttpStatusCode.RequestEntityTooLarge)]
    [Spec("RFC 7644", "3.7.4")]
    public async Task A_body_may_have_a_mebibyte_and_no_more(int size, HttpStatusCode expected)
    {
        var body = $$"""{ "schemas": ["{{Request}}"], "Operations": [ {{PostUser("a", hub.NewName())}} ] }""";
        var answer = await hub.Northside.PostAsync(body + new string(' ', size - body.Length));

        Assert.Equal(expected, answer.Status);
        Assert.True(expected == HttpStatusCode.OK || ((string)answer.Body!["detail"]!).Contains("1048576", StringComparison.Ordinal));
    }
}
