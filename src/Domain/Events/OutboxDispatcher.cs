using System.Collections.Concurrent;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityHub.Domain.Events;

/// <summary>Sends what the outbox holds: right after the commit that wrote it, again with growing pauses when it fails, and never one destination at another's cost.</summary>
/// <remarks>One loop does all that touches the database: each round writes how the attempts ended that did so meanwhile and takes what there is room for. The busier it is, the more a round carries.</remarks>
public sealed partial class OutboxDispatcher(
    IHubStore store, OutboxSignal signal, IEnumerable<IOutboxHandler> handlers, TimeProvider time, ILogger<OutboxDispatcher> logger) : BackgroundService
{
    private static readonly Actor Self = new Actor.Hub("outbox");
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    /// <summary>How often a lease is renewed while its attempt runs.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(800);

    private readonly Dictionary<string, IOutboxHandler> byKind = handlers.ToDictionary(handler => handler.Kind, StringComparer.Ordinal);
    private readonly ConcurrentQueue<(OutboxAttempt Attempt, Delivery? Outcome)> ended = new();
    private readonly ConcurrentDictionary<long, Task> running = new();
    private readonly List<OutboxChange> unwritten = [];
    private OutboxLanes? destinations;
    private DateTimeOffset heldAt;

    private OutboxLanes Lanes => destinations ??= new(byKind.ToDictionary(pair => pair.Key, pair => pair.Value.Policy, StringComparer.Ordinal));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var next = await RoundAsync(stoppingToken);
                await signal.WaitAsync(next, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                // What has ended is still to be written: nothing of it is lost but by the hub's end, and then it is sent once more.
                Log.RoundFailed(logger, fault);
                await Task.Delay(PollInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await Task.WhenAll(running.Values);
        await WriteLastAsync();
    }

    /// <returns>How long there is nothing to do.</returns>
    private async Task<TimeSpan> RoundAsync(CancellationToken stopping)
    {
        Settle();
        var mustHold = !running.IsEmpty && UntilHeld() <= TimeSpan.Zero;
        if (unwritten.Count == 0 && !mustHold)
        {
            var wait = await UntilNextAsync(stopping);
            if (wait > TimeSpan.Zero)
            {
                Lanes.Tidy(time.GetUtcNow());
                return !running.IsEmpty && UntilHeld() is var held && held < wait ? held : wait;
            }
        }

        var result = await store.WriteAsync(Self, transaction => RunAsync(transaction, mustHold), CancellationToken.None);
        unwritten.Clear();
        heldAt = mustHold || running.IsEmpty ? time.GetUtcNow() : heldAt;
        foreach (var (attempt, payload) in result)
        {
            Lanes.Take(attempt);
            running[attempt.Sequence] = Task.Run(() => AttemptAsync(attempt, payload, stopping), CancellationToken.None);
        }

        return TimeSpan.Zero;
    }

    private TimeSpan UntilHeld() => heldAt + Heartbeat - time.GetUtcNow();

    private async Task<List<(OutboxAttempt Attempt, byte[] Payload)>> RunAsync(HubTransaction transaction, bool mustHold)
    {
        OutboxRound.Write(transaction, unwritten);
        await OutboxRound.WriteDeliveredAsync(transaction, unwritten);
        if (mustHold)
        {
            await OutboxRound.HoldAsync(transaction, [.. Lanes.UnderWay]);
        }

        return await OutboxRound.TakeAsync(transaction, Lanes, [.. byKind.Keys]);
    }

    /// <summary>Reads, and writes nothing: a hub with nothing to send only looks now and then.</summary>
    private async Task<TimeSpan> UntilNextAsync(CancellationToken stopping)
    {
        var kinds = byKind.Keys.ToArray();
        var full = Lanes.Full();
        var underWay = Lanes.UnderWay.ToArray();
        var next = await store.ReadAsync(
            reader => reader.Db.Outbox.Where(row =>
                row.DeliveredAt == null && row.DeadAt == null && kinds.Contains(row.Kind) && !full.Contains(row.Kind + "|" + row.Destination) && !underWay.Contains(row.Sequence))
                .OrderBy(row => row.NextAttemptAt).Select(row => (DateTimeOffset?)row.NextAttemptAt).FirstOrDefaultAsync(),
            stopping);
        var wait = (next ?? DateTimeOffset.MaxValue) - time.GetUtcNow();

        // Up to a whole millisecond: a timer that fires a little early would find nothing due, over and over.
        return wait <= TimeSpan.Zero ? TimeSpan.Zero : wait < PollInterval ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)) : PollInterval;
    }

    private void Settle()
    {
        while (ended.TryDequeue(out var end))
        {
            running.TryRemove(end.Attempt.Sequence, out _);
            unwritten.AddRange(Lanes.Settle(end.Attempt, end.Outcome, time.GetUtcNow()));
        }
    }

    /// <summary>The hub ends: what was cut short is free for whoever serves next.</summary>
    private async Task WriteLastAsync()
    {
        Settle();
        if (unwritten.Count == 0)
        {
            return;
        }

        try
        {
            await store.WriteAsync(
                Self,
                async transaction =>
                {
                    OutboxRound.Write(transaction, unwritten);
                    await OutboxRound.WriteDeliveredAsync(transaction, unwritten);
                    return true;
                },
                CancellationToken.None);
        }
        catch (Exception fault)
        {
            Log.RoundFailed(logger, fault);
        }
    }

    private async Task AttemptAsync(OutboxAttempt attempt, byte[] payload, CancellationToken stopping)
    {
        ended.Enqueue((attempt, await SendAsync(attempt, payload, stopping)));
        signal.Set();
    }

    /// <returns>Null when the hub's end cut it short.</returns>
    private async Task<Delivery?> SendAsync(OutboxAttempt attempt, byte[] payload, CancellationToken stopping)
    {
        var handler = byKind[attempt.Kind];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(handler.Policy.AttemptTimeout);
        try
        {
            return await handler.SendAsync(payload, limit.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new Delivery.Failed("timed out");
        }
        catch (Exception fault)
        {
            Log.HandlerFailed(logger, attempt.Kind, attempt.Sequence, fault);
            return new Delivery.Failed(fault.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The outbox could not be read or written; trying again shortly.")]
        public static partial void RoundFailed(ILogger logger, Exception fault);

        [LoggerMessage(3, LogLevel.Warning, "The {Kind} handler failed on outbox message {Sequence}.")]
        public static partial void HandlerFailed(ILogger logger, string kind, long sequence, Exception fault);
    }
}
