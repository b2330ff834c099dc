using System.Security.Cryptography.X509Certificates;
using IdentityHub.AdminUi;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sealing;
using IdentityHub.Domain.Sessions;
using IdentityHub.Host.Configuration;
using IdentityHub.Host.Erasing;
using IdentityHub.Host.Mail;
using IdentityHub.Host.Mail.Smtp;
using IdentityHub.IdP;
using IdentityHub.IdP.Logout;
using IdentityHub.Scim;
using IdentityHub.Storage;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace IdentityHub.Host;

/// <summary>What the hub is made of, for its commands and its tests alike.</summary>
internal static class HubServices
{
    /// <summary>The directory and its storage: what every command needs.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="options">The options.</param>
    /// <param name="rootKey">The hub's root key.</param>
    /// <param name="bulkWriting">See <see cref="StorageSettings.BulkWriting"/>.</param>
    public static IServiceCollection AddHubCore(this IServiceCollection services, HubOptions options, byte[] rootKey, bool bulkWriting = false)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => new Sealer(rootKey));
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<ClientSecret>();
        services.AddSingleton(_ => new ErasureLedger(options.ErasureLedgerFile));
        return services.AddHubStorage(new(options.Database.Provider.ToString(), options.Database.ConnectionString) { BulkWriting = bulkWriting });
    }

    /// <summary>What a serving process adds: the parts that it mounts, the outbox, housekeeping.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="options">The options.</param>
    /// <param name="localAuthority">This machine's own authority, where the hub serves under it: apps beside the hub have their certificates from it too.</param>
    public static IServiceCollection AddHubParts(this IServiceCollection services, HubOptions options, X509Certificate2? localAuthority = null)
    {
        services.AddSingleton<Readiness>();
        services.AddHostedService<OutboxDispatcher>();
        services.AddSingleton<Housekeeping>();
        services.AddHostedService(provider => provider.GetRequiredService<Housekeeping>());
        services.AddHostedService<PrimaryRequestSweep>();
        services.AddHostedService<SessionExpiry>();
        services.AddSingleton<JobRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<JobRunner>());
        services.AddSingleton(provider => Transport(options.Mail, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IOutboxHandler, MailHandler>();
        services.AddSingleton<IOutboxHandler, ErasureHandler>();
        services.AddSingleton<IOutboxHandler, AccountShutHandler>();
        services.AddHttpClient();
        var idp = new IdPOptions(options.Issuer, SecureCookies: options.Issuer.StartsWith("https:", StringComparison.Ordinal))
        {
            AddressBurst = options.SignIn.AddressBurst, AddressRefill = options.SignIn.AddressRefill, LocalAuthority = localAuthority,
        };
        if (options.Mount.Contains(MountedPart.IdP))
        {
            services.AddIdP(idp);
        }

        else
        {
            // The other parts read the provider's tokens and share its key ring.
            services.AddAccessTokenReading(idp).AddDataProtectionRing();
        }

        if (options.Mount.Contains(MountedPart.Scim))
        {
            services.AddScim(new(options.Issuer)
            {
                RequestBurst = options.Scim.RequestBurst, RequestsPerSecond = options.Scim.RequestsPerSecond, MaxScan = options.Scim.MaxScan,
            });
        }

        if (options.Mount.Contains(MountedPart.AdminUi))
        {
            services.AddAdminUi(new(options.Issuer, idp.SecureCookies) { ServerTrust = LocalAuthorityTrust.For(localAuthority) });
        }

        // The program finds the pages of every library that it is built with; this process serves those of the mounted parts.
        services.AddRazorPages().ConfigureApplicationPartManager(manager =>
        {
            foreach (var part in manager.ApplicationParts.Where(part => IsUnmounted(part, options)).ToList())
            {
                manager.ApplicationParts.Remove(part);
            }
        });

        return services;
    }

    private static bool IsUnmounted(ApplicationPart part, HubOptions options) =>
        Enum.GetValues<MountedPart>().Any(mounted => !options.Mount.Contains(mounted) && part.Name == $"IdentityHub.{mounted}");

    private static IMailTransport Transport(MailOptions mail, TimeProvider time) => mail switch
    {
        MailOptions.Smtp smtp => new SmtpTransport(smtp.Server, smtp.From, time),
        MailOptions.Pickup pickup => new PickupTransport(pickup.Directory, pickup.From, time),
        _ => throw new InvalidOperationException("The mail options are closed."),
    };
}
