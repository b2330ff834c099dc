namespace IdentityHub.Scim.Protocol.Filter;

/// <summary>
/// How much comparing one request may have done: characters looked at, and where a text is looked for within another, for each of its characters. What a filter costs is known
/// only beside what it is held against; the limits of its length and terms alone bound nothing.
/// </summary>
internal sealed class FilterWork(long most)
{
    /// <summary>Of one PATCH: a tenth of a second at most, and a hundred times what clients really send.</summary>
    public const long MaxOfPatch = 50_000_000;

    private long spent;

    /// <summary>Whether there was more to do than is allowed. What the filter answered since is no answer.</summary>
    public bool IsSpent => spent > most;

    /// <returns>False from when on it is too much.</returns>
    public bool Spend(long work)
    {
        spent += Math.Min(work, most + 1);
        return !IsSpent;
    }
}
