using System.Globalization;
using System.Text;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol.Filter;

/// <summary>Writes a filter in the one spelling that says it: the schemas' names, lower-case operators, only the parentheses that are needed. Read again, it is written the same.</summary>
internal static class FilterPrinter
{
    public static string Print(FilterNode filter)
    {
        var text = new StringBuilder();
        Write(text, filter, null);
        return text.ToString();
    }

    /// <param name="text">Grows.</param>
    /// <param name="filter">To be written.</param>
    /// <param name="brackets">Whose brackets it stands in.</param>
    private static void Write(StringBuilder text, FilterNode filter, AttributeReference? brackets)
    {
        switch (filter)
        {
            case FilterNode.Comparison comparison:
                Name(text, comparison.Attribute, brackets).Append(' ').Append(Word(comparison.Operator)).Append(' ');
                Write(text, comparison.Literal);
                break;
            case FilterNode.Present present:
                Name(text, present.Attribute, brackets).Append(" pr");
                break;
            case FilterNode.And and:
                Row(text, and.Operands.AsSpan(), " and ", brackets);
                break;
            case FilterNode.Or or:
                Row(text, or.Operands.AsSpan(), " or ", brackets);
                break;
            case FilterNode.Not not:
                Write(text.Append("not ("), not.Operand, brackets);
                text.Append(')');
                break;
            case FilterNode.ValuePath path:
                Write(text.Append(path.Attribute).Append('['), path.Filter, path.Attribute);
                text.Append(']');
                break;
        }
    }

    private static void Row(StringBuilder text, ReadOnlySpan<FilterNode> operands, string between, AttributeReference? brackets)
    {
        for (var i = 0; i < operands.Length; i++)
        {
            text.Append(i == 0 ? "" : between);
            if (between == " and " && operands[i] is FilterNode.Or)
            {
                Write(text.Append('('), operands[i], brackets);
                text.Append(')');
            }
            else
            {
                Write(text, operands[i], brackets);
            }
        }
    }

    private static StringBuilder Name(StringBuilder text, AttributeReference reference, AttributeReference? brackets)
    {
        if (brackets is null)
        {
            return text.Append(reference);
        }

        return text.Append(brackets.Leaf is { Type: AttributeType.Complex } ? reference.Sub?.Name : "value");
    }

    private static void Write(StringBuilder text, FilterLiteral literal)
    {
        switch (literal)
        {
            case FilterLiteral.Text said:
                Quote(text, said.Value);
                break;
            case FilterLiteral.Flag flag:
                text.Append(flag.Value ? "true" : "false");
                break;
            case FilterLiteral.Number number:
                text.Append(number.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case FilterLiteral.Moment moment:
                text.Append('"').Append(ScimMoment.Print(moment.Value)).Append('"');
                break;
        }
    }

    private static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            if (c < ' ')
            {
                text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                text.Append(c is '"' or '\\' ? "\\" : "").Append(c);
            }
        }

        text.Append('"');
    }

    private static string Word(ComparisonOperator operation) => operation switch
    {
        ComparisonOperator.Equal => "eq",
        ComparisonOperator.NotEqual => "ne",
        ComparisonOperator.Contains => "co",
        ComparisonOperator.StartsWith => "sw",
        ComparisonOperator.EndsWith => "ew",
        ComparisonOperator.Greater => "gt",
        ComparisonOperator.GreaterOrEqual => "ge",
        ComparisonOperator.Less => "lt",
        _ => "le",
    };
}
