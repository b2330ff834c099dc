using System.Text.Json;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Notices;
using IdentityHub.Host.Configuration;

namespace IdentityHub.Host.Mail;

/// <summary>Sends the outbox's mails.</summary>
internal sealed class MailHandler(IMailTransport transport, HubOptions options) : IOutboxHandler
{
    public string Kind => Domain.Notices.Mail.Kind;

    public async Task<Delivery> SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (JsonSerializer.Deserialize<Domain.Notices.Mail>(payload.Span) is not { } mail)
        {
            return new Delivery.Refused("the mail cannot be read");
        }

        try
        {
            var said = MailTemplates.Render(mail, options.Issuer);
            await transport.SendAsync(new(mail.To, said.Subject, said.Text, null) { HtmlBody = said.Html, Id = mail.Id, About = mail.About, For = mail.For }, cancellationToken);
            return new Delivery.Delivered();
        }
        catch (MailTemplateException fault)
        {
            // A bug: another try would end the same way, and nothing of the mail is sent half filled.
            return new Delivery.Refused(fault.Message);
        }
        catch (MailRejectedException fault)
        {
            return fault.Permanent ? new Delivery.Refused(fault.Message) : new Delivery.Failed(fault.Message);
        }
    }
}
