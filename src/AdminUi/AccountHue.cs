using System.Globalization;
using System.Text;

namespace IdentityHub.AdminUi;

/// <summary>What is seen of an account and a person at a glance: a colour that stays the same, and initials.</summary>
public static class AccountHue
{
    private const int Hues = 6;

    /// <returns>The number of a colour class of the stylesheet, the same for an account wherever it is shown.</returns>
    public static int Of(string accountId) => Encoding.UTF8.GetBytes(accountId).Aggregate(7, static (sum, one) => ((sum * 31) + one) % 9973) % Hues;

    /// <returns>One or two letters; a question mark for a name without any.</returns>
    public static string Initials(string name)
    {
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var letters = new[] { words.FirstOrDefault(), words.Length > 1 ? words[^1] : null }
            .Where(word => word is { Length: > 0 } && char.IsLetterOrDigit(word[0])).Select(word => StringInfo.GetNextTextElement(word!).ToUpperInvariant());
        return string.Concat(letters) is { Length: > 0 } initials ? initials : "?";
    }
}
