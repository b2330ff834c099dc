using System.Text;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Json;
using IdentityHub.Scim.Protocol.Schema;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Schema;

public sealed class ResourceReaderTests
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    [Fact, Spec("RFC 7643", "2.1")]
    public void Names_in_any_case_become_the_schemas_spelling() => Reads(
        """{"USERNAME":"a","Name":{"FAMILYNAME":"F"},"Emails":[{"VALUE":"a@x","Type":"work","Primary":true}],"URN:IETF:params:scim:schemas:extension:enterprise:2.0:user":{"Department":"D"}}""",
        $$"""{"userName":"a","name":{"familyName":"F"},"emails":[{"value":"a@x","type":"work","primary":true}],"{{Enterprise}}":{"department":"D"} }""");

    [Fact, Spec("RFC 7644", "3.3")]
    public void Unknown_attributes_and_unknown_schemas_are_passed_over() => Reads(
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:other:2.0:User"],"userName":"a","shoeSize":44,"urn:other:2.0:User":{"a":1},"urn:other:2.0:User:b":2,"name":{"nick":"x"},"emails[type eq \"work\"].value":"x"}""",
        """{"userName":"a"}""");

    [Fact, Spec("RFC 7644", "3.5.1")]
    public void Read_only_attributes_are_passed_over() => Reads(
        $$"""{"id":"1","meta":{"resourceType":"User"},"groups":[{"value":"g"}],"userName":"a","{{Enterprise}}":{"manager":{"value":"m","displayName":"Forged"} },"urn:identityhub:params:scim:schemas:extension:account:2.0:User":{"subject":"s","twoFactor":{"required":true,"enrolled":true} } }""",
        $$"""{"userName":"a","{{Enterprise}}":{"manager":{"value":"m"} },"urn:identityhub:params:scim:schemas:extension:account:2.0:User":{"twoFactor":{"required":true} } }""");

    [Fact, Spec("RFC 7643", "2.5")]
    public void Null_the_empty_string_and_the_empty_array_are_no_value() => Reads(
        $$"""{"userName":"a","title":"","nickName":null,"emails":[],"phoneNumbers":[null,""],"roles":"","name":{"givenName":"","formatted":null},"active":"","{{Enterprise}}":{"manager":""},"addresses":[{"locality":null}]}""",
        """{"userName":"a"}""");

    [Theory]
    [InlineData("""{"name":{"givenName":"G"},"name.familyName":"F"}""", """{"name":{"givenName":"G","familyName":"F"}}""")]
    [InlineData("""{"name.familyName":"F","name":{"givenName":"G"}}""", """{"name":{"givenName":"G","familyName":"F"}}""")]
    [InlineData("""{"emails.value":"a@x"}""", """{"emails":[{"value":"a@x"}]}""")]
    [InlineData("""{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber":"7","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D"}}""", """{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"7","department":"D"}}""")]
    [InlineData("""{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.manager.value":"m"}""", """{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"m"}}}""")]
    [InlineData("""{"urn:ietf:params:scim:schemas:core:2.0:User:title":"T"}""", """{"title":"T"}""")]
    public void Dotted_names_and_names_with_their_URN_are_taken(string given, string read) => ReadsMore(given, read);

    [Theory]
    [InlineData("""{"emails":{"value":"a@x"}}""", """{"emails":[{"value":"a@x"}]}""")]
    [InlineData("""{"emails":["a@x","b@x"]}""", """{"emails":[{"value":"a@x"},{"value":"b@x"}]}""")]
    [InlineData("""{"roles":"Administrator"}""", """{"roles":[{"value":"Administrator"}]}""")]
    [InlineData("""{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":"m"}}""", """{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"m"}}}""")]
    [InlineData("""{"active":"False"}""", """{"active":false}""")]
    [InlineData("""{"emails":[{"value":"a@x","primary":"True"}]}""", """{"emails":[{"value":"a@x","primary":true}]}""")]
    [InlineData("""{"roles":["{\"id\":\"1\",\"value\":\"Administrator\",\"displayName\":\"A\"}"]}""", """{"roles":[{"value":"Administrator"}]}""")]
    [InlineData("""{"roles":"{not JSON"}""", """{"roles":[{"value":"{not JSON"}]}""")]
    public void A_simpler_form_of_a_value_is_taken_for_it(string given, string read) => ReadsMore(given, read);

    [Fact]
    public void Okta_sends_a_person_without_mailbox_as_an_element_of_labels() => ReadsMore("""{"emails":[{"primary":true,"value":null,"type":"work"}]}""", "{}");

    [Fact, Spec("RFC 7643", "2.4")]
    public void The_same_element_twice_is_one() => ReadsMore("""{"emails":[{"value":"a@x"},{"value":"a@x"},{"value":"a@x","type":"home"}]}""", """{"emails":[{"value":"a@x"},{"value":"a@x","type":"home"}]}""");

    [Theory]
    [InlineData("""{"userName":1}""", "userName"), InlineData("""{"userName":["a"]}""", "userName"), InlineData("""{"userName":{"value":"a"}}""", "userName")]
    [InlineData("""{"userName":"a","active":1}""", "active"), InlineData("""{"userName":"a","active":"yes"}""", "active"), InlineData("""{"userName":"a","name":"Bob"}""", "name")]
    [InlineData("""{"userName":"a","name":{"givenName":true}}""", "name.givenName"), InlineData("""{"userName":"a","emails":[[]]}""", null), InlineData("""{"userName":"a","emails":[["a@x"]]}""", "emails")]
    [InlineData("""{"userName":"a","emails":[{"value":1}]}""", "emails.value"), InlineData("""{"userName":"a","emails":[{"value":"a","primary":"maybe"}]}""", "emails.primary"), InlineData("""{"userName":"a","addresses":["Berlin"]}""", "addresses")]
    [InlineData("""{"userName":"a","x509Certificates":[{"value":"not base64!"}]}""", "x509Certificates.value"), InlineData("""{"userName":"a","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":"x"}""", Enterprise)]
    [Spec("RFC 7643", "2.3")]
    public void A_value_of_the_wrong_type_is_refused_by_name(string body, string? named)
    {
        var read = Read(body);
        Assert.Equal(named is null ? null : "invalidValue", read.Error?.ScimType);
        Assert.Contains(named is null ? "" : $"\"{named}\"", read.Error?.Detail ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}"), InlineData("""{"userName":null}"""), InlineData("""{"userName":""}"""), InlineData("""{"displayName":"x"}""")]
    [Spec("RFC 7643", "4.1.1")]
    public void A_User_needs_a_userName(string body) => Refused(Read(body));

    [Theory]
    [InlineData("""{"userName":"a"}"""), InlineData("""{"schemas":null,"userName":"a"}"""), InlineData("""{"schemas":[],"userName":"a"}"""), InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"userName":"a"}"""), InlineData("""{"schemas":[1],"userName":"a"}""")]
    [Spec("RFC 7643", "3")]
    public void A_body_that_does_not_name_the_core_schema_is_told_so(string body)
    {
        var read = ResourceReader.Read(UserSchemas.User, Parse(body));
        Refused(read);
        Assert.Contains("urn:ietf:params:scim:schemas:core:2.0:User", read.Error!.Detail, StringComparison.Ordinal);
    }

    [Fact, Spec("RFC 7643", "2.4")]
    public void Two_primaries_are_refused() => Refused(Read("""{"userName":"a","emails":[{"value":"a","primary":true},{"value":"b","primary":"true"}]}"""));

    [Fact]
    public void Values_are_bounded_in_number_and_length_except_the_members_of_a_group()
    {
        var many = string.Join(',', Enumerable.Range(0, 201).Select(i => $$"""{"value":"{{i}}"}"""));
        Refused(Read($$"""{"userName":"a","emails":[{{many}}]}"""));
        Refused(Read($$"""{"userName":"{{new string('a', 65_537)}}"}"""));
        var group = ResourceReader.Read(GroupSchema.Group, Parse($$"""{"schemas":["{{GroupSchema.Id}}"],"displayName":"G","members":[{{many}}]}"""));
        Assert.Equal(201, group.Value?["members"]?.AsArray().Count);
    }

    [Fact]
    public void Entra_adds_a_schema_of_its_own_to_a_group_and_no_members()
    {
        var read = ResourceReader.Read(GroupSchema.Group, Parse("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],"externalId":"8aa1a0c0","displayName":"displayName","meta":{"resourceType":"Group"},"members":[]}"""));
        Assert.Equal("""{"externalId":"8aa1a0c0","displayName":"displayName"}""", read.Value?.ToJsonString());
    }

    [Fact]
    public void Okta_creates_a_user_with_groups_and_a_password() => Reads(
        """{"userName":"i@x","name":{"givenName":"Isaac","familyName":"Brock"},"emails":[{"primary":true,"value":"i@x","type":"work"}],"displayName":"Isaac","locale":"en-US","externalId":"00u","groups":[],"password":"p","active":true}""",
        """{"userName":"i@x","name":{"givenName":"Isaac","familyName":"Brock"},"emails":[{"primary":true,"value":"i@x","type":"work"}],"displayName":"Isaac","locale":"en-US","externalId":"00u","password":"p","active":true}""");

    [Fact]
    public void A_member_of_a_group_needs_an_id() =>
        Refused(ResourceReader.Read(GroupSchema.Group, Parse($$"""{"schemas":["{{GroupSchema.Id}}"],"displayName":"G","members":[{"display":"x"}]}""")));

    private static void ReadsMore(string given, string read)
    {
        var body = Parse(given);
        body["userName"] = "a";
        var wanted = JsonNode.Parse(read)!;
        wanted["userName"] = "a";
        Reads(body.ToJsonString(), wanted.ToJsonString());
    }

    private static void Reads(string body, string canonical)
    {
        var read = Read(body);
        Assert.Null(read.Error);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(canonical), read.Value), read.Value?.ToJsonString());
    }

    /// <summary>With <c>schemas</c>, where the test is not about them.</summary>
    private static Outcome<JsonObject> Read(string body)
    {
        var parsed = Parse(body);
        parsed.TryAdd("schemas", new JsonArray(UserSchemas.CoreId));
        return ResourceReader.Read(UserSchemas.User, parsed);
    }

    private static JsonObject Parse(string body)
    {
        var read = ScimJson.Read(Encoding.UTF8.GetBytes(body));
        Assert.Null(read.Error);
        return read.Value!;
    }

    private static void Refused(Outcome<JsonObject> read)
    {
        Assert.Equal("invalidValue", read.Error?.ScimType);
        Assert.Equal(400, read.Error?.Status);
    }
}
