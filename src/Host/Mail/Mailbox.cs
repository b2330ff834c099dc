using System.Text.RegularExpressions;

namespace IdentityHub.Host.Mail;

/// <summary>One sender or recipient: an address in a strict subset of RFC 5321 §4.1.2 and perhaps a name to show.</summary>
/// <remarks>Quoted local parts, address literals and non-ASCII addresses are not spoken: no line break, bracket or comment can pass.</remarks>
internal sealed partial record Mailbox
{
    private const int MaxAddress = 254; // RFC 5321 §4.5.3.1.3, less the angle brackets
    private const int MaxLocalPart = 64; // §4.5.3.1.1
    private const int MaxName = 200;

    private Mailbox(string? name, string address)
    {
        Name = name;
        Address = address;
    }

    /// <summary>The name to show, free of control characters; null when there is none.</summary>
    public string? Name { get; }

    /// <summary><c>local@domain</c>, ASCII.</summary>
    public string Address { get; }

    /// <summary>The part after the <c>@</c>.</summary>
    public string Domain => Address[(Address.IndexOf('@', StringComparison.Ordinal) + 1)..];

    /// <summary>Reads <c>local@domain</c>, <c>Name &lt;local@domain&gt;</c> or <c>"Name" &lt;local@domain&gt;</c>.</summary>
    /// <returns>Null when it is anything else.</returns>
    public static Mailbox? TryParse(string text)
    {
        if (IsAddress(text))
        {
            return new Mailbox(null, text);
        }

        if (NamedForm().Match(text) is not { Success: true } match || !IsAddress(match.Groups["address"].Value))
        {
            return null;
        }

        var name = match.Groups["name"].Value.Trim(' ');
        if (name.Length >= 2 && name[0] == '"' && name[^1] == '"')
        {
            name = name[1..^1];
        }

        var plain = name.Length is > 0 and <= MaxName && !name.Any(c => char.IsControl(c) || c is '"' or '\\');
        return plain ? new Mailbox(name, match.Groups["address"].Value) : null;
    }

    /// <summary>Whether the text is one bare address that mail can be sent to.</summary>
    public static bool IsAddress(string text) =>
        text.Length <= MaxAddress && AddressForm().IsMatch(text) && text.IndexOf('@', StringComparison.Ordinal) <= MaxLocalPart;

    // \z and not $: the latter lets a final line feed through.
    [GeneratedRegex(
        @"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex AddressForm();

    [GeneratedRegex(@"\A(?<name>[^<>\r\n]{1,202}) ?<(?<address>[^<>\r\n]{1,254})>\z", RegexOptions.NonBacktracking)]
    private static partial Regex NamedForm();
}
