using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Schema;
using IdentityHub.Testing;
using Xunit;
using static IdentityHub.Scim.Tests.Protocol.Patch.Patching;

namespace IdentityHub.Scim.Tests.Protocol.Patch;

[Spec("RFC 7644", "3.5.2")]
public sealed class PatchRuleTests
{
    private const string Mails = """ "emails":[{"value":"a","type":"work","primary":true},{"value":"b","type":"home"},{"value":"c","type":"home"}] """;

    [Theory]
    [InlineData("""{"op":"replace","path":"id","value":"2"}"""), InlineData("""{"op":"remove","path":"meta"}"""), InlineData("""{"op":"replace","path":"meta.version","value":"2"}"""), InlineData("""{"op":"add","path":"groups","value":[{"value":"g"}]}""")]
    [InlineData("""{"op":"remove","path":"groups[value eq \"g\"]"}"""), InlineData("""{"op":"remove","path":"userName"}"""), InlineData("""{"op":"remove","path":"schemas"}""")]
    [InlineData("""{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName","value":"x"}"""), InlineData("""{"op":"replace","path":"urn:identityhub:params:scim:schemas:extension:account:2.0:User:subject","value":"x"}""")]
    [Spec("RFC 7644", "3.5.2.2")]
    public void What_is_read_only_or_required_does_not_yield(string operation) => Refused("mutability", "", operation);

    [Theory]
    [InlineData("""{"op":"replace","path":"userName","value":""}"""), InlineData("""{"op":"replace","path":"userName","value":null}"""), InlineData("""{"op":"replace","value":{"userName":""}}"""), InlineData("""{"op":"replace","path":"userName","value":1}""")]
    [InlineData("""{"op":"replace","path":"active","value":"yes"}"""), InlineData("""{"op":"add","path":"emails","value":[1]}"""), InlineData("""{"op":"add","path":"emails[type eq \"work\"].value","value":{"a":1}}"""), InlineData("""{"op":"replace","path":"name","value":"Bob"}""")]
    [InlineData("""{"op":"replace","path":"title","value":["a","b"]}"""), InlineData("""{"op":"add","path":"title"}"""), InlineData("""{"op":"replace","value":"x"}"""), InlineData("""{"op":"add","value":[{"title":"x"}]}"""), InlineData("""{"op":"replace"}""")]
    [InlineData("""{"op":"replace","path":"emails[type eq \"work\"]","value":[{"value":"a"},{"value":"b"}]}"""), InlineData("""{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User","value":"x"}""")]
    [InlineData("""{"op":"add","path":"emails","value":[{"value":"x","primary":true},{"value":"y","primary":true}]}"""), InlineData("""{"op":"replace","value":{"active":"maybe"}}""")]
    public void A_value_of_the_wrong_type_is_invalid(string operation) => Refused("invalidValue", "", operation);

    [Theory]
    [InlineData("shoeSize"), InlineData("name.shoeSize"), InlineData("emails[type eq \\\"work\\\"].shoe"), InlineData("urn:other:2.0:User:a"), InlineData("name."), InlineData("[type eq 1]"), InlineData("userName[value eq \\\"a\\\"]"), InlineData("/title")]
    public void A_path_to_nothing_in_the_schemas_is_invalid(string path) => Refused("invalidPath", "", $$"""{"op":"replace","path":"{{path}}","value":"x"}""");

    [Theory]
    [InlineData("emails[type]"), InlineData("emails[type eq]"), InlineData("emails[type eq \\\"work\\\""), InlineData("emails[]"), InlineData("emails[primary gt true]")]
    public void What_is_no_filter_in_the_brackets_is_invalid(string path) => Refused("invalidFilter", "", $$"""{"op":"remove","path":"{{path}}"}""");

    [Theory]
    [InlineData("emails[value sw \\\"x\\\"]"), InlineData("emails[type eq \\\"work\\\" or type eq \\\"home\\\"].value"), InlineData("emails[not (type eq \\\"work\\\")].value"), InlineData("emails[type eq \\\"work\\\" and value co \\\"x\\\"].display"), InlineData("emails[type eq \\\"a\\\" and type eq \\\"b\\\"].value"), InlineData("emails[type pr].value")]
    public void A_filter_that_matches_nothing_and_does_not_say_what_to_create_has_no_target(string path) => Refused("noTarget", "", $$"""{"op":"replace","path":"{{path}}","value":"x"}""");

