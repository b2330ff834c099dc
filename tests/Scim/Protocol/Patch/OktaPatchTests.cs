using Xunit;
using static IdentityHub.Scim.Tests.Protocol.Patch.Patching;

namespace IdentityHub.Scim.Tests.Protocol.Patch;

/// <summary>What Okta and others than Entra send, as recorded.</summary>
public sealed class OktaPatchTests
{
    [Fact]
    public void Okta_deactivates_without_a_path_and_nothing_else_changes() => Becomes(""" "active":true,"title":"T","emails":[{"value":"a"}] """,
        """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}""", """ "active":false,"title":"T","emails":[{"value":"a"}] """);

    [Fact]
    public void Okta_syncs_a_password_by_PATCH() => Becomes("", """{"op":"replace","value":{"password":"s3cret"}}""", """ "password":"s3cret" """);

    [Fact]
    public void Okta_sends_back_the_id_and_what_else_it_read() => Becomes(""" "id":"1","schemas":["x"],"meta":{"resourceType":"User"},"groups":[{"value":"g"}] """,
        """{"op":"replace","value":{"id":"1","schemas":["y"],"meta":{"resourceType":"Group"},"groups":[],"meta.version":"3","displayName":"D"}}""",
        """ "id":"1","schemas":["x"],"meta":{"resourceType":"User"},"groups":[{"value":"g"}],"displayName":"D" """);

    [Fact]
    public void Another_id_is_refused() => Refused("mutability", "\"id\":\"1\"", """{"op":"replace","value":{"id":"2","displayName":"D"}}""");

    [Fact]
    public void JumpCloud_sends_an_operation_for_each_attribute() => Becomes("",
        """{"op":"replace","path":"name.givenName","value":"G"},{"op":"replace","path":"name.familyName","value":"F"},{"op":"replace","path":"active","value":true}""",
        """ "name":{"givenName":"G","familyName":"F"},"active":true """);

    [Fact]
    public void OneLogin_deactivates_by_path() => Becomes(""" "active":true """, """{"op":"replace","path":"active","value":false}""", """ "active":false """);

    [Fact]
    public void SailPoint_replaces_what_is_not_there_yet() => Becomes("",
        """{"op":"replace","path":"name","value":{"givenName":"G"}},{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User","value":{"department":"D"}}""",
        """ "name":{"givenName":"G"},"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D"} """);

    [Theory]
    [InlineData("""{"op":"add","path":"emails","value":"a@x"}""", """[{"value":"a@x"}]""")]
    [InlineData("""{"op":"add","path":"emails","value":{"value":"a@x","type":"work"}}""", """[{"value":"a@x","type":"work"}]""")]
    [InlineData("""{"op":"replace","path":"emails.value","value":"a@x"}""", """[{"value":"a@x"}]""")]
    [InlineData("""{"op":"replace","value":{"EMAILS":["a@x"]}}""", """[{"value":"a@x"}]""")]
    [InlineData("""{"op":"replace","value":{"emails.value":"a@x"}}""", """[{"value":"a@x"}]""")]
    public void Scripts_send_one_value_in_simpler_forms(string operation, string emails) => Becomes("", operation, "\"emails\":" + emails);

    [Theory]
    [InlineData("""{"op":"remove","path":"title"}"""), InlineData("""{"op":"remove","path":"name.givenName"}"""), InlineData("""{"op":"remove","path":"emails"}""")]
    [InlineData("""{"op":"remove","path":"emails[type eq \"work\"]"}"""), InlineData("""{"op":"remove","path":"emails[type eq \"work\"].value"}"""), InlineData("""{"op":"remove","path":"emails","value":[{"value":"x"}]}""")]
    [InlineData("""{"op":"remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"}"""), InlineData("""{"op":"remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value"}""")]
    public void Removing_what_is_not_there_is_done_already(string operation) => Becomes("", operation, "");

    [Theory]
    [InlineData("""[{"value":"b"}]""", """{"value":"a","type":"work"},{"value":"c","type":"work"}""")]
    [InlineData("""[{"$ref":null,"value":"A"},"c"]""", """{"value":"b","type":"home"}""")]
    [InlineData("""{"value":"a"}""", """{"value":"b","type":"home"},{"value":"c","type":"work"}""")]
    [InlineData("\"a\"", """{"value":"b","type":"home"},{"value":"c","type":"work"}""")]
    [InlineData("""[{"type":"work"}]""", """{"value":"b","type":"home"}""")]
    [InlineData("""[{"value":"a","type":"home"}]""", """{"value":"a","type":"work"},{"value":"b","type":"home"},{"value":"c","type":"work"}""")]
    [InlineData("[]", """{"value":"a","type":"work"},{"value":"b","type":"home"},{"value":"c","type":"work"}""")]
    [InlineData("""[null,{"value":null}]""", """{"value":"a","type":"work"},{"value":"b","type":"home"},{"value":"c","type":"work"}""")]
    public void Removing_with_a_value_removes_only_what_it_names(string value, string left) => Becomes(
        """ "emails":[{"value":"a","type":"work"},{"value":"b","type":"home"},{"value":"c","type":"work"}] """, $$"""{"op":"remove","path":"emails","value":{{value}}}""", $"\"emails\":[{left}]");
}
