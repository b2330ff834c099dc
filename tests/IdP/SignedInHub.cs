using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests;

/// <summary>One hub with people signed in: each types the password once, after that single sign-on gives fresh codes.</summary>
public sealed class SignedInHub : IAsyncLifetime
{
    private readonly Dictionary<string, Browser> browsers = [];

    public RunningHub Hub { get; private set; } = null!;

    public RelyingApp Portal { get; private set; } = null!;

    public RelyingApp Expert { get; private set; } = null!;

    public RelyingApp Other { get; private set; } = null!;

    public RelyingApp Native { get; private set; } = null!;

    /// <summary>Registered for client_secret_post: a test sends the secret itself.</summary>
    public RelyingApp Poster { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Hub = await RunningHub.StartAsync(SampleDirectory.Json);
        Portal = SampleDirectory.Portal(Hub);
        Expert = SampleDirectory.Expert(Hub);
        Other = SampleDirectory.Other(Hub);
        Native = SampleDirectory.Native(Hub);
        Poster = new(Hub, "poster", null, "https://poster.example/cb");
        Http = Hub.NewClient();
    }

    public async Task DisposeAsync()
    {
        foreach (var browser in browsers.Values)
        {
            browser.Dispose();
        }

        await Hub.DisposeAsync();
    }

    /// <summary>The browser in which this person signs in, always the same.</summary>
    public Browser BrowserOf(string user)
    {
        if (!browsers.TryGetValue(user, out var browser))
        {
            browsers[user] = browser = Hub.NewBrowser();
        }

        return browser;
    }

    /// <summary>A fresh authorization code.</summary>
    public async Task<string> CodeAsync(RelyingApp app, string user = SampleDirectory.Pat, params (string Name, string? Value)[] changes) =>
        (await app.SignInAsync(BrowserOf(user), user, SampleDirectory.Password, account: "brightfix", changes: changes))["code"];

    /// <summary>Fresh tokens of a person at an app.</summary>
    public async Task<JsonAnswer> TokensAsync(RelyingApp app, string user = SampleDirectory.Pat, params (string Name, string? Value)[] changes)
    {
        var answer = await app.RedeemAsync(await CodeAsync(app, user, changes), ("client_secret", app.ClientId == "poster" ? SampleDirectory.PortalSecret : null));
        Assert.True(answer.Error is null, $"{answer.Error}: {answer.Body}");
        return answer;
    }

    /// <summary>Fresh tokens of a grant that outlives its session.</summary>
    public Task<JsonAnswer> OfflineTokensAsync(RelyingApp app, string user = SampleDirectory.Pat) =>
        TokensAsync(app, user, ("scope", "openid profile email account offline_access"), ("prompt", "consent"));

    /// <summary>Whether an access token is good, as the app that holds it learns by introspection.</summary>
    public static async Task<bool> IsActiveAsync(RelyingApp app, string token)
    {
        var answer = await app.IntrospectAsync(token);
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.Status);
        return answer.Body.GetProperty("active").GetBoolean();
    }
}
