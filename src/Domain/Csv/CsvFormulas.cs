using System.Buffers;

namespace IdentityHub.Domain.Csv;

/// <summary>Keeps a spreadsheet from taking a text for a formula: whoever chose a name must not choose what runs on the desk of the administrator who exports it.</summary>
/// <remarks>OWASP, CSV Injection: a cell that begins with one of these characters is given a leading apostrophe. One that begins with apostrophes before such a character is
/// given one more, so that <see cref="Restore"/> gives back every text exactly. The full-width forms are taken for the same by spreadsheets set to an East Asian language.</remarks>
public static class CsvFormulas
{
    private const char Apostrophe = '\'';

    private static readonly SearchValues<char> Starts = SearchValues.Create("=+-@\t\r\n＝＋－＠");

    /// <returns>The text with an apostrophe before it where a spreadsheet would take it for a formula; else the text.</returns>
    public static string Defuse(string cell) => IsFormula(cell) ? Apostrophe + cell : cell;

    /// <returns>What <see cref="Defuse"/> was given.</returns>
    public static string Restore(string cell) => cell.Length > 1 && cell[0] == Apostrophe && IsFormula(cell) ? cell[1..] : cell;

    private static bool IsFormula(string cell)
    {
        var text = cell.AsSpan().TrimStart(Apostrophe);
        return text.Length > 0 && Starts.Contains(text[0]);
    }
}
