using IdentityHub.Testing;
using Xunit;
using static IdentityHub.Scim.Tests.Bulk.BulkHub;

namespace IdentityHub.Scim.Tests.Bulk;

/// <summary>References by bulkId: wherever an id may stand, in whatever order.</summary>
[Spec("RFC 7644", "3.7.2")]
public sealed class ReferenceTests(BulkHub hub) : IClassFixture<BulkHub>
{
    public static TheoryData<string> Orders() => [.. Permutations("abcg")];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task References_hold_in_every_order_and_the_answer_keeps_the_order_of_the_request(string order)
    {
        var operations = new Dictionary<char, string>
        {
            ['a'] = PostUser("a", hub.NewName()),
            ['b'] = PostUser("b", hub.NewName(), """{ "value": "bulkId:a" }"""),
            ['c'] = PostUser("c", hub.NewName(), """{ "value": "bulkId:b" }"""),
            ['g'] = PostGroup("g", "Group " + hub.NewName(), "bulkId:c", "bulkId:a", "bulkId:b"),
        };

        var answer = await hub.Northside.BulkAsync([.. order.Select(one => operations[one])]);

        Assert.All(answer.Statuses, status => Assert.Equal("201", status));
        Assert.Equal(order.Select(one => one.ToString()), answer.Operations.Select(operation => (string?)operation!["bulkId"]));
        Assert.Equal(answer.IdOf("a"), await hub.Northside.ManagerOfAsync(answer.IdOf("b")));
        Assert.Equal(answer.IdOf("b"), await hub.Northside.ManagerOfAsync(answer.IdOf("c")));
        Assert.Equal(new[] { "a", "b", "c" }.Select(answer.IdOf).Order(), (await hub.Northside.MembersOfAsync(answer.IdOf("g"))).Order());
    }

    [Theory]
    [InlineData("\"bulkId:boss\"")]
    [InlineData("""{ "value": "bulkId:boss" }""")]
    [InlineData("""{ "$ref": "bulkId:boss" }""")]
    [InlineData("""{ "$ref": "/Users/bulkId:boss" }""")]
    [InlineData("""{ "value": "bulkId:boss", "$ref": "../Users/bulkId:boss", "displayName": "bulkId:nobody" }""")]
    [InlineData("""{ "VALUE": "bulkId:boss" }""")]
    public async Task A_manager_may_be_written_in_each_way(string manager)
    {
        var answer = await hub.Northside.BulkAsync(PostUser("one", hub.NewName(), manager), PostUser("boss", hub.NewName()));

        Assert.Equal(["201", "201"], answer.Statuses);
        Assert.Equal(answer.IdOf("boss"), await hub.Northside.ManagerOfAsync(answer.IdOf("one")));
    }

    [Theory]
    [InlineData("""{ "op": "add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "value": "bulkId:boss" }""")]
    [InlineData("""{ "op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "value": { "$ref": "bulkId:boss" } }""")]
    [InlineData("""{ "op": "replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value", "value": "bulkId:boss" }""")]
    [InlineData("""{ "op": "replace", "value": { "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager": "bulkId:boss" } }""")]
    [InlineData("""{ "op": "replace", "value": { "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "manager": { "value": "bulkId:boss" } } } }""")]
    [InlineData("""{ "op": "add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "value": { "manager": { "value": "bulkId:boss" } } }""")]
    public async Task A_PATCH_may_name_a_manager_who_is_made_later(string operation)
    {
        var answer = await hub.Northside.BulkAsync(PatchOne("/Users/bulkId:one", operation), PostUser("one", hub.NewName()), PostUser("boss", hub.NewName()));

        Assert.Equal(["200", "201", "201"], answer.Statuses);
        Assert.Equal(answer.IdOf("one"), answer.IdAt(0));
        Assert.Equal(answer.IdOf("boss"), await hub.Northside.ManagerOfAsync(answer.IdOf("one")));
    }

