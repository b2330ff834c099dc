using System.Net;
using IdentityHub.Domain;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn;

/// <summary>A password that somebody else chose: its owner chooses another before anything is let through.</summary>
public sealed class FirstPasswordTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private const string Given = "handed over on paper";
    private const string Chosen = "a long enough password 1";
    private static readonly string GivenHash = new PasswordHashing().Hash(Given);

    private readonly RunningHub hub = fixture.Hub;

    private RelyingApp App { get; } = SampleDirectory.Portal(fixture.Hub);

    private Task<(string UserName, string UserId)> AddAsync(bool totp = false, bool twoAccounts = false) => hub.WriteAsync(async transaction =>
    {
        var name = $"fay-{RandomId.New()[..12]}@northside.example";
        var created = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new(name, "Fay", "First", name, false, false));
        await Memberships.AddAsync(transaction, new(created.User.Id, "northside", Role.User, null, MembershipStatus.Active));
        if (twoAccounts)
        {
            await Memberships.AddAsync(transaction, new(created.User.Id, "brightfix", Role.User, null, MembershipStatus.Active));
        }

        await Passwords.SetAsync(transaction, created.User.Id, GivenHash, mustChange: true);
        if (totp)
        {
            await SecondFactors.PutTotpAsync(transaction, created.User.Id, Base32.Decode(SampleDirectory.TotpSecret)!);
        }

        return (name, created.User.Id);
    });

    private async Task<Browser> AtChoiceAsync(string userName, params (string Name, string? Value)[] changes)
    {
        var browser = hub.NewBrowser();
        await browser.GoAsync(App.AuthorizeAddress(changes));
        await browser.SubmitAsync(("username", userName), ("current-password", Given));
        return browser;
    }

    private static void AssertAsked(Browser browser)
    {
        Assert.True(browser.Page?.Address.AbsolutePath == "/sign-in/new-password", browser.LeftFor?.ToString() ?? browser.Page?.Text);
        Assert.Equal(2, browser.Page!.Document.QuerySelectorAll("input[type=password][autocomplete=new-password]").Length);
    }

    [Fact]
    public async Task It_is_changed_before_the_first_code_is_issued_and_then_signs_in_no_more()
    {
        var (userName, _) = await AddAsync(twoAccounts: true);
        using var browser = await AtChoiceAsync(userName);
        AssertAsked(browser);
        Pages.AssertHeaders(browser.Page!.Response);
        Assert.Equal(userName, browser.Page.Document.QuerySelector("input[autocomplete~=username]")!.GetAttribute("value"));

        await browser.SubmitAsync(("new-password", Chosen));
        Assert.NotNull(browser.Page?.Document.QuerySelector("button[name=account]"));
        await browser.PressAsync("account", "northside");
        Assert.Null((await App.RedeemAsync(RelyingApp.Callback(browser)["code"])).Error);

        // The session goes on, and is not asked again.
        await browser.GoAsync(App.AuthorizeAddress(("prompt", "none")));
        Assert.True(RelyingApp.Callback(browser).ContainsKey("code"));
        using var later = await AtChoiceAsync(userName);
        Assert.NotNull(later.Page?.Alert);
        await later.SubmitAsync(("username", userName), ("current-password", Chosen));
        Assert.NotNull(later.Page?.Document.QuerySelector("button[name=account]"));
        Assert.DoesNotContain(await Pickup.MailsAsync(hub, userName), mail => mail.Contains(Given, StringComparison.Ordinal) || mail.Contains(Chosen, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Until_then_the_session_gets_nothing_anywhere()
    {
        var (userName, _) = await AddAsync();
        using var browser = await AtChoiceAsync(userName);
        var tx = browser.Page!.Address.Query;

        await browser.GoAsync(App.AuthorizeAddress(("prompt", "none")));
        Assert.Equal("interaction_required", RelyingApp.Callback(browser)["error"]);
        foreach (var changes in ((string, string?)[][])[[], [("prompt", "select_account")], [("max_age", "3600")], [("prompt", "consent"), ("scope", "openid offline_access")], [("account", "northside")]])
        {
            await browser.GoAsync(App.AuthorizeAddress(changes));
            AssertAsked(browser);
        }

        foreach (var page in (string[])["/sign-in", "/sign-in/code", "/sign-in/account", "/sign-in/membership", "/sign-in/refused"])
        {
            await browser.GoAsync(page + tx);
            AssertAsked(browser);
            await browser.PostAsync(page + tx, new Dictionary<string, string> { ["account"] = "northside", ["username"] = userName, ["password"] = Given });
            AssertAsked(browser);
        }
    }

    [Theory, InlineData("short"), InlineData(""), InlineData(Given)]
    public async Task The_former_one_and_a_bad_one_are_not_taken(string password)
    {
        var (userName, userId) = await AddAsync();
        using var browser = await AtChoiceAsync(userName);
        await browser.SubmitAsync(("new-password", password));
        Assert.Equal(HttpStatusCode.BadRequest, browser.Page!.Status);
        Assert.NotEmpty(browser.Page.Alert!);
        Assert.Equal(GivenHash, await hub.ReadAsync(reader => Passwords.HashOfAsync(reader, userId)));
        await browser.SubmitAsync(("new-password", Chosen));
        Assert.NotNull(browser.LeftFor);
    }

    [Fact]
    public async Task The_second_factor_comes_first()
    {
        var (userName, _) = await AddAsync(totp: true);
        using var browser = await AtChoiceAsync(userName);
        var tx = browser.Page!.Address.Query;
        Assert.True(browser.Page.Asks("one-time-code"));
        await browser.PostAsync("/sign-in/new-password" + tx, new Dictionary<string, string> { ["new-password"] = Chosen, ["new-password-again"] = Chosen });
        Assert.False(browser.Page!.Asks("new-password"));
        await browser.GoAsync("/sign-in/code" + tx);
        await browser.SubmitAsync(("one-time-code", Totp.CodeAt(Base32.Decode(SampleDirectory.TotpSecret)!, Totp.StepAt(hub.Time.Now))));
        AssertAsked(browser);
        await browser.SubmitAsync(("new-password", Chosen));
        var id = RelyingApp.Payload((await App.RedeemAsync(RelyingApp.Callback(browser)["code"])).Text("id_token"));
        Assert.Equal(["pwd", "otp", "mfa"], id.GetProperty("amr").EnumerateArray().Select(method => method.GetString()));
    }

    [Fact]
    public async Task Of_many_at_once_one_chooses()
    {
        var (userName, userId) = await AddAsync();
        using var browser = await AtChoiceAsync(userName);
        var address = browser.Page!.Address.PathAndQuery;
        async Task<bool> TryAsync(int number)
        {
            var password = $"a long enough password {number}";
            while (true)
            {
                using var content = new FormUrlEncodedContent(new Dictionary<string, string> { ["new-password"] = password, ["new-password-again"] = password });
                using var answer = await browser.Client.PostAsync(address, content);
                if (answer.StatusCode != HttpStatusCode.TooManyRequests)
                {
                    return answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(cookie => cookie.Contains("hub-session", StringComparison.Ordinal));
                }

                await Task.Delay(100);
            }
        }

        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(TryAsync));
        Assert.Single(results, true);
        Assert.Equal(PasswordVerdict.Right, new PasswordHashing().Verify(await hub.ReadAsync(reader => Passwords.HashOfAsync(reader, userId)), $"a long enough password {Array.IndexOf(results, true)}"));
    }

    [Fact]
    public async Task What_was_set_again_meanwhile_is_not_overwritten()
    {
        var (userName, userId) = await AddAsync();
        using var browser = await AtChoiceAsync(userName);
        await hub.WriteAsync(async transaction =>
        {
            await Passwords.SetAsync(transaction, userId, "another hash", mustChange: true);
            return true;
        });
        await browser.SubmitAsync(("new-password", Chosen));
        Assert.True(browser.Page!.Asks("current-password"));
        Assert.Equal("another hash", await hub.ReadAsync(reader => Passwords.HashOfAsync(reader, userId)));
    }

    [Fact]
    public async Task Going_back_tells_the_app()
    {
        var (userName, _) = await AddAsync();
        using var browser = await AtChoiceAsync(userName);
        await browser.PressAsync("Back to");
        Assert.Equal("access_denied", RelyingApp.Callback(browser)["error"]);
    }
}
