using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace IdentityHub.Host.Mail;

/// <summary>Writes a mail as an Internet message (RFC 5322, MIME RFC 2045): ASCII, CRLF line ends, no line longer than 998.</summary>
internal static partial class MimeMessage
{
    private const int MaxSubject = 1000;
    private const int MaxPlainSubject = 60;
    private const int MaxBody = 1_000_000;

    /// <summary>The whole message.</summary>
    /// <param name="from">The sender.</param>
    /// <param name="mail">The mail.</param>
    /// <param name="date">When it is sent.</param>
    /// <exception cref="MailRejectedException">Permanent: a part of the mail is not as <see cref="OutgoingMail"/> has it.</exception>
    public static byte[] Build(Mailbox from, OutgoingMail mail, DateTimeOffset date)
    {
        Refuse(!Mailbox.IsAddress(mail.To), "The recipient is not a mail address that can be sent to.");
        Refuse(mail.Subject.Length is 0 or > MaxSubject, $"The subject is empty or longer than {MaxSubject} characters.");
        Refuse(mail.Subject.Any(IsLineBreakOrControl), "The subject holds a line break or another control character.");
        Refuse(mail.TextBody.Length > MaxBody, $"The body is longer than {MaxBody} characters.");
        Refuse(mail.HtmlBody?.Length > MaxBody, $"The HTML body is longer than {MaxBody} characters.");

        var message = new StringBuilder()
            .Append("Date: ").Append(date.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)).Append("\r\n")
            .Append("From: ").Append(Field(from)).Append("\r\n")
            .Append("To: ").Append(mail.To).Append("\r\n")
            .Append("Message-ID: ").Append(MessageId(mail.MessageId ?? (mail.Id is { Length: > 0 } id ? $"{id}@{from.Domain}" : null), from)).Append("\r\n")
            .Append("Subject: ").Append(Subject(mail.Subject)).Append("\r\n")
            .Append("Auto-Submitted: auto-generated\r\n") // RFC 3834 §5: no absence notes in answer, please
            .Append("MIME-Version: 1.0\r\n")
            .Append(Content(mail));
        return Encoding.ASCII.GetBytes(message.ToString());
    }

    /// <summary>The text; or the text and the same as HTML, of which a reader shows the last that it can (RFC 2046 §5.1.4).</summary>
    private static string Content(OutgoingMail mail)
    {
        if (mail.HtmlBody is not { } html)
        {
            return Part("plain", mail.TextBody);
        }

        // "=_" never stands in quoted-printable text (RFC 2045 §6.7), so the boundary is in no part.
        var boundary = "=_" + RandomNumberGenerator.GetHexString(32, lowercase: true);
        return $"Content-Type: multipart/alternative;\r\n boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n{Part("plain", mail.TextBody)}--{boundary}\r\n{Part("html", html)}--{boundary}--\r\n";
    }

    private static string Part(string type, string body) =>
        $"Content-Type: text/{type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{QuotedPrintable.Encode(body)}";

    private static void Refuse(bool isWrong, string why)
    {
        if (isWrong)
        {
            throw new MailRejectedException(why, permanent: true);
        }
    }

    // U+2028 and U+2029 end a line for some readers.
    private static bool IsLineBreakOrControl(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';

    // Encoded as soon as it is not plain: format characters such as U+202E never stand in the field as themselves,
    // and a subject that looks like an encoded word is shown as it was written.
    private static string Subject(string subject) =>
        subject.Length <= MaxPlainSubject && IsPlain(subject) && subject.Trim(' ').Length == subject.Length ? subject : EncodedWord.Encode(subject);

    private static string Field(Mailbox mailbox) => mailbox.Name switch
    {
        null => mailbox.Address,
        { Length: <= MaxPlainSubject } name when IsPlain(name) => $"\"{name}\" <{mailbox.Address}>",
        { } name => $"{EncodedWord.Encode(name)}\r\n <{mailbox.Address}>",
    };

    private static bool IsPlain(string text) => text.All(c => c is >= ' ' and <= '~') && !text.Contains("=?", StringComparison.Ordinal);

    private static string MessageId(string? given, Mailbox from)
    {
        if (given is null)
        {
            return $"<{RandomNumberGenerator.GetHexString(32, lowercase: true)}@{from.Domain}>";
        }

        var bare = given.StartsWith('<') && given.EndsWith('>') ? given[1..^1] : given;
        Refuse(!MessageIdForm().IsMatch(bare), "The Message-ID is not of the form left@right.");
        return $"<{bare}>";
    }

    // RFC 5322 §3.6.4 without the obsolete and the quoted forms.
    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,128}@[A-Za-z0-9.-]{1,128}\z", RegexOptions.NonBacktracking)]
    private static partial Regex MessageIdForm();
}
