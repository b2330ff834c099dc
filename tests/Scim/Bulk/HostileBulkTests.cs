using System.Net;
using System.Text.Json.Nodes;
using IdentityHub.Testing;
using Xunit;
using static IdentityHub.Scim.Tests.Bulk.BulkHub;

namespace IdentityHub.Scim.Tests.Bulk;

/// <summary>What nobody should send, and what belongs to others.</summary>
[Spec("RFC 7644", "3.7")]
public sealed class HostileBulkTests(BulkHub hub) : IClassFixture<BulkHub>
{
    [Theory]
    [InlineData("""{ "Operations": [] }""", "invalidSyntax")]
    [InlineData("""{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [] }""", "invalidSyntax")]
    [InlineData("""{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"] }""", "invalidSyntax")]
    [InlineData("""{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": {} }""", "invalidSyntax")]
    [InlineData("""{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": null }""", "invalidSyntax")]
    [InlineData("""{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [], "failOnErrors": 0 }""", "invalidValue")]
    [InlineData("""{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [], "failOnErrors": -1 }""", "invalidValue")]
    [InlineData("""{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [], "failOnErrors": 1.5 }""", "invalidValue")]
    [InlineData("""{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [], "failOnErrors": "1" }""", "invalidValue")]
    [InlineData("""{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [], "failOnErrors": 1e99 }""", "invalidValue")]
    [InlineData("""{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [], "operations": [] }""", "invalidSyntax")]
    [InlineData("[]", "invalidSyntax")]
    [InlineData("", "invalidSyntax")]
    public async Task A_request_that_is_none_is_refused_as_a_whole(string body, string scimType)
    {
        var answer = await hub.Northside.PostAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(scimType, (string?)answer.Body!["scimType"]);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{ "method": "GET", "path": "/Users/1" }""")]
    [InlineData("""{ "method": 7, "path": "/Users" }""")]
    [InlineData("""{ "method": "POST", "bulkId": "a", "data": {} }""")]
    [InlineData("""{ "method": "POST", "path": 7, "bulkId": "a", "data": {} }""")]
    [InlineData("""{ "method": "POST", "path": "/Bulk", "bulkId": "a", "data": {} }""")]
    [InlineData("""{ "method": "POST", "path": "/Me", "bulkId": "a", "data": {} }""")]
    [InlineData("""{ "method": "PATCH", "path": "/Me", "data": {} }""")]
    [InlineData("""{ "method": "POST", "path": "/", "bulkId": "a", "data": {} }""")]
    [InlineData("""{ "method": "POST", "path": "", "bulkId": "a", "data": {} }""")]
    [InlineData("""{ "method": "POST", "path": "/Users/.search/x", "bulkId": "a", "data": {} }""")]
    [InlineData("""{ "method": "POST", "path": "/Users/1", "bulkId": "a", "data": {} }""")]
    [InlineData("""{ "method": "POST", "path": "https://elsewhere.example/scim/v2/Users", "bulkId": "a", "data": {} }""")]
    [InlineData("""{ "method": "POST", "path": "/Users", "data": {} }""")]
    [InlineData("""{ "method": "POST", "path": "/Users", "bulkId": "", "data": {} }""")]
    [InlineData("""{ "method": "POST", "path": "/Users", "bulkId": 7, "data": {} }""")]
    [InlineData("""{ "method": "POST", "path": "/Users", "bulkId": "a" }""")]
    [InlineData("""{ "method": "POST", "path": "/Users", "bulkId": "a", "data": null }""")]
    [InlineData("""{ "method": "POST", "path": "/Users", "bulkId": "a", "data": [] }""")]
    [InlineData("""{ "method": "POST", "path": "/Users", "bulkId": "a", "data": "{}" }""")]
    [InlineData("""{ "method": "PUT", "path": "/Users", "data": {} }""")]
    [InlineData("""{ "method": "PUT", "path": "/Users/1" }""")]
    [InlineData("""{ "method": "DELETE", "path": "/Users/" }""")]
    [InlineData("""{ "method": "DELETE", "path": "/Users/1", "version": 7 }""")]
    [InlineData("""{ "method": "DELETE", "path": "/Users/1/2" }""")]
    [InlineData("""{ "method": "DELETE", "path": "/Users/bulkId:" }""")]
    [InlineData("""{ "method": "PATCH", "path": "/Groups/1", "data": { "Operations": 7 } }""")]
    [InlineData("""{ "method": "PATCH", "path": "/Groups/1", "data": { "Operations": [ null, { "op": "remove", "path": "members[value eq \"bulkId:\\\"\\" } ] } }""")]
    public async Task An_operation_that_is_none_fails_alone(string operation)
    {
        var name = hub.NewName();
        var answer = await hub.Northside.BulkAsync(operation, PostUser("good", name));

        Assert.Equal(["400", "201"], answer.Statuses);
        Assert.NotEmpty((string)answer.Operations[0]!["response"]!["detail"]!);
    }

    [Theory]
    [InlineData("Users/{0}")]
    [InlineData("/users/{0}")]
    [InlineData("/USERS/{0}/")]
    [InlineData("/scim/v2/Users/{0}")]
    [InlineData("/SCIM/V2/Users/{0}")]
    [InlineData("scim/v2/Users/{0}")]
    [InlineData("{1}/Users/{0}")]
    [InlineData("/Users/{0}?aadOptscim062020")]
    public async Task Paths_are_taken_as_clients_write_them(string path)
    {
        var made = await hub.Northside.BulkAsync(PostUser("a", hub.NewName()).Replace("\"POST\"", "\"post\"", StringComparison.Ordinal));
        var answer = await hub.Northside.BulkAsync(PatchOne(string.Format(path, made.IdAt(0), hub.Base), """{ "op": "add", "path": "title", "value": "x" }"""));

        Assert.Equal(["200"], answer.Statuses);
        Assert.Equal("POST", (string?)made.Operations[0]!["method"]);
        Assert.Equal((string?)made.Operations[0]!["location"], (string?)answer.Operations[0]!["location"]);
    }

    [Fact]
    public async Task Another_accounts_resources_are_not_there()
    {
        var theirs = await hub.Brightfix.BulkAsync(PostUser("a", hub.NewName("secret")), PostGroup("g", "Their group", "bulkId:a"));
        var (user, group) = (theirs.IdAt(0), theirs.IdAt(1));
        var before = await hub.Brightfix.GetAsync("/Users/" + user);

        var answer = await hub.Northside.BulkAsync(
            PatchOne("/Users/" + user, """{ "op": "replace", "path": "active", "value": false }"""),
            $$"""{ "method": "PUT", "path": "/Users/{{user}}", "data": { "schemas": ["{{UserSchema}}"], "userName": "mine" } }""",
            $$"""{ "method": "DELETE", "path": "/Users/{{user}}" }""",
            PatchOne("/Groups/" + group, """{ "op": "remove", "path": "members" }"""),
            $$"""{ "method": "DELETE", "path": "/Groups/{{group}}" }""",
            PostUser("m", hub.NewName(), $"\"{user}\""),
            PostGroup("h", "Mine " + hub.NewName(), user),
            """{ "method": "DELETE", "path": "/Users/nobody-at-all" }""");

        Assert.Equal(["404", "404", "404", "404", "404", "400", "400", "404"], answer.Statuses);
        Assert.Equal((string?)answer.Operations[7]!["response"]!["detail"], (string?)answer.Operations[2]!["response"]!["detail"]);
        Assert.DoesNotContain("secret", answer.Body!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(before.ToJsonString(), (await hub.Brightfix.GetAsync("/Users/" + user)).ToJsonString());
        Assert.Equal([user], await hub.Brightfix.MembersOfAsync(group));
        Assert.DoesNotContain(await hub.LogAsync(100), line => line.ResourceId == user || line.ResourceId == group);
    }

    [Fact]
    public async Task An_account_that_wants_204_of_PATCH_gets_it_here_too()
    {
        var answer = await hub.Brightfix.BulkAsync(
            PostUser("a", hub.NewName()), PatchOne("/Users/bulkId:a", """{ "op": "add", "path": "title", "value": "x" }"""),
            PostGroup("g", hub.NewName(), "bulkId:a"), PatchOne("/Groups/bulkId:g", """{ "op": "remove", "path": "members" }"""));

        Assert.Equal(["201", "204", "201", "204"], answer.Statuses);
        Assert.Equal((string?)answer.Operations[0]!["location"], (string?)answer.Operations[1]!["location"]);
    }

    [Fact]
    public async Task No_operations_are_fine() => Assert.Empty((await hub.Northside.BulkAsync()).Operations);

    [Fact]
    public async Task Nobody_without_a_token_and_nothing_but_POST()
    {
        using var client = hub.Hub.NewClient();
        using var content = new StringContent($$"""{ "schemas": ["{{Request}}"], "Operations": [] }""");
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.PostAsync(hub.Base + "/Bulk", content)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await hub.Northside.SendAsync(HttpMethod.Get, "/Bulk")).Status);
    }

    [Fact]
    public async Task A_long_path_full_of_quotes_takes_no_time()
    {
        var path = JsonValue.Create("members[value eq \"bulkId:" + string.Concat(Enumerable.Repeat("\\\"", 100_000))).ToJsonString();
        var answer = await hub.Northside.BulkAsync(PatchOne("/Groups/1", $$"""{ "op": "remove", "path": {{path}} }"""));

        Assert.Contains(answer.Statuses[0], new[] { "400", "404" });
    }
}
