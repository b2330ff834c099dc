using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn.Factors;

/// <summary>A browser that is remembered spares asking for the second factor where nothing requires it. It is none.</summary>
[Collection(FactorCollection.Name)]
public sealed class RememberedBrowserTests(FactorHub fixture)
{
    private const string Box = "input[name=remember]";
    private readonly RunningHub hub = fixture.Hub;

    private RelyingApp App { get; } = SampleDirectory.Portal(fixture.Hub);

    private async Task<Browser> RememberAsync(Person person, Browser? browser = null)
    {
        hub.Time.Advance(TimeSpan.FromSeconds(90));
        browser = await fixture.AfterPasswordAsync(person, App, browser, ("prompt", "login"));
        await browser.SendAsync(Box, ("code", fixture.Code()), ("remember", "yes"));
        Assert.NotNull(browser.LeftFor);
        return browser;
    }

    /// <summary>The same browser after its session is over.</summary>
    private async Task SignOutAsync(Browser browser)
    {
        hub.Time.Advance(TimeSpan.FromHours(2));
        await browser.GoAsync(App.AuthorizeAddress());
        Assert.True(browser.Page!.Asks("current-password"));
    }

    [Fact]
    public async Task It_is_not_asked_again_and_its_sign_in_is_one_of_one_factor()
    {
        var person = await fixture.AddAsync(totp: true);
        using var browser = await RememberAsync(person);
        await SignOutAsync(browser);
        await fixture.AfterPasswordAsync(person, App, browser);
        Assert.Equal(("https://refeds.org/profile/sfa", "pwd"), await FactorHub.TokenAsync(App, browser));

        using var other = await fixture.AfterPasswordAsync(person, App);
        Assert.True(other.Page!.Asks("one-time-code"), "another browser was not asked");
    }

