using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Filter;

public sealed class SortOrderTests
{
    [Theory, Spec("RFC 7644", "3.4.2.3")]
    [InlineData("userName", null, "b a c"), InlineData("USERNAME", "Ascending", "b a c"), InlineData("userName", "DESCENDING", "c a b"), InlineData("userName", " descending ", "c a b")]
    [InlineData("title", "ascending", "c b a"), InlineData("title", "descending", "a b c")]
    [InlineData("emails", null, "a b c"), InlineData("emails.value", "descending", "c b a"), InlineData("emails.type", null, "b a c")]
    [InlineData("meta.created", null, "c a b"), InlineData("active", null, "b a c"), InlineData("externalId", null, "c a b"), InlineData("name.familyName", null, "a b c")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", null, "b a c"), InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", null, "c a b")]
    [InlineData(null, null, "a b c"), InlineData(" ", "descending", "a b c")]
    public void Resources_come_in_the_order_that_was_asked(string? by, string? order, string ids)
    {
        var sort = SortOrder.Parse(UserSchemas.User, by, order).Value!;
        Assert.Equal(ids, string.Join(' ', People.Order(sort).Select(person => (string?)person["id"])));
    }

    [Theory, Spec("RFC 7644", "3.4.2.3"), Spec("RFC 7644", "3.12")]
    [InlineData("shoeSize", null), InlineData("name", null), InlineData("addresses", "descending"), InlineData("password", null), InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", null), InlineData("userName", "up"), InlineData(null, "up"), InlineData("userName,title", null)]
    public void What_cannot_be_sorted_by_is_refused(string? by, string? order) => Assert.Equal("invalidValue", SortOrder.Parse(UserSchemas.User, by, order).Error?.ScimType);

    /// <summary>a has no title and no primary address; the primary address of c is its second; c has no department and no moment but an earlier one, in another offset.</summary>
    private static readonly JsonObject[] People =
    [
        JsonNode.Parse("""
            { "id": "a", "userName": "Bob", "externalId": "a", "active": true, "emails": [ { "value": "a1", "type": "work" }, { "value": "z1", "type": "home" } ],
              "meta": { "created": "2020-01-01T00:00:00Z" },
              "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "y", "manager": { "value": "y" } } }
            """)!.AsObject(),
        JsonNode.Parse("""
            { "id": "b", "userName": "adam", "externalId": "b", "title": "z", "active": false, "emails": [ { "value": "B1", "type": "home", "primary": true }, { "value": "a0", "type": "work" } ],
              "meta": { "created": "2020-01-01T00:00:00.5Z" },
              "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "X" } }
            """)!.AsObject(),
        JsonNode.Parse("""
            { "id": "c", "userName": "carl", "externalId": "Z", "title": "A", "emails": [ { "value": "a0", "type": "home" }, { "value": "c1", "primary": true } ],
              "meta": { "created": "2020-01-01T00:30:00+01:00" },
              "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "manager": { "value": "Y" } } }
            """)!.AsObject(),
    ];
}
