using System.Security.Cryptography.X509Certificates;
using IdentityHub.AdminUi;
using IdentityHub.Domain.Permissions;
using IdentityHub.Host.Certificates;
using IdentityHub.Host.Configuration;
using IdentityHub.IdP;
using IdentityHub.Scim;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace IdentityHub.Host;

/// <summary>The web application: configuration, Kestrel, middleware, the mounted parts.</summary>
internal static class HubApplication
{
    private const long LargestBody = 1024 * 1024;

    /// <summary>A builder with the configuration of this hub: beside the program, in the working directory, environment, command line; later ones win.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var own = Path.Combine(Directory.GetCurrentDirectory(), "appsettings.json");
        if (own != Path.Combine(AppContext.BaseDirectory, "appsettings.json"))
        {
            // The working directory's file comes before the environment and the command line, which were added already.
            builder.Configuration.AddJsonFile(own, optional: true, reloadOnChange: false).AddEnvironmentVariables().AddCommandLine(args);
        }

        return builder;
    }

    /// <summary>Puts the application together. Nothing is opened or listened to yet.</summary>
    /// <param name="builder">From <see cref="CreateBuilder"/>.</param>
    /// <param name="options">The options that were read from its configuration.</param>
    /// <param name="rootKey">The hub's root key.</param>
    /// <param name="certificate">For https addresses without a certificate of their own; null where none listens.</param>
    public static WebApplication Build(WebApplicationBuilder builder, HubOptions options, byte[] rootKey, LocalCertificate? certificate)
    {
        builder.Services.AddHubCore(options, rootKey).AddHubParts(
            options, certificate is null ? null : X509CertificateLoader.LoadCertificateFromFile(certificate.AuthorityFile));
        if (string.IsNullOrEmpty(builder.Configuration["urls"]))
        {
            builder.WebHost.UseUrls(IssuerReader.DefaultUrls);
        }

        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Limit(kestrel, certificate));
        var app = builder.Build();
        var path = new Uri(options.Issuer).AbsolutePath;
        if (path.Length > 1)
        {
            app.UsePathBase(path);
        }

        app.UseHubErrors();
        if (options.Issuer.StartsWith("https:", StringComparison.Ordinal))
        {
            // Leaves localhost alone, where other programs of the machine are served over http.
            app.UseHsts();
        }

        app.UseRouting();
        MapHealth(app);
        Map(app, options);
        return app;
    }

    private static void Limit(KestrelServerOptions kestrel, LocalCertificate? certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LargestBody;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        if (certificate is not null)
        {
            kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate.Server);
        }
    }

    private static void Map(WebApplication app, HubOptions options)
    {
        if (options.Mount.Contains(MountedPart.IdP))
        {
            app.MapIdP();
        }

        if (options.Mount.Contains(MountedPart.Scim))
        {
            app.MapScim();
        }

        if (options.Mount.Contains(MountedPart.AdminUi))
        {
            app.MapAdminUi();
        }

        // Once for all parts: mapped twice, each page would be there twice.
        app.MapRazorPages();
    }

    private static void MapHealth(WebApplication app)
    {
        var callers = new CallersAttribute(Caller.Anyone);
        app.MapGet("/health/live", () => Results.Ok()).WithMetadata(callers);
        app.MapGet("/health/ready", async (Readiness readiness, CancellationToken cancellationToken) =>
            Results.StatusCode(await readiness.IsReadyAsync(cancellationToken) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable)).WithMetadata(callers);
    }
}
