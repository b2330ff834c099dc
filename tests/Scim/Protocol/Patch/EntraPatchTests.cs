using IdentityHub.Testing;
using Xunit;
using static IdentityHub.Scim.Tests.Protocol.Patch.Patching;

namespace IdentityHub.Scim.Tests.Protocol.Patch;

/// <summary>What Microsoft Entra ID sends, as recorded.</summary>
public sealed class EntraPatchTests
{
    [Fact]
    public void The_default_form_has_capitals_booleans_in_quotes_and_an_operation_for_each_attribute() => Becomes(""" "active":true """, """
        {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
         {"op":"Replace","path":"active","value":"False"},
         {"op":"Add","path":"emails[type eq \"work\"].value","value":"a@x.com"},
         {"op":"Replace","path":"name.familyName","value":"V"},
         {"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"m1"},
         {"op":"Replace","path":"addresses[type eq \"work\"].formatted","value":"..."}]}
        """, """
        "active":false,"emails":[{"type":"work","value":"a@x.com"}],"name":{"familyName":"V"},"addresses":[{"type":"work","formatted":"..."}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"m1"}}
        """);

    [Fact]
    public void The_form_of_its_flag_has_no_path_and_dotted_and_URN_keys() => Becomes(""" "name":{"givenName":"G","middleName":"M"} """, """
        {"Operations":[{"op":"replace","value":{"displayName":"Bjfe","name.givenName":"Kkom","name.familyName":"Unua","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber":"Aklq"}},
         {"op":"add","path":"emails[type eq \"work\"].value","value":"x@y.z"}]}
        """, """
        "displayName":"Bjfe","name":{"givenName":"Kkom","familyName":"Unua","middleName":"M"},"emails":[{"type":"work","value":"x@y.z"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"Aklq"}
        """);

    [Fact]
    public void Several_operations_on_an_element_that_is_not_there_build_one() => Becomes("", """
        {"op":"Add","path":"addresses[type eq \"work\"].streetAddress","value":"S 1"},
        {"op":"Add","path":"addresses[type eq \"work\"].locality","value":"Berlin"},
        {"op":"Replace","path":"addresses[type eq \"work\"].country","value":"DE"},
        {"op":"Add","path":"emails[type eq \"work\"].primary","value":"True"},
        {"op":"Add","path":"emails[type eq \"work\"].value","value":"a@x"},
        {"op":"Add","path":"phoneNumbers[type eq \"mobile\" and primary eq true].value","value":"1"}
        """, """
        "addresses":[{"type":"work","streetAddress":"S 1","locality":"Berlin","country":"DE"}],"emails":[{"type":"work","primary":true,"value":"a@x"}],
        "phoneNumbers":[{"type":"mobile","primary":true,"value":"1"}]
        """);

    [Fact]
    public void An_empty_manager_clears_the_manager() => Becomes(
        """ "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"m","$ref":"/Users/m","displayName":"M"}} """,
        """{"op":"Replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":""}""", "");

    [Fact]
    public void Another_manager_takes_nothing_of_the_one_before() => Becomes(
        """ "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"m","$ref":"/Users/m","displayName":"M"}} """,
        """{"op":"Replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"n"}""",
        """ "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"n"}} """);

    [Theory]
    [InlineData("""{"op":"Replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":{"value":"n","$ref":"/Users/n"}}""", """{"value":"n","$ref":"/Users/n"}""")]
    [InlineData("""{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value","value":"n"}""", """{"value":"n"}""")]
    [InlineData("""{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":[{"$ref":"/Users/n","value":"n"}]}""", """{"$ref":"/Users/n","value":"n"}""")]
    [InlineData("""{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"m"}""", """{"value":"m","$ref":"/Users/m","displayName":"M"}""")]
    public void A_manager_comes_in_each_of_these_forms(string operation, string manager) => Becomes(
        """ "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"m","$ref":"/Users/m","displayName":"M"}} """,
        operation, $"\"{Enterprise}\":{{\"manager\":{manager}}}");

    [Fact]
    public void Removing_the_manager_removes_it() => Becomes(
        """ "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"m"},"department":"D"} """,
        """{"op":"Remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"}""",
        """ "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D"} """);

