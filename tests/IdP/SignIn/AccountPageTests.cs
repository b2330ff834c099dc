using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn;

/// <summary>The account chooser, and the pages that say why someone is not let on.</summary>
[Collection(AuthorizeHub.Collection)]
public sealed class AccountPageTests(AuthorizeHub fixture)
{
    private readonly RunningHub hub = fixture.Hub;

    [Fact]
    public async Task The_choosers_buttons_are_named_account_and_a_foreign_value_does_nothing()
    {
        using var browser = hub.NewBrowser();
        var app = SampleDirectory.Portal(hub);
        await browser.GoAsync(app.AuthorizeAddress());
        await browser.SubmitAsync(("username", SampleDirectory.Dana), ("current-password", SampleDirectory.Password));
        Assert.Equal(["brightfix", "northside"], browser.Page!.Document.QuerySelectorAll("button[name=account]").Select(button => button.GetAttribute("value")).Order());
        Pages.AssertHeaders(browser.Page.Response);
        var address = browser.Page.Address.ToString();
        foreach (var account in (string[])["strict", "nowhere", "", "Northside", "northside "])
        {
            await browser.PostAsync(address, [KeyValuePair.Create("account", account)]);
            Assert.NotNull(browser.Page?.Document.QuerySelector("button[name=account]"));
        }

        await browser.PostAsync(address, [KeyValuePair.Create("account", "northside"), KeyValuePair.Create("account", "brightfix")]);
        Assert.NotNull(browser.Page?.Document.QuerySelector("button[name=account]"));
        await browser.PressAsync("account", "brightfix");
        var id = RelyingApp.Payload((await app.RedeemAsync(RelyingApp.Callback(browser)["code"])).Text("id_token"));
        Assert.Equal("brightfix", id.GetProperty("account").GetString());

        // The last choice is kept, until it is asked for again.
        await browser.GoAsync(app.AuthorizeAddress());
        Assert.Equal("brightfix", RelyingApp.Payload((await app.RedeemAsync(RelyingApp.Callback(browser)["code"])).Text("id_token")).GetProperty("account").GetString());
        await browser.GoAsync(app.AuthorizeAddress(("prompt", "select_account")));
        await browser.PressAsync("account", "northside");
        Assert.Equal("northside", RelyingApp.Payload((await app.RedeemAsync(RelyingApp.Callback(browser)["code"])).Text("id_token")).GetProperty("account").GetString());
    }

    [Theory]
    [InlineData("expert", "no seat for expert-console", "no seat", "administrator"), InlineData("levels", "permission level not allowed", "permission level", "Primary User")]
    [InlineData("bound", "no active membership in this account", "no access", "administrator")]
    [Spec("RFC 6749", "4.1.2.1")]
    public async Task Who_is_not_let_on_reads_why_and_whom_to_ask_and_goes_back_with_the_reason(string client, string description, string why, string whom)
    {
        var app = client == "expert" ? SampleDirectory.Expert(hub) : AuthorizeDirectory.Client(hub, client);
        var browser = await fixture.SignedInAsync(SampleDirectory.Sam);
        await browser.GoAsync(app.AuthorizeAddress(("state", "a+b%")));
        Assert.Contains(why, browser.Page!.Document.QuerySelector("h1")!.TextContent);
        Assert.Contains(whom, browser.Page.Text);
        Assert.Null(browser.Page.Document.QuerySelector("form[action*='handler=account']"));
        Pages.AssertHeaders(browser.Page.Response);
        await browser.PressAsync("Back to");
        var answer = RelyingApp.Callback(browser);
        Assert.Equal("access_denied", answer["error"]);
        Assert.Equal(description, answer["error_description"]);
        Assert.Equal("a+b%", answer["state"]);
        Assert.Equal(hub.Issuer, answer["iss"]);
    }

    [Fact]
    public async Task Who_has_no_seat_here_may_use_another_account_where_they_have_one()
    {
        using var browser = await fixture.SignInAsync(SampleDirectory.Dana);
        var app = SampleDirectory.Expert(hub);
        await browser.GoAsync(app.AuthorizeAddress());
        Assert.Contains("no seat", browser.Page!.Text);
        var former = browser.Page.Address.ToString();
        await browser.PressAsync("Use another account");
        await browser.PressAsync("account", "brightfix");
        Assert.Equal("brightfix", RelyingApp.Payload((await app.RedeemAsync(RelyingApp.Callback(browser)["code"])).Text("id_token")).GetProperty("account").GetString());

        // One request, one answer: the page that was left is over.
        await browser.GoAsync(former);
        Assert.Contains("This sign-in is over", browser.Page?.Text ?? browser.LeftFor!.ToString());
    }

    [Fact]
    public async Task Someone_else_may_sign_in_from_every_page_that_names_who_is_signed_in()
    {
        using var browser = await fixture.SignInAsync(SampleDirectory.Sam);
        await browser.GoAsync(SampleDirectory.Expert(hub).AuthorizeAddress());
        await browser.PressAsync("Sign in as someone else");
        await browser.SubmitAsync(("username", SampleDirectory.Pat), ("current-password", SampleDirectory.Password));
        Assert.Contains("code", RelyingApp.Callback(browser).Keys);
    }

    [Theory]
    [InlineData(AuthorizeDirectory.Gus, false), InlineData(AuthorizeDirectory.Una, true), InlineData(AuthorizeDirectory.Rae, false), InlineData(AuthorizeDirectory.Rob, true)]
    [Spec("OWASP ASVS 5.0", "6.3.3")]
    public async Task An_accounts_policy_lets_on_only_who_gave_the_factors_that_it_asks_for(string user, bool letOn)
    {
        fixture.NextCode();
        using var browser = hub.NewBrowser();
        var app = SampleDirectory.Portal(hub);
        await browser.GoAsync(app.AuthorizeAddress());
        await browser.SubmitAsync(("username", user), ("current-password", SampleDirectory.Password));
        if (browser.Page?.Asks("one-time-code") == true)
        {
            await browser.SubmitAsync(("one-time-code", Codes.Of(SampleDirectory.TotpSecret, hub)));
        }

        Assert.Equal(letOn, browser.LeftFor is not null);
        if (!letOn)
        {
            Assert.Contains("Set up a second factor", browser.Page!.Text);
            (await AuthorizeAnswer.OfAsync(browser.Client, app.Request(("prompt", "none")))).AssertError(hub, "interaction_required", "state-1");
        }
    }

    [Fact]
    [Spec("OWASP ASVS 5.0", "1.2.1")]
    public async Task Hostile_names_of_clients_and_accounts_come_out_encoded_on_every_page()
    {
        var app = AuthorizeDirectory.Client(hub, "hostile");
        using var browser = hub.NewBrowser();
        var pages = new List<string>();
        await browser.GoAsync(app.AuthorizeAddress());
        pages.Add(await browser.Page!.Response.Content.ReadAsStringAsync());
        await browser.SubmitAsync(("username", AuthorizeDirectory.Hal), ("current-password", SampleDirectory.Password));
        pages.Add(await browser.Page!.Response.Content.ReadAsStringAsync());
        Assert.Contains(browser.Page.Document.QuerySelectorAll("button[name=account] strong"), name => name.TextContent == AuthorizeDirectory.Hostile);
        await browser.PressAsync("account", "hostile");
        pages.Add(await browser.Page!.Response.Content.ReadAsStringAsync());
        Assert.Contains(AuthorizeDirectory.Hostile, browser.Page.Text);
        Assert.All(pages, page => Hostile.AssertEncoded(AuthorizeDirectory.Hostile, page));
    }
}
