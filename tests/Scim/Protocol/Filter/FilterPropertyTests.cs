using System.Text;
using FsCheck;
using FsCheck.Fluent;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Filter;

public sealed class FilterPropertyTests
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(2000);
    private static readonly FilterOptions Wide = new() { MaxLength = 1_000_000, MaxTerms = 10_000 };

    [Fact]
    public void What_is_printed_reads_as_what_it_was() => Prop.ForAll(RandomFilters.Filters, filter =>
    {
        var text = FilterPrinter.Print(filter);
        var read = FilterParser.Parse(UserSchemas.User, text, Wide);
        return !read.Failed && FilterPrinter.Print(read.Value) == text;
    }).Check(Config);

    [Fact]
    public void White_space_case_and_needless_parentheses_change_nothing() => Prop.ForAll(RandomFilters.Filters, Gen.Choose(0, int.MaxValue).ToArbitrary(), (filter, dice) =>
    {
        var text = FilterPrinter.Print(filter);
        var read = FilterParser.Parse(UserSchemas.User, Respelled(text, dice), Wide);
        return !read.Failed && FilterPrinter.Print(read.Value) == text;
    }).Check(Config);

    [Fact]
    public void The_evaluator_says_what_plain_reading_says() => Prop.ForAll(RandomFilters.Filters, RandomFilters.Users, (filter, user) =>
        FilterEvaluator.Matches(filter, user) == NaiveFilter.Holds(filter, user)).Check(Config.WithMaxTest(5000));

    [Fact]
    public void A_filter_means_the_same_when_it_is_printed_and_read() => Prop.ForAll(RandomFilters.Filters, RandomFilters.Users, (filter, user) =>
        FilterEvaluator.Matches(FilterParser.Parse(UserSchemas.User, FilterPrinter.Print(filter), Wide).Value!, user) == FilterEvaluator.Matches(filter, user)).Check(Config);

    [Fact]
    public void A_plan_loses_no_match_and_an_exact_one_finds_nothing_else() => Prop.ForAll(Gen.OneOf(RandomFilters.Indexed.Generator, RandomFilters.Filters.Generator).ToArbitrary(), RandomFilters.Users, (filter, user) =>
    {
        var plan = FilterPlan.Of(filter);
        var found = plan.Narrowing is null || NaiveFilter.Holds(plan.Narrowing, user);
        return plan.Exact ? plan.Narrowing is not null && found == FilterEvaluator.Matches(filter, user) : found || !FilterEvaluator.Matches(filter, user);
    }).Check(Config.WithMaxTest(10_000));

    [Fact]
    public void Not_is_the_opposite_and_rows_have_no_order() => Prop.ForAll(RandomFilters.Filters, RandomFilters.Filters, RandomFilters.Users, (left, right, user) =>
    {
        var (l, r) = (FilterEvaluator.Matches(left, user), FilterEvaluator.Matches(right, user));
        return FilterEvaluator.Matches(new FilterNode.Not(left), user) == !l
            && FilterEvaluator.Matches(FilterNode.All([right, left]), user) == (l && r)
            && FilterEvaluator.Matches(FilterNode.Any([right, left]), user) == (l || r);
    }).Check(Config);

    /// <summary>The same tokens in another dress: the whole in parentheses, words in another case, white space where it may be.</summary>
    private static string Respelled(string text, int dice)
    {
        var (lexer, said, bits) = (new FilterLexer(text), new StringBuilder("( "), (uint)dice);
        for (var token = lexer.Next(); token.Kind is not FilterTokenKind.End; token = lexer.Next())
        {
            bits = (bits * 1664525) + 1013904223;
            said.Append(token.Kind switch
            {
                FilterTokenKind.Open => "(",
                FilterTokenKind.Close => ")",
                FilterTokenKind.OpenBracket => "[",
                FilterTokenKind.CloseBracket => "]",
                FilterTokenKind.Text => '"' + string.Concat(token.Value.Select(c => $"\\u{(int)c:X4}")) + '"',
                _ => (bits >> 20) % 2 == 0 ? token.Value.ToUpperInvariant() : token.Value.ToLowerInvariant(),
            }).Append((bits >> 16) % 3 == 0 ? "\t " : " ");
        }

        return said.Append(')').ToString();
    }
}
