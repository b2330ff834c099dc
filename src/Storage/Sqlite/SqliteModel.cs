using IdentityHub.Domain.Persistence;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Storage.Sqlite;

/// <summary>How EF Core sees SQLite: the one place where the provider is named.</summary>
internal static class SqliteModel
{
    /// <summary>Options over a connection that stays its owner's.</summary>
    public static DbContextOptions<HubDb> Options(SqliteConnection connection) =>
        new DbContextOptionsBuilder<HubDb>()
            .UseSqlite(connection, sqlite => sqlite.MigrationsAssembly(typeof(SqliteModel).Assembly.GetName().Name))
            .UseModel(CompiledModel.HubDbModel.Instance)
            .EnableThreadSafetyChecks(false)
            .Options;
}
