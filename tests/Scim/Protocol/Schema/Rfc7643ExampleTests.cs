using System.Text;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Json;
using IdentityHub.Scim.Protocol.Schema;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Schema;

/// <summary>The example resources of RFC 7643 §8. What the hub owns is left out when they are sent to it; everything else is kept as it stands. (The certificate is shortened.)</summary>
public sealed class Rfc7643ExampleTests
{
    private const string Minimal = """
        { "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "2819c223-7f76-453a-919d-413861904646", "userName": "bjensen@example.com",
          "meta": { "resourceType": "User", "created": "2010-01-23T04:56:22Z", "lastModified": "2011-05-13T04:42:34Z", "version": "W\/\"3694e05e9dff590\"", "location": "https://example.com/v2/Users/2819c223-7f76-453a-919d-413861904646" } }
        """;

    private const string Full = """
        { "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
          "id": "2819c223-7f76-453a-919d-413861904646", "externalId": "701984", "userName": "bjensen@example.com",
          "name": { "formatted": "Ms. Barbara J Jensen, III", "familyName": "Jensen", "givenName": "Barbara", "middleName": "Jane", "honorificPrefix": "Ms.", "honorificSuffix": "III" },
          "displayName": "Babs Jensen", "nickName": "Babs", "profileUrl": "https://login.example.com/bjensen",
          "emails": [ { "value": "bjensen@example.com", "type": "work", "primary": true }, { "value": "babs@jensen.org", "type": "home" } ],
          "addresses": [
            { "streetAddress": "100 Universal City Plaza", "locality": "Hollywood", "region": "CA", "postalCode": "91608", "country": "USA", "formatted": "100 Universal City Plaza\nHollywood, CA 91608 USA", "type": "work", "primary": true },
            { "streetAddress": "456 Hollywood Blvd", "locality": "Hollywood", "region": "CA", "postalCode": "91608", "country": "USA", "formatted": "456 Hollywood Blvd\nHollywood, CA 91608 USA", "type": "home" } ],
          "phoneNumbers": [ { "value": "tel:555-555-5555", "type": "work" }, { "value": "tel:555-555-4444", "type": "mobile" } ],
          "ims": [ { "value": "someaimhandle", "type": "aim" } ],
          "photos": [ { "value": "https://photos.example.com/profilephoto/72930000000Ccne/F", "type": "photo" }, { "value": "https://photos.example.com/profilephoto/72930000000Ccne/T", "type": "thumbnail" } ],
          "userType": "Employee", "title": "Tour Guide", "preferredLanguage": "en-US", "locale": "en-US", "timezone": "America/Los_Angeles", "active": true, "password": "t1meMa$heen",
          "groups": [ { "value": "e9e30dba-f08f-4109-8486-d5c6a331660a", "$ref": "../Groups/e9e30dba-f08f-4109-8486-d5c6a331660a", "display": "Tour Guides" }, { "value": "fc348aa8-3835-40eb-a20b-c726e15c55b5", "$ref": "../Groups/fc348aa8-3835-40eb-a20b-c726e15c55b5", "display": "Employees" } ],
          "x509Certificates": [ { "value": "MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQAwTjELMAkGA1UEBhMCVVM=" } ],
          "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "employeeNumber": "701984", "costCenter": "4130", "organization": "Universal Studios", "division": "Theme Park", "department": "Tour Operations",
            "manager": { "value": "26118915-6090-4610-87e4-49d8ca9f808d", "$ref": "../Users/26118915-6090-4610-87e4-49d8ca9f808d", "displayName": "John Smith" } },
          "meta": { "resourceType": "User", "created": "2010-01-23T04:56:22Z", "lastModified": "2011-05-13T04:42:34Z", "version": "W\/\"a330bc54f0671c9\"", "location": "https://example.com/v2/Users/2819c223-7f76-453a-919d-413861904646" } }
        """;

    private const string Group = """
        { "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "e9e30dba-f08f-4109-8486-d5c6a331660a", "displayName": "Tour Guides",
          "members": [ { "value": "2819c223-7f76-453a-919d-413861904646", "$ref": "https://example.com/v2/Users/2819c223-7f76-453a-919d-413861904646", "display": "Babs Jensen" },
                       { "value": "902c246b-6245-4190-8e05-00816be7344a", "$ref": "https://example.com/v2/Users/902c246b-6245-4190-8e05-00816be7344a", "display": "Mandy Pepperidge" } ],
          "meta": { "resourceType": "Group", "created": "2010-01-23T04:56:22Z", "lastModified": "2011-05-13T04:42:34Z", "version": "W\/\"3694e05e9dff592\"", "location": "https://example.com/v2/Groups/e9e30dba-f08f-4109-8486-d5c6a331660a" } }
        """;

    [Fact, Spec("RFC 7643", "8.1")]
    public void The_minimal_user_is_read() => Reads(UserSchemas.User, Minimal);

    [Fact, Spec("RFC 7643", "8.2"), Spec("RFC 7643", "8.3")]
    public void The_full_user_and_the_enterprise_user_are_read() => Reads(UserSchemas.User, Full);

    [Fact, Spec("RFC 7643", "8.4")]
    public void The_group_is_read() => Reads(GroupSchema.Group, Group);

    private static void Reads(ResourceType type, string example)
    {
        var read = ResourceReader.Read(type, ScimJson.Read(Encoding.UTF8.GetBytes(example)).Value!);
        Assert.Null(read.Error);
        var wanted = JsonNode.Parse(example)!.AsObject();
        foreach (var ours in new[] { "schemas", "id", "meta", "groups" })
        {
            wanted.Remove(ours);
        }

        wanted["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]?["manager"]?.AsObject().Remove("displayName");
        Assert.True(JsonNode.DeepEquals(wanted, read.Value), read.Value!.ToJsonString());
    }
}
