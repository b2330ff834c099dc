using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Schema;
using IdentityHub.Testing;
using Xunit;
using static IdentityHub.Scim.Tests.Protocol.Patch.Patching;

namespace IdentityHub.Scim.Tests.Protocol.Patch;

/// <summary>Every example of RFC 7644 §3.5.2, as it stands there.</summary>
public sealed class Rfc7644ExampleTests
{
    private const string Group = """{"displayName":"Tour Guides","members":[{"display":"Babs Jensen","$ref":"https://example.com/v2/Users/2819c223...413861904646","value":"2819c223-7f76-453a-919d-413861904646"}]}""";

    [Fact, Spec("RFC 7644", "3.5.2.1")]
    public void Adding_a_member_to_a_group() => OfGroup("""{"displayName":"Tour Guides"}""", """
        { "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
          "Operations":[{
            "op":"add",
            "path":"members",
            "value":[{
               "display": "Babs Jensen",
               "$ref": "https://example.com/v2/Users/2819c223...413861904646",
               "value": "2819c223-7f76-453a-919d-413861904646"
             }]
          }]
        }
        """, Group);

    [Fact, Spec("RFC 7644", "3.5.2.1")]
    public void Adding_a_member_who_is_there_changes_nothing() => OfGroup(Group, """{"op":"add","path":"members","value":[{"value":"2819c223-7f76-453a-919d-413861904646","display":"B. Jensen"}]}""", Group);

    [Fact, Spec("RFC 7644", "3.5.2.1")]
    public void Adding_without_a_path() => Becomes("\"emails\":[{\"value\":\"old@example.com\"}]", """
        { "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
          "Operations":[{
            "op":"add",
            "value":{
              "emails":[ { "value":"babs@jensen.org", "type":"home" } ],
              "nickname":"Babs"
            }
          }]
        }
        """, """ "emails":[{"value":"old@example.com"},{"value":"babs@jensen.org","type":"home"}],"nickName":"Babs" """);

    [Fact, Spec("RFC 7644", "3.5.2.2")]
    public void Removing_one_member_of_a_group() => OfGroup(Group, """
        {"op":"remove","path":"members[value eq \"2819c223-7f76-453a-919d-413861904646\"]"}
        """, """{"displayName":"Tour Guides"}""");

    [Fact, Spec("RFC 7644", "3.5.2.2")]
    public void Removing_all_members_of_a_group() => OfGroup(Group, """{ "op":"remove","path":"members"}""", """{"displayName":"Tour Guides"}""");

    [Fact, Spec("RFC 7644", "3.5.2.2")]
    public void Removing_a_value_by_a_filter_of_two_terms() => Becomes(
        """ "emails":[{"value":"a@example.com","type":"work"},{"value":"a@other.com","type":"work"},{"value":"b@example.com","type":"home"}] """,
        """{ "op":"remove","path":"emails[type eq \"work\" and value ew \"example.com\"]" }""",
        """ "emails":[{"value":"a@other.com","type":"work"},{"value":"b@example.com","type":"home"}] """);

    [Fact, Spec("RFC 7644", "3.5.2.2")]
    public void Removing_and_adding_members_in_one_request() => OfGroup(Group, """
        { "op":"remove", "path": "members[value eq\"2819c223-7f76-453a-919d-413861904646\"]" },
        { "op":"add", "path":"members", "value": [ { "display": "James Smith", "$ref": "https://example.com/v2/Users/08e1d05d...473d93df9210", "value": "08e1d05d...473d93df9210" } ] }
        """, """{"displayName":"Tour Guides","members":[{"display":"James Smith","$ref":"https://example.com/v2/Users/08e1d05d...473d93df9210","value":"08e1d05d...473d93df9210"}]}""");

