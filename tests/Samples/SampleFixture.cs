using IdentityHub.ExpertConsole;
using IdentityHub.MemberPortal;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityHub.Samples.Tests;

/// <summary>A fresh fake hub, a fresh application and a fresh browser for each test, over real HTTP.</summary>
public abstract class SampleFixture : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> started = [];
    private readonly List<Browser> browsers = [];

    private protected ManualClock Clock { get; } = new();
    private protected FakeHub Hub { get; }
    private protected Browser Me { get; private set; } = null!;
    private protected string Portal { get; private set; } = "";

    protected SampleFixture() => Hub = new FakeHub(Clock);

    public async Task InitializeAsync()
    {
        await Hub.StartAsync();
        Portal = await StartAsync(MemberPortalApp.Build, "portal");
        Me = NewBrowser(Portal);
    }

    public async Task DisposeAsync()
    {
        browsers.ForEach(b => b.Dispose());
        foreach (var app in started)
        {
            await app.DisposeAsync();
        }

        await Hub.DisposeAsync();
    }

    private protected Browser NewBrowser(string origin)
    {
        var browser = new Browser(origin);
        browsers.Add(browser);
        return browser;
    }

    private protected async Task<Browser> StartExpertConsoleAsync()
    {
        Hub.ClientId = "expert-console";
        return NewBrowser(await StartAsync(ExpertConsoleApp.Build, "expert-console"));
    }

    private async Task<string> StartAsync(Func<string[], Action<IServiceCollection>?, WebApplication> build, string clientId)
    {
        string[] arguments =
        [
            "--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "None", "--Logging:LogLevel:Microsoft.AspNetCore", "None",
            "--RelyingParty:Authority", Hub.Issuer, "--RelyingParty:AllowHttp", "true",
            "--RelyingParty:ClientId", clientId, "--RelyingParty:ClientSecret", FakeHub.Secret,
        ];
        var app = build(arguments, services => services.AddSingleton<TimeProvider>(Clock));
        started.Add(app);
        await app.StartAsync();
        return app.Urls.Single();
    }
}
