using System.Text;
using System.Text.RegularExpressions;

namespace IdentityHub.Host.Mail;

/// <summary>Text in header fields beyond ASCII (RFC 2047).</summary>
internal static partial class EncodedWord
{
    // With the longest field name here ("Subject: ") a line stays within the 76 characters of RFC 2047 §2.
    private const int MaxBytes = 39;

    /// <summary>The text as encoded words, folded onto lines of their own; never holds a character below a space but in the folds.</summary>
    public static string Encode(string text)
    {
        var words = new List<string>();
        var word = new MemoryStream(MaxBytes);
        Span<byte> character = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(character);
            // RFC 2047 §5: a character is never divided between two words.
            if (word.Length + length > MaxBytes)
            {
                words.Add(Word(word));
                word.SetLength(0);
            }

            word.Write(character[..length]);
        }

        words.Add(Word(word));
        return string.Join("\r\n ", words);

        static string Word(MemoryStream bytes) => $"=?utf-8?B?{Convert.ToBase64String(bytes.ToArray())}?=";
    }

    /// <summary>Turns what <see cref="Encode"/> made, unfolded, back into text and leaves everything else as it is.</summary>
    public static string Decode(string field) =>
        Form().Replace(BetweenWords().Replace(field, "?="), match =>
        {
            var bytes = new byte[match.Length];
            return Convert.TryFromBase64String(match.Groups["data"].Value, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : match.Value;
        });

    [GeneratedRegex(@"=\?utf-8\?B\?(?<data>[A-Za-z0-9+/=]*)\?=", RegexOptions.IgnoreCase)]
    private static partial Regex Form();

    // RFC 2047 §6.2: white space between two encoded words is not shown.
    [GeneratedRegex(@"\?=[ \t]+(?==\?utf-8\?B\?)", RegexOptions.IgnoreCase)]
    private static partial Regex BetweenWords();
}
