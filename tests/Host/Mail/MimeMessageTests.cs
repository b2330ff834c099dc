using System.Text;
using IdentityHub.Host.Mail;
using Xunit;

namespace IdentityHub.Host.Tests.Mail;

public sealed class MimeMessageTests
{
    private static readonly DateTimeOffset Date = new(2026, 3, 1, 14, 5, 9, TimeSpan.FromHours(2));
    private static readonly Mailbox From = Mailbox.TryParse("IdentityHub <no-reply@hub.example>")!;

    [Fact]
    public void A_plain_mail_is_written_field_by_field()
    {
        var message = Build(new OutgoingMail("pat@northside.example", "Your code", "It is 123456.\nBye", "mail-7@hub.example"));

        Assert.Equal(
            "Date: Sun, 01 Mar 2026 12:05:09 +0000\r\nFrom: \"IdentityHub\" <no-reply@hub.example>\r\nTo: pat@northside.example\r\n" +
            "Message-ID: <mail-7@hub.example>\r\nSubject: Your code\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n" +
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nIt is 123456.\r\nBye\r\n",
            message);
    }

    [Fact]
    public void With_HTML_the_text_comes_first_and_both_can_be_read_back()
    {
        var message = Build(new OutgoingMail("pat@northside.example", "s", "Hell\u00F6\n--=_x", "m@hub.example") { HtmlBody = "<p>Hell\u00F6 <a href=\"https://hub.example/?a=1\">x</a></p>" });
        var boundary = System.Text.RegularExpressions.Regex.Match(message, "Content-Type: multipart/alternative;\r\n boundary=\"(=_[0-9a-f]{32})\"\r\n\r\n").Groups[1].Value;
        var parts = message.Split("--" + boundary);
        Assert.Equal(4, parts.Length);
        Assert.Equal("--\r\n", parts[3]);
        Assert.StartsWith("\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", parts[1], StringComparison.Ordinal);
        Assert.StartsWith("\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", parts[2], StringComparison.Ordinal);
        Assert.Equal("Hell\u00F6\n--=_x\n", QuotedPrintable.Decode(parts[1].Split("\r\n\r\n", 2)[1]));
        Assert.Equal("<p>Hell\u00F6 <a href=\"https://hub.example/?a=1\">x</a></p>\n", QuotedPrintable.Decode(parts[2].Split("\r\n\r\n", 2)[1]));
        Assert.All(message.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
        Assert.DoesNotContain(message, c => c is > '~' or (< ' ' and not '\r' and not '\n'));
    }

    [Fact]
    public void The_same_mail_has_the_same_message_id_at_every_try()
    {
        var mail = new OutgoingMail("pat@northside.example", "s", "b", null) { Id = "abc123" };

        Assert.Contains("\r\nMessage-ID: <abc123@hub.example>\r\n", Build(mail), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_message_id_each_mail_gets_a_random_one()
    {
        var mail = new OutgoingMail("pat@northside.example", "s", "b", null);

        Assert.NotEqual(Build(mail), Build(mail));
        Assert.Matches("\r\nMessage-ID: <[0-9a-f]{32}@hub\\.example>\r\n", Build(mail));
    }

    [Theory]
    [InlineData("Grüße aus Zürich")]
    [InlineData("\u202egnp.exe")]
    [InlineData("=?utf-8?B?QUJD?=")]
    [InlineData(" leading and trailing ")]
    [InlineData("A subject that is rather longer than one line of a message should ever be, so that it has to be folded")]
    [InlineData("😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀")]
    public void A_subject_that_is_not_plain_and_short_is_encoded(string subject)
    {
        var message = Build(new OutgoingMail("pat@northside.example", subject, "b", null));
        var field = message[(message.IndexOf("Subject: ", StringComparison.Ordinal) + 9)..message.IndexOf("\r\nAuto-Submitted", StringComparison.Ordinal)];

        Assert.All(field.Split("\r\n "), word => Assert.Matches(@"\A=\?utf-8\?B\?[A-Za-z0-9+/=]+\?=\z", word));
        Assert.Equal(subject, EncodedWord.Decode(field.Replace("\r\n ", " ", StringComparison.Ordinal)));
        Assert.All(message.Split("\r\n"), line => Assert.InRange(line.Length, 0, 76));
        Assert.DoesNotContain(message, c => c is > '~' or (< ' ' and not '\r' and not '\n'));
    }

    [Fact]
    public void A_senders_name_beyond_ascii_is_encoded_too()
    {
        var message = Encoding.ASCII.GetString(MimeMessage.Build(Mailbox.TryParse("Müller & Söhne <a@b.example>")!, new OutgoingMail("c@d.example", "s", "b", null), Date));

        Assert.Contains("\r\nFrom: =?utf-8?B?TcO8bGxlciAmIFPDtmhuZQ==?=\r\n <a@b.example>\r\n", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eve@e.example\r\nBcc: all@northside.example", "s", null)]
    [InlineData("Pat <pat@northside.example>", "s", null)]
    [InlineData("", "s", null)]
    [InlineData("pat@northside.example", "s\r\nBcc: eve@e.example", null)]
    [InlineData("pat@northside.example", "s\nx", null)]
    [InlineData("pat@northside.example", "s\u2028x", null)]
    [InlineData("pat@northside.example", "s\u0085x", null)]
    [InlineData("pat@northside.example", "s\0", null)]
    [InlineData("pat@northside.example", "", null)]
    [InlineData("pat@northside.example", "s", "a@b>\r\nBcc: <eve@e.example")]
    [InlineData("pat@northside.example", "s", "nothing")]
    [InlineData("pat@northside.example", "s", "<a@b>\n")]
    public void What_would_break_out_of_its_field_is_refused_for_good(string to, string subject, string? messageId)
    {
        var refused = Assert.Throws<MailRejectedException>(() => Build(new OutgoingMail(to, subject, "b", messageId)));

        Assert.True(refused.Permanent);
        Assert.DoesNotContain("e.example", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_long_a_subject_or_body_is_refused_for_good()
    {
        Assert.True(Assert.Throws<MailRejectedException>(() => Build(new OutgoingMail("a@b.example", new string('s', 1001), "b", null))).Permanent);
        Assert.True(Assert.Throws<MailRejectedException>(() => Build(new OutgoingMail("a@b.example", "s", new string('b', 1_000_001), null))).Permanent);
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("a = b, and 100 % sure\nüber 😀 \u202e")]
    [InlineData("trailing space \nand tab\t\n\n.\n..dots\nFrom the start")]
    [InlineData("nul \0 and bell \a")]
    public void A_body_survives_quoted_printable(string body) => AssertSurvives(body);

    [Fact]
    public void Lines_of_every_length_around_the_fold_survive_and_stay_within_76_characters()
    {
        for (var length = 70; length < 160; length++)
        {
            AssertSurvives(new string('x', length));
            AssertSurvives(new string('x', length) + "ü");
            AssertSurvives(new string('ü', length));
        }

        AssertSurvives("https://hub.example/invite?token=" + new string('a', 5000));
    }

    [Theory]
    [InlineData("a\r\nb\rc\nd", "a\nb\nc\nd\n")]
    public void Every_kind_of_line_end_becomes_one(string body, string decoded) =>
        Assert.Equal(decoded, QuotedPrintable.Decode(QuotedPrintable.Encode(body)));

    private static void AssertSurvives(string body)
    {
        var encoded = QuotedPrintable.Encode(body);

        Assert.Equal(body + "\n", QuotedPrintable.Decode(encoded));
        Assert.All(encoded.Split("\r\n"), line => Assert.InRange(line.Length, 0, 76));
        Assert.DoesNotMatch("[ \t]\r\n", encoded);
        Assert.DoesNotContain(encoded.Replace("\r\n", "", StringComparison.Ordinal), c => c is > '~' or < '\t' or '\r' or '\n');
    }

    private static string Build(OutgoingMail mail) => Encoding.ASCII.GetString(MimeMessage.Build(From, mail, Date));
}