    [Theory]
    [InlineData("""{"op":"remove"}"""), InlineData("""{"op":"remove","path":"","value":{"title":"x"}}"""), InlineData("""{"op":"remove","path":null}""")]
    [Spec("RFC 7644", "3.5.2.2")]
    public void Removing_without_a_path_has_no_target(string operation) => Refused("noTarget", "", operation);

    [Theory]
    [InlineData("""{"Operations":[{"op":"move","path":"title"}]}"""), InlineData("""{"Operations":[{"path":"title","value":"x"}]}"""), InlineData("""{"Operations":["add"]}"""), InlineData("""{"Operations":{"op":"add"}}""")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"Operations":[]}"""), InlineData("""{"schemas":[],"Operations":[]}"""), InlineData("""{"Operations":[{"op":1}]}"""), InlineData("""{"Operations":null}"""), InlineData("""{"Operations":[{"op":"test","path":"title","value":"x"}]}""")]
    public void Another_message_is_invalid_syntax(string body) => Refused("invalidSyntax", "", body);

    [Fact]
    public void A_path_is_a_string() => Refused("invalidPath", "", """{"op":"add","path":["title"],"value":"x"}""");

    [Fact]
    public void A_thousand_operations_are_taken_and_one_more_is_not()
    {
        string Many(int count) => string.Join(',', Enumerable.Repeat("""{"op":"add","path":"title","value":"T"}""", count));
        Becomes("", Many(1000), "\"title\":\"T\"");
        Refused("tooMany", "", Many(1001));
    }

    [Fact]
    public void All_operations_hold_or_none() => Refused("invalidPath", "\"title\":\"T\"", """{"op":"replace","path":"title","value":"X"},{"op":"remove","path":"emails"},{"op":"add","path":"nothing","value":"x"}""");

    [Fact]
    public void Each_operation_sees_what_those_before_it_left() => Becomes("",
        """{"op":"add","path":"emails","value":[{"value":"a","type":"work"}]},{"op":"replace","path":"emails[value eq \"a\"].value","value":"b"},{"op":"add","path":"emails[value eq \"b\"].display","value":"B"},{"op":"add","path":"title","value":"T"},{"op":"remove","path":"title"}""",
        """ "emails":[{"value":"b","type":"work","display":"B"}] """);

    [Theory]
    [InlineData("""{"op":"replace","path":"emails[value eq \"b\"].primary","value":true}"""), InlineData("""{"op":"add","path":"emails","value":[{"value":"b","type":"home","primary":true}]}"""), InlineData("""{"op":"add","path":"emails[value eq \"b\"]","value":{"primary":"True"}}""")]
    [InlineData("""{"op":"replace","path":"emails[value eq \"b\"]","value":{"value":"b","type":"home","primary":true}}"""), InlineData("""{"op":"add","value":{"emails":{"value":"b","type":"home","primary":true}}}""")]
    public void Another_primary_takes_it_from_the_one_before(string operation) => Becomes(Mails, operation, """ "emails":[{"value":"a","type":"work","primary":false},{"value":"b","type":"home","primary":true},{"value":"c","type":"home"}] """);

    [Fact]
    public void Several_primaries_by_one_operation_are_refused() => Refused("invalidValue", Mails, """{"op":"replace","path":"emails[type eq \"home\"].primary","value":true}""");

    [Fact, Spec("RFC 7644", "3.5.2.1")]
    public void Adding_appends_what_is_not_there() => Becomes(Mails, """{"op":"add","path":"emails","value":[{"value":"b","type":"home","display":"B"},{"value":"b","type":"work"},{"value":"d"}]}""",
        """ "emails":[{"value":"a","type":"work","primary":true},{"value":"b","type":"home","display":"B"},{"value":"c","type":"home"},{"value":"b","type":"work"},{"value":"d"}] """);

    [Fact, Spec("RFC 7644", "3.5.2.3")]
    public void Replacing_a_complex_attribute_replaces_the_parts_that_are_given() => Becomes(""" "name":{"givenName":"G","familyName":"F","middleName":"M"} """,
        """{"op":"replace","path":"name","value":{"givenName":"H","middleName":null,"nothing":1}}""", """ "name":{"givenName":"H","familyName":"F"} """);

    [Fact, Spec("RFC 7644", "3.5.2.3")]
    public void Replacing_by_filter_replaces_every_match_and_keeps_what_the_filter_says() => Becomes(Mails, """{"op":"replace","path":"emails[type eq \"home\"]","value":{"display":"D"}}""",
        """ "emails":[{"value":"a","type":"work","primary":true},{"display":"D","type":"home"},{"display":"D","type":"home"}] """);

    [Fact, Spec("RFC 7644", "3.5.2.3")]
    public void Replacing_a_part_by_filter_replaces_it_in_every_match() => Becomes(Mails, """{"op":"replace","path":"emails[type eq \"home\"].display","value":"D"},{"op":"replace","path":"emails.type","value":"other"}""",
        """ "emails":[{"value":"a","type":"other","primary":true},{"value":"b","type":"other","display":"D"},{"value":"c","type":"other","display":"D"}] """);

    [Fact, Spec("RFC 7644", "3.5.2.2")]
    public void Removing_a_part_removes_it_and_the_last_element_takes_the_attribute_with_it() => Becomes(Mails + ",\"phoneNumbers\":[{\"value\":\"1\"}]",
        """{"op":"remove","path":"emails.type"},{"op":"remove","path":"emails[primary eq true].primary"},{"op":"remove","path":"phoneNumbers[value eq \"1\"]"}""", """ "emails":[{"value":"a"},{"value":"b"},{"value":"c"}] """);

    [Fact]
    public void An_extension_as_a_whole_is_merged_and_removed_except_what_is_read_only() => Becomes(
        $$""" "{{Enterprise}}":{"department":"D","division":"V"},"{{Account}}":{"role":"User","subject":"s"} """,
        $$"""{"op":"replace","path":"{{Enterprise}}","value":{"department":"E","manager":"m","cost":1} },{"op":"add","path":"{{Enterprise.ToUpperInvariant()}}","value":{"costCenter":"C"} },{"op":"remove","path":"{{Account}}"}""",
        $$""" "{{Enterprise}}":{"department":"E","division":"V","manager":{"value":"m"},"costCenter":"C"},"{{Account}}":{"subject":"s"} """);

    [Fact]
    public void Seats_are_simple_values_and_are_added_selected_and_removed() => Becomes($$""" "{{Account}}":{"seats":["a","b"]} """,
        $$"""{"op":"add","path":"{{Account}}:seats","value":["b","c"]},{"op":"remove","path":"{{Account}}:seats[value eq \"a\"]"},{"op":"remove","path":"{{Account}}:seats","value":"c"},{"op":"add","path":"{{Account}}:seats","value":"d"}""",
        $$""" "{{Account}}":{"seats":["b","d"]} """);

    [Theory]
    [InlineData("""{"op":"replace","path":"members[value eq \"u\"].value","value":"v"}"""), InlineData("""{"op":"replace","path":"members[value eq \"u\"].display","value":"V"}"""), InlineData("""{"op":"replace","path":"members[value eq \"u\"]","value":{"value":"v"}}"""), InlineData("""{"op":"remove","path":"members.value"}""")]
    [Spec("RFC 7643", "4.2")]
    public void A_member_cannot_be_turned_into_another(string operation)
    {
        var group = JsonNode.Parse("""{"displayName":"G","members":[{"value":"u","display":"U"}]}""")!.AsObject();
        Assert.Equal("mutability", Send(GroupSchema.Group, group, Body(operation)).Error?.ScimType);
    }

    [Fact]
    public void Values_are_bounded_also_when_they_come_one_by_one() => Refused("invalidValue", "",
        string.Join(',', Enumerable.Range(0, 201).Select(i => $$"""{"op":"add","path":"emails","value":"{{i}}"}""")));

    [Fact]
    public void What_one_request_makes_the_engine_compare_is_bounded() => Refused("tooMany", "",
        string.Join(',', Enumerable.Repeat($$"""{"op":"add","path":"emails","value":[{{string.Join(',', Enumerable.Range(0, 200).Select(i => $"\"{i}\""))}}]}""", 26)));
}
