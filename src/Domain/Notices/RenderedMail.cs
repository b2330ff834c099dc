namespace IdentityHub.Domain.Notices;

/// <summary>What a mail says.</summary>
/// <param name="Subject">One line.</param>
/// <param name="Text">Paragraphs with an empty line between them, LF line ends.</param>
/// <param name="Html">The same as a document of its own: nothing in it is fetched from anywhere.</param>
public sealed record RenderedMail(string Subject, string Text, string Html);

/// <summary>A template and its values do not go together. A bug: sending again would not mend it.</summary>
public sealed class MailTemplateException : Exception
{
    public MailTemplateException()
    {
    }

    /// <param name="message">Names template and placeholder, never a value.</param>
    public MailTemplateException(string message)
        : base(message)
    {
    }

    public MailTemplateException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
