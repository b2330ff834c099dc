using System.Globalization;
using System.Text;

namespace IdentityHub.Domain.Notices;

/// <summary>Names as they may stand in a mail: what a mail of the hub's says is the hub's word, and others choose the names.</summary>
public static class MailText
{
    private const int MaxLength = 100;

    /// <summary>A person by their names, or else by their user name.</summary>
    public static string Person(string displayName, string userName) => Name(displayName) ?? UserName(userName);

    public static string UserName(string userName) => Name(userName) ?? "a user";

    public static string Account(string name) => Name(name) ?? "an account";

    /// <returns>The name on one line, without what nobody sees or what turns the writing, not longer than a name is; null when nothing is left, or a mail program could make a link of it.</returns>
    public static string? Name(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var kept = new StringBuilder();
        foreach (var rune in name.EnumerateRunes().Where(IsShown))
        {
            if (kept.Length + rune.Utf16SequenceLength > MaxLength)
            {
                break;
            }

            kept.Append(rune);
        }

        var text = kept.ToString().Trim();
        return text.Length == 0 || IsLink(text) || IsLink(text.Normalize(NormalizationForm.FormKC)) ? null : text;
    }

    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static bool IsLink(string text) => text.Contains("://", StringComparison.Ordinal) || text.Contains("www.", StringComparison.OrdinalIgnoreCase);
}
