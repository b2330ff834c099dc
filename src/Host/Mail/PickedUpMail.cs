using System.Text;
using System.Text.RegularExpressions;

namespace IdentityHub.Host.Mail;

/// <summary>A mail read back from a pickup directory, as far as it is of our own making.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Date">As the field says.</param>
/// <param name="From">As the field says, decoded.</param>
/// <param name="To">As the field says.</param>
/// <param name="Subject">Decoded.</param>
/// <param name="Text">Decoded, LF line ends.</param>
internal sealed partial record PickedUpMail(string File, string Date, string From, string To, string Subject, string Text)
{
    private const int MaxSize = 4 * 1024 * 1024;

    /// <summary>The names of the mails in a directory, newest first; none when there is no such directory.</summary>
    public static IReadOnlyList<string> Names(string directory, int most) =>
        !Directory.Exists(directory) ? [] :
        [.. Directory.EnumerateFiles(directory, "*.eml").Select(path => Path.GetFileName(path)).Where(IsName).OrderDescending(StringComparer.Ordinal).Take(most)];

    /// <summary>Reads one mail.</summary>
    /// <param name="directory">The pickup directory.</param>
    /// <param name="name">Any text; only names that <see cref="PickupTransport"/> gives lead to a file.</param>
    /// <param name="ct">Cancels the reading.</param>
    /// <returns>Null when there is no such mail.</returns>
    public static async Task<PickedUpMail?> ReadAsync(string directory, string name, CancellationToken ct)
    {
        if (!IsName(name))
        {
            return null;
        }

        var file = new FileInfo(Path.Combine(directory, name));
        // A link could lead out of the directory.
        if (!file.Exists || file.LinkTarget is not null || file.Length > MaxSize)
        {
            return null;
        }

        var parts = (await System.IO.File.ReadAllTextAsync(file.FullName, Encoding.ASCII, ct)).Split("\r\n\r\n", 2);
        var header = parts[0].Replace("\r\n ", " ", StringComparison.Ordinal).Split("\r\n");
        return new PickedUpMail(name, Field("Date"), Field("From"), Field("To"), Field("Subject"), parts.Length < 2 ? "" : TextOf(Field("Content-Type"), parts[1]));

        string Field(string field) =>
            header.FirstOrDefault(line => line.StartsWith(field + ": ", StringComparison.OrdinalIgnoreCase)) is { } line
                ? EncodedWord.Decode(line[(field.Length + 2)..]) : "";
    }

    /// <summary>The text, which is the first part where there are several.</summary>
    private static string TextOf(string contentType, string body)
    {
        if (BoundaryForm().Match(contentType) is not { Success: true } match)
        {
            return QuotedPrintable.Decode(body);
        }

        var first = body.Split("--" + match.Groups["boundary"].Value + "\r\n", 3) is [_, var part, ..] ? part.Split("\r\n\r\n", 2) : [];
        return first.Length < 2 ? "" : QuotedPrintable.Decode(first[1]);
    }

    [GeneratedRegex(@"boundary=""(?<boundary>=_[0-9a-f]{32})""", RegexOptions.NonBacktracking)]
    private static partial Regex BoundaryForm();

    private static bool IsName(string name) => NameForm().IsMatch(name);

    [GeneratedRegex(@"\A[0-9]{8}T[0-9]{6}\.[0-9]{7}-[0-9]{8,10}-[0-9a-f]{8}(-[0-9a-f]{16}){0,2}\.eml\z", RegexOptions.NonBacktracking)]
    private static partial Regex NameForm();
}
