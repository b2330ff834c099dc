using System.Data.Common;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sealing;
using Microsoft.Extensions.Logging;

namespace IdentityHub.Storage.Sqlite;

/// <summary>Runs many pieces of work in one commit. Each stays whole or leaves nothing, and nobody is answered before the commit is durable.</summary>
/// <remarks>Lives on the writer's thread.</remarks>
internal sealed partial class WriteBatches(SqliteConnections connections, Sealer sealer, TimeProvider time, OutboxSignal outbox, ILogger logger)
    : IDisposable
{
    private static readonly Statement Begin = new("BEGIN IMMEDIATE");
    private static readonly Statement Commit = new("COMMIT");
    private static readonly Statement Savepoint = new("SAVEPOINT work");
    private static readonly Statement RollBackTo = new("ROLLBACK TO work");
    private static readonly Statement Release = new("RELEASE work");
    private static readonly Statement WaitForNobody = new("PRAGMA busy_timeout=0");
    private static readonly Statement WaitAMoment = new("PRAGMA busy_timeout=100");
    private static readonly Statement WaitForOthers = new("PRAGMA busy_timeout=" + SqliteConnections.BusyTimeout);
    private static readonly Statement FoldLog = new("PRAGMA wal_checkpoint(TRUNCATE)");

    private SqliteLane? lane;
    private bool hasPolled;

    public void Run(List<IPendingWrite> batch)
    {
        var hasOutbox = false;
        hasPolled = false;
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
            BatchLost(logger, batch.Count, failure);
            Discard();
            foreach (var write in batch)
            {
                write.Lose(failure);
            }

            return;
        }

        if (hasOutbox)
        {
            outbox.Set();
        }

        if (hasPolled)
        {
            outbox.SetPolled();
        }

        foreach (var write in batch)
        {
            write.Settle();
        }
    }

    /// <summary>Moves the write-ahead log into the database and empties it: until then it would go on holding what was deleted.</summary>
    /// <param name="isAskedFor">Somebody waits for it: then it waits a moment for the readings that are under way, and writes wait with it.</param>
    /// <returns>False when a reading is in the way: then it is worth trying again.</returns>
    public bool TryFoldLog(bool isAskedFor = false)
    {
        if (lane is null && !isAskedFor)
        {
            return true;
        }

        try
        {
            lane ??= connections.OpenWriter();

            // Does not wait for readers by itself: a write that comes now would have to wait with it.
            lane.Connection.Bind(isAskedFor ? WaitAMoment : WaitForNobody).ExecuteScalar();
            var busy = lane.Connection.Bind(FoldLog).ExecuteScalar();
            lane.Connection.Bind(WaitForOthers).ExecuteScalar();
            return busy is 0L;
        }
        catch (DbException failure)
        {
            LogNotFolded(logger, failure);
            Discard();
            return !isAskedFor;
        }
    }

    public void Dispose() => lane?.Dispose();

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
        hasPolled |= kept && transaction.HasPolled;
        return kept && transaction.HasOutbox;
    }

    /// <summary>Gives the connection up, whatever state it is in: closing it rolls back, and the next batch opens another.</summary>
    private void Discard()
    {
        try
        {
            lane?.Dispose();
        }
        catch (Exception failure)
        {
            ConnectionNotClosed(logger, failure);
        }

        lane = null;
    }

    [LoggerMessage(2, LogLevel.Error, "The database did not take a commit of {Count} transactions")]
    private static partial void BatchLost(ILogger logger, int count, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "A broken database connection did not close cleanly")]
    private static partial void ConnectionNotClosed(ILogger logger, Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "The write-ahead log could not be folded into the database")]
    private static partial void LogNotFolded(ILogger logger, Exception exception);
}
