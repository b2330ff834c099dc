using System.Net;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Persistence;
using IdentityHub.IdP.Authorize;
using IdentityHub.IdP.ClientAuthentication;
using IdentityHub.IdP.Discovery;
using IdentityHub.IdP.Keys;
using IdentityHub.IdP.Logout;
using IdentityHub.IdP.Reset;
using IdentityHub.IdP.SecurityEvents;
using IdentityHub.IdP.SignIn;
using IdentityHub.IdP.Token.Grants;
using IdentityHub.IdP.Tokens;
using IdentityHub.IdP.WebAuthn;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IdentityHub.IdP;

public static class IdPServices
{
    /// <summary>Adds the OpenID Provider. The container must hold the store, a Sealer and a TimeProvider.</summary>
    public static IServiceCollection AddIdP(this IServiceCollection services, IdPOptions options)
    {
        services.AddAccessTokenReading(options);
        AddTokens(services);
        AddSignIn(services);
        services.AddDataProtectionRing();
        AddPages(services);
        services.AddSingleton<IOutboxHandler, BackchannelLogout>();
        services.AddSingleton<IOutboxHandler, ResetRequests>();
        services.AddSingleton<IOutboxHandler, SecurityEventPush>();
        services.AddSingleton<TransmitterDocument>().AddSingleton<ReceiverCalls>().AddSingleton<PollWaits>().AddSingleton<PollEndpoint>();

        foreach (var name in new[] { BackchannelLogout.HttpClientName, SecurityEventPush.HttpClientName })
        {
            // Registered addresses only, no redirects, no cookies, no proxy of the environment.
            services.AddHttpClient(name, client => client.MaxResponseContentBufferSize = 4096)
                .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
                {
                    AllowAutoRedirect = false, UseCookies = false, UseProxy = false, AutomaticDecompression = DecompressionMethods.None,
                    ConnectTimeout = TimeSpan.FromSeconds(2), MaxConnectionsPerServer = 32, MaxResponseDrainSize = 4096, PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                    SslOptions = { RemoteCertificateValidationCallback = LocalAuthorityTrust.For(options.LocalAuthority) },
                });
        }

        return services;
    }

    /// <summary>Adds what reads this hub's access tokens, and nothing that issues one: for a process that serves resources without the OpenID Provider. <see cref="AddIdP"/> brings it along.</summary>
    /// <remarks>The key lifecycle comes with it: the ring is opened at the start, and followed from then on.</remarks>
    public static IServiceCollection AddAccessTokenReading(this IServiceCollection services, IdPOptions options) => services
        .AddSingleton(options)
        .AddSingleton<KeyRing>()
        .AddSingleton(provider => new KeyLifecycle(
            provider.GetRequiredService<IHubStore>(), provider.GetRequiredService<KeyRing>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<KeyLifecycle>>()))
        .AddHostedService(provider => provider.GetRequiredService<KeyLifecycle>())
        .AddSingleton<OpaqueTokens>()
        .AddSingleton<AccessTokens>()
        .AddSingleton<IStatementSigner, StatementSigner>()
        .AddSingleton<IAccessTokenReader, AccessTokenReader>();

    /// <summary>The pages are found by the program that this library is part of, or brought along where it is not (tests).</summary>
    private static void AddPages(IServiceCollection services) => services.AddRazorPages().ConfigureApplicationPartManager(manager =>
    {
        var own = typeof(IdPServices).Assembly;
        if (manager.ApplicationParts.Any(part => part.Name == own.GetName().Name))
        {
            return;
        }

        foreach (var part in ApplicationPartFactory.GetApplicationPartFactory(own).GetApplicationParts(own))
        {
            manager.ApplicationParts.Add(part);
        }
    });

    private static void AddTokens(IServiceCollection services) => services
        .AddSingleton<TokenIssuer>()
        .AddSingleton<IdTokenHints>()
        .AddSingleton<RefreshToken>()
        .AddSingleton<ClientSecret>()
        .AddSingleton<ClientAuthenticator>()
        .AddSingleton<AuthorizationCodeGrant>()
        .AddSingleton<RefreshTokenGrant>()
        .AddSingleton<ClientCredentialsGrant>()
        .AddSingleton<DiscoveryDocument>();

    private static void AddSignIn(IServiceCollection services) => services
        .AddSingleton<PasswordHashing>()
        .AddSingleton<HashGate>()
        .AddSingleton<NewPasswordHashing>()
        .AddSingleton<LinkAttempts>()
        .AddSingleton<Cookies>()
        .AddSingleton<DeviceMarks>()
        .AddSingleton<BrowserFacts>()
        .AddSingleton<AuthorizeResponse>()
        .AddSingleton<SignInLimiter>()
        .AddSingleton<SignInFlow>()
        .AddSingleton<SignedIn>()
        .AddSingleton<SignOut>()
        .AddSingleton<PasswordStep>()
        .AddSingleton<PasswordGiven>()
        .AddSingleton<CodeStep>()
        .AddSingleton<PasskeyStore>()
        .AddSingleton<PasskeyHandlers>()
        .AddSingleton<PasskeyCeremonies>()
        .AddSingleton<PasskeySignIn>()
        .AddSingleton<PasskeyFactor>()
        .AddSingleton<PasskeyEnrolment>()
        .AddSingleton<MailedCodes>()
        .AddSingleton<RememberOffer>()
        .AddSingleton<EnrolmentCodes>()
        .AddSingleton<EnrolStep>()
        .AddSingleton<EnrolConfirm>()
        .AddSingleton<AddressProof>()
        .AddSingleton<AccountChoices>()
        .AddSingleton<LogoutConfirmation>();

    /// <summary>The framework's key ring lives in the hub's database under the hub's root key, never in a home directory.</summary>
    public static IServiceCollection AddDataProtectionRing(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("IdentityHub");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(ring =>
        {
            ring.XmlRepository = new KeyRingRepository(provider.GetRequiredService<IHubStore>());

            // The repository seals the whole element; a second encryption would only add a key to lose.
            ring.XmlEncryptor = null;
        }));
        return services;
    }
}
