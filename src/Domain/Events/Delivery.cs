namespace IdentityHub.Domain.Events;

/// <summary>What came of sending a message.</summary>
public abstract record Delivery
{
    private Delivery() { }

    public sealed record Delivered : Delivery;

    /// <summary>Worth another try later.</summary>
    public sealed record Failed(string Why) : Delivery
    {
        /// <summary>How long whoever was to receive it asked to be left alone; null where they said nothing.</summary>
        public TimeSpan? RetryAfter { get; init; }
    }

    /// <summary>Never worth another try by itself.</summary>
    public sealed record Refused(string Why) : Delivery;
}

/// <summary>How the messages of a kind are sent.</summary>
/// <param name="AtOnce">How many are on their way to one destination at the same time.</param>
/// <param name="AttemptTimeout">How long one attempt may take.</param>
/// <param name="SharesOutage">Whether a message that fails says that its destination is down: the others then wait until one comes through, and go at once when it does.</param>
public sealed record DeliveryPolicy(int AtOnce, TimeSpan AttemptTimeout, bool SharesOutage)
{
    /// <summary>For what has an order, or a receiver behind the destination that may fail alone.</summary>
    public static readonly DeliveryPolicy OneAfterTheOther = new(1, TimeSpan.FromSeconds(10), SharesOutage: false);

    /// <summary>For what apps are told: quickly, or not now.</summary>
    public static readonly DeliveryPolicy ToApps = new(32, TimeSpan.FromSeconds(3), SharesOutage: true);
}

/// <summary>Sends one kind of outbox message. A network seam: mail, back-channel logout.</summary>
public interface IOutboxHandler
{
    string Kind { get; }

    DeliveryPolicy Policy => DeliveryPolicy.OneAfterTheOther;

    /// <param name="payload">The message as JSON, as it was queued.</param>
    /// <param name="cancellationToken">The attempt's time limit and the hub's end.</param>
    Task<Delivery> SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);
}
