namespace IdentityHub.Storage.Sqlite;

/// <summary>The connections that only read: opened when first needed, the most recently used handed out first.</summary>
internal sealed class ReaderPool(SqliteConnections connections, int size) : IDisposable
{
    private static readonly TimeSpan PatienceAtEnd = TimeSpan.FromSeconds(5);

#pragma warning disable CA2213 // Stays usable at the end: whoever still waits for a turn must learn that the store is closed.
    private readonly SemaphoreSlim turns = new(size, size);
#pragma warning restore CA2213
    private readonly Stack<SqliteLane> idle = new(size);
    private volatile bool closed;

    public async ValueTask<SqliteLane> RentAsync(CancellationToken cancellationToken)
    {
        // Asked before the wait as well: closing keeps the turns until the last reading has ended.
        ObjectDisposedException.ThrowIf(closed, typeof(SqliteStore));
        await turns.WaitAsync(cancellationToken);
        try
        {
            lock (idle)
            {
                ObjectDisposedException.ThrowIf(closed, typeof(SqliteStore));
                if (idle.TryPop(out var lane))
                {
                    return lane;
                }
            }

            return connections.OpenReader();
        }
        catch
        {
            turns.Release();
            throw;
        }
    }

    /// <param name="lane">What was rented.</param>
    /// <param name="sound">False when the database failed on it: then it is closed, and another opened when needed.</param>
    public void Return(SqliteLane lane, bool sound)
    {
        // A transaction that a reading left open would pin its snapshot: the next one would read the past.
        var reusable = sound && !lane.InTransaction;
        lock (idle)
        {
            reusable &= !closed;
            if (reusable)
            {
                idle.Push(lane);
            }
        }

        if (!reusable)
        {
            lane.Dispose();
        }

        turns.Release();
    }

    /// <summary>Closes every connection, those in use when their reading ends, for which it waits a moment.</summary>
    public void Dispose()
    {
        lock (idle)
        {
            if (closed)
            {
                return;
            }

            closed = true;
        }

        for (var taken = 0; taken < size && turns.Wait(PatienceAtEnd); taken++)
        {
        }

        while (idle.TryPop(out var lane))
        {
            lane.Dispose();
        }

        // Whoever waits is let in, one after the other, and turned away there.
        turns.Release();
    }
}
