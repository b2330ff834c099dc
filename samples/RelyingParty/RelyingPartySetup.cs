using IdentityHub.RelyingParty.Discovery;
using IdentityHub.RelyingParty.Pages;
using IdentityHub.RelyingParty.Sessions;
using IdentityHub.RelyingParty.SignIn;
using IdentityHub.RelyingParty.SignOut;
using IdentityHub.RelyingParty.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace IdentityHub.RelyingParty;

/// <summary>What an application calls to have people signed in by the hub.</summary>
public static class RelyingPartySetup
{
    private const int LargestRequest = 64 * 1024;

    /// <summary>Adds sign-in, sessions and the shared pages.</summary>
    /// <exception cref="SettingsException">Section <c>RelyingParty</c> is incomplete or wrong.</exception>
    public static WebApplicationBuilder AddRelyingParty(this WebApplicationBuilder builder, AppIdentity app)
    {
        var settings = RelyingPartySettings.Read(builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
        });
        builder.Services.AddSingleton(app).AddSingleton(settings);
        AddPages(builder.Services, settings);
        AddHub(builder.Services);
        AddSessions(builder.Services, settings);
        return builder;
    }

    /// <summary>Puts the middleware in order and maps the shared endpoints; the application adds its start page.</summary>
    public static WebApplication UseRelyingParty(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<RelyingPartySettings>();
        app.Use(SecurityHeaders.Middleware(settings));
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = Notices.Failure.ExecuteAsync });
        app.UseStatusCodePages(context => Notices.OfStatus(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
        if (!settings.AllowHttp)
        {
            app.UseHsts();
        }

        app.UseRouting();
        app.UseAuthentication();
        app.UseAntiforgery();
        MapEndpoints(app);
        return app;
    }

    private static void MapEndpoints(IEndpointRouteBuilder app)
    {
        // These never look at a session, so they answer before authentication and whatever state the hub is in.
        app.MapGet("/health/live", () => TypedResults.Text("live")).ShortCircuit();
        app.MapGet("/site.css", SiteAssets.SendStyle).ShortCircuit();
        app.MapGet("/icon.svg", SiteAssets.SendIcon).ShortCircuit();
        app.MapPost(BackChannelLogout.Path, (BackChannelLogout logout, HttpContext context) => logout.HandleAsync(context)).ShortCircuit();

        app.MapGet("/signin", SignInEndpoints.SignIn);
        app.MapGet("/choose-account", SignInEndpoints.ChooseAccount);
        app.MapPost("/switch-account", SignInEndpoints.SwitchAccount);
        app.MapPost("/signout", (SignOutEndpoints signOut, HttpContext context) => signOut.SignOutAsync(context));
        app.MapGet(SignOutEndpoints.CallbackPath, (SignOutEndpoints signOut, HttpContext context) => signOut.Callback(context));
    }

    private static void AddPages(IServiceCollection services, RelyingPartySettings settings)
    {
        services.AddRazorComponents();
        services.AddExceptionHandler<KnownFaults>();
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = false);
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = settings.CookieName("form");
            o.Cookie.SecurePolicy = SecurePolicy(settings);
        });
    }

    private static void AddHub(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<HubHttp>().AddSingleton<ProviderDirectory>().AddSingleton<HubClient>();
        services.AddSingleton<JwtVerifier>().AddSingleton<TokenChecks>();
    }

    private static void AddSessions(IServiceCollection services, RelyingPartySettings settings)
    {
        services.Configure<KeyManagementOptions>(o => o.XmlRepository = new KeysInMemory());
        services.AddSingleton<SessionStore>().AddSingleton<SessionRefresh>().AddScoped<SessionEvents>();
        services.AddSingleton<SignInSteps>().AddSingleton<SignOutEndpoints>().AddSingleton<BackChannelLogout>();
        services.AddKeyedSingleton(SignInSteps.UsedStates, (s, _) => new UsedOnce(s.GetRequiredService<TimeProvider>()));
        services.AddKeyedSingleton(BackChannelLogout.UsedTokens, (s, _) => new UsedOnce(s.GetRequiredService<TimeProvider>()));
        services
            .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(o => Configure(o, settings))
            .AddRemoteScheme<HubSignInOptions, HubSignInHandler>(HubSignInHandler.SchemeName, "IdentityHub", o => Configure(o, settings));
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme)
            .Configure<SessionStore>((o, store) => o.SessionStore = store);
        services.AddOptions<HubSignInOptions>(HubSignInHandler.SchemeName)
            .Configure<IDataProtectionProvider>((o, keys) =>
                o.States = new PropertiesDataFormat(keys.CreateProtector("IdentityHub.RelyingParty.State")));
    }

    private static void Configure(CookieAuthenticationOptions options, RelyingPartySettings settings)
    {
        options.Cookie.Name = settings.CookieName("session");
        options.Cookie.SecurePolicy = SecurePolicy(settings);
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.Path = "/";
        options.ExpireTimeSpan = TimeSpan.FromHours(1); // without use; SessionStore.Longest ends it in any case
        options.SlidingExpiration = true;
        options.EventsType = typeof(SessionEvents);
    }

    private static void Configure(HubSignInOptions options, RelyingPartySettings settings)
    {
        options.Settings = settings;
        options.CallbackPath = "/signin-oidc";
        options.RemoteAuthenticationTimeout = AuthorizationRequest.Lifetime;
        options.CorrelationCookie.Name = settings.CookieName("state.");
        options.CorrelationCookie.SecurePolicy = SecurePolicy(settings);
        options.CorrelationCookie.SameSite = SameSiteMode.Lax; // the answer is a GET navigation
        options.CorrelationCookie.Path = "/"; // as the prefix __Host- asks
        options.Events = new RemoteAuthenticationEvents { OnRemoteFailure = ShowFailureAsync };
    }

    private static Task ShowFailureAsync(RemoteFailureContext context)
    {
        if (KnownFaults.Page(context.Failure) is not { } page)
        {
            return Task.CompletedTask; // a bug: the framework throws it on
        }

        context.HandleResponse();
        return page.ExecuteAsync(context.HttpContext);
    }

    private static CookieSecurePolicy SecurePolicy(RelyingPartySettings settings) =>
        settings.AllowHttp ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
}
