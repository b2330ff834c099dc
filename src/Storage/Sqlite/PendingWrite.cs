using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Storage.Sqlite;

/// <summary>A transaction's work that waits for its turn on the writer's thread.</summary>
internal interface IPendingWrite
{
    Actor Actor { get; }

    /// <summary>Takes the turn. False when the caller has given up waiting for it.</summary>
    bool TryBegin();

    void Run(HubTransaction transaction);

    /// <summary>Remembers that the work itself failed; the caller hears once the batch is durable.</summary>
    void FailedWith(Exception cause);

    /// <summary>Answers the caller.</summary>
    void Settle();

    /// <summary>Answers the caller that the whole batch is lost.</summary>
    void Lose(Exception cause);
}

/// <remarks>It is its caller's task as well: one object less per write.</remarks>
internal sealed class PendingWrite<T>(Actor actor, Func<HubTransaction, Task<T>> work)
    : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously), IPendingWrite
{
    private const int Waiting = 0;
    private const int Begun = 1;
    private const int GivenUp = 2;

    private int state;
    private CancellationTokenRegistration registration;
    private T? result;
    private Exception? failure;

    public Actor Actor => actor;

    public void GiveUpOn(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            registration = cancellationToken.UnsafeRegister(static (self, token) => ((PendingWrite<T>)self!).GiveUp(token), this);
        }
    }

    public bool TryBegin()
    {
        // Not disposed of: that would wait for a callback that is just running.
        registration.Unregister();
        return Interlocked.CompareExchange(ref state, Begun, Waiting) == Waiting;
    }

    /// <remarks>SQLite is synchronous, so the task is complete when the work returns. Should the work have awaited something else,
    /// the writer waits for it: its transaction is open and nobody else may write.</remarks>
    public void Run(HubTransaction transaction) => result = transaction.RunAsync(work).GetAwaiter().GetResult();

    public void FailedWith(Exception cause) => failure = cause;

    public void Settle()
    {
        if (Volatile.Read(ref state) != Begun)
        {
            return;
        }

        if (failure is null)
        {
            SetResult(result!);
        }
        else
        {
            SetException(failure);
        }
    }

    public void Lose(Exception cause)
    {
        registration.Unregister();

        // Work that failed by itself hears its own reason; nothing of it would have been kept anyway.
        TrySetException(failure ?? new StoreFailedException(cause));
    }

    private void GiveUp(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref state, GivenUp, Waiting) == Waiting)
        {
            TrySetCanceled(cancellationToken);
        }
    }
}
