using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace IdentityHub.Host.Mail.Smtp;

/// <summary>One reply of a mail server (RFC 5321 §4.2).</summary>
/// <param name="Code">200–599.</param>
/// <param name="Lines">The text of each line after the code; one at least.</param>
internal sealed partial record SmtpReply(int Code, ImmutableArray<string> Lines)
{
    private const int LongestShown = 200;

    public bool IsPositive => Code is >= 200 and < 300;

    public bool IsPermanentFailure => Code >= 500;

    /// <summary>Code and enhanced status code (RFC 3463) alone, for a message about a mail: the text behind them often repeats the recipient.</summary>
    public string Status => EnhancedForm().Match(Lines[0]) is { Success: true } enhanced ? $"{Code} {enhanced.Value}" : $"{Code}";

    /// <summary>Code and first line, for a message about the server: bounded, without control characters.</summary>
    public string Shown => $"{Code} {string.Concat(Lines[0].Take(LongestShown).Select(c => c is >= ' ' and <= '~' ? c : '?'))}".TrimEnd();

    /// <summary>The parameters of an extension that the server offers in its answer to EHLO (§4.1.1.1), or null when it does not.</summary>
    public string? Extension(string keyword)
    {
        foreach (var line in Lines.Skip(1))
        {
            var parts = line.Split(' ', 2);
            if (string.Equals(parts[0], keyword, StringComparison.OrdinalIgnoreCase))
            {
                return parts.Length > 1 ? parts[1] : "";
            }
        }

        return null;
    }

    /// <summary>Reads one line of a reply.</summary>
    /// <returns>Null when it is none; otherwise the code, whether it is the last line, and the text.</returns>
    public static (int Code, bool IsLast, string Text)? ParseLine(string line)
    {
        var isReply = line.Length >= 3 && line[0] is >= '2' and <= '5' && char.IsAsciiDigit(line[1]) && char.IsAsciiDigit(line[2])
            && (line.Length == 3 || line[3] is ' ' or '-');
        return isReply
            ? (((line[0] - '0') * 100) + ((line[1] - '0') * 10) + (line[2] - '0'), line.Length == 3 || line[3] == ' ', line.Length > 4 ? line[4..] : "")
            : null;
    }

    [GeneratedRegex(@"\A[245]\.[0-9]{1,3}\.[0-9]{1,3}(?= |\z)", RegexOptions.CultureInvariant)]
    private static partial Regex EnhancedForm();
}
