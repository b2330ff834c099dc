namespace IdentityHub.Host.Mail;

/// <summary>A mail to one recipient.</summary>
/// <param name="To">One bare address, as <see cref="Mailbox.IsAddress"/> has it.</param>
/// <param name="Subject">1–1000 characters, no control characters; anything else is encoded as RFC 2047 says.</param>
/// <param name="TextBody">Plain text with any line ends, at most a million characters.</param>
/// <param name="MessageId"><c>left@right</c> with or without angle brackets, the same at every try; null for a random one.</param>
internal sealed record OutgoingMail(string To, string Subject, string TextBody, string? MessageId)
{
    /// <summary>The same as an HTML document; null for a mail of text alone.</summary>
    public string? HtmlBody { get; init; }

    /// <summary>Makes the Message-ID where none is given: letters and digits, the same at every try. Null or empty: random.</summary>
    public string? Id { get; init; }

    /// <summary>A pseudonym of the user whom it is about: sixteen hexadecimal digits; null when it is about none who could be erased.</summary>
    public string? About { get; init; }

    /// <summary>A pseudonym of the user who reads it, of the same form; null when that is none who could be erased.</summary>
    public string? For { get; init; }

    /// <summary>Tells nothing of the mail: it holds personal data and links that sign in.</summary>
    public override string ToString() => nameof(OutgoingMail);
}

/// <summary>Hands mail over to what delivers it.</summary>
internal interface IMailTransport
{
    /// <summary>Hands one mail over; having returned, the mail is no longer the caller's to keep.</summary>
    /// <exception cref="MailRejectedException">It was not taken; says whether to try again.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled; whether the mail was taken is then unknown.</exception>
    Task SendAsync(OutgoingMail mail, CancellationToken ct);
}

/// <summary>A mail was not taken.</summary>
/// <param name="message">Why, without recipient, content and credentials.</param>
/// <param name="permanent">This mail will never be taken, so there is no use in another try.</param>
/// <param name="cause">What lies beneath, if anything does.</param>
internal sealed class MailRejectedException(string message, bool permanent, Exception? cause = null) : Exception(message, cause)
{
    public bool Permanent { get; } = permanent;
}
