using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Filter;

/// <summary>What an attacker may send. Which limit stops it is asserted, not the time it takes.</summary>
public sealed class HostileFilterTests
{
    private static readonly FilterOptions Boundless = new() { MaxDepth = int.MaxValue, MaxLength = int.MaxValue, MaxTerms = int.MaxValue };

    [Fact]
    public void A_filter_is_refused_by_its_length_before_anything_is_read()
    {
        Assert.Contains("longer than 8192", FilterParserTests.Refused(new string('(', 1_000_000)), StringComparison.Ordinal);
        Assert.Contains("longer than 8192", FilterParserTests.Refused("title eq \"" + new string('x', 10_000_000) + '"'), StringComparison.Ordinal);
        Assert.Contains("longer than 8192", FilterParserTests.Refused(Terms(100_000)), StringComparison.Ordinal);
    }

    [Fact]
    public void Depth_and_terms_have_limits_of_their_own()
    {
        Assert.Contains("32 deep", FilterParserTests.Refused(new string('(', 33) + "title pr" + new string(')', 33)), StringComparison.Ordinal);
        Assert.Contains("200 terms", FilterParserTests.Refused(Terms(201)), StringComparison.Ordinal);
        Assert.False(FilterParser.Parse(UserSchemas.User, new string('(', 32) + "title pr" + new string(')', 32), FilterOptions.Default).Failed);
        Assert.False(FilterParser.Parse(UserSchemas.User, Terms(200), FilterOptions.Default).Failed);
        Assert.Contains("32 deep", Long(new string('(', 1_000_000)), StringComparison.Ordinal);
        Assert.Contains("32 deep", Long(string.Concat(Enumerable.Repeat("not (", 1_000_000))), StringComparison.Ordinal);
        Assert.Contains("200 terms", Long(Terms(100_000)), StringComparison.Ordinal);
        Assert.True(FilterParserTests.Refused(new string('a', 8000) + " pr").Length < 200);

        static string Long(string text) => FilterParser.Parse(UserSchemas.User, text, FilterOptions.Default with { MaxLength = int.MaxValue }).Error!.Detail;
    }

    /// <summary>Without any limit, on a thread whose stack holds no deep recursion.</summary>
    [Fact]
    public void The_parser_does_not_recurse() => OnASmallStack(() =>
    {
        const int Deep = 1_000_000;
        Assert.IsType<FilterNode.Present>(FilterParser.Parse(UserSchemas.User, new string('(', Deep) + "title pr" + new string(')', Deep), Boundless).Value);
        Assert.IsType<FilterNode.Not>(FilterParser.Parse(UserSchemas.User, string.Concat(Enumerable.Repeat("not(", Deep)) + "title pr" + new string(')', Deep), Boundless).Value);
        Assert.Equal("invalidFilter", FilterParser.Parse(UserSchemas.User, new string('(', Deep), Boundless).Error!.ScimType);
        Assert.Equal("invalidFilter", FilterParser.Parse(UserSchemas.User, string.Concat(Enumerable.Repeat("emails[(", Deep)), Boundless).Error!.ScimType);
    });

    [Fact]
    public void A_long_row_of_terms_makes_a_shallow_tree() => OnASmallStack(() =>
    {
        var filter = FilterParser.Parse(UserSchemas.User, Terms(100_000), Boundless).Value!;
        Assert.Equal(100_000, Assert.IsType<FilterNode.Or>(filter).Operands.Length);
        Assert.True(FilterEvaluator.Matches(filter, new JsonObject { ["title"] = "99999" }));
        Assert.Equal(Terms(100_000), FilterPrinter.Print(filter));
        Assert.Null(FilterPlan.Of(filter).Narrowing);
    });

    [Theory]
    [InlineData("title eq \"a\0b\""), InlineData("title eq \"\\u0000\""), InlineData("\0"), InlineData("ti\0tle pr"), InlineData("title pr\0"), InlineData("title eq \"\u0001\""), InlineData("ti\u0085tle pr")]
    public void Control_characters_are_refused(string filter) => Assert.DoesNotContain(FilterParserTests.Refused(filter), char.IsControl);

    [Fact]
    public void Halves_of_characters_are_refused()
    {
        foreach (var half in new[] { "\ud800", "\udc00", "\udc00\ud800", "\ud800x", "😀\ud83d" })
        {
            Assert.DoesNotContain(FilterParserTests.Refused($"title eq \"{half}\""), char.IsSurrogate);
            Assert.DoesNotContain(FilterParserTests.Refused($"{half} pr"), char.IsSurrogate);
            Assert.DoesNotContain(FilterParserTests.Refused($"a{half} eq \"x\""), char.IsSurrogate);
            Assert.Equal("invalidPath", PatchPathParser.Parse(UserSchemas.User, half, FilterOptions.Default).Error!.ScimType);
        }

        FilterParserTests.Refused("title eq \"\\ud800\"");
        FilterParserTests.Refused("title eq \"\\ude00\\ud83d\"");
        var clipped = FilterParserTests.Refused(new string('a', 99) + "😀 pr");
        Assert.DoesNotContain(clipped, char.IsSurrogate);
    }

    private static string Terms(int count) => string.Join(" or ", Enumerable.Range(0, count).Select(i => $"title eq \"{i}\""));

    private static void OnASmallStack(Action act)
    {
        Exception? escaped = null;
        var thread = new Thread(() => escaped = Record.Exception(act), 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(escaped);
    }
}
