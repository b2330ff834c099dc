using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Persistence;
using IdentityHub.Host.Certificates;
using IdentityHub.Host.Configuration;
using IdentityHub.Host.Erasing;
using IdentityHub.IdP.Keys;
using IdentityHub.IdP.Setup;

namespace IdentityHub.Host.Commands;

/// <summary>Runs the hub.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var builder = HubApplication.CreateBuilder(args);
        var options = CommandLine.ReadOptions(builder.Configuration);
        await using var app = await OpenAsync(builder, options, CancellationToken.None);
        await app.StartAsync();
        await AnnounceAsync(app, options);

        // Starting makes a lot that is never needed again; a hub that idles afterwards would never give it back.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Puts the hub together and opens everything that it needs: root key, database, configuration file, signing keys. What cannot be opened stops the start with a plain sentence.</summary>
    public static async Task<WebApplication> OpenAsync(WebApplicationBuilder builder, HubOptions options, CancellationToken cancellationToken)
    {
        var rootKey = await RootKey.LoadOrMakeAsync(options.RootKey, cancellationToken);
        var certificate = NeedsLocalCertificate(builder.Configuration) ? await LocalCertificateAsync(cancellationToken) : null;
        var app = HubApplication.Build(builder, options, rootKey, certificate);
        await PrepareAsync(app.Services, options, cancellationToken);
        return app;
    }

    /// <summary>Opens what the hub stands on; also what the other commands begin with.</summary>
    public static async Task PrepareAsync(IServiceProvider services, HubOptions options, CancellationToken cancellationToken, bool checkLedger = true)
    {
        var store = services.GetRequiredService<IHubStore>();
        await services.GetRequiredService<IHubDatabase>().PrepareAsync(cancellationToken);
        if (!await store.WriteAsync(new Actor.Hub("start"), HubSecrets.TestRootKeyAsync, cancellationToken))
        {
            throw new StartFailedException(
                $"What this database holds was sealed under another root key than the one in {options.RootKey.File}. "
                + "Restore the root key that belongs to it from your backup of the keys, or set Hub:RootKeyFile to it; nothing was changed.");
        }

        if (checkLedger)
        {
            await ErasureReplay.RunAsync(services, cancellationToken);
        }

        if (options.ConfigurationFile is { } file)
        {
            await AppliedFile.ApplyIfChangedAsync(services, file, cancellationToken);
        }

        if (services.GetService<KeyLifecycle>() is { } keys && await keys.OpenAsync(cancellationToken) is { } unreadable)
        {
            throw new StartFailedException(
                $"The signing key {unreadable} does not open under the root key in {options.RootKey.File}. "
                + "Restore the root key that belongs to this database; without it no token that the hub signed can be renewed.");
        }
    }

    private static async Task AnnounceAsync(WebApplication app, HubOptions options)
    {
        Console.WriteLine($"IdentityHub serves {options.Issuer}");
        if (options.Mount.Contains(MountedPart.IdP)
            && await SetupToken.MakeAsync(app.Services.GetRequiredService<IHubStore>(), CancellationToken.None) is { } token)
        {
            Console.WriteLine($"There is no user yet. Open this address to set the hub up; it works once:\n  {options.Issuer}/setup?token={token}");
        }
    }

    private static async Task<LocalCertificate> LocalCertificateAsync(CancellationToken cancellationToken)
    {
        using var logging = LoggerFactory.Create(builder => builder.AddSimpleConsole());
        return await new LocalCertificates(TimeProvider.System, logging.CreateLogger<LocalCertificates>())
            .LoadOrMakeAsync(RepositoryRoot.CertificateDirectory(), cancellationToken);
    }

    /// <summary>Whether an https address listens for which no certificate is configured.</summary>
    private static bool NeedsLocalCertificate(ConfigurationManager configuration) =>
        configuration["Kestrel:Certificates:Default:Path"] is null
        && (configuration["urls"] is not { Length: > 0 } urls || urls.Split(';').Any(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)));
}
