using IdentityHub.Domain;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sealing;
using IdentityHub.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdentityHub.Storage.Tests;

/// <summary>A store over a database of its own in a folder that goes away with it.</summary>
internal sealed class TestHub : IDisposable
{
    public static readonly Actor Tester = new Actor.Hub("test");
    private static readonly Statement Insert = new("INSERT INTO \"RevokedTokens\" (\"TokenId\", \"ExpiresAt\") VALUES (@id, 0)", "@id");
    internal static readonly Statement All = new("SELECT \"TokenId\" FROM \"RevokedTokens\"");
    internal static readonly Statement Delete = new("DELETE FROM \"RevokedTokens\" WHERE \"TokenId\" = @id", "@id");
    private static readonly Statement Count = new("SELECT count(*) FROM \"RevokedTokens\"");
    private static readonly Statement Find = new("SELECT count(*) FROM \"RevokedTokens\" WHERE \"TokenId\" = @id", "@id");

    private readonly string folder;
    private readonly Sealer sealer = new(new byte[Sealer.KeyLength]);

    private TestHub(string folder, int queueLength)
    {
        this.folder = folder;
        Signal = new(TimeProvider.System);
        Store = new(ConnectionString, sealer, TimeProvider.System, Signal, queueLength);
        Database = new(ConnectionString, Store, NullLogger<SqliteDatabase>.Instance);
    }

    public string File => Path.Combine(folder, "hub", "hub.db");

    public string ConnectionString => $"Data Source={File}";

    public OutboxSignal Signal { get; }

    public SqliteStore Store { get; }

    public SqliteDatabase Database { get; }

    public static string NewFolder() => Directory.CreateTempSubdirectory("hub-storage-").FullName;

    public static async Task<TestHub> StartAsync(int queueLength = SqliteStore.DefaultQueueLength)
    {
        var hub = new TestHub(NewFolder(), queueLength);
        await hub.Database.PrepareAsync();
        return hub;
    }

    /// <summary>Opens what another process left; the folder stays.</summary>
    public static TestHub Open(string folder) => new(folder, SqliteStore.DefaultQueueLength);

    public Task<T> WriteAsync<T>(Func<HubTransaction, Task<T>> work, CancellationToken cancellationToken = default) =>
        Store.WriteAsync(Tester, work, cancellationToken);

    public Task<int> AddRowAsync(string id) => WriteAsync(transaction => Task.FromResult(AddRow(transaction, id)));

    public static int AddRow(HubTransaction transaction, string id) => transaction.Connection.Execute(Insert, id);

    public Task<long> RowsAsync() => Store.ReadAsync(reader => Task.FromResult((long)reader.Connection.Bind(Count).ExecuteScalar()!));

    public Task<bool> HasRowAsync(string id) => Store.ReadAsync(reader => Task.FromResult(HasRow(reader, id)));

    public static bool HasRow(HubReader reader, string id) => reader.Connection.Bind(Find, id).ExecuteScalar() is 1L;

    public Task<int> SqlAsync(string sql) => WriteAsync(transaction => Task.FromResult(Sql(transaction, sql)));

    public static int Sql(HubReader reader, string sql)
    {
        using var command = reader.Connection.Inner.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    /// <summary>Keeps the writer busy, so that what is written meanwhile gathers.</summary>
    public async Task<Gate> HoldWriterAsync()
    {
        var gate = new Gate();
        gate.Write = WriteAsync(async transaction =>
        {
            gate.Entered.SetResult();
            await gate.Opened.Task;
            return AddRow(transaction, RandomId.New());
        });
        await gate.Entered.Task;
        return gate;
    }

    /// <summary>A connection as another program would have it.</summary>
    public SqliteConnection Outside()
    {
        var connection = new SqliteConnection(ConnectionString + ";Pooling=False");
        connection.Open();
        return connection;
    }

    public object? Outside(string sql)
    {
        using var connection = Outside();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Close() => Store.Dispose();

    public void Dispose()
    {
        Store.Dispose();
        sealer.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}

internal sealed class Gate
{
    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<int> Write { get; set; } = Task.FromResult(0);

    public Task<int> Open()
    {
        Opened.SetResult();
        return Write;
    }
}
