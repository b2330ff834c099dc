using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol.Filter;

/// <summary>Says whether a resource meets a filter (RFC 7644 §3.4.2.2). Walks no deeper than the filter is, which the parser bounds.</summary>
/// <remarks>
/// A multi-valued attribute meets a comparison when one of its values does. <c>ne</c> is the opposite of <c>eq</c>: it holds when no value is equal, and so
/// of an attribute that is absent. The RFC leaves this open; "some value differs" would make <c>groups ne "g"</c> hold of a member of g with another
/// group besides, and is not what clients ask it for (who is not in g). Ping's SDK, which many build on, reads it the same way.
/// </remarks>
internal static class FilterEvaluator
{
    /// <param name="filter">As the parser gave it.</param>
    /// <param name="resource">In canonical form: names as the schemas spell them, extensions under their URIs.</param>
    /// <param name="work">Counts what is compared, where that is limited; once it is spent, the answer means nothing.</param>
    public static bool Matches(FilterNode filter, JsonObject resource, FilterWork? work = null) => filter switch
    {
        FilterNode.Comparison comparison => Compares(Find(resource, comparison.Attribute), comparison.Attribute.Sub, comparison, work),
        FilterNode.Present present => IsPresent(Find(resource, present.Attribute), present.Attribute.Sub),
        FilterNode.And and => All(and, resource, work),
        FilterNode.Or or => Any(or, resource, work),
        FilterNode.Not not => !Matches(not.Operand, resource, work),
        FilterNode.ValuePath path => AnyElement(Find(resource, path.Attribute), path.Attribute.Sub, path.Filter, work),
        _ => throw new InvalidOperationException("The set of filter nodes is closed."),
    };

    /// <summary>Says whether one value meets the filter of a value path.</summary>
    /// <param name="filter">What stands in the brackets; <see cref="PatchPath.ValueFilter"/>.</param>
    /// <param name="element">An object of sub-attributes, or a simple value.</param>
    /// <param name="work">As in <see cref="Matches"/>.</param>
    public static bool MatchesElement(FilterNode filter, JsonNode element, FilterWork? work = null) => filter switch
    {
        FilterNode.Comparison comparison => Compares(element, comparison.Attribute.Sub, comparison, work),
        FilterNode.Present present => IsPresent(element, present.Attribute.Sub),
        FilterNode.And and => AllOf(and, element, work),
        FilterNode.Or or => AnyOf(or, element, work),
        FilterNode.Not not => !MatchesElement(not.Operand, element, work),
        _ => throw new InvalidOperationException("Brackets do not stand in brackets."),
    };

