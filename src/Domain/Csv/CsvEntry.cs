namespace IdentityHub.Domain.Csv;

/// <summary>What a file of comma-separated values turned out to hold, line by line.</summary>
public abstract record CsvEntry
{
    private CsvEntry() { }

    /// <param name="Line">The line of the file on which it begins, from 1.</param>
    /// <param name="Cells">The texts, as they were before quoting.</param>
    public sealed record Row(int Line, IReadOnlyList<string> Cells) : CsvEntry;

    /// <summary>The file cannot be read on from here. Nothing comes after it.</summary>
    /// <param name="Line">The line of the file, from 1.</param>
    /// <param name="Why">A sentence for the person whose file it is. Quotes nothing of it.</param>
    public sealed record Fault(int Line, string Why) : CsvEntry;
}

/// <summary>How much of a file is read before it is refused.</summary>
public sealed record CsvLimits
{
    public static readonly CsvLimits Default = new();

    /// <summary>In bytes.</summary>
    public int MaxSize { get; init; } = 10 * 1024 * 1024;

    public int MaxRows { get; init; } = 50_000;

    public int MaxColumns { get; init; } = 100;

    /// <summary>In characters (UTF-16).</summary>
    public int MaxCell { get; init; } = 4096;
}
