using Microsoft.Extensions.Logging;

namespace IdentityHub.Storage.Sqlite;

/// <summary>The one thread that writes and checkpoints: it takes what has gathered in the queue, has it committed, and folds the log when it is quiet.</summary>
internal sealed partial class SqliteWriter
{
    /// <summary>The most that share a commit: beyond this the wait of the first costs more than the shared sync saves.</summary>
    private const int LargestBatch = 128;

    private static readonly TimeSpan QuietBeforeFolding = TimeSpan.FromSeconds(1);

    private readonly WriteQueue queue;
    private readonly WriteBatches batches;
    private readonly ReaderPool readers;
    private readonly ILogger logger;
    private readonly Thread thread;

    /// <param name="queue">What to write; closing it ends the thread once it is empty.</param>
    /// <param name="batches">Commits it. Belongs to the thread, which closes it at its end.</param>
    /// <param name="readers">Closed at the end before the writing connection, so that this is the last one and leaves no log behind.</param>
    /// <param name="logger">Hears when closing fails.</param>
    public SqliteWriter(WriteQueue queue, WriteBatches batches, ReaderPool readers, ILogger logger)
    {
        this.queue = queue;
        this.batches = batches;
        this.readers = readers;
        this.logger = logger;
        thread = new(Loop) { Name = "hub writer", IsBackground = true };
        thread.UnsafeStart();
    }

    /// <summary>Whether the caller runs on the writer's thread, where waiting for another write would wait for ever.</summary>
    public bool IsCurrent => Thread.CurrentThread == thread;

    public void Join() => thread.Join();

    private void Loop()
    {
        var batch = new List<IPendingWrite>(LargestBatch);
        var unfolded = true;
        for (var turn = Turn.Work; turn != Turn.Closed;)
        {
            turn = queue.Take(batch, LargestBatch, unfolded ? QuietBeforeFolding : Timeout.InfiniteTimeSpan);
            if (turn == Turn.Work)
            {
                batches.Run(batch);
                batch.Clear();
                unfolded = true;
            }
            else if (turn == Turn.Idle)
            {
                unfolded = !batches.TryFoldLog();
            }
        }

        Close();
    }

    private void Close()
    {
        try
        {
            readers.Dispose();
            batches.Dispose();
        }
        catch (Exception failure)
        {
            // Everything is answered and durable; an exception that left this thread would end the process.
            NotClosed(logger, failure);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The database did not close cleanly")]
    private static partial void NotClosed(ILogger logger, Exception exception);
}