    [Fact, Spec("RFC 7644", "3.5.2.3")]
    public void Replacing_all_members_of_a_group() => OfGroup(Group, """
        { "op":"replace", "path":"members", "value":[
            { "display": "Babs Jensen", "$ref": "https://example.com/v2/Users/2819c223...413861904646", "value": "2819c223...413861904646" },
            { "display": "James Smith", "$ref": "https://example.com/v2/Users/08e1d05d...473d93df9210", "value": "08e1d05d...473d93df9210" } ] }
        """, """
        {"displayName":"Tour Guides","members":[
            {"display":"Babs Jensen","$ref":"https://example.com/v2/Users/2819c223...413861904646","value":"2819c223...413861904646"},
            {"display":"James Smith","$ref":"https://example.com/v2/Users/08e1d05d...473d93df9210","value":"08e1d05d...473d93df9210"}]}
        """);

    [Fact, Spec("RFC 7644", "3.5.2.3")]
    public void Replacing_the_work_address() => Becomes(""" "addresses":[{"type":"work","region":"NY","locality":"New York"},{"type":"home","locality":"Rome"}] """, """
        { "op":"replace", "path":"addresses[type eq \"work\"]", "value": {
            "type": "work", "streetAddress": "911 Universal City Plaza", "locality": "Hollywood", "region": "CA", "postalCode": "91608", "country": "US",
            "formatted": "911 Universal City Plaza\nHollywood, CA 91608 US", "primary": true } }
        """, """
        "addresses":[{"type":"work","streetAddress":"911 Universal City Plaza","locality":"Hollywood","region":"CA","postalCode":"91608","country":"US",
            "formatted":"911 Universal City Plaza\nHollywood, CA 91608 US","primary":true},{"type":"home","locality":"Rome"}]
        """);

    [Fact, Spec("RFC 7644", "3.5.2.3")]
    public void Replacing_one_part_of_the_work_address() => Becomes(
        """ "addresses":[{"type":"work","streetAddress":"911 Universal City Plaza","locality":"Hollywood"}] """,
        """{ "op":"replace", "path":"addresses[type eq \"work\"].streetAddress", "value":"1010 Broadway Ave" }""",
        """ "addresses":[{"type":"work","streetAddress":"1010 Broadway Ave","locality":"Hollywood"}] """);

    [Fact, Spec("RFC 7644", "3.5.2.3")]
    public void Replacing_without_a_path() => Becomes(""" "emails":[{"value":"x@y"}],"nickName":"B","title":"T" """, """
        { "op":"replace", "value":{
            "emails":[ { "value":"bjensen@example.com", "type":"work", "primary":true }, { "value":"babs@jensen.org", "type":"home" } ],
            "nickname":"Babs" } }
        """, """ "emails":[{"value":"bjensen@example.com","type":"work","primary":true},{"value":"babs@jensen.org","type":"home"}],"nickName":"Babs","title":"T" """);

    [Theory, Spec("RFC 7644", "3.5.2")]
    [InlineData("members"), InlineData("name.familyName"), InlineData("""addresses[type eq \"work\"]"""), InlineData("""members[value eq \"2819c223-7f76-453a-919d-413861904646\"]"""), InlineData("""members[value eq \"2819c223-7f76-453a-919d-413861904646\"].displayName""")]
    public void The_example_paths_are_paths(string path)
    {
        var type = path.StartsWith("members", StringComparison.Ordinal) ? GroupSchema.Group : UserSchemas.User;
        var outcome = Send(type, JsonNode.Parse("""{"displayName":"x"}""")!.AsObject(), Body($$"""{"op":"remove","path":"{{path}}"}"""));
        Assert.Equal(path.EndsWith(".displayName", StringComparison.Ordinal) ? "invalidPath" : null, outcome.Error?.ScimType);
    }

    private static void OfGroup(string current, string operations, string desired) =>
        Becomes(GroupSchema.Group, JsonNode.Parse(current)!.AsObject(), operations, JsonNode.Parse(desired)!.AsObject());
}
