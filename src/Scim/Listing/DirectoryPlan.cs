using System.Globalization;
using IdentityHub.Domain.Accounts;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Listing;

/// <summary>A filter and an order as the directory understands them.</summary>
/// <param name="Criterion">What the database narrows by.</param>
/// <param name="Residual">What is left to be looked at one by one; null when the database answers it all.</param>
/// <param name="Order">The order that an index gives; null where all must be sorted here.</param>
internal sealed record DirectoryPlan(DirectoryCriterion? Criterion, FilterNode? Residual, DirectoryOrder? Order)
{
    public static DirectoryPlan Of(FilterNode? filter, SortOrder sort)
    {
        var plan = filter is null ? new FilterPlan(null, Exact: true) : FilterPlan.Of(filter);
        var exact = plan.Exact && (plan.Narrowing is null || !HasBlankEdge(plan.Narrowing));
        return new(plan.Narrowing is null ? null : Translate(plan.Narrowing), exact ? null : filter, OrderOf(sort));
    }

    /// <summary>The directory compares names without the white space around them: "ann " begins no more of them than "ann" there, and what it finds has to be looked at.</summary>
    private static bool HasBlankEdge(IndexCriterion criterion) => criterion switch
    {
        IndexCriterion.AllOf all => all.Criteria.Any(HasBlankEdge),
        IndexCriterion.AnyOf any => any.Criteria.Any(HasBlankEdge),
        IndexCriterion.Term { Operator: TermOperator.StartsWith } term => term.Value.Trim().Length != term.Value.Length,
        _ => false,
    };

    private static DirectoryOrder? OrderOf(SortOrder sort) => sort.By switch
    {
        null => DirectoryOrder.Created,
        { Attribute: { } attribute, Sub: { } sub } when ReferenceEquals(attribute, CommonAttributes.Meta) => sub.Name switch
        {
            "created" => DirectoryOrder.Created,
            "lastModified" => DirectoryOrder.LastModified,
            _ => null,
        },
        { Attribute: { } attribute } when ReferenceEquals(attribute, UserName) => DirectoryOrder.UserName,
        { Attribute: { } attribute } when ReferenceEquals(attribute, GroupName) => DirectoryOrder.DisplayName,
        _ => null,
    };

    private static readonly ScimAttribute UserName = UserSchemas.Core.Find("userName")!;

    private static readonly ScimAttribute GroupName = GroupSchema.Group.Core.Find("displayName")!;

    private static DirectoryCriterion Translate(IndexCriterion criterion) => criterion switch
    {
        IndexCriterion.AllOf all => new DirectoryCriterion.AllOf([.. all.Criteria.Select(Translate)]),
        IndexCriterion.AnyOf any => new DirectoryCriterion.AnyOf([.. any.Criteria.Select(Translate)]),
        IndexCriterion.Term term => Translate(term),
        _ => throw new InvalidOperationException("The criteria are closed."),
    };

    private static DirectoryCriterion.Term Translate(IndexCriterion.Term term) => term.Attribute switch
    {
        IndexedAttribute.Id => Text(DirectoryField.Id, term),
        IndexedAttribute.UserName => Text(DirectoryField.UserName, term),
        IndexedAttribute.ExternalId => Text(DirectoryField.ExternalId, term),
        IndexedAttribute.EmailValue => Text(DirectoryField.Email, term),
        IndexedAttribute.GroupDisplayName => Text(DirectoryField.DisplayName, term),
        IndexedAttribute.MemberValue => Text(DirectoryField.Member, term),
        IndexedAttribute.GroupValue => Text(DirectoryField.Group, term),
        IndexedAttribute.Active => Text(DirectoryField.Active, term),
        IndexedAttribute.Created => Moment(DirectoryField.Created, term),
        IndexedAttribute.LastModified => Moment(DirectoryField.LastModified, term),
        _ => throw new InvalidOperationException("The indexed attributes are closed."),
    };

    private static DirectoryCriterion.Term Text(DirectoryField field, IndexCriterion.Term term) =>
        new(field, term.Operator == TermOperator.StartsWith ? DirectoryOperator.StartsWith : DirectoryOperator.Equal, term.Value);

    /// <summary>The directory counts in milliseconds; between two of them lies nothing.</summary>
    private static DirectoryCriterion.Term Moment(DirectoryField field, IndexCriterion.Term term)
    {
        var moment = DateTimeOffset.Parse(term.Value, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
        var between = moment.Ticks % TimeSpan.TicksPerMillisecond != 0;
        var (how, value) = term.Operator switch
        {
            TermOperator.Equal => (DirectoryOperator.Equal, between ? -1 : moment.ToUnixTimeMilliseconds()),
            TermOperator.Greater => (DirectoryOperator.Greater, moment.ToUnixTimeMilliseconds()),
            TermOperator.GreaterOrEqual => (between ? DirectoryOperator.Greater : DirectoryOperator.GreaterOrEqual, moment.ToUnixTimeMilliseconds()),
            TermOperator.Less => (between ? DirectoryOperator.LessOrEqual : DirectoryOperator.Less, moment.ToUnixTimeMilliseconds()),
            _ => (DirectoryOperator.LessOrEqual, moment.ToUnixTimeMilliseconds()),
        };
        return new(field, how, value.ToString(CultureInfo.InvariantCulture));
    }
}
