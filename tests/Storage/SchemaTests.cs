using IdentityHub.Domain.Persistence;
using IdentityHub.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Xunit;

namespace IdentityHub.Storage.Tests;

public sealed class SchemaTests
{
    /// <summary>Tables by their columns, keys and checks, indexes by their text. A column that came by a later migration stands elsewhere in its table and has a default; neither matters.</summary>
    private const string Schema =
        """
        SELECT 'column ' || t.name || '.' || c.name || ' ' || c.type || ' not null: ' || c."notnull" || ' key: ' || c.pk
        FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name <> '__EFMigrationsHistory'
        UNION ALL
        SELECT 'reference ' || t.name || '.' || k."from" || ' to ' || k."table" || '.' || k."to" || ' ' || k.on_delete
        FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) k WHERE t.type = 'table'
        UNION ALL
        SELECT 'checks of ' || name || ' ' || (sql LIKE '%CHECK%') FROM sqlite_master WHERE type = 'table' AND name <> '__EFMigrationsHistory'
        UNION ALL
        SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
        ORDER BY 1
        """;

    [Fact]
    public async Task Migrations_make_the_schema_of_the_model()
    {
        using var hub = await TestHub.StartAsync();
        using var migrated = hub.Outside();
        using var made = new SqliteConnection("Data Source=:memory:");
        made.Open();
        using var db = new HubDb(SqliteModel.Options(made));
        Run(made, db.Database.GenerateCreateScript());

        var expected = Rows(made);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, Rows(migrated));
    }

    [Fact]
    public async Task No_change_of_the_model_waits_for_a_migration()
    {
        using var hub = await TestHub.StartAsync();
        using var connection = hub.Outside();
        using var db = new HubDb(SqliteModel.Options(connection));
        Assert.False(db.Database.HasPendingModelChanges());
        Assert.Equal(SqliteDatabase.Known, db.Database.GetMigrations());
        Assert.Equal(SqliteDatabase.Known, await db.Database.GetAppliedMigrationsAsync());
    }

    /// <remarks>When it fails: <c>dotnet run --project tools/Migrations -- --model</c>.</remarks>
    [Fact]
    public void The_compiled_model_is_the_model()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        using var compiled = new HubDb(SqliteModel.Options(connection));
        using var built = new HubDb(new DbContextOptionsBuilder<HubDb>().UseSqlite(connection).Options);
        Assert.Equal(Describe(built.Model), Describe(compiled.Model));
    }

    [Fact]
    public async Task A_database_is_ready_once_it_has_every_migration()
    {
        using var hub = TestHub.Open(TestHub.NewFolder());
        Assert.False(await hub.Database.IsReadyAsync());
        await hub.Database.PrepareAsync();
        Assert.True(await hub.Database.IsReadyAsync());
        await hub.SqlAsync("DELETE FROM \"__EFMigrationsHistory\"");
        Assert.False(await hub.Database.IsReadyAsync());
    }

    [Fact]
    public async Task Preparing_again_and_by_many_at_once_changes_nothing()
    {
        using var hub = TestHub.Open(TestHub.NewFolder());
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => hub.Database.PrepareAsync())));
        await hub.AddRowAsync("kept");
        await hub.Database.PrepareAsync();
        Assert.True(await hub.HasRowAsync("kept"));
        Assert.Equal((long)SqliteDatabase.Known.Count, hub.Outside("SELECT count(*) FROM \"__EFMigrationsHistory\""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=file:hub.db?cache=shared")]
    public void Only_a_file_will_do(string connectionString) =>
        Assert.Throws<ArgumentException>(() => new SqliteConnections(connectionString));

    /// <summary>All that a query, a change or a save depends on, a line for each.</summary>
    private static List<string> Describe(IModel model) =>
    [
        .. model.GetEntityTypes().SelectMany(entity => (string[])
        [
            $"{entity.Name} is {entity.GetTableName()}",
            .. entity.GetProperties().Select(property =>
                $"{entity.Name}.{property.Name} is {property.GetColumnName()} {property.GetColumnType()} {property.ClrType} null: {property.IsNullable}, "
                + $"generated: {property.ValueGenerated}, token: {property.IsConcurrencyToken}, by {property.GetTypeMapping().Converter?.GetType()}, {property.GetValueComparer().GetType()}"),
            .. entity.GetKeys().Select(key => $"{entity.Name} key {string.Join(", ", key.Properties.Select(property => property.Name))}"),
            .. entity.GetForeignKeys().Select(key =>
                $"{entity.Name} to {key.PrincipalEntityType.Name} by {string.Join(", ", key.Properties.Select(property => property.Name))} then {key.DeleteBehavior}"),
            .. entity.GetIndexes().Select(index =>
                $"{entity.Name} index {index.GetDatabaseName()} {index.IsUnique} {string.Join(", ", index.Properties.Select(property => property.Name))}"),
        ]).Order(StringComparer.Ordinal),
    ];

    private static List<string> Rows(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Schema;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