    private static bool All(FilterNode.And and, JsonObject resource, FilterWork? work)
    {
        foreach (var operand in and.Operands)
        {
            if (!Matches(operand, resource, work))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Any(FilterNode.Or or, JsonObject resource, FilterWork? work)
    {
        foreach (var operand in or.Operands)
        {
            if (Matches(operand, resource, work))
            {
                return true;
            }
        }

        return false;
    }

    private static bool AllOf(FilterNode.And and, JsonNode element, FilterWork? work)
    {
        foreach (var operand in and.Operands)
        {
            if (!MatchesElement(operand, element, work))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AnyOf(FilterNode.Or or, JsonNode element, FilterWork? work)
    {
        foreach (var operand in or.Operands)
        {
            if (MatchesElement(operand, element, work))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The attribute's node, without going into its sub-attribute.</summary>
    internal static JsonNode? Find(JsonObject resource, AttributeReference reference)
    {
        var within = reference.Extension is null ? resource : resource[reference.Extension.Id];
        return reference.Attribute is null ? within : (within as JsonObject)?[reference.Attribute.Name];
    }

    private static bool AnyElement(JsonNode? node, ScimAttribute? sub, FilterNode filter, FilterWork? work) => node switch
    {
        null => false,
        JsonArray array => array.Any(item => AnyElement(item, sub, filter, work)),
        JsonObject complex when sub is not null => AnyElement(complex[sub.Name], null, filter, work),
        _ => MatchesElement(filter, node, work),
    };

    /// <summary>Below this, <c>ne</c> is looked for as <c>eq</c>.</summary>
    private static bool Compares(JsonNode? node, ScimAttribute? sub, FilterNode.Comparison comparison, FilterWork? work) =>
        comparison.Operator is ComparisonOperator.NotEqual
            ? !AnyValue(node, sub, comparison, work)
            : AnyValue(node, sub, comparison, work);

    /// <summary>Goes through the values of the attribute, and of its sub-attribute, where either may have several.</summary>
    private static bool AnyValue(JsonNode? node, ScimAttribute? sub, FilterNode.Comparison comparison, FilterWork? work)
    {
        switch (node)
        {
            case JsonArray array:
                foreach (var item in array)
                {
                    if (AnyValue(item, sub, comparison, work))
                    {
                        return true;
                    }
                }

                return false;
            case JsonObject complex when sub is not null:
                return AnyValue(complex[sub.Name], null, comparison, work);
            case JsonValue value:
                return Holds(value, comparison, work);
            default:
                return false;
        }
    }

    private static bool IsPresent(JsonNode? node, ScimAttribute? sub) => node switch
    {
        null => false,
        JsonArray array => array.Any(item => IsPresent(item, sub)),
        JsonObject complex when sub is not null => IsPresent(complex[sub.Name], null),
        JsonObject complex => complex.Any(part => IsPresent(part.Value, null)),
        _ => node.GetValueKind() is not JsonValueKind.String || Text(node.AsValue()).Length > 0,
    };

    private static bool Holds(JsonValue value, FilterNode.Comparison comparison, FilterWork? work) => comparison.Literal switch
    {
        FilterLiteral.Text text => value.GetValueKind() is JsonValueKind.String
            && Holds(Text(value), text.Value, comparison.Operator, comparison.Attribute.Leaf!.CaseExact ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase, work),
        FilterLiteral.Flag flag => value.GetValueKind() == (flag.Value ? JsonValueKind.True : JsonValueKind.False),
        FilterLiteral.Number number => Number(value) is { } actual && Ordered(actual.CompareTo(number.Value), comparison.Operator),
        FilterLiteral.Moment moment => Moment(value) is { } actual && Ordered(actual.CompareTo(moment.Value), comparison.Operator),
        _ => false,
    };

    private static bool Holds(string actual, string literal, ComparisonOperator operation, StringComparison by, FilterWork? work) =>
        work?.Spend(CostOf(actual, literal, operation)) != false && Holds(actual, literal, operation, by);

    /// <summary>Looking for a text that repeats itself begins anew at every place of the other.</summary>
    private static long CostOf(string actual, string literal, ComparisonOperator operation) =>
        16L + actual.Length * (operation is ComparisonOperator.Contains && literal.Length <= actual.Length ? (long)literal.Length : 1L);

    private static bool Holds(string actual, string literal, ComparisonOperator operation, StringComparison by) => operation switch
    {
        ComparisonOperator.Equal or ComparisonOperator.NotEqual => actual.Equals(literal, by),
        ComparisonOperator.Contains => actual.Contains(literal, by),
        ComparisonOperator.StartsWith => actual.StartsWith(literal, by),
        ComparisonOperator.EndsWith => actual.EndsWith(literal, by),
        _ => Ordered(string.Compare(actual, literal, by), operation),
    };

    private static bool Ordered(int order, ComparisonOperator operation) => operation switch
    {
        ComparisonOperator.Equal or ComparisonOperator.NotEqual => order == 0,
        ComparisonOperator.Greater => order > 0,
        ComparisonOperator.GreaterOrEqual => order >= 0,
        ComparisonOperator.Less => order < 0,
        ComparisonOperator.LessOrEqual => order <= 0,
        _ => false,
    };

    internal static string Text(JsonValue value) => value.TryGetValue<string>(out var text) ? text : value.ToString();

    internal static decimal? Number(JsonValue value) =>
        value.GetValueKind() is JsonValueKind.Number && decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    internal static DateTimeOffset? Moment(JsonValue value) => value.GetValueKind() is JsonValueKind.String ? ScimMoment.Parse(Text(value)) : null;
}
