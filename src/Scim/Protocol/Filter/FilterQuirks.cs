namespace IdentityHub.Scim.Protocol.Filter;

/// <summary>What filters may hold beyond the grammar, because clients send it. One named tolerance each.</summary>
internal static class FilterQuirks
{
    /// <summary>Microsoft Entra ID writes booleans as strings: <c>roles[primary eq "True"]</c>. Taken of boolean attributes only.</summary>
    public static bool? FlagInQuotes(string text) =>
        text.Equals("true", StringComparison.OrdinalIgnoreCase) ? true : text.Equals("false", StringComparison.OrdinalIgnoreCase) ? false : null;

    /// <summary>Hand-written clients leave quotes away: <c>userName eq bjensen</c>. Only where the account allows it; <c>null</c> stays null.</summary>
    public static string? BareWord(FilterToken literal, FilterOptions options) => options.UnquotedLiterals && literal.Kind is FilterTokenKind.Word ? literal.Value : null;

    /// <summary>
    /// Microsoft Entra ID compares a sub-attribute of the values that brackets select: <c>emails[type eq "work"].value eq "x"</c>, which the
    /// grammar has for PATCH paths only. It says what <c>emails[type eq "work" and value eq "x"]</c> says. The negative operators say
    /// that no such value is there.
    /// </summary>
    /// <param name="selected">The brackets.</param>
    /// <param name="term">The comparison behind them.</param>
    public static FilterNode ComparedBehindBrackets(FilterNode.ValuePath selected, FilterNode term) => term switch
    {
        FilterNode.Not not => new FilterNode.Not(Narrowed(selected, not.Operand)),
        FilterNode.Comparison { Operator: ComparisonOperator.NotEqual } differs => new FilterNode.Not(Narrowed(selected, differs with { Operator = ComparisonOperator.Equal })),
        _ => Narrowed(selected, term),
    };

    private static FilterNode.ValuePath Narrowed(FilterNode.ValuePath selected, FilterNode term) => selected with { Filter = FilterNode.Both(selected.Filter, term) };
}
