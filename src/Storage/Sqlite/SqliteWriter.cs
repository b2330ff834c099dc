using Microsoft.Extensions.Logging;

namespace IdentityHub.Storage.Sqlite;

/// <summary>The one thread that writes and checkpoints: it takes what has gathered in the queue, has it committed, and folds the log when it is quiet.</summary>
internal sealed partial class SqliteWriter
{
    /// <summary>The most that share a commit: beyond this the wait of the first costs more than the shared sync saves.</summary>
    private const int LargestBatch = 128;

    private static readonly TimeSpan QuietBeforeFolding = TimeSpan.FromSeconds(1);

    /// <summary>The pause between two tries of a folding that somebody waits for while readings are in its way.</summary>
    private static readonly TimeSpan BetweenFoldings = TimeSpan.FromMilliseconds(50);

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
        var folders = new List<TaskCompletionSource>();
        var unfolded = true;
        for (var turn = Turn.Work; turn != Turn.Closed;)
        {
            turn = queue.Take(batch, LargestBatch, folders.Count > 0 ? BetweenFoldings : unfolded ? QuietBeforeFolding : Timeout.InfiniteTimeSpan);
            if (turn == Turn.Work)
            {
                batches.Run(batch);
                batch.Clear();
                unfolded = true;
            }

            folders.AddRange(queue.TakeFolders());
            if (turn == Turn.Idle || folders.Count > 0)
            {
                unfolded = !batches.TryFoldLog(isAskedFor: folders.Count > 0);
                Answer(folders, unfolded);
            }
        }

        Close();

        // Closing the last connection has folded it, or the next start does.
        Answer(folders, unfolded: false);
    }

    /// <summary>Whoever asked for a folding hears of it once it is done; until then it is tried again between writes.</summary>
    private static void Answer(List<TaskCompletionSource> folders, bool unfolded)
    {
        if (unfolded)
        {
            return;
        }

        foreach (var folder in folders)
        {
            folder.TrySetResult();
        }

        folders.Clear();
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
