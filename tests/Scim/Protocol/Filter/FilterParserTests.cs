using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Filter;

public sealed class FilterParserTests
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    [Theory]
    [InlineData("""USERNAME Eq "x" """, """userName eq "x" """)]
    [InlineData("""urn:ietf:params:scim:schemas:core:2.0:User:name.familyName CO "x" """, """name.familyName co "x" """)]
    [InlineData("""emails eq "x" """, """emails.value eq "x" """)]
    [InlineData("""Emails[Type EQ "work"].Value sw "x" """, """emails[type eq "work" and value sw "x"]""")]
    [InlineData("""emails[type eq "work"].value ne "x" """, """not (emails[type eq "work" and value eq "x"])""")]
    [InlineData("""emails[type eq "a" or type eq "b"].value eq "x" """, """emails[(type eq "a" or type eq "b") and value eq "x"]""")]
    [InlineData("((title pr)) and (nickName pr and (id pr))", "title pr and nickName pr and id pr")]
    [InlineData("title pr or (nickName pr and id pr)", "title pr or nickName pr and id pr")]
    [InlineData("(title pr or nickName pr) AND id pr", "(title pr or nickName pr) and id pr")]
    [InlineData("NOT(title pr)", "not (title pr)")]
    [InlineData("title eq null", "not (title pr)")]
    [InlineData("\t title \n pr\r\n", "title pr")]
    [InlineData("active eq TRUE", "active eq true"), InlineData("active ne \"False\"", "active ne false")]
    [InlineData("""meta.created gt "2011-05-13T04:42:34.50+02:00" """, """meta.created gt "2011-05-13T02:42:34.5Z" """)]
    [InlineData("""title eq "\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00" """, """title eq "\"\\/\u0008\u000c\u000a\u000d\u0009é😀" """)]
    [InlineData("""title eq "" """, """title eq "" """)]
    [InlineData(Enterprise + """:manager[displayName pr]""", Enterprise + ":manager[displayName pr]")]
    [InlineData(Enterprise + """.department eq "x" """, Enterprise + """:department eq "x" """)]
    [InlineData("""schemas[value eq "x"]""", """schemas[value eq "x"]""")]
    public void One_meaning_has_one_spelling(string text, string canonical)
    {
        Assert.Equal(canonical.TrimEnd(), FilterPrinter.Print(Parse(text)));
        Assert.Equal(canonical.TrimEnd(), FilterPrinter.Print(Parse(canonical)));
    }

    [Theory, Spec("RFC 7644", "3.4.2.2"), Spec("RFC 7644", "3.12")]
    [InlineData("""shoeSize eq "x" """, "shoeSize"), InlineData("""name.shoeSize pr""", "name.shoeSize"), InlineData("""emails[shoeSize eq "x"]""", "shoeSize"), InlineData("""emails[type pr].shoeSize eq "x" """, "shoeSize")]
    [InlineData("""members.value eq "x" """, "members.value"), InlineData("""urn:other:User:userName eq "x" """, "urn:other:User:userName"), InlineData("urn:ietf:params:scim:schemas:core:2.0:User pr", "core:2.0:User")]
    [InlineData("emails[emails.type pr]", "emails.type"), InlineData("seats pr", "seats")]
    public void An_unknown_attribute_is_refused_by_name(string filter, string named) => Assert.Contains(named, Refused(filter), StringComparison.Ordinal);

    [Theory, Spec("RFC 7644", "3.4.2.2")]
    [InlineData("active gt true"), InlineData("active ge false"), InlineData("active lt true"), InlineData("active le \"True\""), InlineData("active co \"t\""), InlineData("active sw \"t\""), InlineData("active ew \"t\"")]
    [InlineData("x509Certificates.value gt \"x\""), InlineData("x509Certificates le \"x\""), InlineData("meta.created co \"2011\""), InlineData("meta.created sw \"2011\""), InlineData("meta.lastModified ew \"Z\"")]
    [InlineData("title gt null"), InlineData("title co null")]
    public void An_operator_that_does_not_fit_the_type_is_refused(string filter) => Refused(filter);

    [Theory, Spec("RFC 7644", "3.4.2.2")]
    [InlineData("userName eq 5"), InlineData("userName eq true"), InlineData("userName eq bjensen"), InlineData("active eq \"yes\""), InlineData("active eq 1"), InlineData("active eq yes"), InlineData("profileUrl eq 1")]
    [InlineData("meta.created gt \"yesterday\""), InlineData("meta.created gt 2011"), InlineData("meta.created gt \"2011-02-30T00:00:00Z\""), InlineData("meta.created gt \"2011-02-03\""), InlineData("meta.created gt \"2011-02-03T25:00:00Z\"")]
    [InlineData("meta.created gt \"2011-02-03T00:00:00.Z\""), InlineData("meta.created gt \"2011-02-03T00:00:00+24:00\""), InlineData("meta.created gt \"2011-02-03T00:00:00+0100\""), InlineData("meta.created gt \"0001-01-01T00:00:00+01:00\""), InlineData("meta.created gt \"9999-12-31T24:00:00Z\"")]
    public void A_literal_of_another_type_is_refused(string filter) => Refused(filter);

    [Theory, Spec("RFC 7644", "3.4.2.2")]
    [InlineData("name eq \"x\""), InlineData("addresses co \"x\""), InlineData("meta eq \"x\""), InlineData(Enterprise + " eq \"x\"")]
    public void A_complex_attribute_without_a_value_is_not_compared(string filter) => Refused(filter);

    [Theory, Spec("RFC 7643", "7")]
    [InlineData("password eq \"x\""), InlineData("password pr"), InlineData("password eq null"), InlineData("PassWord sw \"a\""), InlineData("not (password ne \"x\")"), InlineData("urn:ietf:params:scim:schemas:core:2.0:User:password pr")]
    public void Nothing_is_told_of_a_password(string filter) => Assert.Equal("password cannot be filtered on.", Refused(filter));

    [Theory, Spec("RFC 7644", "3.4.2.2")]
    [InlineData(""), InlineData("   "), InlineData("userName"), InlineData("userName eq"), InlineData("eq"), InlineData("\"x\" eq userName"), InlineData("userName eq \"x\" and"), InlineData("and userName pr"), InlineData("userName is \"x\"")]
    [InlineData("userName eq \"x\" userName pr"), InlineData("userName eq \"x\" xor title pr"), InlineData("userName pr \"x\""), InlineData("title pr and or title pr"), InlineData("userName eq (\"x\")"), InlineData("userName eq [\"x\"]")]
    [InlineData("()"), InlineData("("), InlineData(")"), InlineData("(title pr"), InlineData("title pr)"), InlineData("(title pr))"), InlineData("(title pr]"), InlineData("[title pr]"), InlineData("not"), InlineData("not title pr"), InlineData("not ()"), InlineData("not not (title pr)")]
    [InlineData("emails[]"), InlineData("emails["), InlineData("emails[type pr"), InlineData("emails[type pr)"), InlineData("emails[(type pr]"), InlineData("emails]"), InlineData("emails[type pr]]"), InlineData("emails[type pr] eq \"x\""), InlineData("emails[type pr]value eq \"x\"")]
    [InlineData("emails[type pr].value"), InlineData("emails[type pr]."), InlineData("(emails[type pr]).value pr"), InlineData("title pr .value pr"), InlineData("emails[type pr].value pr .value pr"), InlineData("emails[value[type pr]]"), InlineData("emails[type pr and value[type pr]]"), InlineData("userName[value pr]"), InlineData("emails.value[value pr]")]
    [InlineData("userName eq \"x"), InlineData("userName eq \"x\\\""), InlineData("userName eq \"\\x\""), InlineData("userName eq \"\\u12\""), InlineData("userName eq \"\\u12g4\""), InlineData("userName eq \"\\u+123\""), InlineData("userName eq \"\\"), InlineData("userName eq 'x'"), InlineData("userName eq \"a\nb\"")]
    public void What_is_no_filter_is_refused(string filter) => Refused(filter);

    [Fact]
    public void Bare_words_are_literals_only_where_the_account_says_so()
    {
        var tolerant = new FilterOptions { UnquotedLiterals = true };
        Assert.Equal("userName eq \"bjensen@example.com\"", FilterPrinter.Print(FilterParser.Parse(UserSchemas.User, "userName eq bjensen@example.com", tolerant).Value!));
        Assert.Equal("title eq \"5\" and title eq \"true\"", FilterPrinter.Print(FilterParser.Parse(UserSchemas.User, "(title eq 5) and (title eq true)", tolerant).Value!));
        Assert.Equal("meta.created gt \"2011-05-13T04:42:34Z\"", FilterPrinter.Print(FilterParser.Parse(UserSchemas.User, "meta.created gt 2011-05-13T04:42:34Z", tolerant).Value!));
        Assert.Equal("not (title pr)", FilterPrinter.Print(FilterParser.Parse(UserSchemas.User, "title eq null", tolerant).Value!));
        Assert.True(FilterParser.Parse(UserSchemas.User, "title eq Tour Guide", tolerant).Failed);
        Refused("userName eq bjensen@example.com");
    }

    [Theory]
    [InlineData("5", true), InlineData("-5", true), InlineData("0", true), InlineData("-0.50", true), InlineData("5e2", true), InlineData("5.5E-1", true), InlineData("500e-2", true)]
    [InlineData("+5", false), InlineData("05", false), InlineData(".5", false), InlineData("5.", false), InlineData("5.e1", false), InlineData("-", false), InlineData("5e", false), InlineData("1e400", false), InlineData("0x5", false), InlineData("NaN", false), InlineData("\"5\"", false), InlineData("1,000", false)]
    public void Numbers_are_those_of_JSON(string literal, bool passes)
    {
        var counted = new ResourceType("Thing", "/Things", "", new("urn:t", "Thing", "", [new("count", AttributeType.Integer, ""), new("share", AttributeType.Decimal, "")]), []);
        Assert.Equal(passes, !FilterParser.Parse(counted, "count eq " + literal, FilterOptions.Default).Failed);
        Assert.Equal(passes, !FilterParser.Parse(counted, "share le " + literal, FilterOptions.Default).Failed);
        Assert.True(FilterParser.Parse(counted, "count co " + literal, FilterOptions.Default).Failed);
        Assert.True(FilterParser.Parse(counted, "count eq \"5\"", FilterOptions.Default).Failed);
    }

    private static FilterNode Parse(string text)
    {
        var parsed = FilterParser.Parse(UserSchemas.User, text, FilterOptions.Default);
        Assert.Null(parsed.Error);
        return parsed.Value!;
    }

    internal static string Refused(string filter)
    {
        var error = FilterParser.Parse(UserSchemas.User, filter, FilterOptions.Default).Error;
        Assert.NotNull(error);
        Assert.Equal((400, "invalidFilter"), (error.Status, error.ScimType));
        return error.Detail;
    }
}
