using System.Net;
using System.Net.Sockets;
using System.Text;
using IdentityHub.Host.Configuration;
using IdentityHub.Host.Mail;
using IdentityHub.Host.Mail.Smtp;
using Xunit;

namespace IdentityHub.Host.Tests.Mail;

public sealed class SmtpTransportTests
{
    private static readonly OutgoingMail Mail = new("pat@northside.example", "Grüße", ".\n.dot\n..\nend", "one@hub.example");
    private static readonly SmtpCredentials Credentials = new("hüb", "päss wörd");

    [Fact]
    public async Task Over_starttls_everything_but_the_first_hello_is_encrypted()
    {
        await using var server = new SmtpServerDouble();

        await SendAsync(server, SmtpSecurity.StartTls, Credentials);

        var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes("\0hüb\0päss wörd"));
        Assert.Equal(
            ["clear EHLO [127.0.0.1]", "clear STARTTLS", "tls EHLO [127.0.0.1]", $"tls AUTH PLAIN {plain}",
                "tls MAIL FROM:<hub@hub.example>", "tls RCPT TO:<pat@northside.example>", "tls DATA", "tls QUIT"],
            server.Heard);
        Assert.Contains("Message-ID: <one@hub.example>\r\n", Assert.Single(server.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_tls_from_the_first_byte_nothing_is_in_the_clear()
    {
        await using var server = new SmtpServerDouble { ImplicitTls = true };

        await SendAsync(server, SmtpSecurity.Tls, Credentials);

        Assert.All(server.Heard, line => Assert.StartsWith("tls ", line, StringComparison.Ordinal));
        Assert.Single(server.Messages);
    }

    [Fact]
    public async Task Without_tls_mail_goes_without_a_sign_in()
    {
        await using var server = new SmtpServerDouble();

        await SendAsync(server, SmtpSecurity.None);

        Assert.DoesNotContain(server.Heard, line => line.Contains("AUTH", StringComparison.Ordinal) || line.Contains("STARTTLS", StringComparison.Ordinal));
        Assert.Single(server.Messages);
    }

    [Fact]
    public async Task Without_tls_the_password_stays_here()
    {
        await using var server = new SmtpServerDouble();

        await RejectedAsync(server, SmtpSecurity.None, Credentials);

        Assert.DoesNotContain(server.Heard, line => line.Contains("AUTH", StringComparison.Ordinal));
        Assert.Empty(server.Messages);
    }

    [Fact]
    public async Task Login_serves_where_plain_is_not_offered()
    {
        await using var server = new SmtpServerDouble { Mechanisms = "XOAUTH2 login" };

        await SendAsync(server, SmtpSecurity.StartTls, Credentials);

        Assert.Contains("tls AUTH LOGIN", server.Heard);
        Assert.Contains("tls " + Convert.ToBase64String(Encoding.UTF8.GetBytes("päss wörd")), server.Heard);
        Assert.Single(server.Messages);
    }

    [Fact]
    public async Task Lines_that_begin_with_a_dot_and_long_lines_arrive_as_they_were()
    {
        await using var server = new SmtpServerDouble();
        var body = ".\n.dot\n..\n" + new string('.', 3000) + "\n" + new string('ü', 2000) + "\nend";

        await SendAsync(server, SmtpSecurity.StartTls, mail: Mail with { TextBody = body });

        var message = Assert.Single(server.Messages);
        Assert.Equal(body + "\n", QuotedPrintable.Decode(message.Split("\r\n\r\n", 2)[1]));
        Assert.All(message.Split("\r\n"), line => Assert.InRange(line.Length, 0, 76));
    }

    [Theory]
    [InlineData("CONNECT", "554 no", false)]
    [InlineData("CONNECT", "421 busy", false)]
    [InlineData("EHLO", "500 what", false)]
    [InlineData("STARTTLS", "454 not now", false)]
    [InlineData("AUTH", "535 5.7.8 wrong AHVzZXIAcGFzcw==", false)]
    [InlineData("MAIL", "451 later", false)]
    [InlineData("MAIL", "550 sender unwelcome", true)]
    [InlineData("RCPT", "450 4.2.0 greylisted", false)]
    [InlineData("RCPT", "550-5.1.1 no\r\n550 5.1.1 such pat@northside.example", true)]
    [InlineData("RCPT", "421 shutting down", false)]
    [InlineData("DATA", "451 later", false)]
    [InlineData("DATA", "554 none", true)]
    [InlineData("DATA", "250 odd", false)]
    [InlineData(".", "452 full", false)]
    [InlineData(".", "552 too much", true)]
    public async Task A_refusal_of_the_mail_with_5xx_is_for_good_and_any_other_is_not(string verb, string answer, bool permanent)
    {
        await using var server = new SmtpServerDouble { Answers = { [verb] = answer } };

        var rejected = await RejectedAsync(server, SmtpSecurity.StartTls, Credentials);

        Assert.Equal(permanent, rejected.Permanent);
        Assert.Contains(answer[..3], rejected.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pat@", rejected.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AHVz", rejected.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CONNECT")]
    [InlineData("EHLO")]
    [InlineData("STARTTLS")]
    [InlineData("AUTH")]
    [InlineData("MAIL")]
    [InlineData("RCPT")]
    [InlineData("DATA")]
    [InlineData(".")]
    public async Task A_dropped_connection_is_worth_another_try(string verb)
    {
        await using var server = new SmtpServerDouble { Answers = { [verb] = null } };

        Assert.False((await RejectedAsync(server, SmtpSecurity.StartTls, Credentials)).Permanent);
    }

    [Theory]
    [InlineData("CONNECT")]
    [InlineData("RCPT")]
    [InlineData(".")]
    public async Task A_server_that_falls_silent_is_left_and_worth_another_try(string verb)
    {
        await using var server = new SmtpServerDouble { SilentAt = verb };

        var rejected = await RejectedAsync(server, SmtpSecurity.StartTls);

        Assert.False(rejected.Permanent);
        Assert.Contains("took longer than 0.4 seconds", rejected.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_speaks_tls_is_left_too()
    {
        await using var server = new SmtpServerDouble { SilentAt = "CONNECT" };

        Assert.False((await RejectedAsync(server, SmtpSecurity.Tls)).Permanent);
    }

    [Fact]
    public async Task The_callers_cancellation_is_a_cancellation_and_no_refusal()
    {
        await using var server = new SmtpServerDouble { SilentAt = "RCPT" };
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(150));
        var transport = Transport(server, SmtpSecurity.StartTls, null, SmtpTimeouts.Default);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => transport.SendAsync(Mail, cancel.Token));
    }

    [Theory]
    [InlineData("221 bye")]
    [InlineData("500 what")]
    [InlineData(null)]
    public async Task Once_taken_no_farewell_makes_a_failure_of_it(string? farewell)
    {
        await using var server = new SmtpServerDouble { Answers = { ["QUIT"] = farewell } };

        await SendAsync(server, SmtpSecurity.StartTls);

        Assert.Single(server.Messages);
    }

    [Fact]
    public async Task A_server_without_starttls_gets_nothing()
    {
        await using var server = new SmtpServerDouble { OffersStartTls = false };

        var rejected = await RejectedAsync(server, SmtpSecurity.StartTls);

        Assert.False(rejected.Permanent);
        Assert.Equal(["clear EHLO [127.0.0.1]"], server.Heard);
    }

    [Fact]
    public async Task What_is_smuggled_in_before_the_handshake_ends_the_connection()
    {
        await using var server = new SmtpServerDouble { Smuggled = "250 smuggled" };

        Assert.Contains("between its go-ahead", (await RejectedAsync(server, SmtpSecurity.StartTls)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_certificate_of_an_unknown_authority_is_not_accepted(bool implicitTls)
    {
        await using var server = new SmtpServerDouble { ImplicitTls = implicitTls };
        var security = implicitTls ? SmtpSecurity.Tls : SmtpSecurity.StartTls;
        var transport = new SmtpTransport(new SmtpServer("localhost", server.Port, security, Credentials), Hub(), TimeProvider.System, Quick());

        var rejected = await Assert.ThrowsAsync<MailRejectedException>(() => transport.SendAsync(Mail, CancellationToken.None));

        Assert.False(rejected.Permanent);
        Assert.DoesNotContain(server.Heard, line => line.Contains("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_not_accepted()
    {
        await using var server = new SmtpServerDouble();
        // 127.0.0.2 is this machine too, and not in the certificate.
        var relay = RelayAsync(IPAddress.Parse("127.0.0.2"), server.Port);
        var transport = new SmtpTransport(new SmtpServer("127.0.0.2", server.Port, SmtpSecurity.StartTls, Credentials), Hub(), TimeProvider.System, Quick(), server.Trust());

        var rejected = await Assert.ThrowsAsync<MailRejectedException>(() => transport.SendAsync(Mail, CancellationToken.None));
        await relay;

        Assert.Contains("RemoteCertificateNameMismatch", rejected.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Heard, line => line.Contains("AUTH", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("hello there")]
    [InlineData("20")]
    [InlineData("250-a\r\n550 b")]
    [InlineData("2500 a")]
    [InlineData("999 a")]
    public async Task An_answer_that_is_not_smtp_is_not_guessed_at(string answer)
    {
        await using var server = new SmtpServerDouble { Answers = { ["MAIL"] = answer } };

        Assert.Contains("not SMTP", (await RejectedAsync(server, SmtpSecurity.StartTls)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endless_answers_are_cut_off()
    {
        await using var lines = new SmtpServerDouble { Answers = { ["MAIL"] = string.Concat(Enumerable.Repeat("250-more\r\n", 200)) } };
        await using var line = new SmtpServerDouble { Answers = { ["MAIL"] = "250 " + new string('x', 100_000) } };

        Assert.Contains("more than 100 lines", (await RejectedAsync(lines, SmtpSecurity.StartTls)).Message, StringComparison.Ordinal);
        Assert.Contains("longer than 2048", (await RejectedAsync(line, SmtpSecurity.StartTls)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_in_many_lines_and_without_text_is_understood()
    {
        await using var server = new SmtpServerDouble { Answers = { ["MAIL"] = "250-one\r\n250-\r\n250", ["CONNECT"] = "220-" + new string('x', 1500) + "\r\n220 go" } };

        await SendAsync(server, SmtpSecurity.StartTls);

        Assert.Single(server.Messages);
    }

    [Theory]
    [InlineData("pat@northside.example>\r\nRCPT TO:<eve@e.example", "s")]
    [InlineData("pat@northside.example", "s\r\n.\r\nMAIL FROM:<eve@e.example>")]
    public async Task An_injection_never_reaches_the_server(string to, string subject)
    {
        await using var server = new SmtpServerDouble();

        var rejected = await Assert.ThrowsAsync<MailRejectedException>(() => SendAsync(server, SmtpSecurity.StartTls, mail: Mail with { To = to, Subject = subject }));

        Assert.True(rejected.Permanent);
        Assert.Empty(server.Heard);
    }

    [Fact]
    public async Task No_server_at_all_is_worth_another_try()
    {
        int port;
        await using (var gone = new SmtpServerDouble())
        {
            port = gone.Port;
        }

        var transport = new SmtpTransport(new SmtpServer("127.0.0.1", port, SmtpSecurity.StartTls, null), Hub(), TimeProvider.System, Quick());

        Assert.False((await Assert.ThrowsAsync<MailRejectedException>(() => transport.SendAsync(Mail, CancellationToken.None))).Permanent);
    }

    private static async Task RelayAsync(IPAddress from, int port)
    {
        using var listener = new TcpListener(from, port);
        listener.Start();
        using var near = await listener.AcceptTcpClientAsync();
        using var far = new TcpClient();
        await far.ConnectAsync(IPAddress.Loopback, port);
        await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
    }

    private static Mailbox Hub() => Mailbox.TryParse("Hub <hub@hub.example>")!;

    private static SmtpTimeouts Quick() => new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));

    private static SmtpTransport Transport(SmtpServerDouble server, SmtpSecurity security, SmtpCredentials? credentials, SmtpTimeouts timeouts) =>
        new(new SmtpServer("127.0.0.1", server.Port, security, credentials), Hub(), TimeProvider.System, timeouts, server.Trust());

    private static Task SendAsync(SmtpServerDouble server, SmtpSecurity security, SmtpCredentials? credentials = null, OutgoingMail? mail = null) =>
        Transport(server, security, credentials, Quick()).SendAsync(mail ?? Mail, CancellationToken.None);

    private static Task<MailRejectedException> RejectedAsync(SmtpServerDouble server, SmtpSecurity security, SmtpCredentials? credentials = null)
    {
        var limit = TimeSpan.FromMilliseconds(server.SilentAt is null ? 5000 : 400);
        return Assert.ThrowsAsync<MailRejectedException>(() =>
            Transport(server, security, credentials, new SmtpTimeouts(limit, limit, limit)).SendAsync(Mail, CancellationToken.None));
    }
}
