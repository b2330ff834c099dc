using System.Text.Json;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Erasing;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Persistence;
using IdentityHub.Host.Mail;

namespace IdentityHub.Host.Erasing;

/// <summary>Has the files follow an erasure: the ledger says that it was made, mails that were written to disk go, and the database's log is folded. What was handed to a mail server is not the hub's any more.</summary>
internal sealed class ErasureHandler(ErasureLedger ledger, IMailTransport transport, IHubDatabase database, IHubStore store) : IOutboxHandler
{
    private static readonly Actor Self = new Actor.Hub("erasure");

    public string Kind => ErasureNotice.Kind;

    public async Task<Delivery> SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (JsonSerializer.Deserialize<ErasureNotice>(payload.Span) is not { } erasure)
        {
            return new Delivery.Refused("the erasure cannot be read");
        }

        try
        {
            var position = erasure.Mark is { } mark ? await ledger.AppendAsync(mark, erasure.At, cancellationToken) : 0;
            if (erasure.About is { Length: > 0 } about)
            {
                (transport as PickupTransport)?.Erase(about);
            }

            await database.ForgetDeletedAsync(cancellationToken);
            return await store.WriteAsync(Self, transaction => RecordAsync(transaction, erasure, position), cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Delivery.Failed("a file cannot be written or deleted");
        }
    }

    private static async Task<Delivery> RecordAsync(HubTransaction transaction, ErasureNotice erasure, long position)
    {
        await LedgerPosition.MoveToAsync(transaction, position);
        if (erasure.Id is { } id)
        {
            Erasures.RecordBytesGone(transaction, id);
        }

        return new Delivery.Delivered();
    }
}