    [Theory]
    [InlineData("""{ "op": "add", "path": "members", "value": [ { "value": "bulkId:b" } ] }""", "ab")]
    [InlineData("""{ "op": "add", "path": "members", "value": [ "bulkId:b" ] }""", "ab")]
    [InlineData("""{ "op": "add", "path": "members", "value": [ { "$ref": "bulkId:b" } ] }""", "ab")]
    [InlineData("""{ "op": "add", "value": { "members": [ { "value": "bulkId:b" } ] } }""", "ab")]
    [InlineData("""{ "op": "replace", "path": "members", "value": { "value": "bulkId:b" } }""", "b")]
    [InlineData("""{ "op": "remove", "path": "members[value eq \"bulkId:a\"]" }""", "")]
    [InlineData("""{ "op": "remove", "path": "members[value eq \"bulkId:a\" or value eq \"bulkId:b\"]" }""", "")]
    [InlineData("""{ "op": "Remove", "path": "members", "value": [ { "$ref": null, "value": "bulkId:a" } ] }""", "")]
    [InlineData("""{ "op": "remove", "path": "members[value eq \"bulk\u0049d:b\"]" }, { "op": "add", "path": "members", "value": "bulkId:b" }""", "ab")]
    public async Task A_PATCH_of_a_group_may_name_members_in_each_way(string operation, string expected)
    {
        var group = PostGroup("g", "Group " + hub.NewName(), "bulkId:a");
        var answer = await hub.Northside.BulkAsync(group, PatchOne("/Groups/bulkId:g", operation), PostUser("a", hub.NewName()), PostUser("b", hub.NewName()));

        Assert.Equal(["201", "200", "201", "201"], answer.Statuses);
        Assert.Equal(expected.Select(one => answer.IdOf(one.ToString())).Order(), (await hub.Northside.MembersOfAsync(answer.IdOf("g"))).Order());
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a/b?c#d")]
    [InlineData("a\"b\\c")]
    [InlineData("ä😀‮")]
    [InlineData("bulkId:bulkId:")]
    [InlineData("%41")]
    [InlineData("0")]
    public async Task A_bulkId_may_have_any_characters(string bulkId)
    {
        var inFilter = Quoted($"members[value eq {Quoted("bulkId:" + bulkId)}]");
        var answer = await hub.Northside.BulkAsync(
            PatchOne("/Users/bulkId:" + bulkId, """{ "op": "add", "path": "title", "value": "Reached" }"""),
            PostGroup("g", "Group " + hub.NewName(), "bulkId:" + bulkId),
            PatchOne("/Groups/bulkId:g", $$"""{ "op": "remove", "path": {{inFilter}} }"""),
            PostUser(bulkId, hub.NewName()));

        Assert.Equal(["200", "201", "200", "201"], answer.Statuses);
        Assert.Equal(bulkId, (string?)answer.Operations[3]!["bulkId"]);
        Assert.Equal("Reached", (string?)(await hub.Northside.GetAsync("/Users/" + answer.IdAt(3)))["title"]);
        Assert.Empty(await hub.Northside.MembersOfAsync(answer.IdAt(1)));
    }

    [Fact]
    public async Task The_same_text_is_a_text_where_no_id_stands()
    {
        var answer = await hub.Northside.BulkAsync(
            $$"""{ "method": "POST", "path": "/Users", "bulkId": "a", "data": { "schemas": ["{{UserSchema}}"], "userName": "{{hub.NewName()}}", "title": "bulkId:b", "nickName": "bulkId:a" } }""",
            PatchOne("/Users/bulkId:a", """{ "op": "replace", "path": "displayName", "value": "bulkId:b" }"""));

        Assert.Equal(["201", "200"], answer.Statuses);
        var user = await hub.Northside.GetAsync("/Users/" + answer.IdAt(0));
        Assert.Equal(["bulkId:b", "bulkId:a", "bulkId:b"], new[] { "title", "nickName", "displayName" }.Select(name => (string?)user[name]));
    }

    [Fact]
    public async Task A_bulkId_that_nothing_has_is_told_and_nothing_is_made()
    {
        var (one, two) = (hub.NewName(), hub.NewName());
        var answer = await hub.Northside.BulkAsync(
            PostUser("a", one, """{ "value": "bulkId:nobody" }"""), PostUser("b", two), PatchOne("/Users/bulkId:nobody", """{ "op": "remove", "path": "title" }"""));

        Assert.Equal(["400", "201", "400"], answer.Statuses);
        Assert.Equal("invalidValue", (string?)answer.Operations[0]!["response"]!["scimType"]);
        Assert.Contains("\"nobody\"", (string?)answer.Operations[0]!["response"]!["detail"], StringComparison.Ordinal);
        Assert.Null(answer.Operations[2]!["location"]);
        Assert.Equal(0, await hub.Northside.CountAsync(one));
    }

    [Fact]
    public async Task What_refers_to_what_failed_fails_too_however_far_away()
    {
        var taken = hub.NewName();
        await hub.Northside.BulkAsync(PostUser("x", taken));
        var fine = hub.NewName();

        var answer = await hub.Northside.BulkAsync(
            PostGroup("g", "Group " + hub.NewName(), "bulkId:c", "bulkId:fine"),
            PostUser("c", hub.NewName(), "\"bulkId:b\""),
            PostUser("b", hub.NewName(), "\"bulkId:a\""),
            PostUser("a", taken),
            PostUser("fine", fine),
            """{ "method": "DELETE", "path": "/Users/bulkId:a" }""");

        Assert.Equal(["409", "409", "409", "409", "201", "409"], answer.Statuses);
        Assert.Equal("uniqueness", (string?)answer.Operations[3]!["response"]!["scimType"]);
        Assert.Contains("\"c\"", (string?)answer.Operations[0]!["response"]!["detail"], StringComparison.Ordinal);
        Assert.Equal(1, await hub.Northside.CountAsync(fine));
    }

    [Fact]
    public async Task A_bulkId_given_twice_is_nobodys()
    {
        var (one, two) = (hub.NewName(), hub.NewName());
        var answer = await hub.Northside.BulkAsync(
            PostUser("a", one), PostUser("a", two), PostUser("A", hub.NewName()), PostUser("b", hub.NewName(), "\"bulkId:a\""), PostUser("c", hub.NewName(), "\"bulkId:A\""));

        Assert.Equal(["400", "400", "201", "409", "201"], answer.Statuses);
        Assert.Equal(0, await hub.Northside.CountAsync(one) + await hub.Northside.CountAsync(two));
    }

    private static IEnumerable<string> Permutations(string letters) => letters.Length == 1
        ? [letters]
        : letters.SelectMany((letter, i) => Permutations(letters.Remove(i, 1)).Select(rest => letter + rest));
}
