using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace IdentityHub.Storage.Sqlite;

/// <summary>Opens connections to the one database file, each kind with its settings.</summary>
internal sealed class SqliteConnections
{
    /// <summary>Milliseconds to wait for a lock that another program holds.</summary>
    public const string BusyTimeout = "5000";

    // secure_delete: deleted personal data is overwritten, not only unlinked. mmap_size: a write error must be an error, not a signal.
    // synchronous=FULL: an answered write survives loss of power.
    private const string Settings =
        "PRAGMA busy_timeout=" + BusyTimeout + ";PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA secure_delete=ON;PRAGMA mmap_size=0;"
        + "PRAGMA foreign_keys=ON;PRAGMA temp_store=MEMORY;";

    // Random ids have every change touch pages all over a large file: a log of 16 MiB takes what several changes do to one page, and writes it back once.
    private const string WriterSettings = Settings + "PRAGMA cache_size=-16384;PRAGMA wal_autocheckpoint=4096;";

    // Only the writer checkpoints.
    private const string ReaderSettings = Settings + "PRAGMA cache_size=-8192;PRAGMA wal_autocheckpoint=0;PRAGMA query_only=ON;";

    // 768 MiB of pages, and a log of a gigabyte before it is folded: rows with random ids land everywhere in the file.
    private const string BulkSettings = Settings + "PRAGMA cache_size=-786432;PRAGMA wal_autocheckpoint=262144;";

    private const int QueryPlannerStability = 1007; // SQLITE_DBCONFIG_ENABLE_QPSG

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string connectionString;
    private readonly bool bulkWriting;

    /// <param name="connectionString">Names the file.</param>
    /// <param name="bulkWriting">See <see cref="StorageSettings.BulkWriting"/>.</param>
    public SqliteConnections(string connectionString, bool bulkWriting = false)
    {
        this.bulkWriting = bulkWriting;
        SqliteLibrary.Load();
        var builder = new SqliteConnectionStringBuilder(connectionString);
        if (builder.DataSource.Length == 0 || builder.DataSource.StartsWith(':') || builder.DataSource.StartsWith("file:", StringComparison.Ordinal))
        {
            throw new ArgumentException("The connection string must name a file: Data Source=<path>.", nameof(connectionString));
        }

        File = Path.GetFullPath(builder.DataSource);
        builder.DataSource = File;
        builder.Pooling = false;
        builder.Mode = SqliteOpenMode.ReadWrite;

        // SQLite itself has already waited for busy_timeout when the provider would begin to try again.
        builder.DefaultTimeout = 5;
        this.connectionString = builder.ToString();
    }

    public string File { get; }

    public SqliteLane OpenWriter() => new(OpenToWrite());

    public SqliteLane OpenReader() => new(Open(ReaderSettings));

    /// <summary>Opens the file, and creates it where there is none.</summary>
    public SqliteConnection OpenToWrite()
    {
        CreateFile();
        return Open(bulkWriting ? BulkSettings : WriterSettings);
    }

    private SqliteConnection Open(string settings)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();

            // A plan must not hang on values: otherwise every statement with LIMIT @most would be prepared anew whenever it is bound anew.
            _ = raw.sqlite3_db_config(connection.Handle, QueryPlannerStability, 1, out _);
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // One of three constants.
            command.CommandText = settings;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <remarks>SQLite gives the write-ahead log and the shared memory the mode of the database file.</remarks>
    private void CreateFile()
    {
        if (System.IO.File.Exists(File))
        {
            return;
        }

        var folder = Path.GetDirectoryName(File)!;
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
            options.UnixCreateMode = OwnerOnly;
        }

        using var created = new FileStream(File, options);
    }
}
