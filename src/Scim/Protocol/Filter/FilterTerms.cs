using System.Globalization;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol.Filter;

/// <summary>What may be compared with what (RFC 7644 §3.4.2.2, RFC 7643 §2.3).</summary>
internal static class FilterTerms
{
    /// <returns>Null when no operator is written so; <c>pr</c> is not among them.</returns>
    public static ComparisonOperator? Operator(string word) => word.Length != 2 ? null : (char.ToLowerInvariant(word[0]), char.ToLowerInvariant(word[1])) switch
    {
        ('e', 'q') => ComparisonOperator.Equal,
        ('n', 'e') => ComparisonOperator.NotEqual,
        ('c', 'o') => ComparisonOperator.Contains,
        ('s', 'w') => ComparisonOperator.StartsWith,
        ('e', 'w') => ComparisonOperator.EndsWith,
        ('g', 't') => ComparisonOperator.Greater,
        ('g', 'e') => ComparisonOperator.GreaterOrEqual,
        ('l', 't') => ComparisonOperator.Less,
        ('l', 'e') => ComparisonOperator.LessOrEqual,
        _ => null,
    };

    /// <summary>A comparison of an attribute with a literal.</summary>
    /// <param name="reference">A complex attribute stands for its <c>value</c>.</param>
    /// <param name="operation">Any.</param>
    /// <param name="literal">A word or a string. Null is "not present" (RFC 7643 §2.5).</param>
    /// <param name="options">Whether bare words pass.</param>
    /// <returns>invalidFilter where attribute, operator and literal do not go together.</returns>
    public static Outcome<FilterNode> Compare(AttributeReference reference, ComparisonOperator operation, FilterToken literal, FilterOptions options)
    {
        if (literal.Kind is FilterTokenKind.Word && Is(literal.Value, "null"))
        {
            return AgainstNull(reference, operation);
        }

        if (Simple(reference) is not { Leaf: { } leaf } simple)
        {
            return ScimError.InvalidFilter($"{reference} is complex: compare one of its sub-attributes.");
        }

        if (!Fits(operation, leaf.Type))
        {
            return ScimError.InvalidFilter($"The operator does not go with {simple}, which is of type {Name(leaf.Type)}.");
        }

        return Read(leaf.Type, literal, options) is { } value
            ? new FilterNode.Comparison(simple, operation, value)
            : ScimError.InvalidFilter($"The value that {simple} is compared with is not of type {Name(leaf.Type)}.{(leaf.Type is AttributeType.Boolean or AttributeType.Integer or AttributeType.Decimal || literal.Kind is FilterTokenKind.Text ? "" : " It stands in quotes.")}");
    }

    private static Outcome<FilterNode> AgainstNull(AttributeReference reference, ComparisonOperator operation) => operation switch
    {
        ComparisonOperator.Equal => new FilterNode.Not(new FilterNode.Present(reference)),
        ComparisonOperator.NotEqual => new FilterNode.Present(reference),
        _ => ScimError.InvalidFilter("Null goes with eq and ne only."),
    };

    private static AttributeReference? Simple(AttributeReference reference)
    {
        if (reference.Leaf is not { Type: AttributeType.Complex } complex)
        {
            return reference.Leaf is null ? null : reference;
        }

        return complex.Sub("value") is { } value ? reference with { Sub = value } : null;
    }

    /// <summary>Order is refused of booleans and binaries by the RFC; parts of a text are refused of what is not text.</summary>
    private static bool Fits(ComparisonOperator operation, AttributeType type) => operation switch
    {
        ComparisonOperator.Equal or ComparisonOperator.NotEqual => true,
        ComparisonOperator.Contains or ComparisonOperator.StartsWith or ComparisonOperator.EndsWith => type is AttributeType.String or AttributeType.Reference or AttributeType.Binary,
        _ => type is not (AttributeType.Boolean or AttributeType.Binary),
    };

    private static FilterLiteral? Read(AttributeType type, FilterToken literal, FilterOptions options)
    {
        var text = literal.Kind is FilterTokenKind.Text ? literal.Value : FilterQuirks.BareWord(literal, options);
        return type switch
        {
            AttributeType.Boolean => Flag(literal) is { } flag ? new FilterLiteral.Flag(flag) : null,
            AttributeType.Integer or AttributeType.Decimal => Number(literal) is { } number ? new FilterLiteral.Number(number) : null,
            AttributeType.DateTime => text is not null && ScimMoment.Parse(text) is { } moment ? new FilterLiteral.Moment(moment) : null,
            _ => text is null ? null : new FilterLiteral.Text(text),
        };
    }

    private static bool? Flag(FilterToken literal) =>
        literal.Kind is FilterTokenKind.Text ? FilterQuirks.FlagInQuotes(literal.Value) : Is(literal.Value, "true") ? true : Is(literal.Value, "false") ? false : null;

    /// <summary>A JSON number (RFC 8259 §6): more exactly, what of it a decimal holds.</summary>
    private static decimal? Number(FilterToken literal)
    {
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        var word = literal.Value;
        return literal.Kind is FilterTokenKind.Word && IsJsonNumber(word) && decimal.TryParse(word, Styles, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>What decimal takes and JSON does not: a plus, leading zeros, a bare point. (Exponents they read alike.)</summary>
    private static bool IsJsonNumber(string word)
    {
        var digits = word.StartsWith('-') ? word.AsSpan(1) : word;
        var point = digits.IndexOf('.');
        return digits.Length > 0 && char.IsAsciiDigit(digits[0])
            && (digits[0] != '0' || digits.Length == 1 || !char.IsAsciiDigit(digits[1]))
            && (point < 0 || (point + 1 < digits.Length && char.IsAsciiDigit(digits[point + 1])));
    }

    private static string Name(AttributeType type) => type is AttributeType.DateTime ? "dateTime" : type.ToString().ToLowerInvariant();

    private static bool Is(string word, string name) => word.Equals(name, StringComparison.OrdinalIgnoreCase);
}
