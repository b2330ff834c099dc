using System.Net;
using IdentityHub.Domain.Credentials;
using IdentityHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn;

/// <summary>Guesses are counted before they are looked at, and nobody is locked out for good. Each test starts a hub of its own: it moves the clock and fills the gate.</summary>
public sealed class ThrottleTests
{
    private const int Burst = 10;

    [Fact]
    [Spec("OWASP ASVS 5.0", "6.3.1"), Spec("NIST SP 800-63B-4", "3.2.2")]
    public async Task Two_hundred_parallel_guesses_in_every_spelling_use_up_one_allowance_that_comes_back_with_time_and_never_shuts_out_a_known_browser()
    {
        await using var hub = await RunningHub.StartAsync(SampleDirectory.Json);
        using var known = hub.NewBrowser();
        await SampleDirectory.Portal(hub).SignInAsync(known, SampleDirectory.Pat, SampleDirectory.Password);

        string[] spellings = ["pat@northside.example", "PAT@northside.example", " pat@northside.example", "ｐａｔ@northside.example", "Pat@Northside.Example\u3000"];
        var browsers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AtSignInAsync(hub)));
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(number => GuessAsync(browsers[number % 20], spellings[number % 5], "wrong " + number)));
        Assert.All(answers, answer => Assert.True(answer is HttpStatusCode.OK or HttpStatusCode.TooManyRequests, answer.ToString()));
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);

        // Those that the gate turned away were never looked at and are not counted; these use up what they left.
        for (var i = 0; i < Burst; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await GuessAsync(browsers[0], spellings[i % 5], "wrong"));
        }

        Assert.False(await SignsInAsync(browsers[1]));
        await known.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress(("prompt", "login"), ("max_age", "0")));
        hub.Time.Advance(TimeSpan.FromSeconds(1));
        await known.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress(("prompt", "login")));
        await known.SubmitAsync(("username", SampleDirectory.Pat), ("current-password", SampleDirectory.Password));
        Assert.NotNull(known.LeftFor);

        // One comes back every three minutes: a wrong one uses it, a right one gives it back.
        Assert.False(await SignsInAsync(browsers[2]));
        hub.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(HttpStatusCode.OK, await GuessAsync(browsers[3], SampleDirectory.Pat, "wrong"));
        Assert.False(await SignsInAsync(browsers[4]));
        hub.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.True(await SignsInAsync(browsers[5]));
        Assert.True(await SignsInAsync(browsers[6]));
    }

    [Fact]
    public async Task A_known_browsers_own_guesses_are_counted_too_and_a_mark_of_another_user_is_none()
    {
        await using var hub = await RunningHub.StartAsync(SampleDirectory.Json);
        using var known = hub.NewBrowser();
        await SampleDirectory.Portal(hub).SignInAsync(known, SampleDirectory.Pat, SampleDirectory.Password);
        hub.Time.Advance(TimeSpan.FromSeconds(1));
        await known.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress(("prompt", "login")));
        for (var i = 0; i < Burst; i++)
        {
            await known.SubmitAsync(("username", SampleDirectory.Pat), ("current-password", "wrong"));
        }

        await known.SubmitAsync(("username", SampleDirectory.Pat), ("current-password", SampleDirectory.Password));
        Assert.Null(known.LeftFor);

        // Strangers' guesses at Sam are Sam's by name, also from a browser that Pat uses.
        for (var i = 0; i < Burst; i++)
        {
            await known.SubmitAsync(("username", SampleDirectory.Sam), ("current-password", "wrong"));
        }

        using var fresh = await AtSignInAsync(hub);
        await fresh.SubmitAsync(("username", SampleDirectory.Sam), ("current-password", SampleDirectory.Password));
        Assert.Null(fresh.LeftFor);
    }

    [Fact]
    public async Task An_address_has_an_allowance_of_its_own_and_is_told_when_to_come_back_without_using_up_the_names()
    {
        await using var hub = await RunningHub.StartAsync(SampleDirectory.Json, ["--Hub:SignIn:AddressBurst", "3", "--Hub:SignIn:AddressRefillSeconds", "60"]);
        using var browser = await AtSignInAsync(hub);
        foreach (var name in (string[])["a@x.example", "b@x.example", "c@x.example"])
        {
            await browser.SubmitAsync(("username", name), ("current-password", "wrong"));
            Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        }

        for (var i = 0; i < Burst + 2; i++)
        {
            await browser.SubmitAsync(("username", SampleDirectory.Pat), ("current-password", "wrong"));
            Assert.Equal(HttpStatusCode.TooManyRequests, browser.Page!.Status);
            Assert.Equal("60", Pages.Header(browser.Page.Response, "Retry-After"));
            Assert.Equal(SampleDirectory.Pat, browser.Page.Document.QuerySelector("input[autocomplete~=username]")!.GetAttribute("value"));
            Pages.AssertHeaders(browser.Page.Response);
        }

        hub.Time.Advance(TimeSpan.FromSeconds(61));
        await browser.SubmitAsync(("username", SampleDirectory.Pat), ("current-password", SampleDirectory.Password));
        Assert.NotNull(browser.LeftFor);
    }

    [Fact]
    public async Task With_the_hash_gate_full_sign_in_is_turned_away_at_once_uncounted_and_everything_else_answers()
    {
        await using var hub = await RunningHub.StartAsync(SampleDirectory.Json);
        using var browser = await AtSignInAsync(hub);
        using var open = new ManualResetEventSlim();
        var gate = hub.Services.GetRequiredService<HashGate>();
        while (gate.TryRun(() => open.Wait(TimeSpan.FromSeconds(30))) is not null)
        {
            await Task.Delay(1);
        }

        try
        {
            using var quick = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            for (var i = 0; i < Burst + 2; i++)
            {
                await browser.SubmitAsync(("username", SampleDirectory.Pat), ("current-password", SampleDirectory.Password));
                Assert.Equal(HttpStatusCode.TooManyRequests, browser.Page!.Status);
                Assert.Equal("2", Pages.Header(browser.Page.Response, "Retry-After"));
                Assert.Equal(SampleDirectory.Pat, browser.Page.Document.QuerySelector("input[autocomplete~=username]")!.GetAttribute("value"));
            }

            using var http = hub.NewClient();
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/jwks", quick.Token)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await SampleDirectory.Other(hub).TokenAsync(("grant_type", "client_credentials"), ("scope", "scim")).WaitAsync(quick.Token)).Status);
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready", quick.Token)).StatusCode);
        }
        finally
        {
            open.Set();
        }

        // A full gate is not the user's fault: what was turned away used up nothing.
        for (var i = 0; browser.LeftFor is null && i < 50; i++)
        {
            await browser.SubmitAsync(("username", SampleDirectory.Pat), ("current-password", SampleDirectory.Password));
        }

        Assert.NotNull(browser.LeftFor);
    }

    private static async Task<Browser> AtSignInAsync(RunningHub hub)
    {
        var browser = hub.NewBrowser();
        return await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
    }

    private static async Task<HttpStatusCode> GuessAsync(Browser browser, string name, string password) =>
        (await browser.Client.PostAsync(browser.Page!.Address, new FormUrlEncodedContent([KeyValuePair.Create("username", name), KeyValuePair.Create("password", password)]))).StatusCode;

    private static async Task<bool> SignsInAsync(Browser browser) => (await browser.SubmitAsync(("username", SampleDirectory.Pat), ("current-password", SampleDirectory.Password))).LeftFor is not null;
}
