using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace IdentityHub.Domain.Notices;

/// <summary>Every placeholder that a template may have, with what becomes of its value: the one gate between what people wrote and what the hub says.</summary>
internal static partial class MailPlaceholders
{
    /// <summary>One per line of a list.</summary>
    public const string Changes = "changes";

    public const string Code = "code";

    private const int LongestLink = 2000;

    /// <summary>Gives the value as it may stand in a mail. An empty one means that there is nothing to say.</summary>
    private static readonly FrozenDictionary<string, Func<string, string?>> All = new Dictionary<string, Func<string, string?>>(StringComparer.Ordinal)
    {
        ["account"] = NameOr("an account"),
        ["person"] = NameOr("a user"),
        ["userName"] = NameOr("a user"),
        ["candidate"] = NameOr("a user"),
        ["requester"] = NameOr("a user"),
        ["holder"] = NameOr("a user"),
        ["app"] = NameOr("an app"),
        ["application"] = NameOr("an application"),
        ["device"] = NameOr("an unknown browser"),
        ["whom"] = NameOr("your administrator"),
        ["helper"] = NameOr("your administrator"),
        ["operator"] = NameOr("USERNAME"),
        ["what"] = LineOr("sign-in was changed"),
        ["by"] = LineOr("Somebody did this."),
        ["network"] = NameOr("an unknown network"),
        ["time"] = NameOr("just now"),
        ["until"] = NameOr("soon"),
        ["left"] = NameOr("none"),
        ["reason"] = text => MailText.Paragraph(text) ?? "(not shown here, for it may hold a link)",
        ["link"] = link => link.Length <= LongestLink && LinkForm().IsMatch(link) && Uri.TryCreate(link, UriKind.Absolute, out _) ? link : null,
        [Code] = code => CodeForm().IsMatch(code) ? code : null,
        [Changes] = lines => string.Join('\n', lines.Split('\n').Select(MailText.Line).OfType<string>()) is { Length: > 0 } kept ? kept : null,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool IsKnown(string name) => All.ContainsKey(name);

    /// <exception cref="MailTemplateException">There is no such placeholder, or the value is none that could stand there.</exception>
    public static string Clean(string template, string name, string value) =>
        All.TryGetValue(name, out var clean)
            ? clean(value) ?? throw new MailTemplateException($"{template}: what is given for {{{name}}} cannot stand in a mail.")
            : throw new MailTemplateException($"{template}: there is no placeholder {{{name}}}.");

    private static Func<string, string?> NameOr(string otherwise) => value => MailText.Name(value) ?? otherwise;

    private static Func<string, string?> LineOr(string otherwise) => value => MailText.Line(value) ?? otherwise;

    // Nothing with which an attribute, a line or a text could be left.
    [GeneratedRegex(@"\Ahttps?://[A-Za-z0-9._~:/?#\[\]@!$&()*+,;=%-]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex LinkForm();

    [GeneratedRegex(@"\A[0-9]{6,8}\z", RegexOptions.NonBacktracking)]
    private static partial Regex CodeForm();
}
