using System.Text.Json;
using IdentityHub.Domain.Events;

namespace IdentityHub.Host.Mail;

/// <summary>Sends the outbox's mails.</summary>
internal sealed class MailHandler(IMailTransport transport) : IOutboxHandler
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
            await transport.SendAsync(new(mail.To, mail.Subject, mail.Text, null) { About = mail.About }, cancellationToken);
            return new Delivery.Delivered();
        }
        catch (MailRejectedException fault)
        {
            return fault.Permanent ? new Delivery.Refused(fault.Message) : new Delivery.Failed(fault.Message);
        }
    }
}
