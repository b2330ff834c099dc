using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Filter;

/// <summary>Every filter that RFC 7644 shows, on one resource.</summary>
public sealed class RfcFilterTests
{
    [Theory, Spec("RFC 7644", "3.4.2.2")]
    [InlineData("""userName eq "bjensen" """, true)]
    [InlineData("""name.familyName co "O'Malley" """, true)]
    [InlineData("""userName sw "J" """, false)]
    [InlineData("""urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J" """, false)]
    [InlineData("title pr", true)]
    [InlineData("""meta.lastModified gt "2011-05-13T04:42:34Z" """, false)]
    [InlineData("""meta.lastModified ge "2011-05-13T04:42:34Z" """, true)]
    [InlineData("""meta.lastModified lt "2011-05-13T04:42:34Z" """, false)]
    [InlineData("""meta.lastModified le "2011-05-13T04:42:34Z" """, true)]
    [InlineData("""title pr and userType eq "Employee" """, true)]
    [InlineData("""title pr or userType eq "Intern" """, true)]
    [InlineData("""schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User" """, true)]
    [InlineData("""userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")""", true)]
    [InlineData("""userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")""", false)]
    [InlineData("""userType eq "Employee" and (emails.type eq "work")""", true)]
    [InlineData("""userType eq "Employee" and emails[type eq "work" and value co "@example.com"]""", true)]
    [InlineData("""emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]""", true)]
    public void A_filter_of_the_RFC_gives_what_it_says(string filter, bool matches) => Assert.Equal(matches, Matches(filter));

    [Theory, Spec("RFC 7644", "3.4.2.2")]
    [InlineData("""userName eq "bjensen" """, true), InlineData("""userName eq "BJensen" """, true), InlineData("""userName eq "bjense" """, false)]
    [InlineData("""userName ne "bjensen" """, false), InlineData("""userName ne "x" """, true)]
    [InlineData("""userName co "jen" """, true), InlineData("""userName co "x" """, false)]
    [InlineData("""userName sw "BJ" """, true), InlineData("""userName sw "jensen" """, false)]
    [InlineData("""userName ew "SEN" """, true), InlineData("""userName ew "bj" """, false)]
    [InlineData("""userName gt "bjense" """, true), InlineData("""userName gt "bjensen" """, false)]
    [InlineData("""userName ge "bjensen" """, true), InlineData("""userName ge "c" """, false)]
    [InlineData("""userName lt "C" """, true), InlineData("""userName lt "bjensen" """, false)]
    [InlineData("""userName le "BJENSEN" """, true), InlineData("""userName le "a" """, false)]
    [InlineData("nickName pr", false), InlineData("name pr", true), InlineData("name.middleName pr", false), InlineData("emails pr", true), InlineData("photos pr", false)]
    public void An_operator_means_what_the_table_says(string filter, bool matches) => Assert.Equal(matches, Matches(filter));

    [Theory, Spec("RFC 7644", "3.4.2.2")]
    [InlineData("""externalId eq "Ext-1" """, true), InlineData("""externalId eq "ext-1" """, false), InlineData("""externalId sw "ext" """, false)]
    [InlineData("""id eq "2819c223" """, true), InlineData("""id eq "2819C223" """, false)]
    [InlineData("""emails.value eq "BJENSEN@example.com" """, true)]
    [InlineData("""schemas eq "URN:ietf:params:scim:schemas:core:2.0:User" """, false)]
    public void Case_counts_where_the_schema_says_so(string filter, bool matches) => Assert.Equal(matches, Matches(filter));

    [Theory, Spec("RFC 7644", "3.4.2.2")]
    [InlineData("""meta.lastModified eq "2011-05-13T06:42:34+02:00" """, true)]
    [InlineData("""meta.lastModified eq "2011-05-13T04:42:34.000Z" """, true)]
    [InlineData("""meta.lastModified eq "2011-05-13t04:42:34z" """, true)]
    [InlineData("""meta.lastModified eq "2011-05-13T04:42:34" """, true)]
    [InlineData("""meta.lastModified lt "2011-05-13T04:42:34.00000001Z" """, false)]
    [InlineData("""meta.lastModified lt "2011-05-13T04:42:34.0000001Z" """, true)]
    [InlineData("""meta.lastModified gt "2011-05-12T23:59:60Z" """, true)]
    [InlineData("""meta.lastModified gt "2011-05-12T24:00:00Z" """, true)]
    [InlineData("""meta.lastModified ne "2011-05-13T04:42:35Z" """, true)]
    public void Times_are_compared_as_moments(string filter, bool matches) => Assert.Equal(matches, Matches(filter));

    [Theory, Spec("RFC 7644", "3.4.2.2")]
    [InlineData("""userName eq "x" and userName eq "x" or title pr""", true)]
    [InlineData("""title pr or userName eq "x" and userName eq "x" """, true)]
    [InlineData("""(title pr or userName eq "x") and userName eq "x" """, false)]
    [InlineData("""not (title pr) or title pr""", true)]
    [InlineData("""not (title pr or title pr)""", false)]
    [InlineData("""not(nickName pr)and not(photos pr)""", true)]
    [InlineData("""((((title pr))))""", true)]
    public void Not_binds_closer_than_and_and_and_closer_than_or(string filter, bool matches) => Assert.Equal(matches, Matches(filter));

