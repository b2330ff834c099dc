using System.Globalization;
using System.Text;

namespace IdentityHub.Host.Mail;

/// <summary>Quoted-printable (RFC 2045 §6.7) of UTF-8 text.</summary>
internal static class QuotedPrintable
{
    private const int MaxLine = 76;

    /// <summary>Lines of at most 76 characters, each ended by CRLF, printable ASCII alone.</summary>
    /// <param name="text">CRLF, LF and CR alike end a line.</param>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length + (text.Length / 8));
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            AppendLine(encoded, Encoding.UTF8.GetBytes(line));
        }

        return encoded.ToString();
    }

    private static void AppendLine(StringBuilder encoded, byte[] line)
    {
        var column = 0;
        for (var i = 0; i < line.Length; i++)
        {
            var isLast = i == line.Length - 1;
            var plain = line[i] is >= (byte)'!' and <= (byte)'~' and not (byte)'=' || (line[i] is (byte)' ' or (byte)'\t' && !isLast);
            var width = plain ? 1 : 3;
            // One column is kept for the soft line break, which the last character of a line does not need.
            if (column + width > (isLast ? MaxLine : MaxLine - 1))
            {
                encoded.Append("=\r\n");
                column = 0;
            }

            _ = plain ? encoded.Append((char)line[i]) : encoded.Append(CultureInfo.InvariantCulture, $"={line[i]:X2}");
            column += width;
        }

        encoded.Append("\r\n");
    }

    /// <summary>The text that was encoded, with LF at line ends. What is not quoted-printable stays as it is.</summary>
    public static string Decode(string encoded)
    {
        var bytes = new MemoryStream(encoded.Length);
        var source = encoded.ReplaceLineEndings("\n").Replace("=\n", "", StringComparison.Ordinal);
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] == '=' && i + 2 < source.Length && byte.TryParse(source.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.WriteByte(value);
                i += 2;
            }
            else
            {
                bytes.Write(Encoding.UTF8.GetBytes(source, i, 1));
            }
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
