using IdentityHub.Domain.Persistence;
using IdentityHub.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Migrations.Design;
using Microsoft.EntityFrameworkCore.Sqlite.Design.Internal;
using Microsoft.Extensions.DependencyInjection;

// Writes the next migration from what the model says now: dotnet run --project tools/Migrations -- Name
if (args is not [var name])
{
    Console.Error.WriteLine("usage: dotnet run --project tools/Migrations -- <Name>");
    return 2;
}

var storage = Path.Combine(RepositoryRoot(), "src", "Storage");
using var connection = new SqliteConnection("Data Source=:memory:");
using var db = new HubDb(SqliteModel.Options(connection));
var services = new ServiceCollection();

// The context's own services first: the provider adds only what is not there yet.
services.AddEntityFrameworkDesignTimeServices();
services.AddDbContextDesignTimeServices(db);
new SqliteDesignTimeServices().ConfigureDesignTimeServices(services);
using var provider = services.BuildServiceProvider();
using var scope = provider.CreateScope();
var scaffolder = scope.ServiceProvider.GetRequiredService<IMigrationsScaffolder>();
var migration = scaffolder.ScaffoldMigration(name, "IdentityHub.Storage", "Sqlite.Migrations", "C#");
var files = scaffolder.Save(storage, migration, Path.Combine(storage, "Sqlite", "Migrations"), dryRun: false);
Console.WriteLine($"{files.MigrationFile}\n{files.MetadataFile}\n{files.SnapshotFile}");
return 0;

static string RepositoryRoot()
{
    var folder = new DirectoryInfo(AppContext.BaseDirectory);
    while (!File.Exists(Path.Combine(folder.FullName, "IdentityHub.sln")))
    {
        folder = folder.Parent ?? throw new InvalidOperationException("IdentityHub.sln is not above this program.");
    }

    return folder.FullName;
}
