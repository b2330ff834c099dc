using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Testing;

namespace IdentityHub.AdminUi.Tests;

/// <summary>A hub with people signed in to its console, through the real protocol.</summary>
public sealed class ConsoleHub : IAsyncDisposable
{
    private readonly List<Browser> browsers = [];

    private ConsoleHub(RunningHub hub) => Hub = hub;

    public RunningHub Hub { get; }

    /// <param name="json">A configuration file; the sample directory when null.</param>
    public static async Task<ConsoleHub> StartAsync(string? json = null) => new(await RunningHub.StartAsync(json ?? SampleDirectory.Json));

    /// <summary>A fresh browser in which this person is signed in and stands on a page.</summary>
    /// <param name="userName">Who.</param>
    /// <param name="page">The page to open: the sign-in leads back to it.</param>
    /// <param name="password">Theirs.</param>
    public async Task<Browser> SignInAsync(string userName, string page = "/admin", string password = SampleDirectory.Password)
    {
        var browser = Hub.NewBrowser();
        browsers.Add(browser);
        await browser.GoAsync(page);
        return await FinishSignInAsync(browser, userName, password);
    }

    /// <summary>Gives what the sign-in pages ask for, until a page of the console is shown.</summary>
    public async Task<Browser> FinishSignInAsync(Browser browser, string userName, string password = SampleDirectory.Password)
    {
        if (browser.Page!.Asks("current-password"))
        {
            await browser.SubmitAsync(("username", userName), ("current-password", password));
        }

        if (browser.Page!.Asks("one-time-code"))
        {
            Hub.Time.Advance(TimeSpan.FromSeconds(30));
            await browser.SubmitAsync(("one-time-code", Totp.CodeAt(Base32.Decode(SampleDirectory.TotpSecret)!, Totp.StepAt(Hub.Time.GetUtcNow()))));
        }

        if (browser.Page!.Document.QuerySelector("button[name='account']") is { } choice && browser.Page.Address.AbsolutePath.StartsWith("/sign-in", StringComparison.Ordinal))
        {
            await browser.PressAsync("account", choice.GetAttribute("value")!);
        }

        return browser;
    }

    /// <summary>The id of a membership.</summary>
    public Task<string> MemberIdAsync(string userName, string account) => Hub.ReadAsync(reader => Task.FromResult(
        MemberDirectory.Page(reader, new(account, new DirectoryCriterion.Term(DirectoryField.UserName, DirectoryOperator.Equal, userName))).Single().Id));

    public async ValueTask DisposeAsync()
    {
        foreach (var browser in browsers)
        {
            browser.Dispose();
        }

        await Hub.DisposeAsync();
    }
}
