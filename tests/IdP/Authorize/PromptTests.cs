using System.Text.Json;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Authorize;

/// <summary>prompt, max_age and auth_time.</summary>
[Collection(AuthorizeHub.Collection)]
public sealed class PromptTests(AuthorizeHub fixture)
{
    private readonly RunningHub hub = fixture.Hub;

    [Theory, InlineData("query", false), InlineData("form_post", false), InlineData("query", true), InlineData("form_post", true)]
    [Spec("OpenID Connect Core", "3.1.2.6")]
    public async Task Prompt_none_without_a_session_is_login_required_and_shows_nothing(string mode, bool post)
    {
        var state = new string('z', 128);
        using var browser = hub.NewBrowser();
        var answer = await AuthorizeAnswer.OfAsync(browser.Client, SampleDirectory.Portal(hub).Request(("prompt", "none"), ("state", state), ("response_mode", mode)), post);
        answer.AssertError(hub, "login_required", state);
    }

    [Theory, InlineData(false), InlineData(true)]
    [Spec("OpenID Connect Core", "3.1.2.3")]
    public async Task Prompt_none_with_a_session_is_silent_with_the_same_sub_and_auth_time(bool post)
    {
        var browser = await fixture.SignedInAsync(SampleDirectory.Pat);
        var first = await IdTokenAsync(browser);
        hub.Time.Advance(TimeSpan.FromSeconds(3));
        var app = SampleDirectory.Portal(hub);
        var answer = await AuthorizeAnswer.OfAsync(browser.Client, app.Request(("prompt", "none")), post);
        var second = RelyingApp.Payload((await app.RedeemAsync(answer.AssertCode(hub, "state-1").Parameters["code"])).Text("id_token"));
        Assert.Equal(first.GetProperty("sub").GetString(), second.GetProperty("sub").GetString());
        Assert.Equal(AuthTime(first), AuthTime(second));
    }

