using IdentityHub.Domain.Persistence;

namespace IdentityHub.Storage.Sqlite;

/// <summary>What the writer finds at the head of the line.</summary>
internal enum Turn
{
    Work,

    /// <summary>Nothing came in time, or somebody asks for a folding.</summary>
    Idle,

    /// <summary>Nothing is left, and nothing more will come.</summary>
    Closed,
}

/// <summary>The bounded line in front of the writer. Many put in, the one writer takes all that has gathered.</summary>
/// <remarks>A monitor and not a channel: the writer is a thread that blocks, and it wakes without a task or a thread-pool hop between.</remarks>
internal sealed class WriteQueue(int capacity)
{
    private readonly Queue<IPendingWrite> waiting = [];
    private readonly List<TaskCompletionSource> folding = [];
    private bool closed;

    /// <exception cref="StoreBusyException">The line is full.</exception>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public void Add(IPendingWrite write)
    {
        lock (waiting)
        {
            ObjectDisposedException.ThrowIf(closed, typeof(SqliteStore));
            if (waiting.Count >= capacity)
            {
                throw new StoreBusyException();
            }

            waiting.Enqueue(write);
            Monitor.Pulse(waiting);
        }
    }

    /// <summary>Asks the writer to fold the log, however busy it is.</summary>
    /// <param name="folded">Completed when everything that was committed before stands in the database file alone.</param>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public void AskToFold(TaskCompletionSource folded)
    {
        lock (waiting)
        {
            ObjectDisposedException.ThrowIf(closed, typeof(SqliteStore));
            folding.Add(folded);
            Monitor.Pulse(waiting);
        }
    }

    /// <returns>Who asked for a folding since this was last called.</returns>
    public IReadOnlyList<TaskCompletionSource> TakeFolders()
    {
        lock (waiting)
        {
            TaskCompletionSource[] taken = [.. folding];
            folding.Clear();
            return taken;
        }
    }

    /// <summary>Blocks until there is something, and moves up to <paramref name="most"/> into <paramref name="batch"/>.</summary>
    /// <param name="batch">Empty; filled in the order of arrival.</param>
    /// <param name="most">How many to take at once.</param>
    /// <param name="patience">How long to wait for the first.</param>
    public Turn Take(List<IPendingWrite> batch, int most, TimeSpan patience)
    {
        lock (waiting)
        {
            while (waiting.Count == 0)
            {
                if (closed)
                {
                    return Turn.Closed;
                }

                if (folding.Count > 0)
                {
                    return Turn.Idle;
                }

                if (!Monitor.Wait(waiting, patience) && waiting.Count == 0)
                {
                    return Turn.Idle;
                }
            }

            while (batch.Count < most && waiting.TryDequeue(out var write))
            {
                batch.Add(write);
            }

            return Turn.Work;
        }
    }

    /// <summary>Lets nothing more in; what waits is still taken.</summary>
    public void Close()
    {
        lock (waiting)
        {
            closed = true;
            Monitor.PulseAll(waiting);
        }
    }
}
