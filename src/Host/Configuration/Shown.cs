using System.Globalization;

namespace IdentityHub.Host.Configuration;

/// <summary>Makes what somebody else wrote fit for a message on a terminal.</summary>
internal static class Shown
{
    private const int Longest = 120;

    /// <summary>The text in quotation marks, as <see cref="Plain"/>.</summary>
    public static string Quoted(string text) => $"\"{Plain(text)}\"";

    /// <summary>At most 120 characters, each control, format or unpaired character a question mark: no escape sequence reaches the terminal.</summary>
    public static string Plain(string text) =>
        string.Concat(text.Take(Longest).Select(c => IsPrintable(c) ? c : '?')) + (text.Length > Longest ? "…" : "");

    private static bool IsPrintable(char c) => !char.IsControl(c) && !char.IsSurrogate(c) && char.GetUnicodeCategory(c) is not
        (UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
