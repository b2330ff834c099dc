using System.Net;
using IdentityHub.AdminUi.SignIn;
using IdentityHub.AdminUi.Users;
using IdentityHub.Domain.Credentials;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace IdentityHub.AdminUi;

public static class AdminUiServices
{
    /// <summary>Adds the console. The container must hold the store, a Sealer, a TimeProvider, client secrets, a data protection key ring and what reads the provider's access tokens.</summary>
    public static IServiceCollection AddAdminUi(this IServiceCollection services, AdminUiOptions options)
    {
        services.AddSingleton(options)
            .AddSingleton<ConsoleClient>()
            .AddSingleton<ConsoleCookies>()
            .AddSingleton<Provider>()
            .AddSingleton<ConsoleSignIn>()
            .AddSingleton<ConsoleSessions>()
            .AddSingleton<FirstPassword>()
            .AddSingleton<IAntiforgeryAdditionalDataProvider, FormAccount>()
            .AddHostedService(provider => provider.GetRequiredService<ConsoleClient>());
        services.AddHttpClient(Provider.HttpClientName, client => client.Timeout = TimeSpan.FromSeconds(10))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false, UseCookies = false, UseProxy = false, AutomaticDecompression = DecompressionMethods.None,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5), SslOptions = { RemoteCertificateValidationCallback = options.ServerTrust },
            });
        services.TryAddSingleton<HashGate>();
        services.AddSingleton<OwnPassword>();
        AddForms(services, options);
        AddPages(services);
        return services;
    }

    private static void AddForms(IServiceCollection services, AdminUiOptions options)
    {
        services.AddAntiforgery(form =>
        {
            form.Cookie.Name = ConsoleCookies.Name(options, "hub-form");
            form.Cookie.Path = "/";
            form.Cookie.SameSite = SameSiteMode.Strict;
            form.Cookie.SecurePolicy = options.SecureCookies ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
            form.SuppressXFrameOptionsHeader = true;
        });
        services.Configure<CookieTempDataProviderOptions>(flash =>
        {
            flash.Cookie.Name = ConsoleCookies.Name(options, "hub-flash");
            flash.Cookie.Path = "/";
            flash.Cookie.IsEssential = true;
            flash.Cookie.SecurePolicy = options.SecureCookies ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
        });
    }

    /// <summary>The pages are found by the program that this library is part of, or brought along where it is not (tests).</summary>
    private static void AddPages(IServiceCollection services) => services
        .AddRazorPages(pages => pages.Conventions.AddFolderApplicationModelConvention("/Console", page => page.Filters.Add(new ConsoleGate())))
        .ConfigureApplicationPartManager(manager =>
        {
            var own = typeof(AdminUiServices).Assembly;
            if (manager.ApplicationParts.Any(part => part.Name == own.GetName().Name))
            {
                return;
            }

            foreach (var part in ApplicationPartFactory.GetApplicationPartFactory(own).GetApplicationParts(own))
            {
                manager.ApplicationParts.Add(part);
            }
        });
}
