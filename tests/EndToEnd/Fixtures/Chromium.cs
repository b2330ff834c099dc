using Microsoft.Playwright;
using Xunit;

namespace IdentityHub.EndToEnd.Tests.Fixtures;

/// <summary>Debian's Chromium, headless. Each visitor has cookies of their own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    public async Task InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Checkout.Outside("/usr/bin/chromium"), Headless = true, Args = Arguments, HandleSIGINT = false,
        });
    }

    public async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    /// <summary>A browser of someone who has not been here before.</summary>
    public async Task<Visitor> NewVisitorAsync(bool script = true, int width = 1280)
    {
        var context = await browser.NewContextAsync(new()
        {
            IgnoreHTTPSErrors = true, JavaScriptEnabled = script, ViewportSize = new() { Width = width, Height = 800 }, Locale = "en-GB",
        });
        context.SetDefaultTimeout(15_000);
        return new(context, await context.NewPageAsync());
    }
}