    [Fact]
    public async Task The_cookie_is_for_http_alone_and_is_no_way_in_without_the_password()
    {
        var person = await fixture.AddAsync(totp: true);
        hub.Time.Advance(TimeSpan.FromSeconds(90));
        using var browser = await fixture.AfterPasswordAsync(person, App);
        var answer = await browser.Client.PostAsync(browser.Page!.Address, new FormUrlEncodedContent([new("code", fixture.Code()), new("remember", "yes")]));
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), one => one.StartsWith("hub-remembered=", StringComparison.Ordinal));
        Assert.Matches("(?=.*; httponly)(?=.*; samesite=lax)(?=.*; path=/)(?=.*; max-age=2592000)", cookie);
        using var request = new HttpRequestMessage(HttpMethod.Get, App.AuthorizeAddress(("prompt", "none")));
        request.Headers.Add("Cookie", cookie.Split(';')[0]);
        (await AuthorizeAnswer.ReadAsync(await hub.NewClient().SendAsync(request))).AssertError(hub, "login_required", "state-1");
    }

    [Theory, InlineData("client"), InlineData("acr"), InlineData("essential"), InlineData("member"), InlineData("account")]
    public async Task Where_something_asks_for_the_factor_it_is_asked_all_the_same(string what)
    {
        var person = await fixture.AddAsync(totp: true);
        using var browser = await RememberAsync(person);
        await SignOutAsync(browser);
        var app = what == "client" ? AuthorizeDirectory.Client(hub, "strong") : App;
        (string, string?)[] changes = what switch
        {
            "acr" => [("acr_values", "https://refeds.org/profile/mfa")],
            "essential" => [("claims", """{"id_token":{"acr":{"essential":true,"value":"https://refeds.org/profile/mfa"}}}""")],
            "account" => [("account", FactorHub.Strict)],
            _ => [],
        };
        if (what == "member")
        {
            await hub.WriteAsync(transaction => Memberships.RequireTwoFactorAsync(transaction, person.MembershipId, true));
        }
        else if (what == "account")
        {
            await hub.WriteAsync(transaction => Memberships.AddAsync(transaction, new(person.UserId, FactorHub.Strict, Role.User, null, MembershipStatus.Active)));
        }

        await fixture.AfterPasswordAsync(person, app, browser, changes);
        if (browser.Page?.Document.QuerySelector("button[value=accept]") is not null)
        {
            await browser.PressAsync("answer", "accept");
        }

        Assert.True(browser.Page?.Asks("one-time-code"), browser.LeftFor?.ToString() ?? browser.Page!.Text);
        Assert.Null(browser.Page!.Document.QuerySelector(Box));
        await browser.SubmitAsync(("one-time-code", fixture.Code()));
        if (browser.Page?.Document.QuerySelector("button[name=account]") is not null)
        {
            await browser.PressAsync("account", FactorHub.Strict);
        }

        Assert.Equal(("https://refeds.org/profile/mfa", "pwd otp mfa"), await FactorHub.TokenAsync(app, browser));
    }

    [Fact]
    public async Task Two_people_in_one_browser_are_each_remembered_and_neither_for_the_other()
    {
        var (first, second, third) = (await fixture.AddAsync(totp: true), await fixture.AddAsync(totp: true), await fixture.AddAsync(totp: true));
        using var browser = await RememberAsync(first);
        await RememberAsync(second, browser);
        foreach (var person in (Person[])[first, second, first])
        {
            await SignOutAsync(browser);
            await fixture.AfterPasswordAsync(person, App, browser);
            Assert.NotNull(browser.LeftFor);
        }

        await SignOutAsync(browser);
        await fixture.AfterPasswordAsync(third, App, browser);
        Assert.True(browser.Page!.Asks("one-time-code"));
    }

    [Fact]
    public async Task Who_administers_anything_or_must_give_a_factor_everywhere_is_not_offered_it_and_a_form_with_the_box_changes_nothing()
    {
        foreach (var person in (Person[])[await fixture.AddAsync(totp: true, role: Role.Administrator), await fixture.AddAsync(FactorHub.Strict, totp: true)])
        {
            hub.Time.Advance(TimeSpan.FromSeconds(90));
            using var browser = await fixture.AfterPasswordAsync(person, App);
            Assert.Null(browser.Page!.Document.QuerySelector(Box));
            var answer = await browser.Client.PostAsync(browser.Page.Address, new FormUrlEncodedContent([new("code", fixture.Code()), new("remember", "yes")]));
            Assert.Null(Pages.Cookie(answer, "hub-remembered"));
            Assert.Equal(0, fixture.Count("""SELECT count(*) FROM "RememberedDevices" WHERE "UserId" = @id""", ("@id", person.UserId)));
        }
    }

    [Theory, InlineData("became administrator"), InlineData("forgotten"), InlineData("password changed"), InlineData("thirty days"), InlineData("account allows none"), InlineData("reset")]
    public async Task It_is_remembered_no_longer_when(string what)
    {
        var person = await fixture.AddAsync(totp: true);
        using var browser = await RememberAsync(person);
        switch (what)
        {
            case "became administrator":
                await hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, person.MembershipId, Role.Administrator));
                break;
            case "forgotten":
                await hub.WriteAsync(transaction => RememberedDevices.ForgetAsync(transaction, person.UserId));
                break;
            case "password changed":
                var hash = new PasswordHashing().Hash(SampleDirectory.Password);
                await hub.WriteAsync(async transaction =>
                {
                    await Passwords.SetAsync(transaction, person.UserId, hash);
                    return true;
                });
                break;
            case "account allows none":
                fixture.Sql("""UPDATE "Accounts" SET "RememberedDeviceDays" = 0 WHERE "Id" = 'northside'""");
                break;
            case "reset":
                await fixture.ResetAsync(person);
                break;
            default:
                hub.Time.Advance(TimeSpan.FromDays(30));
                break;
        }

        try
        {
            await SignOutAsync(browser);
            await fixture.AfterPasswordAsync(person, App, browser);
            Assert.True(browser.Page?.Asks("one-time-code"), browser.LeftFor?.ToString());
        }
        finally
        {
            fixture.Sql("""UPDATE "Accounts" SET "RememberedDeviceDays" = 30 WHERE "Id" = 'northside'""");
        }
    }
}
