using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Authorize;

/// <summary>account=&lt;id&gt;, clients of one account, and who is in none.</summary>
[Collection(AuthorizeHub.Collection)]
public sealed class AccountParameterTests(AuthorizeHub fixture)
{
    private readonly RunningHub hub = fixture.Hub;

    [Fact]
    public async Task The_account_that_is_asked_for_is_the_one_in_the_tokens_and_the_last_choice_is_kept()
    {
        var browser = await fixture.SignInAsync(SampleDirectory.Dana);
        Assert.Equal("northside", await AccountOfAsync(browser));
        Assert.Equal("brightfix", await AccountOfAsync(browser, ("account", "brightfix")));
        Assert.Equal("brightfix", await AccountOfAsync(browser));
        Assert.Equal("northside", await AccountOfAsync(browser, ("account", "northside"), ("prompt", "none")));
        Assert.Equal("northside", await AccountOfAsync(browser, ("prompt", "none")));
    }

    [Theory, InlineData("northside"), InlineData("nowhere"), InlineData("strict"), InlineData("<script>"), InlineData("brightfix ")]
    public async Task An_account_without_an_active_membership_is_access_denied(string account)
    {
        // Guy's place in northside is inactive; the others are not his or do not exist. One answer for all of them.
        var browser = await fixture.SignedInAsync(AuthorizeDirectory.Guy);
        foreach (var prompt in (string?[])[null, "none"])
        {
            var answer = await AuthorizeAnswer.OfAsync(browser.Client, SampleDirectory.Portal(hub).Request(("account", account), ("prompt", prompt)));
            answer.AssertError(hub, "access_denied", "state-1");
            Assert.Equal("no active membership in this account", answer.Parameters["error_description"]);
        }
    }

    [Fact]
    public async Task A_client_of_one_account_signs_in_to_that_account_without_a_chooser_and_to_no_other()
    {
        var app = AuthorizeDirectory.Client(hub, "bound");
        var browser = await fixture.SignedInAsync(SampleDirectory.Dana);
        var answer = await AuthorizeAnswer.OfAsync(browser.Client, app.Request());
        var id = RelyingApp.Payload((await app.RedeemAsync(answer.AssertCode(hub, "state-1", app.RedirectUri).Parameters["code"])).Text("id_token"));
        Assert.Equal("brightfix", id.GetProperty("account").GetString());
        (await AuthorizeAnswer.OfAsync(browser.Client, app.Request(("account", "northside")))).AssertError(hub, "access_denied", "state-1", app.RedirectUri);
        (await AuthorizeAnswer.OfAsync((await fixture.SignedInAsync(SampleDirectory.Pat)).Client, app.Request())).AssertAsks("/sign-in/refused");
        (await AuthorizeAnswer.OfAsync((await fixture.SignedInAsync(SampleDirectory.Pat)).Client, app.Request(("prompt", "none")))).AssertError(hub, "access_denied", "state-1", app.RedirectUri);
    }

    [Fact]
    public async Task An_operator_in_no_account_signs_in_without_one_where_no_seat_or_level_is_asked()
    {
        var browser = await fixture.SignedInAsync(AuthorizeDirectory.Opal);
        var app = SampleDirectory.Portal(hub);
        var answer = await AuthorizeAnswer.OfAsync(browser.Client, app.Request());
        var id = RelyingApp.Payload((await app.RedeemAsync(answer.AssertCode(hub, "state-1").Parameters["code"])).Text("id_token"));
        Assert.False(id.TryGetProperty("account", out _));
        (await AuthorizeAnswer.OfAsync(browser.Client, AuthorizeDirectory.Client(hub, "levels").Request())).AssertAsks("/sign-in/refused");
        (await AuthorizeAnswer.OfAsync(browser.Client, SampleDirectory.Expert(hub).Request())).AssertAsks("/sign-in/refused");
        (await AuthorizeAnswer.OfAsync(browser.Client, AuthorizeDirectory.Client(hub, "bound").Request())).AssertAsks("/sign-in/refused");
    }

    [Fact]
    public async Task The_chooser_leaves_out_places_that_are_not_active()
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress(("prompt", "select_account")));
        await browser.SubmitAsync(("username", AuthorizeDirectory.Guy), ("current-password", SampleDirectory.Password));
        Assert.Equal(["brightfix"], browser.Page!.Document.QuerySelectorAll("button[name=account]").Select(button => button.GetAttribute("value")));
    }

    private async Task<string?> AccountOfAsync(Browser browser, params (string, string?)[] changes)
    {
        var app = SampleDirectory.Portal(hub);
        var answer = await AuthorizeAnswer.OfAsync(browser.Client, app.Request(changes));
        return RelyingApp.Payload((await app.RedeemAsync(answer.AssertCode(hub, "state-1").Parameters["code"])).Text("id_token")).GetProperty("account").GetString();
    }
}
