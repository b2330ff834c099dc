using IdentityHub.Host.Configuration;

namespace IdentityHub.Host.Commands;

/// <summary>The directory and its storage, for commands that do not serve.</summary>
internal static class CoreServices
{
    /// <param name="args">As on the command line.</param>
    /// <param name="bulkWriting">See <see cref="Storage.StorageSettings.BulkWriting"/>.</param>
    /// <param name="time">The clock; the machine's when null.</param>
    /// <param name="checkLedger">Whether the database is held against the ledger of erasures, as at every start.</param>
    public static Task<ServiceProvider> OpenAsync(string[] args, bool bulkWriting = false, TimeProvider? time = null, bool checkLedger = true) =>
        OpenAsync(CommandLine.ReadOptions(HubApplication.CreateBuilder(args).Configuration), bulkWriting, time, checkLedger);

    /// <inheritdoc cref="OpenAsync(string[], bool, TimeProvider?, bool)"/>
    public static async Task<ServiceProvider> OpenAsync(HubOptions options, bool bulkWriting = false, TimeProvider? time = null, bool checkLedger = true)
    {
        var rootKey = await RootKey.LoadOrMakeAsync(options.RootKey, CancellationToken.None);
        var services = new ServiceCollection().AddSingleton(time ?? TimeProvider.System).AddLogging(logging => logging.AddSimpleConsole()).AddHubCore(options, rootKey, bulkWriting).BuildServiceProvider();

        // The configuration file is applied by whoever serves, or by the command for it.
        await ServeCommand.PrepareAsync(services, options with { ConfigurationFile = null }, CancellationToken.None, checkLedger);
        return services;
    }
}
