using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Listing;

/// <summary>One search that looks at resources one by one: which of their attributes it looks at, and how many of their parts it may.</summary>
internal sealed class Scan(FilterNode? filter, SortOrder sort)
{
    /// <summary>How many members of groups may be looked at.</summary>
    public const int MaxParts = 50_000;

    public static readonly ScimError TooManyParts = ScimError.TooMany(
        $"To answer this, more than {MaxParts} members of groups would have to be looked at. Ask for members.value eq an id, or narrow it by id or displayName.");

    /// <summary>How many more may be looked at.</summary>
    public int Left { get; private set; } = MaxParts;

    /// <summary>Whether more would have to be looked at: what it answers since is no answer.</summary>
    public bool IsSpent { get; private set; }

    public bool LooksAt(ScimAttribute attribute) => ReferenceEquals(sort.By?.Attribute, attribute) || (filter is not null && Names(filter, attribute));

    public void Take(int parts) => Left -= parts;

    public void GiveUp() => IsSpent = true;

    private static bool Names(FilterNode filter, ScimAttribute attribute) => filter switch
    {
        FilterNode.And and => and.Operands.Any(operand => Names(operand, attribute)),
        FilterNode.Or or => or.Operands.Any(operand => Names(operand, attribute)),
        FilterNode.Not not => Names(not.Operand, attribute),
        FilterNode.Comparison comparison => ReferenceEquals(comparison.Attribute.Attribute, attribute),
        FilterNode.Present present => ReferenceEquals(present.Attribute.Attribute, attribute),
        FilterNode.ValuePath path => ReferenceEquals(path.Attribute.Attribute, attribute),
        _ => throw new InvalidOperationException("The set of filter nodes is closed."),
    };
}
