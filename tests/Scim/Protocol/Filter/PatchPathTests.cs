using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Filter;

public sealed class PatchPathTests
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    [Theory, Spec("RFC 7644", "3.5.2")]
    [InlineData("userName", "userName", null, null), InlineData(" NAME.familyname ", "name.familyName", null, null), InlineData("emails.value", "emails.value", null, null), InlineData("password", "password", null, null)]
    [InlineData("addresses[type eq \"work\"]", "addresses", "type eq \"work\"", null)]
    [InlineData("emails[Type eq \"work\" and primary eq \"True\"].VALUE", "emails", "type eq \"work\" and primary eq true", "value")]
    [InlineData("roles[primary eq \"True\"].value", "roles", "primary eq true", "value")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq \"work\"].display", "emails", "type eq \"work\"", "display")]
    [InlineData(Enterprise + ":manager", Enterprise + ":manager", null, null), InlineData(Enterprise + ":manager.value", Enterprise + ":manager.value", null, null), InlineData(Enterprise, Enterprise, null, null)]
    [InlineData("urn:identityhub:params:scim:schemas:extension:account:2.0:User:seats[value eq \"a\"]", "urn:identityhub:params:scim:schemas:extension:account:2.0:User:seats", "value eq \"a\"", null)]
    public void A_path_names_an_attribute_and_perhaps_some_of_its_values(string path, string target, string? filter, string? sub)
    {
        var parsed = PatchPathParser.Parse(UserSchemas.User, path, FilterOptions.Default);
        Assert.Null(parsed.Error);
        Assert.Equal(target, parsed.Value!.Target.ToString());
        Assert.Equal(filter is null ? null : $"{target}[{filter}]", parsed.Value.ValueFilter is { } value ? FilterPrinter.Print(new FilterNode.ValuePath(parsed.Value.Target, value)) : null);
        Assert.Equal(sub, parsed.Value.SubOfFiltered?.Name);
    }

    [Theory, Spec("RFC 7644", "3.5.2")]
    [InlineData("members", null), InlineData("members[value eq \"2819c223-7f76-453a-919d-413861904646\"]", null), InlineData("members[value eq \"2819c223-7f76-453a-919d-413861904646\"].display", "display")]
    public void A_path_of_a_group_names_its_members(string path, string? sub)
    {
        var parsed = PatchPathParser.Parse(GroupSchema.Group, path, FilterOptions.Default);
        Assert.Equal(("members", sub), (parsed.Value!.Target.ToString(), parsed.Value.SubOfFiltered?.Name));
        if (parsed.Value.ValueFilter is { } filter)
        {
            Assert.True(FilterEvaluator.MatchesElement(filter, new JsonObject { ["value"] = "2819c223-7f76-453a-919d-413861904646" }));
            Assert.False(FilterEvaluator.MatchesElement(filter, new JsonObject { ["value"] = "2819C223-7F76-453A-919D-413861904646" }));
        }
    }

    [Fact]
    public void A_filter_of_simple_values_is_on_the_values_themselves()
    {
        var path = PatchPathParser.Parse(UserSchemas.User, "urn:identityhub:params:scim:schemas:extension:account:2.0:User:seats[value eq \"a\" or value sw \"b\"]", FilterOptions.Default).Value!;
        Assert.True(FilterEvaluator.MatchesElement(path.ValueFilter!, JsonValue.Create("a")));
        Assert.True(FilterEvaluator.MatchesElement(path.ValueFilter!, JsonValue.Create("bc")));
        Assert.False(FilterEvaluator.MatchesElement(path.ValueFilter!, JsonValue.Create("c")));
    }

    [Theory, Spec("RFC 7644", "3.5.2"), Spec("RFC 7644", "3.12")]
    [InlineData(""), InlineData("  "), InlineData("shoeSize"), InlineData("name.shoeSize"), InlineData("urn:other:a"), InlineData("userName eq \"x\""), InlineData("\"userName\""), InlineData("(userName)"), InlineData("[type eq \"work\"]"), InlineData("emails."), InlineData("name/familyName")]
    [InlineData("userName[value eq \"x\"]"), InlineData("name[familyName eq \"x\"]"), InlineData("emails.value[value eq \"x\"]"), InlineData(Enterprise + "[a pr]")]
    [InlineData("emails[type pr].shoeSize"), InlineData("emails[type pr]value"), InlineData("emails[type pr]."), InlineData("emails[type pr].value.x"), InlineData("emails[type pr].value x"), InlineData("emails[type pr].value eq \"x\""), InlineData("emails[type pr]]"), InlineData("emails[type pr] and emails[type pr]"), InlineData("emails]")]
    public void What_is_no_path_is_refused_as_one(string path) => Assert.Equal("invalidPath", PatchPathParser.Parse(UserSchemas.User, path, FilterOptions.Default).Error?.ScimType);

    [Theory, Spec("RFC 7644", "3.5.2"), Spec("RFC 7644", "3.12")]
    [InlineData("emails["), InlineData("emails[]"), InlineData("emails[type]"), InlineData("emails[type eq]"), InlineData("emails[type eq \"work\""), InlineData("emails[type eq \"work\")"), InlineData("emails[(type eq \"work\"]"), InlineData("emails[shoeSize eq 5]"), InlineData("emails[type eq 5]"), InlineData("emails[primary gt true]"), InlineData("emails[value[type pr]]"), InlineData("emails[type eq work]"), InlineData("emails[userName pr]")]
    public void A_broken_filter_in_a_path_is_refused_as_a_filter(string path) => Assert.Equal("invalidFilter", PatchPathParser.Parse(UserSchemas.User, path, FilterOptions.Default).Error?.ScimType);

    [Fact]
    public void A_path_has_the_limits_of_a_filter()
    {
        Assert.Equal("invalidPath", PatchPathParser.Parse(UserSchemas.User, new string('a', 10_000_000), FilterOptions.Default).Error!.ScimType);
        Assert.Contains("32 deep", PatchPathParser.Parse(UserSchemas.User, "emails[" + new string('(', 100), FilterOptions.Default).Error!.Detail, StringComparison.Ordinal);
        Assert.Contains("200 terms", PatchPathParser.Parse(UserSchemas.User, "emails[" + string.Join(" or ", Enumerable.Repeat("type pr", 201)) + "]", FilterOptions.Default).Error!.Detail, StringComparison.Ordinal);
    }
}
