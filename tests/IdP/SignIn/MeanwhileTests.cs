using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn;

/// <summary>What changes in the directory while someone is signing in counts at the next step.</summary>
[Collection(AuthorizeHub.Collection)]
public sealed class MeanwhileTests(AuthorizeHub fixture)
{
    private readonly RunningHub hub = fixture.Hub;

    [Fact]
    [Spec("OWASP ASVS 5.0", "7.4.2")]
    public async Task A_user_deactivated_between_password_and_code_does_not_get_in()
    {
        using var browser = await AtSecondStepAsync(AuthorizeDirectory.Mia);
        await DeactivateAsync(AuthorizeDirectory.Mia, "northside");
        await browser.SubmitAsync(("one-time-code", Codes.Of(SampleDirectory.TotpSecret, hub)));
        Assert.True(browser.Page?.Asks("current-password"));
        await browser.SubmitAsync(("username", AuthorizeDirectory.Mia), ("current-password", SampleDirectory.Password));
        Assert.Contains("is not right, or you cannot sign in", browser.Page!.Alert);
    }

    [Fact]
    [Spec("OWASP ASVS 5.0", "7.4.3")]
    public async Task A_password_changed_between_password_and_code_is_asked_for_again()
    {
        using var browser = await AtSecondStepAsync(AuthorizeDirectory.Max);
        var hash = hub.Services.GetRequiredService<PasswordHashing>().Hash("another long password");
        var user = await hub.ReadAsync(reader => Users.FindByNameAsync(reader, AuthorizeDirectory.Max));
        await hub.WriteAsync(async transaction =>
        {
            await Passwords.SetAsync(transaction, user!.Id, hash);
            return true;
        });
        await browser.SubmitAsync(("one-time-code", Codes.Of(SampleDirectory.TotpSecret, hub)));
        Assert.True(browser.Page?.Asks("current-password"));
    }

    [Fact]
    [Spec("OWASP ASVS 5.0", "7.4.2")]
    public async Task A_place_taken_away_while_the_chooser_is_shown_cannot_be_chosen_and_a_user_deactivated_then_must_sign_in()
    {
        using var browser = await AtSecondStepAsync(AuthorizeDirectory.Moe);
        Assert.Equal(2, browser.Page!.Document.QuerySelectorAll("button[name=account]").Length);
        var address = browser.Page.Address.ToString();
        await DeactivateAsync(AuthorizeDirectory.Moe, "brightfix");
        await browser.PostAsync(address, [KeyValuePair.Create("account", "brightfix")]);
        Assert.NotNull(browser.Page);
        Assert.Equal("northside", Assert.Single(browser.Page.Document.QuerySelectorAll("button[name=account]")).GetAttribute("value"));
        await DeactivateAsync(AuthorizeDirectory.Moe, "northside");
        await browser.PostAsync(address, [KeyValuePair.Create("account", "northside")]);
        Assert.True(browser.Page?.Asks("current-password"));
    }

    [Theory]
    [InlineData("redirect_uri=https%3A%2F%2Fevil.example%2F"), InlineData("client_id=other"), InlineData("prompt=none"), InlineData("state=other"), InlineData("response_mode=form_post"), InlineData("scope=openid"), InlineData("account=brightfix")]
    [Spec("RFC 9700", "4.7")]
    public async Task What_is_added_to_the_addresses_of_the_pages_changes_nothing_of_the_request(string addition)
    {
        using var browser = hub.NewBrowser();
        var app = SampleDirectory.Portal(hub);
        await browser.GoAsync(app.AuthorizeAddress());
        await browser.PostAsync($"{browser.Page!.Address}&{addition}", [.. AuthorizeAnswer.Decode("?" + addition), new("username", SampleDirectory.Sam), new("password", SampleDirectory.Password)]);
        Assert.StartsWith(SampleDirectory.PortalRedirect + "?code=", browser.LeftFor!.ToString());
        Assert.Equal("state-1", RelyingApp.Callback(browser)["state"]);
        Assert.Equal("northside", RelyingApp.Payload((await app.RedeemAsync(RelyingApp.Callback(browser)["code"])).Text("id_token")).GetProperty("account").GetString());
    }

    /// <summary>A browser at what comes after the password: the code, or the chooser.</summary>
    private async Task<Browser> AtSecondStepAsync(string userName)
    {
        var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress(("prompt", "select_account")));
        return await browser.SubmitAsync(("username", userName), ("current-password", SampleDirectory.Password));
    }

    private async Task DeactivateAsync(string userName, string account)
    {
        var user = await hub.ReadAsync(reader => Users.FindByNameAsync(reader, userName));
        var places = await hub.ReadAsync(reader => Memberships.OfUserAsync(reader, user!.Id));
        var result = await hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, places.Single(place => place.AccountId == account).Id));
        Assert.Equal(UserLifecycle.StatusResult.Changed, result);
    }
}
