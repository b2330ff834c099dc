using System.Collections.Concurrent;
using System.Security.Cryptography;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.Domain.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityHub.Domain.Events;

/// <summary>What came of sending a message.</summary>
public abstract record Delivery
{
    private Delivery() { }

    public sealed record Delivered : Delivery;

    /// <summary>Worth another try later.</summary>
    public sealed record Failed(string Why) : Delivery;

    /// <summary>Never worth another try.</summary>
    public sealed record Refused(string Why) : Delivery;
}

/// <summary>Sends one kind of outbox message. A network seam: mail, back-channel logout.</summary>
public interface IOutboxHandler
{
    string Kind { get; }

    /// <param name="payload">The message as JSON, as it was queued.</param>
    /// <param name="cancellationToken">The attempt's time limit and the hub's end.</param>
    Task<Delivery> SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);
}

/// <summary>Sends what the outbox holds: right after the commit that wrote it, again with growing pauses when it fails, and never one destination at another's cost.</summary>
public sealed partial class OutboxDispatcher(
    IHubStore store, OutboxSignal signal, IEnumerable<IOutboxHandler> handlers, TimeProvider time, ILogger<OutboxDispatcher> logger) : BackgroundService
{
    private const int BatchSize = 256;
    private static readonly Actor Self = new Actor.Hub("outbox");
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long a node may take over an attempt before another repeats it.</summary>
    private static readonly TimeSpan Lease = AttemptTimeout + TimeSpan.FromSeconds(5);

    /// <summary>The pause after each failure; the last repeats until <see cref="GiveUpAfter"/>.</summary>
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2),
        TimeSpan.FromMinutes(10), TimeSpan.FromHours(1),
    ];

    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(24);

    private readonly Dictionary<string, IOutboxHandler> byKind = handlers.ToDictionary(handler => handler.Kind, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> busy = new(StringComparer.Ordinal);

    private sealed record Due(long Sequence, string Kind, string Destination, byte[] Payload, int Attempts, DateTimeOffset CreatedAt);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var next = await DispatchAsync(stoppingToken);
                await signal.WaitAsync(next, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                Log.RoundFailed(logger, fault);
                await Task.Delay(PollInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await Task.WhenAll(busy.Values);
    }

    /// <summary>Starts sending what is due, one destination beside the other.</summary>
    /// <returns>How long nothing else is due.</returns>
    private async Task<TimeSpan> DispatchAsync(CancellationToken stopping)
    {
        // What is on its way to a destination goes first: leased again meanwhile, its messages would be sent twice.
        var occupied = busy.Keys.ToArray();
        var due = await store.WriteAsync(Self, transaction => LeaseDueAsync(transaction, occupied), stopping);
        foreach (var destination in due.GroupBy(message => message.Kind + "|" + message.Destination))
        {
            var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            busy[destination.Key] = finished.Task;
            _ = SendInOrderAsync(destination.Key, [.. destination], finished, stopping);
        }

        var kinds = byKind.Keys.ToArray();
        var next = await store.ReadAsync(
            reader => reader.Db.Outbox.Where(row => row.DeliveredAt == null && row.DeadAt == null && kinds.Contains(row.Kind) && !occupied.Contains(row.Kind + "|" + row.Destination)).MinAsync(row => (DateTimeOffset?)row.NextAttemptAt),
            stopping);
        var wait = (next ?? DateTimeOffset.MaxValue) - time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait < PollInterval ? wait : PollInterval;
    }

    /// <summary>Takes what this process can send: one that serves only a part of the hub leaves the rest to others.</summary>
    private async Task<List<Due>> LeaseDueAsync(HubTransaction transaction, string[] occupied)
    {
        var kinds = byKind.Keys.ToArray();
        var rows = await transaction.Db.Outbox
            .Where(row => row.DeliveredAt == null && row.DeadAt == null && row.NextAttemptAt <= transaction.Now && kinds.Contains(row.Kind)
                && !occupied.Contains(row.Kind + "|" + row.Destination))
            .OrderBy(row => row.NextAttemptAt).Take(BatchSize).ToListAsync();
        foreach (var row in rows)
        {
            row.NextAttemptAt = transaction.Now + Lease;
            row.Attempts++;
        }

        await transaction.Db.SaveChangesAsync();
        return [.. rows.Select(row => new Due(row.Sequence, row.Kind, row.Destination, transaction.Sealer.Open("outbox", row.Kind, row.SealedPayload ?? []) ?? [], row.Attempts, row.CreatedAt))];
    }

    private async Task SendInOrderAsync(string destination, List<Due> messages, TaskCompletionSource finished, CancellationToken stopping)
    {
        await Task.Yield();
        foreach (var message in messages)
        {
            try
            {
                if (!await store.WriteAsync(Self, transaction => RenewAsync(transaction, message.Sequence), stopping))
                {
                    continue;
                }

                var outcome = await SendAsync(message, stopping);
                await store.WriteAsync(Self, transaction => RecordAsync(transaction, message, outcome), CancellationToken.None);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                // The lease runs out and the message is tried again.
                Log.RecordFailed(logger, message.Sequence, fault);
            }
        }

        busy.TryRemove(destination, out _);
        finished.SetResult();
        signal.Set();
    }

    /// <summary>Starts the lease anew when the message's turn has come.</summary>
    /// <returns>False when it was delivered, given up or deleted meanwhile.</returns>
    private static async Task<bool> RenewAsync(HubTransaction transaction, long sequence) =>
        await transaction.Db.Outbox.Where(row => row.Sequence == sequence && row.DeliveredAt == null && row.DeadAt == null)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.NextAttemptAt, transaction.Now + Lease)) == 1;

    private async Task<Delivery> SendAsync(Due message, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(AttemptTimeout);
        try
        {
            return await byKind[message.Kind].SendAsync(message.Payload, limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new Delivery.Failed("timed out");
        }
        catch (Exception fault)
        {
            Log.HandlerFailed(logger, message.Kind, message.Sequence, fault);
            return new Delivery.Failed(fault.GetType().Name);
        }
    }

    private static async Task<bool> RecordAsync(HubTransaction transaction, Due message, Delivery outcome)
    {
        if (await transaction.Db.Outbox.SingleOrDefaultAsync(row => row.Sequence == message.Sequence) is not { } row)
        {
            return false;
        }

        switch (outcome)
        {
            case Delivery.Delivered:
                row.DeliveredAt = transaction.Now;
                row.SealedPayload = null;
                break;
            case Delivery.Refused refused:
                row.DeadAt = transaction.Now;
                row.LastError = refused.Why;
                row.SealedPayload = null;
                break;
            case Delivery.Failed failed when transaction.Now - message.CreatedAt >= GiveUpAfter:
                row.DeadAt = transaction.Now;
                row.LastError = failed.Why;
                row.SealedPayload = MayBeSentLater(row) ? row.SealedPayload : null;
                break;
            case Delivery.Failed failed:
                row.NextAttemptAt = transaction.Now + Spread(Pauses[Math.Min(message.Attempts, Pauses.Length) - 1]);
                row.LastError = failed.Why;
                break;
        }

        await transaction.Db.SaveChangesAsync();
        return true;
    }

    /// <summary>What goes when its user goes may wait for the operator to send it again, and so may what names nobody but by <c>sub</c>. A last notice names somebody who is gone.</summary>
    private static bool MayBeSentLater(OutboxMessage row) => row.UserId is not null || row.Kind is LogoutNotices.Kind or SecurityEvent.Kind;

    /// <summary>Up to a fifth more or less, so that what failed together does not return together.</summary>
    private static TimeSpan Spread(TimeSpan pause) => pause * (0.8 + (RandomNumberGenerator.GetInt32(0, 401) / 1000.0));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The outbox could not be read; trying again shortly.")]
        public static partial void RoundFailed(ILogger logger, Exception fault);

        [LoggerMessage(2, LogLevel.Warning, "The outcome of outbox message {Sequence} could not be recorded; it will be sent again.")]
        public static partial void RecordFailed(ILogger logger, long sequence, Exception fault);

        [LoggerMessage(3, LogLevel.Warning, "The {Kind} handler failed on outbox message {Sequence}.")]
        public static partial void HandlerFailed(ILogger logger, string kind, long sequence, Exception fault);
    }
}