    [Theory]
    [InlineData("""{"op":"Add","path":"roles","value":[{"value":"{\"id\":\"1\",\"value\":\"Administrator\",\"displayName\":\"Admin\"}"}]}""", """[{"value":"Administrator"}]""")]
    [InlineData("""{"op":"Add","path":"roles","value":["{\"id\":\"1\",\"value\":\"Administrator\",\"displayName\":\"Admin\"}"]}""", """[{"value":"Administrator"}]""")]
    [InlineData("""{"op":"Add","path":"roles","value":"{\"id\":\"1\",\"value\":\"Administrator\",\"primary\":\"True\"}"}""", """[{"value":"Administrator","primary":true}]""")]
    [InlineData("""{"op":"Add","path":"roles[primary eq \"True\"].value","value":"Administrator"}""", """[{"primary":true,"value":"Administrator"}]""")]
    [InlineData("""{"op":"Add","path":"roles","value":[{"value":"Administrator","primary":"True","type":"WindowsAzureActiveDirectoryRole"}]}""", """[{"value":"Administrator","primary":true,"type":"WindowsAzureActiveDirectoryRole"}]""")]
    public void Roles_come_in_each_of_these_forms(string operation, string roles) => Becomes("", operation, "\"roles\":" + roles);

    [Fact]
    public void The_primary_role_is_found_and_replaced() => Becomes(""" "roles":[{"value":"User","primary":true}] """,
        """{"op":"Replace","path":"roles[primary eq \"True\"].value","value":"Administrator"}""", """ "roles":[{"value":"Administrator","primary":true}] """);

    [Fact]
    public void The_form_of_2017_wraps_single_values_in_arrays() => Becomes("", """
        {"op":"Replace","path":"displayName","value":[{"$ref":null,"value":"New"}]},{"op":"Replace","path":"active","value":[{"$ref":null,"value":"False"}]},{"op":"Replace","path":"title","value":["T"]},
        {"op":"Replace","path":"emails[type eq \"work\"].value","value":[{"$ref":null,"value":"a@x"}]}
        """, """ "displayName":"New","active":false,"title":"T","emails":[{"type":"work","value":"a@x"}] """);

    [Theory]
    [InlineData("\"\""), InlineData("null"), InlineData("[]")]
    public void Nothing_given_clears_an_optional_attribute(string nothing) => Becomes(
        """ "title":"T","emails":[{"value":"a","type":"work"}],"name":{"givenName":"G"},"phoneNumbers":[{"type":"work","value":"1"}] """,
        $$"""
        {"op":"Replace","path":"title","value":{{nothing}}},{"op":"Replace","path":"emails","value":{{nothing}}},{"op":"Replace","path":"name.givenName","value":{{nothing}}},
        {"op":"Replace","path":"phoneNumbers[type eq \"work\"].value","value":{{nothing}}},{"op":"Replace","path":"phoneNumbers[type eq \"home\"].value","value":{{nothing}}}
        """, "");

    [Fact]
    public void Paths_come_in_any_case_and_with_the_core_schema() => Becomes("", """
        {"op":"ADD","path":"NAME.GIVENNAME","value":"G"},{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User:name.familyName","value":"F"},
        {"op":"add","path":"Emails[Type EQ \"work\"].Value","value":"a@x"},{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User:phoneNumbers[type eq \"work\"].value","value":"1"}
        """, """ "name":{"givenName":"G","familyName":"F"},"emails":[{"type":"work","value":"a@x"}],"phoneNumbers":[{"type":"work","value":"1"}] """);

    [Fact]
    public void A_filtered_path_may_be_a_key_without_path() => Becomes("", """{"op":"replace","value":{"displayName":"D","emails[type eq \"work\"].value":"a@x","shoes[size eq 1]":"?"}}""", """ "displayName":"D","emails":[{"type":"work","value":"a@x"}] """);

    [Fact]
    public void Values_that_are_there_already_change_nothing() => Becomes(
        """ "active":true,"emails":[{"type":"work","value":"a@x","primary":true}],"name":{"givenName":"G"} """,
        """{"op":"Replace","path":"active","value":"True"},{"op":"Add","path":"emails","value":[{"type":"work","value":"A@x"}]},{"op":"Add","path":"name","value":{"givenName":"G"}}""",
        """ "active":true,"emails":[{"type":"work","value":"A@x","primary":true}],"name":{"givenName":"G"} """);

    [Fact]
    public void Microsofts_validator_sends_no_operations_at_all() => Becomes(""" "title":"T" """, """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[]}""", """ "title":"T" """);

    [Fact]
    public void Unknown_members_of_operations_are_passed_over() => Becomes("", """{"Op":"Add","Path":"title","Value":"T","name":"addTitle","from":null}""", """ "title":"T" """);

    [Fact, Spec("RFC 7644", "3.5.2.2")]
    public void Clearing_the_mailbox_leaves_no_labels_behind() => Becomes(""" "emails":[{"type":"work","primary":true,"value":"a@x"},{"value":"b@x"}] """,
        """{"op":"Remove","path":"emails[type eq \"work\"].value"}""", """ "emails":[{"value":"b@x"}] """);
}
