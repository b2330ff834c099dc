namespace IdentityHub.Domain.Events;

/// <summary>Wakes the outbox's dispatcher when a commit left it something to send. For one waiter; signals that come while it is busy become one.</summary>
public sealed class OutboxSignal(TimeProvider time)
{
    private TaskCompletionSource signal = New();
    private TaskCompletionSource polled = New();

    /// <summary>Wakes the waiter, or lets its next wait return at once.</summary>
    public void Set() => Volatile.Read(ref signal).TrySetResult();

    /// <summary>Waits for a signal, and takes it.</summary>
    /// <returns>False when <paramref name="timeout"/> passed without one.</returns>
    public async Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var current = Volatile.Read(ref signal);
        await current.Task.WaitAsync(timeout, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!current.Task.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }

        // Taken before the waiter looks for rows: whatever is signalled from here on is a signal of its own.
        Interlocked.CompareExchange(ref signal, New(), current);
        return true;
    }

    /// <summary>The next commit that leaves events to be fetched. For any number of waiters; asked for before they look, so that none is missed.</summary>
    public Task NextPolled => Volatile.Read(ref polled).Task;

    /// <summary>Wakes everyone who waits for events to fetch.</summary>
    public void SetPolled() => Interlocked.Exchange(ref polled, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
