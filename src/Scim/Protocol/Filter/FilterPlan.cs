using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol.Filter;

/// <summary>What of a filter a database can answer from its indexes.</summary>
/// <param name="Narrowing">Holds of every resource that the filter matches, and perhaps of others; null when nothing is known but that all must be looked at.</param>
/// <param name="Exact">Whether it holds of nothing else, so that <see cref="FilterEvaluator"/> need not look at what was found.</param>
internal sealed record FilterPlan(IndexCriterion? Narrowing, bool Exact)
{
    private static readonly FilterPlan Nothing = new(null, false);

    /// <summary>By the attribute itself, so that the displayName of a User is not that of a Group.</summary>
    private static readonly FrozenDictionary<ScimAttribute, IndexedAttribute> Tops = new Dictionary<ScimAttribute, IndexedAttribute>(ReferenceEqualityComparer.Instance)
    {
        [CommonAttributes.Id] = IndexedAttribute.Id,
        [CommonAttributes.ExternalId] = IndexedAttribute.ExternalId,
        [UserSchemas.Core.Find("userName")!] = IndexedAttribute.UserName,
        [UserSchemas.Core.Find("active")!] = IndexedAttribute.Active,
        [GroupSchema.Group.Core.Find("displayName")!] = IndexedAttribute.GroupDisplayName,
    }.ToFrozenDictionary(ReferenceEqualityComparer.Instance);

    private static readonly FrozenDictionary<ScimAttribute, IndexedAttribute> Subs = new Dictionary<ScimAttribute, IndexedAttribute>(ReferenceEqualityComparer.Instance)
    {
        [UserSchemas.Core.Find("emails")!.Sub("value")!] = IndexedAttribute.EmailValue,
        [UserSchemas.Core.Find("groups")!.Sub("value")!] = IndexedAttribute.GroupValue,
        [GroupSchema.Group.Core.Find("members")!.Sub("value")!] = IndexedAttribute.MemberValue,
        [CommonAttributes.Meta.Sub("created")!] = IndexedAttribute.Created,
        [CommonAttributes.Meta.Sub("lastModified")!] = IndexedAttribute.LastModified,
    }.ToFrozenDictionary(ReferenceEqualityComparer.Instance);

    /// <param name="filter">As the parser gave it.</param>
    public static FilterPlan Of(FilterNode filter) => filter switch
    {
        FilterNode.Comparison comparison => Term(comparison) is { } term ? new(term, true) : Nothing,
        FilterNode.And and => All(and),
        FilterNode.Or or => Any(or),
        FilterNode.ValuePath path => InBrackets(path),
        _ => Nothing,
    };

    /// <summary>What one operand rules out is ruled out, whatever the others say.</summary>
    private static FilterPlan All(FilterNode.And and)
    {
        var criteria = ImmutableArray.CreateBuilder<IndexCriterion>();
        var exact = true;
        foreach (var operand in and.Operands)
        {
            var plan = Of(operand);
            exact &= plan.Exact;
            if (plan.Narrowing is not null)
            {
                criteria.Add(plan.Narrowing);
            }
        }

        return criteria.Count switch
        {
            0 => Nothing,
            1 => new(criteria[0], exact),
            _ => new(new IndexCriterion.AllOf(criteria.ToImmutable()), exact),
        };
    }

    /// <summary>One operand that may hold of anything spoils the whole.</summary>
    private static FilterPlan Any(FilterNode.Or or)
    {
        var criteria = ImmutableArray.CreateBuilder<IndexCriterion>(or.Operands.Length);
        var exact = true;
        foreach (var operand in or.Operands)
        {
            var plan = Of(operand);
            if (plan.Narrowing is null)
            {
                return Nothing;
            }

            exact &= plan.Exact;
            criteria.Add(plan.Narrowing);
        }

        return new(new IndexCriterion.AnyOf(criteria.ToImmutable()), exact);
    }

    /// <summary>One value must meet all of a conjunction in brackets, and an index says only that some values do: such an answer is never exact.</summary>
    private static FilterPlan InBrackets(FilterNode.ValuePath path)
    {
        var plan = Of(path.Filter);
        return plan with { Exact = plan.Exact && !HasConjunction(path.Filter) };
    }

    private static bool HasConjunction(FilterNode filter) => filter is FilterNode.And || (filter is FilterNode.Or or && or.Operands.Any(HasConjunction));

    private static IndexCriterion.Term? Term(FilterNode.Comparison comparison)
    {
        if (Indexed(comparison.Attribute) is not { } attribute || Operator(comparison) is not { } operation)
        {
            return null;
        }

        return new(attribute, operation, comparison.Literal switch
        {
            FilterLiteral.Text text => text.Value,
            FilterLiteral.Flag flag => flag.Value ? "true" : "false",
            FilterLiteral.Moment moment => moment.Value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture),
            _ => throw new InvalidOperationException("No number is indexed."),
        });
    }

    private static IndexedAttribute? Indexed(AttributeReference reference)
    {
        var (table, attribute) = reference.Sub is null ? (Tops, reference.Attribute) : (Subs, reference.Sub);
        return attribute is not null && table.TryGetValue(attribute, out var indexed) ? indexed : null;
    }

    /// <summary>Texts have no order that a database shares with us (RFC 7644 leaves it to "lexicographical"); an empty prefix narrows nothing.</summary>
    private static TermOperator? Operator(FilterNode.Comparison comparison) => (comparison.Operator, comparison.Literal) switch
    {
        (ComparisonOperator.Equal, _) => TermOperator.Equal,
        (ComparisonOperator.StartsWith, FilterLiteral.Text { Value.Length: > 0 }) => TermOperator.StartsWith,
        (ComparisonOperator.Greater, FilterLiteral.Moment) => TermOperator.Greater,
        (ComparisonOperator.GreaterOrEqual, FilterLiteral.Moment) => TermOperator.GreaterOrEqual,
        (ComparisonOperator.Less, FilterLiteral.Moment) => TermOperator.Less,
        (ComparisonOperator.LessOrEqual, FilterLiteral.Moment) => TermOperator.LessOrEqual,
        _ => null,
    };
}
