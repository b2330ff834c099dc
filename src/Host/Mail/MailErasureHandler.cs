using System.Text.Json;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Notices;

namespace IdentityHub.Host.Mail;

/// <summary>Has the mails about and to an erased user go from the pickup directory. What was handed to a mail server is not the hub's any more.</summary>
internal sealed class MailErasureHandler(IMailTransport transport) : IOutboxHandler
{
    public string Kind => MailErasure.Kind;

    public Task<Delivery> SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (JsonSerializer.Deserialize<MailErasure>(payload.Span) is not { About.Length: > 0 } erasure)
        {
            return Task.FromResult<Delivery>(new Delivery.Refused("the erasure cannot be read"));
        }

        try
        {
            (transport as PickupTransport)?.Erase(erasure.About);
            return Task.FromResult<Delivery>(new Delivery.Delivered());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult<Delivery>(new Delivery.Failed("a mail cannot be deleted"));
        }
    }
}
