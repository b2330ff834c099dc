using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace IdentityHub.Domain.Csv;

/// <summary>Reads comma-separated values (RFC 4180) as spreadsheets write them: with commas, semicolons or tabs between cells, any line end, with or without a byte order mark.</summary>
/// <remarks>Reads as it goes and holds one line at a time. Text is UTF-8 (or UTF-16 where its mark says so); anything else is refused rather than guessed, because names would come out wrong.</remarks>
public sealed class CsvReader
{
    private const int BufferLength = 16 * 1024;

    private readonly CsvLimits limits;
    private readonly StringBuilder cell = new();
    private readonly List<string> cells = [];
    private State state = State.CellStart;
    private char delimiter;
    private int line = 1;
    private int rowLine = 1;
    private int rows;
    private bool afterReturn;
    private bool anyQuoted;
    private string? fault;

    private enum State
    {
        CellStart,
        Plain,
        Quoted,

        /// <summary>After a quote within quotes: the second of a pair, or the end.</summary>
        QuoteSeen,
    }

    private CsvReader(CsvLimits limits) => this.limits = limits;

    /// <summary>Reads the rows of a file. Empty lines are none. The first <see cref="CsvEntry.Fault"/> is the end.</summary>
    public static async IAsyncEnumerable<CsvEntry> ReadAsync(Stream stream, CsvLimits? limits = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var parser = new CsvReader(limits ?? CsvLimits.Default);
        using var counted = new CountedStream(stream, parser.limits.MaxSize);
        using var reader = new StreamReader(counted, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true, BufferLength, leaveOpen: true);
        var buffer = new char[BufferLength];
        var found = new List<CsvEntry>();
        for (var length = -1; length != 0 && parser.fault is null;)
        {
            length = await parser.FillAsync(reader, buffer, cancellationToken);
            parser.Take(buffer.AsSpan(0, length), found);
            if (length == 0 && parser.fault is null)
            {
                parser.End(found);
            }

            foreach (var entry in found)
            {
                yield return entry;
            }

            found.Clear();
        }

        if (parser.fault is { } why)
        {
            yield return new CsvEntry.Fault(parser.line, why);
        }
    }

    private async Task<int> FillAsync(StreamReader reader, char[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            // A full buffer, so that the first one holds the line by which the separator is found.
            return await reader.ReadBlockAsync(buffer, cancellationToken);
        }
        catch (DecoderFallbackException)
        {
            fault = "The file is not written in UTF-8 from about this line on. Save it as “CSV UTF-8” and try again.";
        }
        catch (CountedStream.TooLargeException)
        {
            fault = string.Create(CultureInfo.InvariantCulture, $"The file is larger than {limits.MaxSize / 1024 / 1024} MiB. Split it and import the parts one after the other.");
        }

        return 0;
    }

    private void Take(ReadOnlySpan<char> text, List<CsvEntry> found)
    {
        if (delimiter == default && text.Length > 0)
        {
            text = FindDelimiter(text);
        }

        foreach (var character in text)
        {
            if (fault is not null)
            {
                return;
            }

            Take(character, found);
        }
    }

    private void Take(char character, List<CsvEntry> found)
    {
        if (character == '\n' && afterReturn)
        {
            // The second half of one line end, which within quotes is still text.
            afterReturn = false;
            if (state == State.Quoted)
            {
                Add(character);
            }

            return;
        }

        afterReturn = character == '\r';
        var endsLine = character is '\r' or '\n';
        if (character == '\0')
        {
            fault = "This line has characters in it that no text has. Save the file as “CSV UTF-8” and try again.";
        }
        else if (state == State.Quoted)
        {
            line += endsLine ? 1 : 0;
            if (character == '"')
            {
                state = State.QuoteSeen;
            }
            else
            {
                Add(character);
            }
        }
        else if (character == '"' && (state is State.CellStart or State.QuoteSeen))
        {
            TakeQuote();
        }
        else if (character == delimiter)
        {
            EndCell();
        }
        else if (endsLine)
        {
            EndRow(found);
            line++;
            rowLine = line;
        }
        else if (state == State.QuoteSeen)
        {
            fault = "On this line something stands after a closing quotation mark. A quotation mark within quotes is written twice.";
        }
        else
        {
            state = State.Plain;
            Add(character);
        }
    }

    private void TakeQuote()
    {
        if (state == State.QuoteSeen)
        {
            Add('"');
        }

        anyQuoted = true;
        state = State.Quoted;
    }

    private void Add(char character)
    {
        if (cell.Length >= limits.MaxCell)
        {
            line = rowLine;
            fault = string.Create(CultureInfo.InvariantCulture, $"A cell on this line is longer than {limits.MaxCell} characters. Perhaps a quotation mark is not closed.");
            return;
        }

        cell.Append(character);
    }

    private void EndCell()
    {
        if (cells.Count >= limits.MaxColumns)
        {
            line = rowLine;
            fault = string.Create(CultureInfo.InvariantCulture, $"This line has more than {limits.MaxColumns} columns.");
            return;
        }

        cells.Add(cell.ToString());
        cell.Clear();
        state = State.CellStart;
    }

    private void EndRow(List<CsvEntry> found)
    {
        var isEmpty = cells.Count == 0 && cell.Length == 0 && !anyQuoted;
        anyQuoted = false;
        if (isEmpty)
        {
            return;
        }

        EndCell();
        if (fault is null && ++rows > limits.MaxRows)
        {
            fault = string.Create(CultureInfo.InvariantCulture, $"The file has more than {limits.MaxRows} lines. Split it and import the parts one after the other.");
        }

        if (fault is null)
        {
            found.Add(new CsvEntry.Row(rowLine, [.. cells]));
        }

        cells.Clear();
    }

    private void End(List<CsvEntry> found)
    {
        if (state == State.Quoted)
        {
            line = rowLine;
            fault = "A quotation mark that opens on this line is never closed.";
            return;
        }

        EndRow(found);
    }

    /// <summary>The separator that the first line has most of outside quotes, a comma where it has none; or what the line <c>sep=;</c> says, which then is no row.</summary>
    private ReadOnlySpan<char> FindDelimiter(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAny('\r', '\n');
        var first = end < 0 ? text : text[..end];
        if (first.Length == 5 && first.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && (first[4] is ',' or ';' or '\t'))
        {
            delimiter = first[4];
            return end < 0 ? [] : text[end..];
        }

        var (commas, semicolons, tabs, quoted) = (0, 0, 0, false);
        foreach (var character in text)
        {
            if (!quoted && (character is '\r' or '\n'))
            {
                break;
            }

            quoted ^= character == '"';
            commas += !quoted && character == ',' ? 1 : 0;
            semicolons += !quoted && character == ';' ? 1 : 0;
            tabs += !quoted && character == '\t' ? 1 : 0;
        }

        delimiter = semicolons > commas && semicolons >= tabs ? ';' : tabs > commas ? '\t' : ',';
        return text;
    }
}
