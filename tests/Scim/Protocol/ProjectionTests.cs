using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Schema;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol;

public sealed class ProjectionTests
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    private const string AccountUri = "urn:identityhub:params:scim:schemas:extension:account:2.0:User";

    [Theory, Spec("RFC 7644", "3.9")]
    [InlineData("userName", """{"schemas":["s"],"id":"1","userName":"u"}""")]
    [InlineData(" USERNAME , Name.FamilyName ,", """{"schemas":["s"],"id":"1","userName":"u","name":{"familyName":"f"}}""")]
    [InlineData("name.familyName,name", """{"schemas":["s"],"id":"1","name":{"familyName":"f","givenName":"g"}}""")]
    [InlineData("emails.value", """{"schemas":["s"],"id":"1","emails":[{"value":"a"},{"value":"b"}]}""")]
    [InlineData("emails.display", """{"schemas":["s"],"id":"1","emails":[{"display":"B"}]}""")]
    [InlineData("emails.primary,photos.value", """{"schemas":["s"],"id":"1"}""")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:title", """{"schemas":["s"],"id":"1","title":"t"}""")]
    [InlineData(Enterprise + ":department", """{"schemas":["s"],"id":"1","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"d"}}""")]
    [InlineData(Enterprise + ":manager.value", """{"schemas":["s"],"id":"1","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"m"}}}""")]
    [InlineData(Enterprise, """{"schemas":["s"],"id":"1","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"d","manager":{"value":"m","displayName":"M"}}}""")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:user", """{"schemas":["s"],"id":"1","userName":"u","title":"t","name":{"familyName":"f","givenName":"g"},"emails":[{"value":"a","type":"work"},{"value":"b","display":"B"}]}""")]
    [InlineData(AccountUri + ":seats", """{"schemas":["s"],"id":"1","urn:identityhub:params:scim:schemas:extension:account:2.0:User":{"seats":["a"]}}""")]
    [InlineData("shoeSize,urn:other:x,,..,password", """{"schemas":["s"],"id":"1"}""")]
    public void Only_what_is_asked_is_returned_and_what_is_always(string attributes, string expected) => Assert.Equal(expected, Project(attributes, null));

    [Theory, Spec("RFC 7644", "3.9")]
    [InlineData("name,emails,meta," + Enterprise + "," + AccountUri, """{"schemas":["s"],"id":"1","userName":"u","title":"t"}""")]
    [InlineData("id,schemas,ID,urn:ietf:params:scim:schemas:core:2.0:User:title,userName,emails,meta,name.familyName," + Enterprise + "," + AccountUri, """{"schemas":["s"],"id":"1","name":{"givenName":"g"}}""")]
    [InlineData("title,userName,name.familyName,name.givenName,emails.value,emails.type,meta," + Enterprise + ":manager.value," + Enterprise + ":department," + AccountUri + ":seats", """{"schemas":["s"],"id":"1","emails":[{"display":"B"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"displayName":"M"}}}""")]
    public void What_is_excluded_goes_unless_it_is_always_returned(string excluded, string expected) => Assert.Equal(expected, Project(null, excluded));

    [Theory, Spec("RFC 7644", "3.9")]
    [InlineData(null, null), InlineData("", " "), InlineData(",", null), InlineData(null, "shoeSize"), InlineData(null, "password")]
    public void Otherwise_all_is_returned_but_the_password(string? attributes, string? excluded)
    {
        var expected = Full();
        expected.Remove("password");
        Assert.Equal(expected.ToJsonString(), Project(attributes, excluded));
    }

    [Fact, Spec("RFC 7644", "3.9")]
    public void Both_lists_together_are_refused() => Assert.Equal("invalidValue", Projection.Parse(UserSchemas.User, "userName", "title").Error?.ScimType);

    [Fact]
    public void What_loses_nothing_is_not_copied()
    {
        var full = Full();
        full.Remove("password");
        var projection = Projection.Parse(UserSchemas.User, (string?)null, null).Value!;
        Assert.True(projection.IsDefault);
        Assert.Same(full, projection.Apply(full));
    }

    [Fact]
    public void The_full_resource_is_not_changed()
    {
        var full = Full();
        Projection.Parse(UserSchemas.User, "emails.value", null).Value!.Apply(full)["emails"]![0]!["value"] = "changed";
        Assert.Equal(Full().ToJsonString(), full.ToJsonString());
    }

    [Theory, Spec("RFC 7643", "7")]
    [InlineData(null, null, "d a p.d"), InlineData("r", null, "a r"), InlineData("p", null, "a p.d p.a"), InlineData("p.r", null, "a p.a p.r"), InlineData("n,p.n", null, "a p.a"), InlineData("n,p.d", null, "a p.d p.a"), InlineData(null, "a,d,p.a", "a p.d p.a"), InlineData(null, "p", "d a")]
    public void Attributes_are_returned_as_their_schema_says(string? attributes, string? excluded, string kept)
    {
        static ScimAttribute Of(string name, Returned returned) => new(name, AttributeType.String, "") { Returned = returned };
        ScimAttribute[] all = [Of("d", Returned.Default), Of("a", Returned.Always), Of("r", Returned.Request), Of("n", Returned.Never)];
        var thing = new ResourceType("Thing", "/Things", "", new("urn:t", "Thing", "", [.. all, new("p", AttributeType.Complex, "") { SubAttributes = [.. all] }]), []);
        var full = JsonNode.Parse("""{ "d": "", "a": "", "r": "", "n": "", "p": { "d": "", "a": "", "r": "", "n": "" } }""")!.AsObject();

        var projected = Projection.Parse(thing, attributes, excluded).Value!.Apply(full);
        var names = projected.SelectMany(part => part.Value is JsonObject sub ? sub.Select(s => $"{part.Key}.{s.Key}") : [part.Key]);
        Assert.Equal(attributes is null && excluded is null ? "d a p.d p.a" : kept, string.Join(' ', names));
    }

    [Theory]
    [InlineData(null, null, true), InlineData(null, "members", false), InlineData(null, "Members.display", true), InlineData("displayName", null, false), InlineData("members.value", null, true), InlineData("urn:ietf:params:scim:schemas:core:2.0:Group:members", null, true)]
    public void An_endpoint_can_ask_whether_members_are_wanted(string? attributes, string? excluded, bool wanted) => Assert.Equal(wanted, Projection.Parse(GroupSchema.Group, attributes, excluded).Value!.Wants("members"));

    [Theory]
    [InlineData(null, null, "password", false), InlineData("password", null, "password", false), InlineData("title", null, "id", true), InlineData(null, "id", "id", true), InlineData("name.familyName", null, "name.givenName", false), InlineData("name.familyName", null, "name.familyName", true), InlineData("title", null, "nothing", false)]
    [InlineData(Enterprise + ":manager", null, Enterprise, true), InlineData("title", null, Enterprise, false), InlineData(null, Enterprise, Enterprise, false), InlineData(null, Enterprise, Enterprise + ":manager", false), InlineData(Enterprise, null, Enterprise + ":manager.value", true), InlineData(null, null, Enterprise, true)]
    public void An_attribute_is_included_where_an_answer_may_hold_it(string? attributes, string? excluded, string name, bool included) => Assert.Equal(included, Projection.Parse(UserSchemas.User, attributes, excluded).Value!.Wants(name));

    private static string Project(string? attributes, string? excluded) => Projection.Parse(UserSchemas.User, attributes, excluded).Value!.Apply(Full()).ToJsonString();

    private static JsonObject Full() => JsonNode.Parse("""
        { "schemas": ["s"], "id": "1", "userName": "u", "title": "t", "password": "p", "name": { "familyName": "f", "givenName": "g" },
          "emails": [ { "value": "a", "type": "work" }, { "value": "b", "display": "B" } ], "meta": { "resourceType": "User" },
          "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "d", "manager": { "value": "m", "displayName": "M" } },
          "urn:identityhub:params:scim:schemas:extension:account:2.0:User": { "seats": ["a"] } }
        """)!.AsObject();
}
