using IdentityHub.Domain.Persistence;
using IdentityHub.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations.Design;
using Microsoft.EntityFrameworkCore.Scaffolding;
using Microsoft.EntityFrameworkCore.Sqlite.Design.Internal;
using Microsoft.Extensions.DependencyInjection;

// Writes the next migration and the compiled model from what the model says now: dotnet run --project tools/Migrations -- Name
// With --model for the name, the compiled model alone: for what changes no table, and after a merge.
// When the old compiled model stands in the way of building, because a type or property of it is gone: delete its folder and its line in SqliteModel for this run.
if (args is not [var name])
{
    Console.Error.WriteLine("usage: dotnet run --project tools/Migrations -- <Name> | --model");
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

// The compiled model saves a start the building of it: half a second, and ten megabytes. It follows the model in any case, so it is written anew each time.
var model = Path.Combine(storage, "Sqlite", "CompiledModel");
if (Directory.Exists(model))
{
    Directory.Delete(model, recursive: true);
}

scope.ServiceProvider.GetRequiredService<ICompiledModelScaffolder>().ScaffoldModel(
    db.GetService<IDesignTimeModel>().Model, model,
    new CompiledModelCodeGenerationOptions { ContextType = typeof(HubDb), ModelNamespace = "IdentityHub.Storage.Sqlite.CompiledModel", Language = "C#" });
Console.WriteLine(model);
if (name == "--model")
{
    return 0;
}

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
