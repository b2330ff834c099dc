using System.Collections.Immutable;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol.Filter;

/// <summary>RFC 7644 §3.4.2.2, table 3, without <c>pr</c>.</summary>
internal enum ComparisonOperator
{
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// <summary>A filter as it is understood (RFC 7644 §3.4.2.2): every name resolved, every literal of its attribute's type.</summary>
internal abstract record FilterNode
{
    private FilterNode()
    {
    }

    /// <summary>One attribute against one literal.</summary>
    /// <param name="Attribute">Never complex: <c>emails eq "x"</c> is read as <c>emails.value eq "x"</c>.</param>
    /// <param name="Operator">Fits the attribute's type.</param>
    /// <param name="Literal">Of the attribute's type; never null: <c>eq null</c> is read as "not present".</param>
    public sealed record Comparison(AttributeReference Attribute, ComparisonOperator Operator, FilterLiteral Literal) : FilterNode;

    /// <summary><c>pr</c>: there is a value, and it is not empty.</summary>
    /// <param name="Attribute">May be complex, and an extension as a whole.</param>
    public sealed record Present(AttributeReference Attribute) : FilterNode;

    /// <summary>Two operands at least, none of them an <see cref="And"/>.</summary>
    public sealed record And(ImmutableArray<FilterNode> Operands) : FilterNode;

    /// <summary>Two operands at least, none of them an <see cref="Or"/>.</summary>
    public sealed record Or(ImmutableArray<FilterNode> Operands) : FilterNode;

    public sealed record Not(FilterNode Operand) : FilterNode;

    /// <summary><c>emails[type eq "work"]</c>: one value meets the whole filter in the brackets.</summary>
    /// <param name="Attribute">Whose values are looked at: complex, or multi-valued, or both.</param>
    /// <param name="Filter">Its references are the attribute with a sub-attribute; the attribute itself where its values are simple (<c>value</c> in the text).</param>
    public sealed record ValuePath(AttributeReference Attribute, FilterNode Filter) : FilterNode;

    /// <summary>How many comparisons and <c>pr</c> it has.</summary>
    public static int TermsOf(FilterNode filter) => filter switch
    {
        And and => and.Operands.Sum(TermsOf),
        Or or => or.Operands.Sum(TermsOf),
        Not not => TermsOf(not.Operand),
        ValuePath path => TermsOf(path.Filter),
        _ => 1,
    };

    /// <summary>Both; a conjunction among them gives its operands.</summary>
    public static FilterNode Both(FilterNode left, FilterNode right) => All([left, right]);

    /// <param name="operands">One at least.</param>
    public static FilterNode All(ReadOnlySpan<FilterNode> operands)
    {
        var flat = ImmutableArray.CreateBuilder<FilterNode>(operands.Length);
        foreach (var operand in operands)
        {
            if (operand is And and)
            {
                flat.AddRange(and.Operands);
            }
            else
            {
                flat.Add(operand);
            }
        }

        return flat.Count == 1 ? flat[0] : new And(flat.ToImmutable());
    }

    /// <param name="operands">One at least.</param>
    public static FilterNode Any(ReadOnlySpan<FilterNode> operands)
    {
        var flat = ImmutableArray.CreateBuilder<FilterNode>(operands.Length);
        foreach (var operand in operands)
        {
            if (operand is Or or)
            {
                flat.AddRange(or.Operands);
            }
            else
            {
                flat.Add(operand);
            }
        }

        return flat.Count == 1 ? flat[0] : new Or(flat.ToImmutable());
    }
}

/// <summary>What an attribute is compared with.</summary>
internal abstract record FilterLiteral
{
    private FilterLiteral()
    {
    }

    /// <summary>For strings, references and binary (base64).</summary>
    public sealed record Text(string Value) : FilterLiteral;

    public sealed record Flag(bool Value) : FilterLiteral;

    public sealed record Number(decimal Value) : FilterLiteral;

    /// <summary>A moment in UTC.</summary>
    public sealed record Moment(DateTimeOffset Value) : FilterLiteral;
}
