using System.Security.Cryptography.X509Certificates;
using System.Text;
using IdentityHub.Host.Configuration;

namespace IdentityHub.Host.Mail.Smtp;

/// <summary>Hands each mail to a mail server over a connection of its own (RFC 5321).</summary>
/// <param name="server">Where, how protected, and as whom.</param>
/// <param name="from">The sender of every mail.</param>
/// <param name="time">Gives the date and the timeouts.</param>
/// <param name="timeouts">Null: <see cref="SmtpTimeouts.Default"/>.</param>
/// <param name="trust">Which certificate authorities count; null: those of the machine.</param>
/// <remarks>
/// Permanent is a 5xx to MAIL, RCPT or DATA or at the end of the message: those speak of the mail. A 5xx to the greeting, EHLO, STARTTLS or AUTH speaks
/// of the server or of our settings, which may be mended while the mail waits, so it is transient like 4xx, timeouts and broken connections.
/// </remarks>
internal sealed class SmtpTransport(SmtpServer server, Mailbox from, TimeProvider time, SmtpTimeouts? timeouts = null, X509ChainPolicy? trust = null)
    : IMailTransport
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);
    private readonly SmtpTimeouts limits = timeouts ?? SmtpTimeouts.Default;

    /// <inheritdoc/>
    public async Task SendAsync(OutgoingMail mail, CancellationToken ct)
    {
        var message = MimeMessage.Build(from, mail, time.GetUtcNow());
        await using var connection = await SmtpConnection.ConnectAsync(server.Host, server.Port, limits.Connect, time, ct);
        var offered = await OpenAsync(connection, ct);
        if (server.Credentials is { } credentials)
        {
            await SignInAsync(connection, credentials, offered, ct);
        }

        await DeliverAsync(connection, mail.To, message, ct);
        await QuitAsync(connection, ct);
    }

    /// <summary>Greeting, EHLO and TLS.</summary>
    /// <returns>The answer to the last EHLO: what was offered before TLS is forgotten (RFC 3207 §4.2).</returns>
    private async Task<SmtpReply> OpenAsync(SmtpConnection connection, CancellationToken ct)
    {
        if (server.Security == SmtpSecurity.Tls)
        {
            await connection.SecureAsync(server.Host, trust, limits.Connect, ct);
        }

        Expect(await connection.ReplyAsync(limits.Command, ct), "the connection");
        var offered = await HelloAsync(connection, ct);
        if (server.Security != SmtpSecurity.StartTls)
        {
            return offered;
        }

        if (offered.Extension("STARTTLS") is null)
        {
            throw new MailRejectedException("The mail server does not offer STARTTLS, and without it nothing is sent.", permanent: false);
        }

        Expect(await connection.CommandAsync("STARTTLS", limits.Command, ct), "STARTTLS");
        await connection.SecureAsync(server.Host, trust, limits.Connect, ct);
        return await HelloAsync(connection, ct);
    }

    private async Task<SmtpReply> HelloAsync(SmtpConnection connection, CancellationToken ct)
    {
        var reply = await connection.CommandAsync($"EHLO {connection.LocalAddressLiteral}", limits.Command, ct);
        Expect(reply, "EHLO");
        return reply;
    }

    private async Task SignInAsync(SmtpConnection connection, SmtpCredentials credentials, SmtpReply offered, CancellationToken ct)
    {
        if (!connection.IsSecure)
        {
            throw new MailRejectedException("The password is not sent to a mail server without TLS.", permanent: false);
        }

        var mechanisms = (offered.Extension("AUTH") ?? "").Split(' ');
        SmtpReply reply;
        if (mechanisms.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            reply = await connection.CommandAsync($"AUTH PLAIN {Base64($"\0{credentials.UserName}\0{credentials.Password}")}", limits.Command, ct);
        }
        else if (mechanisms.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
        {
            reply = await LoginAsync(connection, credentials, ct);
        }
        else
        {
            throw new MailRejectedException("The mail server offers neither AUTH PLAIN nor AUTH LOGIN.", permanent: false);
        }

        // The text is left out: a server may repeat what it was sent.
        if (!reply.IsPositive)
        {
            throw new MailRejectedException($"The mail server refused the sign-in ({reply.Code}).", permanent: false);
        }
    }

    private async Task<SmtpReply> LoginAsync(SmtpConnection connection, SmtpCredentials credentials, CancellationToken ct)
    {
        var reply = await connection.CommandAsync("AUTH LOGIN", limits.Command, ct);
        foreach (var answer in new[] { credentials.UserName, credentials.Password })
        {
            if (reply.Code != 334)
            {
                break;
            }

            reply = await connection.CommandAsync(Base64(answer), limits.Command, ct);
        }

        return reply;
    }

    private async Task DeliverAsync(SmtpConnection connection, string to, byte[] message, CancellationToken ct)
    {
        ExpectForMail(await connection.CommandAsync($"MAIL FROM:<{from.Address}>", limits.Command, ct), "the sender");
        ExpectForMail(await connection.CommandAsync($"RCPT TO:<{to}>", limits.Command, ct), "the recipient");
        var go = await connection.CommandAsync("DATA", limits.Command, ct);
        if (go.Code != 354)
        {
            throw Refused(go.Status, "the message", go.IsPermanentFailure);
        }

        await connection.WriteAsync(DotStuffing.Apply(message), limits.Delivery, ct);
        ExpectForMail(await connection.ReplyAsync(limits.Delivery, ct), "the message");
    }

    private static async Task QuitAsync(SmtpConnection connection, CancellationToken ct)
    {
        try
        {
            await connection.CommandAsync("QUIT", Farewell, ct);
        }
        catch (Exception e) when (e is MailRejectedException or OperationCanceledException)
        {
            // The server has taken the mail: how it says goodbye changes nothing, and an error here would have the mail sent twice.
        }
    }

    private static void Expect(SmtpReply reply, string what)
    {
        if (!reply.IsPositive)
        {
            throw Refused(reply.Shown, what, permanent: false);
        }
    }

    private static void ExpectForMail(SmtpReply reply, string what)
    {
        if (!reply.IsPositive)
        {
            throw Refused(reply.Status, what, reply.IsPermanentFailure);
        }
    }

    private static MailRejectedException Refused(string reply, string what, bool permanent) =>
        new($"The mail server refused {what} ({reply}).", permanent);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
