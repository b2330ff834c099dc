using IdentityHub.Domain.Events;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sealing;
using IdentityHub.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace IdentityHub.Storage;

/// <summary>Where the hub keeps its data.</summary>
/// <param name="Provider">The engine: <c>Sqlite</c>.</param>
/// <param name="ConnectionString">For SQLite <c>Data Source=path</c>; file and folder are created where there are none.</param>
public sealed record StorageSettings(string Provider, string ConnectionString)
{
    /// <summary>For a command that writes a great many rows and ends: SQLite keeps much of the file in memory and folds its log seldom.</summary>
    public bool BulkWriting { get; init; }
}

public static class StorageServices
{
    public const string Sqlite = "Sqlite";

    /// <summary>Adds <see cref="IHubStore"/>, <see cref="IHubDatabase"/> and <see cref="OutboxSignal"/>. The container must hold a <see cref="Sealer"/> and a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddHubStorage(this IServiceCollection services, StorageSettings settings)
    {
        if (!string.Equals(settings.Provider, Sqlite, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"Unknown database '{settings.Provider}': there is {Sqlite}.", nameof(settings));
        }

        services.TryAddSingleton<OutboxSignal>();
        services.AddSingleton(provider => new SqliteStore(
            settings.ConnectionString,
            provider.GetRequiredService<Sealer>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<OutboxSignal>(),
            bulkWriting: settings.BulkWriting,
            logger: provider.GetService<ILogger<SqliteStore>>()));
        services.AddSingleton<IHubStore>(provider => provider.GetRequiredService<SqliteStore>());
        services.AddSingleton<IHubDatabase>(provider => new SqliteDatabase(
            settings.ConnectionString, provider.GetRequiredService<SqliteStore>(), provider.GetRequiredService<ILogger<SqliteDatabase>>()));
        return services;
    }
}
