using System.Net;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn;

/// <summary>What a review of the first sign-in found, each finding held by a test.</summary>
public sealed class FirstReviewTests : IAsyncLifetime
{
    private RunningHub hub = null!;

    /// <summary>As the shared directory, with a client of one account that may ask for accounts, and two people with codes by e-mail.</summary>
    private static string Json => SampleDirectory.Json
        .Replace("\"scope\": \"openid account\", \"account\": \"brightfix\"", "\"scope\": \"openid account accounts\", \"account\": \"brightfix\"", StringComparison.Ordinal)
        .Replace($"{{ \"userName\": \"{SampleDirectory.Pat}\",", $"{{ \"userName\": \"{SampleDirectory.Pat}\", \"twoFactor\": {{ \"emailCodesTo\": \"pat.codes@example.net\" }},", StringComparison.Ordinal)
        .Replace($"{{ \"userName\": \"{SampleDirectory.Sam}\",", $"{{ \"userName\": \"{SampleDirectory.Sam}\", \"twoFactor\": {{ \"emailCodesTo\": \"sam.codes@example.net\" }},", StringComparison.Ordinal);

    public async Task InitializeAsync() => hub = await RunningHub.StartAsync(Json);

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private string CodeOf(string secret) => Totp.CodeAt(Base32.Decode(secret)!, Totp.StepAt(hub.Time.Now));

    private async Task<Browser> SignedInAsync(RelyingApp app, string userName, string? account = null)
    {
        var browser = hub.NewBrowser();
        Assert.True((await app.SignInAsync(browser, userName, SampleDirectory.Password, SampleDirectory.TotpSecret, account)).ContainsKey("code"));
        hub.Time.Advance(TimeSpan.FromSeconds(31));
        return browser;
    }

    [Theory]
    [InlineData("prompt", "login")]
    [InlineData("max_age", "0")]
    public async Task A_code_alone_does_not_pass_the_password_step(string parameter, string value)
    {
        var app = SampleDirectory.Portal(hub);
        using var browser = await SignedInAsync(app, SampleDirectory.Terry, "northside");
        await browser.GoAsync(app.AuthorizeAddress((parameter, value)));
        Assert.True(browser.Page!.Asks("current-password"));

        await browser.PostAsync(browser.Page.Address.PathAndQuery.Replace("/sign-in?", "/sign-in/code?", StringComparison.Ordinal), [KeyValuePair.Create("code", CodeOf(SampleDirectory.TotpSecret))]);
        Assert.Null(browser.LeftFor);
        Assert.True(browser.Page!.Asks("current-password"), "the password is still asked for");
    }

    [Fact]
    public async Task A_code_by_e_mail_is_good_for_the_person_alone_whose_password_was_given()
    {
        var app = SampleDirectory.Portal(hub);
        using var browser = hub.NewBrowser();
        await browser.GoAsync(app.AuthorizeAddress());
        var address = browser.Page!.Address.PathAndQuery;
        await browser.SubmitAsync(("username", SampleDirectory.Pat), ("current-password", SampleDirectory.Password));
        var patsCode = await MailedCodeAsync("pat.codes@example.net");

        // In the same sign-in, someone else's password: what was mailed to the first is no code of theirs, and theirs signs in nobody else.
        await browser.GoAsync(address);
        await browser.SubmitAsync(("username", SampleDirectory.Sam), ("current-password", SampleDirectory.Password));
        var samsCode = await MailedCodeAsync("sam.codes@example.net");
        await browser.SubmitAsync(("one-time-code", patsCode));
        Assert.Null(browser.LeftFor);
        await browser.SubmitAsync(("one-time-code", samsCode));
        var id = RelyingApp.Payload((await app.RedeemAsync(RelyingApp.Callback(browser)["code"])).Text("id_token"));
        var sam = await hub.ReadAsync(reader => Users.FindByNameAsync(reader, SampleDirectory.Sam));
        Assert.Equal(sam!.Id, id.GetProperty("sub").GetString());
    }

