using IdentityHub.Scim.Protocol.Schema;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Schema;

public sealed class ResolveTests
{
    [Theory]
    [InlineData("USERNAME", "userName"), InlineData("name.FamilyName", "name.familyName"), InlineData("Meta.lastmodified", "meta.lastModified"), InlineData("externalid", "externalId")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:name.givenName", "name.givenName"), InlineData("urn:ietf:params:scim:schemas:core:2.0:user.emails.value", "emails.value")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager")]
    [InlineData("URN:ietf:params:scim:schemas:extension:enterprise:2.0:User.manager.displayname", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName")]
    [InlineData("urn:identityhub:params:scim:schemas:extension:account:2.0:User", "urn:identityhub:params:scim:schemas:extension:account:2.0:User")]
    public void A_reference_is_found_in_any_case_and_with_its_schema(string text, string found) => Assert.Equal(found, UserSchemas.User.Resolve(text)?.ToString());

    [Theory]
    [InlineData("nothing"), InlineData("name.nothing"), InlineData("userName.value"), InlineData("urn:ietf:params:scim:schemas:core:2.0:User"), InlineData("urn:ietf:params:scim:schemas:core:2.0:User:"), InlineData("urn:other:User:userName"), InlineData("")]
    public void What_no_schema_has_is_not_found(string text) => Assert.Null(UserSchemas.User.Resolve(text));
}