    [Fact]
    [Spec("OpenID Connect Core", "3.1.2.6")]
    public async Task Prompt_none_without_a_chosen_account_is_account_selection_required()
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        await browser.SubmitAsync(("username", SampleDirectory.Dana), ("current-password", SampleDirectory.Password));
        Assert.NotNull(browser.Page!.Document.QuerySelector("button[name=account]"));
        var answer = await AuthorizeAnswer.OfAsync(browser.Client, SampleDirectory.Portal(hub).Request(("prompt", "none")));
        answer.AssertError(hub, "account_selection_required", "state-1");
        (await AuthorizeAnswer.OfAsync(browser.Client, SampleDirectory.Portal(hub).Request(("prompt", "none"), ("account", "brightfix")))).AssertCode(hub, "state-1");
        (await AuthorizeAnswer.OfAsync(browser.Client, SampleDirectory.Portal(hub).Request(("prompt", "none")))).AssertCode(hub, "state-1");
    }

    [Theory, InlineData("expert", "no seat for expert-console"), InlineData("levels", "permission level not allowed")]
    [Spec("OpenID Connect Core", "3.1.2.6")]
    public async Task Prompt_none_of_a_user_who_may_not_is_access_denied_with_the_reason(string client, string reason)
    {
        var app = client == "expert" ? SampleDirectory.Expert(hub) : AuthorizeDirectory.Client(hub, client);
        var answer = await AuthorizeAnswer.OfAsync((await fixture.SignedInAsync(SampleDirectory.Sam)).Client, app.Request(("prompt", "none")));
        answer.AssertError(hub, "access_denied", "state-1", app.RedirectUri);
        Assert.Equal(reason, answer.Parameters["error_description"]);
    }

    [Theory]
    [InlineData("prompt", "login"), InlineData("prompt", "login consent"), InlineData("prompt", "login select_account"), InlineData("max_age", "0"), InlineData("max_age", "1")]
    [Spec("OpenID Connect Core", "3.1.2.1"), Spec("OpenID Connect Core", "2")]
    public async Task Signing_in_again_is_asked_once_and_gives_a_later_auth_time(string parameter, string value)
    {
        var browser = await fixture.SignInAsync(SampleDirectory.Sam);
        var before = AuthTime(await IdTokenAsync(browser));
        hub.Time.Advance(TimeSpan.FromSeconds(2));
        var app = SampleDirectory.Portal(hub);
        await browser.GoAsync(app.AuthorizeAddress((parameter, value)));
        Assert.True(browser.Page!.Asks("current-password"));

        // Time passes while the person types: what they prove counts from then on, and they are not asked in a circle.
        hub.Time.Advance(TimeSpan.FromSeconds(20));
        await browser.SubmitAsync(("username", SampleDirectory.Sam), ("current-password", SampleDirectory.Password));
        hub.Time.Advance(TimeSpan.FromSeconds(20));
        if (browser.Page is not null)
        {
            Assert.Contains("select_account", value);
            await browser.PressAsync("account", "northside");
        }

        var id = RelyingApp.Payload((await app.RedeemAsync(RelyingApp.Callback(browser)["code"])).Text("id_token"));
        Assert.Equal(before + 22, AuthTime(id));
    }

    [Fact]
    [Spec("OpenID Connect Core", "3.1.2.1")]
    public async Task Max_age_is_met_by_a_younger_sign_in_and_not_by_an_older_one()
    {
        var browser = await fixture.SignInAsync(SampleDirectory.Sam);
        var authTime = AuthTime(await IdTokenAsync(browser));
        Assert.Equal(authTime, AuthTime(await IdTokenAsync(browser, ("max_age", "15000"))));
        hub.Time.Advance(TimeSpan.FromSeconds(300));
        Assert.Equal(authTime, AuthTime(await IdTokenAsync(browser, ("max_age", "10000"))));
        Assert.Equal(authTime, AuthTime(await IdTokenAsync(browser, ("max_age", "300"))));
        foreach (var age in (string[])["299", "1", "0"])
        {
            (await AuthorizeAnswer.OfAsync(browser.Client, SampleDirectory.Portal(hub).Request(("max_age", age)))).AssertAsks("/sign-in");
            (await AuthorizeAnswer.OfAsync(browser.Client, SampleDirectory.Portal(hub).Request(("max_age", age), ("prompt", "none")))).AssertError(hub, "login_required", "state-1");
        }
    }

    [Fact]
    [Spec("OpenID Connect Dynamic Client Registration", "2")]
    public async Task The_clients_default_max_age_holds_where_the_request_has_none()
    {
        var browser = await fixture.SignInAsync(SampleDirectory.Sam);
        var app = AuthorizeDirectory.Client(hub, "aged");
        hub.Time.Advance(TimeSpan.FromSeconds(61));
        (await AuthorizeAnswer.OfAsync(browser.Client, app.Request())).AssertAsks("/sign-in");
        (await AuthorizeAnswer.OfAsync(browser.Client, app.Request(("max_age", "600")))).AssertCode(hub, "state-1", app.RedirectUri);
    }

    [Fact]
    [Spec("OpenID Connect Core", "3.1.2.1")]
    public async Task Prompt_login_asks_for_both_factors_again()
    {
        fixture.NextCode();
        using var browser = hub.NewBrowser();
        var app = SampleDirectory.Portal(hub);
        await app.SignInAsync(browser, SampleDirectory.Terry, SampleDirectory.Password, SampleDirectory.TotpSecret, "northside");
        hub.Time.Advance(TimeSpan.FromSeconds(60));
        await browser.GoAsync(app.AuthorizeAddress(("prompt", "login")));
        Assert.True(browser.Page!.Asks("current-password"));
        await browser.SubmitAsync(("username", SampleDirectory.Terry), ("current-password", SampleDirectory.Password));
        Assert.True(browser.Page!.Asks("one-time-code"));
        await browser.SubmitAsync(("one-time-code", Codes.Of(SampleDirectory.TotpSecret, hub)));
        Assert.Equal(hub.Time.Now.ToUnixTimeSeconds(), AuthTime(RelyingApp.Payload((await app.RedeemAsync(RelyingApp.Callback(browser)["code"])).Text("id_token"))));
    }

    [Theory, InlineData("prompt", "login"), InlineData("max_age", "0")]
    public async Task The_code_alone_does_not_stand_for_signing_in_again(string parameter, string value)
    {
        fixture.NextCode();
        using var browser = hub.NewBrowser();
        var app = SampleDirectory.Portal(hub);
        await app.SignInAsync(browser, SampleDirectory.Terry, SampleDirectory.Password, SampleDirectory.TotpSecret, "northside");
        hub.Time.Advance(TimeSpan.FromSeconds(60));
        await browser.GoAsync(app.AuthorizeAddress((parameter, value)));
        var tx = browser.Page!.Address.Query;
        await browser.GoAsync("/sign-in/code" + tx);
        Assert.True(browser.Page?.Asks("current-password"), "the password step was left out");
        await browser.PostAsync("/sign-in/code" + tx, [KeyValuePair.Create("code", Codes.Of(SampleDirectory.TotpSecret, hub))]);
        Assert.True(browser.Page?.Asks("current-password"), "the password step was left out");
    }

    [Theory, InlineData("/sign-in/refused"), InlineData("/sign-in/account")]
    public async Task Asking_for_another_account_does_not_stand_for_signing_in_again(string page)
    {
        var browser = await fixture.SignInAsync(SampleDirectory.Dana);
        hub.Time.Advance(TimeSpan.FromSeconds(5));
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress(("prompt", "login")));
        await browser.PostAsync(page + browser.Page!.Address.Query + "&handler=account", []);
        Assert.True(browser.Page?.Asks("current-password"), "the password step was left out");
    }

    [Fact]
    [Spec("OpenID Connect Core", "3.1.2.1")]
    public async Task Select_account_shows_the_chooser_even_to_who_chose_before_and_to_who_has_one_account()
    {
        (await AuthorizeAnswer.OfAsync((await fixture.SignedInAsync(SampleDirectory.Dana)).Client, SampleDirectory.Portal(hub).Request(("prompt", "select_account")))).AssertAsks("/sign-in/account");
        (await AuthorizeAnswer.OfAsync((await fixture.SignedInAsync(SampleDirectory.Pat)).Client, SampleDirectory.Portal(hub).Request(("prompt", "select_account")))).AssertAsks("/sign-in/account");
    }

    [Fact]
    public async Task A_session_that_was_idle_for_an_hour_is_over()
    {
        var browser = await fixture.SignInAsync(SampleDirectory.Sam);
        hub.Time.Advance(TimeSpan.FromMinutes(59));
        (await AuthorizeAnswer.OfAsync(browser.Client, SampleDirectory.Portal(hub).Request(("prompt", "none")))).AssertCode(hub, "state-1");
        hub.Time.Advance(TimeSpan.FromMinutes(61));
        (await AuthorizeAnswer.OfAsync(browser.Client, SampleDirectory.Portal(hub).Request(("prompt", "none")))).AssertError(hub, "login_required", "state-1");
    }

    private async Task<JsonElement> IdTokenAsync(Browser browser, params (string, string?)[] changes)
    {
        var app = SampleDirectory.Portal(hub);
        var answer = await AuthorizeAnswer.OfAsync(browser.Client, app.Request(changes));
        return RelyingApp.Payload((await app.RedeemAsync(answer.AssertCode(hub, "state-1").Parameters["code"])).Text("id_token"));
    }

    private static long AuthTime(JsonElement idToken) => idToken.GetProperty("auth_time").GetInt64();
}
