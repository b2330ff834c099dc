using System.Data.Common;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sealing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdentityHub.Storage.Sqlite;

/// <summary>The store over one SQLite file: one thread writes, several connections read.</summary>
internal sealed class SqliteStore : IHubStore, IDisposable
{
    /// <summary>How many writes may wait: about a tenth of a second's work. Beyond this the hub is overloaded and says so.</summary>
    public const int DefaultQueueLength = 4096;

    private const int Readers = 8;

    private readonly Sealer sealer;
    private readonly TimeProvider time;
    private readonly WriteQueue queue;
    private readonly ReaderPool readers;
    private readonly SqliteWriter writer;

    /// <param name="connectionString">Names the file: <c>Data Source=path</c>. Opened at first use.</param>
    /// <param name="sealer">For the work's transactions.</param>
    /// <param name="time">The clock of every transaction and reading.</param>
    /// <param name="outbox">Set after each commit that left outbox rows.</param>
    /// <param name="queueLength">How many writes may wait before <see cref="StoreBusyException"/>.</param>
    /// <param name="bulkWriting">Whether the writer gets much memory and folds its log seldom.</param>
    /// <param name="logger">Hears of lost commits.</param>
    public SqliteStore(
        string connectionString, Sealer sealer, TimeProvider time, OutboxSignal outbox, int queueLength = DefaultQueueLength, bool bulkWriting = false,
        ILogger? logger = null)
    {
        this.sealer = sealer;
        this.time = time;
        logger ??= NullLogger.Instance;
        var connections = new SqliteConnections(connectionString, bulkWriting);
        queue = new(queueLength);
        readers = new(connections, Readers);
        writer = new(queue, new WriteBatches(connections, sealer, time, outbox, logger), readers, logger);
    }

    public Task<T> WriteAsync<T>(Actor actor, Func<HubTransaction, Task<T>> work, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        if (writer.IsCurrent)
        {
            throw new InvalidOperationException("A transaction cannot wait for another one: pass the transaction on instead.");
        }

        var write = new PendingWrite<T>(actor, work);
        write.GiveUpOn(cancellationToken);
        try
        {
            queue.Add(write);
        }
        catch (Exception refusal)
        {
            write.TryBegin();
            return Task.FromException<T>(refusal);
        }

        return write.Task;
    }

    public async Task<T> ReadAsync<T>(Func<HubReader, Task<T>> work, CancellationToken cancellationToken = default)
    {
        var lane = await readers.RentAsync(cancellationToken);
        var sound = true;
        var reader = new HubReader(lane.Connection, lane.OpenDb, sealer, time.GetUtcNow());
        try
        {
            return await work(reader);
        }
        catch (Exception failure) when (failure is DbException || failure.InnerException is DbException)
        {
            sound = false;
            throw;
        }
        finally
        {
            reader.Release();
            readers.Return(lane, sound);
        }
    }

    /// <summary>Folds the write-ahead log into the database and empties it, however busy the hub is.</summary>
    /// <returns>Done when everything that was committed before the call stands in the database file alone.</returns>
    public Task FoldAsync(CancellationToken cancellationToken)
    {
        var folded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        queue.AskToFold(folded);
        return folded.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes no more work, finishes what was taken, and closes the file.</summary>
    public void Dispose()
    {
        queue.Close();
        writer.Join();
        readers.Dispose();
    }
}
