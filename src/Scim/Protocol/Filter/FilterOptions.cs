namespace IdentityHub.Scim.Protocol.Filter;

/// <summary>What a filter may be. The limits keep the work of one request small, whoever sends it.</summary>
internal sealed record FilterOptions
{
    public static readonly FilterOptions Default = new();

    /// <summary>Whether bare words pass as literals (<c>userName eq bjensen</c>): a tolerance that an account switches on.</summary>
    public bool UnquotedLiterals { get; init; }

    /// <summary>Of the whole text, in UTF-16 code units.</summary>
    public int MaxLength { get; init; } = 8192;

    /// <summary>How many comparisons and <c>pr</c> a filter may hold.</summary>
    public int MaxTerms { get; init; } = 200;

    /// <summary>How deep parentheses and brackets may stand in each other. Walking the tree goes no deeper than twice this.</summary>
    public int MaxDepth { get; init; } = 32;
}
