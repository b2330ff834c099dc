using System.Buffers;
using System.Text;

namespace IdentityHub.Domain.Csv;

/// <summary>Writes comma-separated values (RFC 4180): lines end in CRLF, cells with separators, quotes or line ends are quoted, and no cell is a formula.</summary>
/// <remarks>Gathers text; whoever streams takes it away from time to time, so that a long list is never in memory whole.</remarks>
public sealed class CsvWriter
{
    /// <summary>Written first, it has spreadsheets read the file as UTF-8.</summary>
    public const string ByteOrderMark = "\uFEFF";

    /// <summary>The separators of other settings are quoted too: so no reader that guesses sees more columns than there are.</summary>
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",;\t\"\r\n");

    private readonly StringBuilder text = new();

    /// <summary>How many characters wait to be taken.</summary>
    public int Length => text.Length;

    /// <summary>Adds a line. Null is written as an empty cell.</summary>
    public void Row(params ReadOnlySpan<string?> cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0)
            {
                text.Append(',');
            }

            // A line with nothing in it would be no line: one cell that is empty is written so that it can be seen.
            Append(CsvFormulas.Defuse(cells[i] ?? ""), quote: cells.Length == 1 && string.IsNullOrEmpty(cells[i]));
        }

        text.Append("\r\n");
    }

    /// <returns>What was written since the last time.</returns>
    public string Take()
    {
        var taken = text.ToString();
        text.Clear();
        return taken;
    }

    private void Append(string cell, bool quote)
    {
        if (!quote && !cell.AsSpan().ContainsAny(Quoted) && !HasOuterSpace(cell))
        {
            text.Append(cell);
            return;
        }

        text.Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }

    private static bool HasOuterSpace(string cell) => cell.Length > 0 && (char.IsWhiteSpace(cell[0]) || char.IsWhiteSpace(cell[^1]));
}
