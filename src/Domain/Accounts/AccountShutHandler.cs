using System.Text.Json;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Accounts;

/// <summary>Queues the notices to apps that an account was shut, a bite of its members at a time, so that requests get their turn in between.</summary>
public sealed class AccountShutHandler(IHubStore store) : IOutboxHandler
{
    private static readonly Actor Self = new Actor.Hub("account shut");

    public string Kind => AccountShut.Kind;

    public async Task<Delivery> SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (JsonSerializer.Deserialize<AccountShut>(payload.Span) is not { } shut)
        {
            return new Delivery.Refused("unreadable");
        }

        // Begun anew when it was cut short: whoever was told has nothing left to be told about.
        for (var after = ""; after is not null;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var from = after;
            after = await store.WriteAsync(Self, transaction => shut.TellNextAsync(transaction, from), cancellationToken);
        }

        return new Delivery.Delivered();
    }
}
