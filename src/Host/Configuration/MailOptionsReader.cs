using IdentityHub.Host.Mail;

namespace IdentityHub.Host.Configuration;

/// <summary>Reads the section <c>Hub:Mail</c>.</summary>
internal static class MailOptionsReader
{
    private enum Mode
    {
        Pickup,
        Smtp,
    }

    /// <param name="values">Where the values come from and the faults go.</param>
    /// <param name="issuer">Gives the domain of the default sender, which only the pickup directory may have.</param>
    /// <param name="dataDirectory">Holds the pickup directory, <c>mail</c>.</param>
    public static MailOptions Read(HubValues values, string issuer, string dataDirectory)
    {
        var mode = values.Choice(HubKeys.MailMode, Mode.Pickup);
        var from = From(values, isRequired: mode == Mode.Smtp) ?? DefaultFrom(issuer);
        var server = Server(values, isRequired: mode == Mode.Smtp);
        return mode == Mode.Smtp ? new MailOptions.Smtp(from, server) : new MailOptions.Pickup(from, Path.Combine(dataDirectory, "mail"));
    }

    private static Mailbox? From(HubValues values, bool isRequired)
    {
        if (Required(values, HubKeys.SmtpFrom, isRequired, "Write the sender's address, for example no-reply@example.com.") is not { } text)
        {
            return null;
        }

        var from = Mailbox.TryParse(text);
        if (from is null)
        {
            values.Fault(HubKeys.SmtpFrom, $"{Shown.Quoted(text)} is not a mail address.", "Write no-reply@example.com or Example <no-reply@example.com>.");
        }

        return from;
    }

    private static Mailbox DefaultFrom(string issuer)
    {
        var host = Uri.TryCreate(issuer, UriKind.Absolute, out var uri) && uri.HostNameType == UriHostNameType.Dns ? uri.IdnHost : "localhost";
        return Mailbox.TryParse($"IdentityHub <no-reply@{host}>") ?? Mailbox.TryParse("IdentityHub <no-reply@localhost>")!;
    }

    // The keys are read in either mode: what is wrong now would be found only on the day of the change.
    private static SmtpServer Server(HubValues values, bool isRequired)
    {
        var host = Required(values, HubKeys.SmtpHost, isRequired, "Write the mail server's name, for example smtp.example.com.");
        if (host is not null && Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            values.Fault(HubKeys.SmtpHost, "It is not a host name or an address.", "Write the name alone, without scheme and port, for example smtp.example.com.");
        }

        var security = values.Choice(HubKeys.SmtpSecurity, SmtpSecurity.StartTls);
        var usualPort = security switch { SmtpSecurity.Tls => 465, SmtpSecurity.None => 25, _ => 587 };
        var port = values.Number(HubKeys.SmtpPort, usualPort, 1, 65535);
        return new SmtpServer(host ?? "localhost", port, security, Credentials(values, security));
    }

    private static SmtpCredentials? Credentials(HubValues values, SmtpSecurity security)
    {
        var userName = WithoutControls(values, HubKeys.SmtpUserName);
        var password = WithoutControls(values, HubKeys.SmtpPassword);
        if (userName is null && password is null)
        {
            return null;
        }

        if (userName is null || password is null)
        {
            var missing = userName is null ? HubKeys.SmtpUserName : HubKeys.SmtpPassword;
            if (!values.Faults.Any(f => f.Key == missing))
            {
                values.Fault(missing, "It is not given, and the other half of the sign-in to the mail server is.", "Give both UserName and Password, or neither.");
            }

            return null;
        }

        if (security == SmtpSecurity.None)
        {
            values.Fault(HubKeys.SmtpSecurity, "With None the password would cross the network in the clear.", "Write StartTls or Tls, or remove UserName and Password.");
        }

        return new SmtpCredentials(userName, password);
    }

    // RFC 4616 §2 ends each part with a NUL; nothing else below a space belongs in a name or password either.
    private static string? WithoutControls(HubValues values, string key)
    {
        var text = values.Text(key);
        if (text is null || !text.Any(char.IsControl))
        {
            return text;
        }

        values.Fault(key, "It holds a control character.", "Remove line breaks and other control characters.");
        return null;
    }

    private static string? Required(HubValues values, string key, bool isRequired, string mend)
    {
        var before = values.Faults.Count;
        var text = values.Text(key);
        if (text is null && isRequired && values.Faults.Count == before)
        {
            values.Fault(key, $"It is not given, and {HubKeys.MailMode} is Smtp.", mend);
        }

        return text;
    }
}
