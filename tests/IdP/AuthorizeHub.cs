using IdentityHub.Domain.Credentials;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests;

/// <summary>One hub for every class of the collection, which run one after another: they may move its clock, by minutes. Browsers stay signed in between tests.</summary>
public sealed class AuthorizeHub : IAsyncLifetime
{
    public const string Collection = "authorize";

    private static readonly TimeSpan StaysSignedIn = TimeSpan.FromMinutes(40);
    private readonly Dictionary<string, (Browser Browser, DateTimeOffset At)> signedIn = [];

    public RunningHub Hub { get; private set; } = null!;

    /// <summary>No cookies, no redirects followed.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>An ID token of the portal, kept for sign-outs.</summary>
    public string? LogoutHint { get; set; }

    public async Task InitializeAsync()
    {
        Hub = await RunningHub.StartAsync(AuthorizeDirectory.Json);
        Http = Hub.NewClient();
    }

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    /// <summary>A browser in which this user is signed in with their password, kept from test to test. Tests leave it signed in.</summary>
    public async Task<Browser> SignedInAsync(string userName)
    {
        if (signedIn.TryGetValue(userName, out var kept) && Hub.Time.Now - kept.At < StaysSignedIn)
        {
            return kept.Browser;
        }

        var browser = await SignInAsync(userName);
        signedIn[userName] = (browser, Hub.Time.Now);
        return browser;
    }

    /// <summary>A browser in which Hal, who has two accounts, is signed in and has chosen none.</summary>
    public async Task<Browser> UnchosenAsync()
    {
        if (!signedIn.TryGetValue("unchosen", out var kept) || Hub.Time.Now - kept.At > StaysSignedIn)
        {
            kept = (Hub.NewBrowser(), Hub.Time.Now);
            await kept.Browser.GoAsync(SampleDirectory.Portal(Hub).AuthorizeAddress());
            await kept.Browser.SubmitAsync(("username", AuthorizeDirectory.Hal), ("current-password", SampleDirectory.Password));
            signedIn["unchosen"] = kept;
        }

        return kept.Browser;
    }

    /// <summary>A browser of its own, signed in just now.</summary>
    public async Task<Browser> SignInAsync(string userName)
    {
        var browser = Hub.NewBrowser();
        await SampleDirectory.Portal(Hub).SignInAsync(browser, userName, SampleDirectory.Password, SampleDirectory.TotpSecret, "northside");
        Assert.NotNull(browser.LeftFor);
        return browser;
    }

    /// <summary>Moves the clock on to where the authenticator app of a user shows another code than those used before.</summary>
    public string NextCode(string secret = SampleDirectory.TotpSecret)
    {
        Hub.Time.Advance(TimeSpan.FromSeconds(3 * Totp.StepSeconds));
        return Codes.Of(secret, Hub);
    }
}

[CollectionDefinition(AuthorizeHub.Collection)]
public sealed class AuthorizeCollection : ICollectionFixture<AuthorizeHub>;

internal static class Codes
{
    /// <summary>What the authenticator app shows, some steps from now.</summary>
    public static string Of(string secret, RunningHub hub, int stepsFromNow = 0) => Totp.CodeAt(Base32.Decode(secret)!, Totp.StepAt(hub.Time.Now) + stepsFromNow);

    /// <summary>Six digits that are none of the three codes that are good now.</summary>
    public static string Wrong(string secret, RunningHub hub)
    {
        var good = new[] { -1, 0, 1 }.Select(step => Of(secret, hub, step)).ToHashSet();
        return new[] { "000000", "111111", "222222", "333333" }.First(code => !good.Contains(code));
    }
}
