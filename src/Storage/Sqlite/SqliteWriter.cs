using IdentityHub.Domain.Events;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sealing;
using Microsoft.Extensions.Logging;

namespace IdentityHub.Storage.Sqlite;

/// <summary>The one thread that writes and checkpoints. Work that has gathered shares a commit; each piece stays whole or leaves nothing.</summary>
internal sealed partial class SqliteWriter
{
    /// <summary>The most that share a commit: beyond this the wait of the first costs more than the shared sync saves.</summary>
    private const int LargestBatch = 128;

    private static readonly Statement Begin = new("BEGIN IMMEDIATE");
    private static readonly Statement Commit = new("COMMIT");
    private static readonly Statement Savepoint = new("SAVEPOINT work");
    private static readonly Statement RollBackTo = new("ROLLBACK TO work");
    private static readonly Statement Release = new("RELEASE work");

    private readonly SqliteConnections connections;
    private readonly Sealer sealer;
    private readonly TimeProvider time;
    private readonly OutboxSignal outbox;
    private readonly ILogger logger;
    private readonly WriteQueue queue;
    private readonly Action atEnd;
    private readonly Thread thread;
    private SqliteLane? lane;

    /// <param name="connections">Opens the writer's connection, again after a failure.</param>
    /// <param name="sealer">For the work's transactions.</param>
    /// <param name="time">For the work's transactions.</param>
    /// <param name="outbox">Set after a commit with outbox rows.</param>
    /// <param name="queue">What to write; closing it ends the thread once it is empty.</param>
    /// <param name="atEnd">Runs before the writer's connection closes, so that it is the last one and folds the log into the database.</param>
    /// <param name="logger">Hears of lost batches.</param>
    public SqliteWriter(
        SqliteConnections connections, Sealer sealer, TimeProvider time, OutboxSignal outbox, WriteQueue queue, Action atEnd, ILogger logger)
    {
        this.connections = connections;
        this.sealer = sealer;
        this.time = time;
        this.outbox = outbox;
        this.queue = queue;
        this.atEnd = atEnd;
        this.logger = logger;
        thread = new(Loop) { Name = "hub writer", IsBackground = true };
        thread.Start();
    }

    /// <summary>Whether the caller runs on the writer's thread, where waiting for another write would wait for ever.</summary>
    public bool IsCurrent => Thread.CurrentThread == thread;

    public void Join() => thread.Join();

    private void Loop()
    {
        var batch = new List<IPendingWrite>(LargestBatch);
        while (queue.Take(batch, LargestBatch))
        {
            RunBatch(batch);
            batch.Clear();
        }

        atEnd();
        lane?.Dispose();
    }

    private void RunBatch(List<IPendingWrite> batch)
    {
        var hasOutbox = false;
        try
        {
            lane ??= connections.OpenWriter();
            lane.Connection.Execute(Begin);
            foreach (var write in batch)
            {
                hasOutbox |= RunOne(lane, write);
            }

            lane.Connection.Execute(Commit);
        }
        catch (Exception failure)
        {
            Lose(batch, failure);
            return;
        }

        if (hasOutbox)
        {
            outbox.Set();
        }

        foreach (var write in batch)
        {
            write.Settle();
        }
    }

    /// <returns>Whether it left outbox rows.</returns>
    private bool RunOne(SqliteLane lane, IPendingWrite write)
    {
        if (!write.TryBegin())
        {
            return false;
        }

        lane.Connection.Execute(Savepoint);
        var transaction = new HubTransaction(lane.Connection, lane.OpenDb, sealer, time.GetUtcNow(), write.Actor);
        var kept = false;
        try
        {
            write.Run(transaction);
            kept = !transaction.IsRolledBack;
        }
        catch (Exception failure)
        {
            write.FailedWith(failure);
            if (!lane.InTransaction)
            {
                // SQLite has undone the whole batch by itself: everyone in it must hear that.
                throw;
            }
        }
        finally
        {
            transaction.Release();
        }

        if (!kept)
        {
            lane.Connection.Execute(RollBackTo);
        }

        lane.Connection.Execute(Release);
        return kept && transaction.HasOutbox;
    }

    /// <summary>Nothing of the batch is kept. The connection goes with it, whatever state it is in: closing it rolls back.</summary>
    private void Lose(List<IPendingWrite> batch, Exception failure)
    {
        BatchLost(logger, batch.Count, failure);
        try
        {
            lane?.Dispose();
        }
        catch (Exception second)
        {
            ConnectionNotClosed(logger, second);
        }

        lane = null;
        foreach (var write in batch)
        {
            write.Lose(failure);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The database did not take a commit of {Count} transactions")]
    private static partial void BatchLost(ILogger logger, int count, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "A broken database connection did not close cleanly")]
    private static partial void ConnectionNotClosed(ILogger logger, Exception exception);
}
