using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace IdentityHub.Domain.Notices;

/// <summary>One notice as its file has it, and how it is filled.</summary>
/// <remarks>
/// The first line is <c>Subject: …</c>; after an empty line come paragraphs, with an empty line between them. <c>{name}</c> stands for a value. A paragraph <c>[words] {link}</c>
/// is a button, <c>- {changes}</c> a list. One that begins with <c>? </c> is left out where a value in it is empty.
/// </remarks>
internal sealed partial class MailTemplate
{
    private const string SubjectMark = "Subject: ";
    private const string OptionalMark = "? ";

    private readonly string name;
    private readonly string subject;
    private readonly IReadOnlyList<Block> blocks;

    private MailTemplate(string name, string subject, IReadOnlyList<Block> blocks) => (this.name, this.subject, this.blocks) = (name, subject, blocks);

    private abstract record Block(bool Optional, string Words)
    {
        public sealed record Paragraph(bool Optional, string Words) : Block(Optional, Words);

        public sealed record Button(bool Optional, string Words, string Link) : Block(Optional, Words);

        public sealed record List(bool Optional, string Lines) : Block(Optional, Lines);
    }

    /// <summary>Every placeholder in it.</summary>
    public IReadOnlySet<string> Placeholders => new[] { subject }.Concat(blocks.SelectMany(block => new[] { block.Words, (block as Block.Button)?.Link ?? "" }))
        .SelectMany(text => PlaceholderForm().Matches(text)).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

    /// <exception cref="MailTemplateException">It is not of the form, or names a placeholder that there is not.</exception>
    public static MailTemplate Parse(string name, string text)
    {
        var parts = text.ReplaceLineEndings("\n").Trim('\n').Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2 || !parts[0].StartsWith(SubjectMark, StringComparison.Ordinal) || parts[0].Contains('\n', StringComparison.Ordinal))
        {
            throw new MailTemplateException($"{name}: a template is a line with the subject, an empty line, and paragraphs.");
        }

        var template = new MailTemplate(name, parts[0][SubjectMark.Length..], [.. parts[1..].Select(BlockOf)]);
        return template.Placeholders.FirstOrDefault(placeholder => !MailPlaceholders.IsKnown(placeholder)) is { } unknown
            ? throw new MailTemplateException($"{name}: there is no placeholder {{{unknown}}}.")
            : template;
    }

    /// <exception cref="MailTemplateException">A value is missing, or none that could stand there.</exception>
    public RenderedMail Render(IReadOnlyDictionary<string, string> values)
    {
        var title = Fill(subject, values, text => text);
        var (text, html) = (new StringBuilder(), new StringBuilder());
        foreach (var block in blocks.Where(block => !block.Optional || HasEverything(block, values)))
        {
            text.Append(text.Length == 0 ? "" : "\n").Append(TextOf(block, values)).Append('\n');
            html.Append(HtmlOf(block, values)).Append('\n');
        }

        return new(title, text.ToString(), MailLayout.Page(Html(title), html.ToString()));
    }

    private static Block BlockOf(string part)
    {
        var optional = part.StartsWith(OptionalMark, StringComparison.Ordinal);
        var words = (optional ? part[OptionalMark.Length..] : part).Replace('\n', ' ').Trim();
        return ButtonForm().Match(words) is { Success: true } button ? new Block.Button(optional, button.Groups["words"].Value, button.Groups["link"].Value)
            : ListForm().IsMatch(words) ? new Block.List(optional, words[2..])
            : new Block.Paragraph(optional, words);
    }

    private bool HasEverything(Block block, IReadOnlyDictionary<string, string> values) =>
        PlaceholderForm().Matches(block.Words + (block as Block.Button)?.Link).All(match => ValueOf(match.Groups["name"].Value, values).Length > 0);

    private string TextOf(Block block, IReadOnlyDictionary<string, string> values) => block switch
    {
        Block.Button button => $"{Fill(button.Words, values, text => text)}:\n\n{Fill(button.Link, values, text => text)}",
        Block.List => string.Join('\n', Lines(block, values).Select(line => "- " + line)),
        _ => Fill(block.Words, values, text => text),
    };

    private string HtmlOf(Block block, IReadOnlyDictionary<string, string> values) => block switch
    {
        Block.Button button => MailLayout.Button(Fill(button.Words, values, Html), Fill(button.Link, values, Html)),
        Block.List => MailLayout.List(Lines(block, values).Select(Html)),
        _ => MailLayout.Paragraph(Fill(block.Words, values, Html)),
    };

    private string[] Lines(Block block, IReadOnlyDictionary<string, string> values) => Fill(block.Words, values, text => text).Split('\n');

    /// <summary>The template's words and the values, each encoded for itself.</summary>
    private string Fill(string words, IReadOnlyDictionary<string, string> values, Func<string, string> encode)
    {
        var filled = new StringBuilder();
        var end = 0;
        foreach (Match match in PlaceholderForm().Matches(words))
        {
            var placeholder = match.Groups["name"].Value;
            filled.Append(encode(words[end..match.Index])).Append(encode(MailPlaceholders.Clean(name, placeholder, ValueOf(placeholder, values))));
            end = match.Index + match.Length;
        }

        return filled.Append(encode(words[end..])).ToString();
    }

    private string ValueOf(string placeholder, IReadOnlyDictionary<string, string> values) =>
        values.TryGetValue(placeholder, out var value) ? value : throw new MailTemplateException($"{name}: nothing is given for {{{placeholder}}}.");

    private static string Html(string text) => HtmlEncoder.Default.Encode(text);

    [GeneratedRegex(@"\{(?<name>[A-Za-z]+)\}", RegexOptions.NonBacktracking)]
    private static partial Regex PlaceholderForm();

    [GeneratedRegex(@"\A\[(?<words>[^\]]+)\] (?<link>\{link\})\z", RegexOptions.NonBacktracking)]
    private static partial Regex ButtonForm();

    [GeneratedRegex(@"\A- \{changes\}\z", RegexOptions.NonBacktracking)]
    private static partial Regex ListForm();
}
