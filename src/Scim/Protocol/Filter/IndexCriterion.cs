using System.Collections.Immutable;

namespace IdentityHub.Scim.Protocol.Filter;

/// <summary>What a database has an index for.</summary>
internal enum IndexedAttribute
{
    /// <summary><c>id</c>; by case.</summary>
    Id,

    /// <summary><c>userName</c>; without case.</summary>
    UserName,

    /// <summary><c>externalId</c>; by case.</summary>
    ExternalId,

    /// <summary><c>emails.value</c> of any of the addresses; without case.</summary>
    EmailValue,

    /// <summary><c>displayName</c> of a Group; without case.</summary>
    GroupDisplayName,

    /// <summary><c>members.value</c> of a Group: the id of a User who is in it; by case.</summary>
    MemberValue,

    /// <summary><c>groups.value</c> of a User: the id of a Group that the User is in; by case.</summary>
    GroupValue,

    /// <summary><c>active</c>: the value is <c>true</c> or <c>false</c>.</summary>
    Active,

    /// <summary><c>meta.created</c>: the value is a moment.</summary>
    Created,

    /// <summary><c>meta.lastModified</c>: the value is a moment.</summary>
    LastModified,
}

/// <summary>How an indexed attribute is looked up. Order is of moments only.</summary>
internal enum TermOperator
{
    Equal,
    StartsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// <summary>What a database is asked for: resources of which it holds.</summary>
internal abstract record IndexCriterion
{
    private IndexCriterion()
    {
    }

    /// <summary>Two at least.</summary>
    public sealed record AllOf(ImmutableArray<IndexCriterion> Criteria) : IndexCriterion;

    /// <summary>Two at least.</summary>
    public sealed record AnyOf(ImmutableArray<IndexCriterion> Criteria) : IndexCriterion;

    /// <summary>One value of the attribute meets it.</summary>
    /// <param name="Attribute">Says also whether case counts.</param>
    /// <param name="Operator">StartsWith of texts only, with a prefix of one character at least; order of moments only.</param>
    /// <param name="Value">As the client wrote it, not folded; a flag as <c>true</c> or <c>false</c>; a moment in UTC with seven fractional digits, <c>2011-05-13T04:42:34.0000000Z</c>.</param>
    public sealed record Term(IndexedAttribute Attribute, TermOperator Operator, string Value) : IndexCriterion;
}
