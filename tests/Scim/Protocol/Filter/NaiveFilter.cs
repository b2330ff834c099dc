using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Tests.Protocol.Filter;

/// <summary>What filters and index criteria mean, written as plainly as can be: every value is fetched into a list, and each operator is said of it.</summary>
internal static class NaiveFilter
{
    public static bool Holds(FilterNode filter, JsonNode? at, bool inBrackets = false) => filter switch
    {
        FilterNode.And and => and.Operands.All(operand => Holds(operand, at, inBrackets)),
        FilterNode.Or or => or.Operands.Any(operand => Holds(operand, at, inBrackets)),
        FilterNode.Not not => !Holds(not.Operand, at, inBrackets),
        FilterNode.Present present => Values(at, present.Attribute, inBrackets).Any(IsSomething),
        FilterNode.ValuePath path => Values(at, path.Attribute, false).Any(value => Holds(path.Filter, value, true)),
        FilterNode.Comparison { Operator: ComparisonOperator.NotEqual } differs => !Holds(differs with { Operator = ComparisonOperator.Equal }, at, inBrackets),
        FilterNode.Comparison comparison => Values(at, comparison.Attribute, inBrackets).Any(value => Is(value, comparison.Attribute.Leaf!, comparison.Operator, comparison.Literal)),
        _ => throw new InvalidOperationException(),
    };

    public static bool Holds(IndexCriterion criterion, JsonObject user) => criterion switch
    {
        IndexCriterion.AllOf all => all.Criteria.All(part => Holds(part, user)),
        IndexCriterion.AnyOf any => any.Criteria.Any(part => Holds(part, user)),
        IndexCriterion.Term term => Values(user, Named(term.Attribute), false).Any(value => Is(value, Named(term.Attribute).Leaf!, Enum.Parse<ComparisonOperator>(term.Operator.ToString()), Literal(Named(term.Attribute).Leaf!.Type, term.Value))),
        _ => throw new InvalidOperationException(),
    };

    private static AttributeReference Named(IndexedAttribute attribute) => UserSchemas.User.Resolve(attribute switch
    {
        IndexedAttribute.EmailValue => "emails.value",
        IndexedAttribute.GroupValue => "groups.value",
        IndexedAttribute.Created => "meta.created",
        IndexedAttribute.LastModified => "meta.lastModified",
        _ => attribute.ToString(),
    })!;

    private static FilterLiteral Literal(AttributeType type, string value) => type switch
    {
        AttributeType.Boolean => new FilterLiteral.Flag(value == "true"),
        AttributeType.DateTime => new FilterLiteral.Moment(DateTimeOffset.Parse(value)),
        _ => new FilterLiteral.Text(value),
    };

    private static List<JsonNode> Values(JsonNode? at, AttributeReference reference, bool inBrackets)
    {
        string?[] steps = inBrackets
            ? [at is JsonObject ? reference.Sub!.Name : null]
            : [reference.Extension?.Id, reference.Attribute?.Name, reference.Sub?.Name];
        List<JsonNode?> found = [at];
        foreach (var step in steps.Where(step => step is not null))
        {
            found = [.. found.SelectMany(Flat).Select(node => (node as JsonObject)?[step!])];
        }

        return [.. found.SelectMany(Flat).OfType<JsonNode>()];
    }

    private static IEnumerable<JsonNode?> Flat(JsonNode? node) => node is JsonArray array ? array.AsEnumerable() : new[] { node };

    private static bool IsSomething(JsonNode? node) => node switch
    {
        null => false,
        JsonObject complex => complex.Select(part => part.Value).Any(IsSomething),
        JsonArray array => array.Any(IsSomething),
        _ => node.ToJsonString() != "\"\"",
    };

    private static bool Is(JsonNode value, ScimAttribute attribute, ComparisonOperator operation, FilterLiteral literal)
    {
        if (literal is FilterLiteral.Flag flag)
        {
            return value.GetValueKind() == (flag.Value ? JsonValueKind.True : JsonValueKind.False);
        }

        int order;
        if (literal is FilterLiteral.Moment moment)
        {
            order = ScimMoment.Parse(value.GetValue<string>())!.Value.UtcTicks.CompareTo(moment.Value.UtcTicks);
        }
        else
        {
            var (actual, wanted) = (value.GetValue<string>(), ((FilterLiteral.Text)literal).Value);
            (actual, wanted) = attribute.CaseExact ? (actual, wanted) : (actual.ToUpperInvariant(), wanted.ToUpperInvariant());
            switch (operation)
            {
                case ComparisonOperator.Contains: return wanted.Length == 0 || Enumerable.Range(0, actual.Length).Any(i => actual[i..].StartsWith(wanted, StringComparison.Ordinal));
                case ComparisonOperator.StartsWith: return actual.Length >= wanted.Length && actual[..wanted.Length] == wanted;
                case ComparisonOperator.EndsWith: return actual.Length >= wanted.Length && actual[^wanted.Length..] == wanted;
                default: order = string.CompareOrdinal(actual, wanted); break;
            }
        }

        return operation switch
        {
            ComparisonOperator.Equal => order == 0,
            ComparisonOperator.Greater => order > 0,
            ComparisonOperator.GreaterOrEqual => order >= 0,
            ComparisonOperator.Less => order < 0,
            _ => order <= 0,
        };
    }
}