    [Theory]
    [InlineData("same-site")]
    [InlineData("cross-site")]
    public async Task A_form_of_another_host_is_refused_though_the_cookie_came_along(string site)
    {
        var app = SampleDirectory.Portal(hub);
        using var browser = hub.NewBrowser();
        await browser.GoAsync(app.AuthorizeAddress());
        using var request = new HttpRequestMessage(HttpMethod.Post, browser.Page!.Address)
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("username", SampleDirectory.Dana), KeyValuePair.Create("password", SampleDirectory.Password)]),
        };
        request.Headers.Add("Sec-Fetch-Site", site);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Who_guesses_from_one_network_does_not_lock_the_owner_out_of_another()
    {
        var app = SampleDirectory.Portal(hub);
        using var guesser = hub.NewBrowser();
        await guesser.GoAsync(app.AuthorizeAddress());
        for (var guess = 0; guess < 10; guess++)
        {
            await guesser.SubmitAsync(("username", SampleDirectory.Dana), ("current-password", "wrong"));
        }

        await guesser.SubmitAsync(("username", SampleDirectory.Dana), ("current-password", SampleDirectory.Password));
        Assert.True(guesser.Page!.Asks("current-password"), "nobody gets in from where the guesses come");
        using var owner = hub.NewBrowser(IPAddress.Parse("127.0.0.2"));
        Assert.True((await app.SignInAsync(owner, SampleDirectory.Dana, SampleDirectory.Password, null, "northside")).ContainsKey("code"));
    }

    [Theory]
    [InlineData("acr_values", 60_000)]
    [InlineData("scope", 60_000)]
    [InlineData("prompt", 60_000)]
    [InlineData("claims", 60_000)]
    [InlineData("login_hint", 513)]
    public async Task What_a_stranger_has_the_hub_keep_is_small(string parameter, int length)
    {
        using var client = hub.NewClient();
        using var answer = await client.PostAsync("/authorize", new FormUrlEncodedContent(SampleDirectory.Portal(hub).Request((parameter, new string('x', length)))));
        Assert.Contains("error=invalid_request", answer.Headers.Location!.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_so_many_sign_ins_are_begun_from_one_network_and_others_go_on()
    {
        var app = SampleDirectory.Portal(hub);
        using var client = hub.NewClient();
        var statuses = new System.Collections.Concurrent.ConcurrentDictionary<HttpStatusCode, int>();
        await Parallel.ForAsync(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, cancellationToken) =>
        {
            using var answer = await client.GetAsync(app.AuthorizeAddress(), cancellationToken);
            statuses.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
        });
        Assert.Equal([HttpStatusCode.SeeOther, HttpStatusCode.TooManyRequests], statuses.Keys.Order());
        using var elsewhere = hub.NewBrowser(IPAddress.Parse("127.0.0.3"));
        await elsewhere.GoAsync(app.AuthorizeAddress());
        Assert.True(elsewhere.Page!.Asks("current-password"));
    }

    [Fact]
    public async Task Claims_end_at_the_scope_that_the_client_is_registered_for()
    {
        var app = new RelyingApp(hub, "levels", SampleDirectory.PortalSecret, "https://levels.example/cb");
        using var browser = hub.NewBrowser();
        var callback = await app.SignInAsync(
            browser, SampleDirectory.Dana, SampleDirectory.Password, null, "northside",
            ("scope", "openid account"), ("claims", """{"userinfo":{"email":null,"name":{"essential":true}},"id_token":{"email":null,"preferred_username":null}}"""));
        var tokens = await app.RedeemAsync(callback["code"]);
        var userInfo = (await app.UserInfoAsync(tokens.Text("access_token"))).Body;
        foreach (var claim in (string[])["email", "name", "preferred_username"])
        {
            Assert.False(userInfo.TryGetProperty(claim, out _), claim);
            Assert.False(RelyingApp.Payload(tokens.Text("id_token")).TryGetProperty(claim, out _), claim);
        }
    }

    [Fact]
    public async Task A_client_of_one_account_does_not_hear_of_the_others()
    {
        var app = new RelyingApp(hub, "bound", SampleDirectory.PortalSecret, "https://bound.example/cb");
        using var browser = hub.NewBrowser();
        var callback = await app.SignInAsync(browser, SampleDirectory.Dana, SampleDirectory.Password, null, null, ("scope", "openid account accounts"));
        var id = RelyingApp.Payload((await app.RedeemAsync(callback["code"])).Text("id_token"));
        Assert.Equal("brightfix", Assert.Single(id.GetProperty("accounts").EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_client_that_becomes_stricter_ends_what_it_was_granted_before()
    {
        var app = SampleDirectory.Portal(hub);
        using var browser = hub.NewBrowser();
        var callback = await app.SignInAsync(browser, SampleDirectory.Dana, SampleDirectory.Password, null, "northside", ("scope", "openid account offline_access"));
        var refresh = (await app.RedeemAsync(callback["code"])).Text("refresh_token");
        await hub.WriteAsync(transaction =>
        {
            var client = Clients.Find(transaction, "portal")!;
            client.RequireMfa = true;
            return Clients.PutAsync(transaction, client);
        });
        Assert.Equal("invalid_grant", (await app.RefreshAsync(refresh)).Error);
    }

    [Fact]
    public async Task Replacing_the_authenticator_app_ends_every_session()
    {
        var app = SampleDirectory.Portal(hub);
        using var browser = await SignedInAsync(app, SampleDirectory.Terry, "northside");
        var terry = await hub.ReadAsync(reader => Users.FindByNameAsync(reader, SampleDirectory.Terry));
        await hub.WriteAsync(transaction => SecondFactors.PutTotpAsync(transaction, terry!.Id, new byte[20]));
        await browser.GoAsync(app.AuthorizeAddress(("prompt", "none")));
        Assert.Equal("login_required", RelyingApp.Callback(browser)["error"]);
    }

    [Fact]
    public async Task An_unchanged_configuration_file_lets_nobody_in_again_at_a_restart()
    {
        var sam = await hub.ReadAsync(reader => Users.FindByNameAsync(reader, SampleDirectory.Sam));
        var place = Assert.Single(await hub.ReadAsync(reader => Memberships.OfUserAsync(reader, sam!.Id)));
        Assert.Equal(UserLifecycle.StatusResult.Changed, await hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, place.Id)));
        hub = await hub.RestartAsync();
        Assert.Equal(MembershipStatus.Inactive, Assert.Single(await hub.ReadAsync(reader => Memberships.OfUserAsync(reader, sam!.Id))).Status);
    }

    [Fact]
    public async Task A_request_that_came_by_post_goes_on_under_an_id_that_its_sender_does_not_know()
    {
        var app = SampleDirectory.Portal(hub);
        using var sender = hub.NewClient();
        using var posted = await sender.PostAsync("/authorize", new FormUrlEncodedContent(app.Request()));
        var claim = posted.Headers.Location!.ToString();
        using var browser = hub.NewBrowser();
        await browser.GoAsync(claim);
        Assert.True(browser.Page!.Asks("current-password"));
        Assert.DoesNotContain(claim.Split('=')[1], browser.Page.Address.Query, StringComparison.Ordinal);

        // It is taken up once.
        using var other = hub.NewBrowser();
        await other.GoAsync(claim);
        Assert.Equal(HttpStatusCode.BadRequest, other.Page!.Status);
    }

    /// <summary>The code in the newest mail to this address.</summary>
    private async Task<string> MailedCodeAsync(string address)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            var folder = new DirectoryInfo(Path.Combine(hub.DataDirectory, "mail"));
            foreach (var file in folder.Exists ? folder.GetFiles("*.eml").OrderByDescending(file => file.Name).ToArray() : [])
            {
                var text = await File.ReadAllTextAsync(file.FullName);
                if (text.Contains(address, StringComparison.Ordinal) && System.Text.RegularExpressions.Regex.Match(text, @"\bis (\d{6})\.") is { Success: true } match)
                {
                    return match.Groups[1].Value;
                }
            }

            await Task.Delay(50);
        }

        throw new InvalidOperationException($"No code was mailed to {address}.");
    }
}
