using System.Globalization;
using System.Text;

namespace IdentityHub.Domain.Notices;

/// <summary>Names as they may stand in a mail: what a mail of the hub's says is the hub's word, and others choose the names.</summary>
public static class MailText
{
    private const int MaxLength = 100;
    private const int MaxLine = 300;
    private const int MaxParagraph = 500;

    /// <summary>A person by their names, or else by their user name.</summary>
    public static string Person(string displayName, string userName) => Name(displayName) ?? UserName(userName);

    public static string UserName(string userName) => Name(userName) ?? "a user";

    public static string Account(string name) => Name(name) ?? "an account";

    /// <returns>The name on one line, without what nobody sees or what turns the writing, not longer than a name is; null when nothing is left, or a mail program could make a link of it.</returns>
    public static string? Name(string name) => Clean(name, MaxLength);

    /// <summary>The same of a line that the hub puts together, names in it.</summary>
    public static string? Line(string text) => Clean(text, MaxLine);

    /// <summary>The same of what somebody wrote for others to read: line breaks become spaces.</summary>
    public static string? Paragraph(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Clean(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), MaxParagraph);
    }

    private static string? Clean(string name, int longest)
    {
        ArgumentNullException.ThrowIfNull(name);
        var kept = new StringBuilder();
        foreach (var rune in name.EnumerateRunes().Where(IsShown))
        {
            if (kept.Length + rune.Utf16SequenceLength > longest)
            {
                break;
            }

            kept.Append(rune);
        }

        var text = kept.ToString().Trim();
        return text.Length == 0 || IsLink(text) || IsLink(text.Normalize(NormalizationForm.FormKC)) ? null : text;
    }

    /// <returns>The moment for people, to the minute.</returns>
    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture) + " UTC";

    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static bool IsLink(string text) => text.Contains("://", StringComparison.Ordinal) || text.Contains("www.", StringComparison.OrdinalIgnoreCase);
}