    [Theory, Spec("RFC 7644", "3.4.2.2")]
    [InlineData("""emails[type eq "home" and value co "@example.com"]""", false)]
    [InlineData("""emails[type eq "home" and value co "@example.org"]""", true)]
    [InlineData("""emails[not (type eq "work")]""", true)]
    [InlineData("""emails[primary eq true and (type eq "work" or type eq "other")]""", true)]
    [InlineData("""emails[display pr]""", false)]
    [InlineData("""photos[not (type eq "work")]""", false)]
    [InlineData("""schemas[value ew ":User"]""", true)]
    [InlineData("""name[givenName eq "barbara" and familyName pr]""", true)]
    [InlineData("""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager[value eq "26118915"]""", true)]
    [InlineData("""urn:identityhub:params:scim:schemas:extension:account:2.0:User:twoFactor.methods[value sw "t"]""", true)]
    public void Brackets_ask_for_one_value_that_meets_all(string filter, bool matches) => Assert.Equal(matches, Matches(filter));

    [Theory, Spec("RFC 7644", "3.10")]
    [InlineData("""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq "701984" """, true)]
    [InlineData("""URN:IETF:params:scim:schemas:extension:enterprise:2.0:user:EMPLOYEENUMBER EQ "701984" """, true)]
    [InlineData("""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName sw "john" """, true)]
    [InlineData("""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "26118915" """, true)]
    [InlineData("""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr""", true)]
    [InlineData("""urn:identityhub:params:scim:schemas:extension:account:2.0:User:seats eq "expert-console" """, true)]
    [InlineData("""urn:identityhub:params:scim:schemas:extension:account:2.0:User:seats eq "Expert-Console" """, false)]
    [InlineData("""urn:identityhub:params:scim:schemas:extension:account:2.0:User:twoFactor.methods eq "TOTP" """, true)]
    public void Attributes_of_extensions_are_named_with_their_schema(string filter, bool matches) => Assert.Equal(matches, Matches(filter));

    [Theory, Spec("RFC 7643", "2.5")]
    [InlineData("nickName eq null", true), InlineData("nickName ne null", false), InlineData("title eq NULL", false), InlineData("title ne Null", true)]
    [InlineData("addresses eq null", true), InlineData("emails ne null", true), InlineData("emails[display eq null]", true)]
    public void Null_is_not_present(string filter, bool matches) => Assert.Equal(matches, Matches(filter));

    [Theory, Spec("RFC 7644", "3.4.2.2")]
    [InlineData("""emails.type ne "work" """, false), InlineData("""emails.type ne "other" """, true), InlineData("""nickName ne "x" """, true), InlineData("""photos.value ne "x" """, true), InlineData("active ne false", true)]
    [InlineData("""emails[type ne "work"]""", true)]
    public void Not_equal_is_the_opposite_of_equal(string filter, bool matches) => Assert.Equal(matches, Matches(filter));

    [Theory]
    [InlineData("""emails[type eq "work"].value eq "bjensen@example.com" """, true), InlineData("""emails[type eq "home"].value eq "bjensen@example.com" """, false)]
    [InlineData("""emails[type eq "home"].value ne "bjensen@example.com" """, true), InlineData("""emails[type eq "work"].value ne "bjensen@example.com" """, false)]
    [InlineData("""emails[type eq "work"].value pr""", true), InlineData("""emails[type eq "other"].value pr""", false), InlineData("""emails[type eq "other"].value eq null""", true)]
    [InlineData("""emails[type eq "work" or type eq "home"].value sw "babs" and title pr""", true), InlineData("""(emails[type eq "work"].value pr)""", true)]
    [InlineData("""emails[primary eq "True"]""", true), InlineData("""active eq "False" """, false), InlineData("""active eq "tRUE" """, true)]
    public void What_Entra_sends_beyond_the_grammar_is_understood(string filter, bool matches) => Assert.Equal(matches, Matches(filter));

    private static bool Matches(string filter)
    {
        var parsed = FilterParser.Parse(UserSchemas.User, filter, FilterOptions.Default);
        Assert.Null(parsed.Error);
        return FilterEvaluator.Matches(parsed.Value!, Barbara);
    }

    private static readonly JsonObject Barbara = JsonNode.Parse("""
        { "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
          "id": "2819c223", "externalId": "Ext-1", "userName": "bjensen", "title": "Tour Guide", "userType": "Employee", "active": true,
          "name": { "familyName": "O'Malley", "givenName": "Barbara" },
          "emails": [ { "value": "bjensen@example.com", "type": "work", "primary": true }, { "value": "babs@example.org", "type": "home" } ],
          "meta": { "resourceType": "User", "created": "2010-01-23T04:56:22Z", "lastModified": "2011-05-13T04:42:34Z" },
          "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "employeeNumber": "701984", "manager": { "value": "26118915", "displayName": "John Smith" } },
          "urn:identityhub:params:scim:schemas:extension:account:2.0:User": { "seats": ["expert-console", "other"], "twoFactor": { "required": false, "methods": ["email", "totp"] } } }
        """)!.AsObject();
}
