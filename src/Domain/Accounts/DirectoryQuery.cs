namespace IdentityHub.Domain.Accounts;

/// <summary>What members and groups are found by in the database.</summary>
public enum DirectoryField
{
    Id,
    UserName,
    ExternalId,
    Email,
    DisplayName,

    /// <summary>Of a member: <c>true</c> or <c>false</c>.</summary>
    Active,

    /// <summary>Unix milliseconds.</summary>
    Created,

    /// <summary>Unix milliseconds.</summary>
    LastModified,

    /// <summary>Of a member: the id of a group that they are in.</summary>
    Group,

    /// <summary>Of a group: the id of a membership that is in it.</summary>
    Member,
}

public enum DirectoryOperator
{
    Equal,
    StartsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// <summary>Which members or groups are meant.</summary>
public abstract record DirectoryCriterion
{
    private DirectoryCriterion() { }

    public sealed record AllOf(IReadOnlyList<DirectoryCriterion> Parts) : DirectoryCriterion;

    public sealed record AnyOf(IReadOnlyList<DirectoryCriterion> Parts) : DirectoryCriterion;

    /// <param name="Field">What is compared.</param>
    /// <param name="Operator">How; <see cref="DirectoryOperator.StartsWith"/> for texts, the inequalities for moments.</param>
    /// <param name="Value">Names and addresses in any spelling; moments as Unix milliseconds.</param>
    public sealed record Term(DirectoryField Field, DirectoryOperator Operator, string Value) : DirectoryCriterion;
}

/// <summary>By what a list is ordered. Each order is answered by an index; ties are broken by id.</summary>
public enum DirectoryOrder
{
    Created,
    LastModified,
    UserName,
    DisplayName,
}

/// <summary>Where in an order something stands: the last one of a page.</summary>
/// <param name="Key">Unix milliseconds, or the canonical name.</param>
/// <param name="Id">Breaks ties.</param>
public sealed record DirectoryPosition(string Key, string Id);

/// <summary>A stretch of a list.</summary>
/// <param name="AccountId">Whose members or groups. There is no list without an account.</param>
/// <param name="Criterion">Which ones; null for all.</param>
/// <param name="Order">In what order.</param>
/// <param name="Descending">The order reversed.</param>
/// <param name="After">Begins after this position; null to begin at the beginning.</param>
/// <param name="Skip">How many to leave out first.</param>
/// <param name="Take">How many at most.</param>
public sealed record DirectoryQuery(
    string AccountId, DirectoryCriterion? Criterion, DirectoryOrder Order = DirectoryOrder.Created, bool Descending = false, DirectoryPosition? After = null, long Skip = 0, int Take = 100);
