using System.Globalization;
using System.Security.Cryptography;
using IdentityHub.Domain.Credentials;

namespace IdentityHub.IdP.SignIn;

/// <summary>What codes by e-mail have in common, whatever they prove.</summary>
internal static class MailedCode
{
    /// <summary>Codes mailed to one user: five, then one every twelve minutes.</summary>
    public static readonly Limit Sends = new("email-code-send", 5, TimeSpan.FromMinutes(12));

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>Between one code and the next in a sign-in.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>What a page says of a code that was asked for.</summary>
    public static string WordsOf(MailedCodeSent sent) => sent switch
    {
        MailedCodeSent.Sent => "A new code is on its way. Only the newest one counts.",
        MailedCodeSent.TooSoon => "A code was sent a moment ago. If it does not come, ask for another in half a minute.",
        MailedCodeSent.TooMany => "Too many codes were sent. Wait a few minutes.",
        _ => "No code could be sent. Go back to the app and sign in anew.",
    };

    public static string New() => RandomNumberGenerator.GetInt32(0, 1_000_000).ToString("D6", CultureInfo.InvariantCulture);

    /// <returns>The digits of what a person typed; one more than a code has when there are too many.</returns>
    public static string DigitsOf(string? typed) => new([.. (typed ?? "").Where(char.IsAsciiDigit).Take(Totp.Digits + 1)]);

    /// <returns>An address, not quite legible.</returns>
    public static string Mask(string address)
    {
        var at = address.LastIndexOf('@');
        var dot = address.LastIndexOf('.');
        return at < 1 || dot < at + 2 ? "your address" : $"{address[0]}•••@{address[at + 1]}•••{address[dot..]}";
    }
}
