using IdentityHub.Domain.Persistence;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using SQLitePCL;

namespace IdentityHub.Storage.Sqlite;

/// <summary>One open connection with its prepared statements and its EF Core context; used by one piece of work at a time.</summary>
/// <remarks>The context is kept and reset between uses: a new one would define EF's functions anew, which makes SQLite prepare every statement of the connection again.</remarks>
internal sealed class SqliteLane : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly Lazy<PooledDbContextFactory<HubDb>> contexts;

    public SqliteLane(SqliteConnection connection)
    {
        this.connection = connection;
        Connection = new(connection);
        contexts = new(() => new(SqliteModel.Options(connection), poolSize: 1), LazyThreadSafetyMode.None);
        OpenDb = NextDb;
    }

    public HubConnection Connection { get; }

    public Func<HubDb> OpenDb { get; }

    /// <summary>Whether a transaction is open. SQLite itself ends one on a few grave errors, such as a full disk.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    public void Dispose() => Connection.Dispose();

    private HubDb NextDb()
    {
        var db = contexts.Value.CreateDbContext();

        // Transactions are the store's: EF must not begin one of its own inside.
        db.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
        return db;
    }
}
