using System.Data.Common;
using System.Reflection;
using IdentityHub.Domain.Persistence;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace IdentityHub.Storage.Sqlite;

/// <summary>Brings the file to the schema of this build.</summary>
/// <remarks>Not with EF's own migrator: it keeps its lock in a table, so a hub killed while migrating would wait for itself for ever, and it commits
/// step by step. Here the migrations' script runs in one immediate transaction, which is the lock as well.</remarks>
internal sealed partial class SqliteDatabase(string connectionString, SqliteStore store, ILogger<SqliteDatabase> logger) : IHubDatabase
{
    private const int OldestVersion = 3_050_000;

    private static readonly Statement HasHistory = new("SELECT count(*) FROM sqlite_master WHERE name = '__EFMigrationsHistory'");
    private static readonly Statement Size = new("SELECT p.page_count * s.page_size FROM pragma_page_count p, pragma_page_size s");
    private static readonly Statement History = new("SELECT \"MigrationId\" FROM \"__EFMigrationsHistory\"");

    private readonly SqliteConnections connections = new(connectionString);

    /// <summary>The migrations of this build, in order. From their attributes, so that a start without news never wakes EF Core.</summary>
    internal static IReadOnlyList<string> Known { get; } =
    [
        .. typeof(SqliteDatabase).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Migration)))
            .Select(type => type.GetCustomAttribute<MigrationAttribute>()!.Id)
            .Order(StringComparer.Ordinal),
    ];

    public Task PrepareAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SqliteLibrary.Load();
        Version(logger, raw.sqlite3_libversion().utf8_to_string());
        if (raw.sqlite3_libversion_number() < OldestVersion)
        {
            throw new NotSupportedException("The hub needs SQLite 3.50 or later.");
        }

        using var opened = connections.OpenToWrite();
        using var connection = new HubConnection(opened);
        if (!HasAll(connection))
        {
            Migrate(connection);
        }

        return Task.CompletedTask;
    }

    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await store.ReadAsync(reader => Task.FromResult(HasAll(reader.Connection)), cancellationToken);
        }
        catch (DbException failure)
        {
            NotReady(logger, failure);
            return false;
        }
    }

    public Task ForgetDeletedAsync(CancellationToken cancellationToken = default) => store.FoldAsync(cancellationToken);

    public Task BackUpAsync(string file, CancellationToken cancellationToken = default) => Task.Run(() => SqliteBackup.Write(connections, file, cancellationToken), cancellationToken);

    public Task<DatabaseFacts> FactsAsync(CancellationToken cancellationToken = default) => store.ReadAsync(
        reader => Task.FromResult(new DatabaseFacts("SQLite " + raw.sqlite3_libversion().utf8_to_string(), (long)reader.Connection.Scalar(Size)!)), cancellationToken);

    private static bool HasAll(HubConnection connection)
    {
        var applied = Applied(connection);
        return Known.All(applied.Contains);
    }

    private static HashSet<string> Applied(HubConnection connection)
    {
        var applied = new HashSet<string>(StringComparer.Ordinal);
        if (connection.Bind(HasHistory).ExecuteScalar() is not 1L)
        {
            return applied;
        }

        using var rows = connection.Bind(History).ExecuteReader();
        while (rows.Read())
        {
            applied.Add(rows.GetString(0));
        }

        return applied;
    }

    private void Migrate(HubConnection connection)
    {
        var started = TimeProvider.System.GetTimestamp();

        // SQLite changes a table by making it anew: with foreign keys on, dropping the old one would delete what refers to it.
        Run(connection, "PRAGMA foreign_keys=OFF");
        Run(connection, "BEGIN IMMEDIATE");
        var before = Applied(connection).Where(Known.Contains).Max(StringComparer.Ordinal);
        if (before != Known[^1])
        {
            Run(connection, Script(connection, before));
            CheckForeignKeys(connection);
        }

        Run(connection, "COMMIT");
        Migrated(logger, before ?? "nothing", Known[^1], TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
    }

    private static string Script(HubConnection connection, string? before)
    {
        using var db = new HubDb(SqliteModel.Options((SqliteConnection)connection.Inner));
        return db.GetService<IMigrator>().GenerateScript(before ?? Migration.InitialDatabase, options: MigrationsSqlGenerationOptions.NoTransactions);
    }

    private static void CheckForeignKeys(HubConnection connection)
    {
        using var command = connection.Inner.CreateCommand();
        command.CommandText = "PRAGMA foreign_key_check";
        using var rows = command.ExecuteReader();
        if (rows.Read())
        {
            throw new InvalidDataException($"After migrating, a row of {rows.GetString(0)} would refer to nothing. The database is as it was.");
        }
    }

    private static void Run(HubConnection connection, string sql)
    {
        using var command = connection.Inner.CreateCommand();
#pragma warning disable CA2100 // Constants, and what the migrations of this build say.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    [LoggerMessage(11, LogLevel.Information, "SQLite {Version}")]
    private static partial void Version(ILogger logger, string version);

    [LoggerMessage(12, LogLevel.Information, "The database was brought from {Before} to {After} in {Milliseconds:0} ms")]
    private static partial void Migrated(ILogger logger, string before, string after, double milliseconds);

    [LoggerMessage(13, LogLevel.Warning, "The database does not answer")]
    private static partial void NotReady(ILogger logger, Exception exception);
}
