using System.Security.Cryptography;
using IdentityHub.Domain;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sealing;
using IdentityHub.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdentityHub.Testing;

/// <summary>The real store on a SQLite file of its own in a temporary folder, under a clock that the test moves. Disposing it removes the folder.</summary>
public sealed class TestHub : IAsyncDisposable
{
    /// <summary>Who acts where a test does not care.</summary>
    public static readonly Actor Tester = new Actor.Hub("test");

    private static readonly Lazy<Task<string>> Template = new(MakeTemplateAsync);

    private readonly ServiceProvider services;

    private TestHub(string folder, ManualTime time)
    {
        Folder = folder;
        Time = time;
        Sealer = new(RandomNumberGenerator.GetBytes(Sealer.KeyLength));
        services = Services(folder, time, Sealer);
        Store = services.GetRequiredService<IHubStore>();
    }

    /// <summary>The data directory: holds <c>hub.db</c>.</summary>
    public string Folder { get; }

    public ManualTime Time { get; }

    public Sealer Sealer { get; }

    public IHubStore Store { get; }

    /// <summary>Set by a commit that left the outbox something to send.</summary>
    public OutboxSignal Outbox => services.GetRequiredService<OutboxSignal>();

    public static async Task<TestHub> StartAsync(ManualTime? time = null)
    {
        var folder = NewFolder();
        File.Copy(await Template.Value, Path.Combine(folder, "hub.db"));
        return new(folder, time ?? new ManualTime());
    }

    public Task<T> WriteAsync<T>(Func<HubTransaction, Task<T>> work) => Store.WriteAsync(Tester, work);

    public Task WriteAsync(Func<HubTransaction, Task> work) => Store.WriteAsync(Tester, async transaction =>
    {
        await work(transaction);
        return true;
    });

    public Task<T> ReadAsync<T>(Func<HubReader, Task<T>> work) => Store.ReadAsync(work);

    /// <summary>The first column of the first row of a query on the database file, past every abstraction.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, "hub.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command.ExecuteScalar();
    }

    public long Count(string table, string where = "1=1") => (long)Scalar($"SELECT count(*) FROM \"{table}\" WHERE {where}")!;

    /// <summary>Every row of a table as text, to compare before and after.</summary>
    public IReadOnlyList<string> Rows(string table)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, "hub.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM \"{table}\" ORDER BY 1, 2";
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(column =>
                reader.GetValue(column) is byte[] bytes ? Convert.ToHexString(bytes) : reader.GetValue(column).ToString())));
        }

        return rows;
    }

    /// <summary>Every row of every table.</summary>
    public IReadOnlyList<string> Everything()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, "hub.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
        using var reader = command.ExecuteReader();
        var tables = new List<string>();
        while (reader.Read())
        {
            tables.Add(reader.GetString(0));
        }

        return [.. tables.SelectMany(table => Rows(table).Select(row => table + ": " + row))];
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        Sealer.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<string> MakeTemplateAsync()
    {
        var folder = NewFolder();
        using var sealer = new Sealer(RandomNumberGenerator.GetBytes(Sealer.KeyLength));
        await using (var services = Services(folder, TimeProvider.System, sealer))
        {
            await services.GetRequiredService<IHubDatabase>().PrepareAsync();
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return Path.Combine(folder, "hub.db");
    }

    private static string NewFolder() => Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "identityhub-test-" + RandomId.New())).FullName;

    private static ServiceProvider Services(string folder, TimeProvider time, Sealer sealer) => new ServiceCollection()
        .AddSingleton(time)
        .AddSingleton(sealer)
        .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
        .AddHubStorage(new(StorageServices.Sqlite, $"Data Source={Path.Combine(folder, "hub.db")}"))
        .BuildServiceProvider();
}
