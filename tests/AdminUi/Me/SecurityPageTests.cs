using System.Web;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using IdentityHub.AdminUi.Tests.Security;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Me;

/// <summary>One's own second factors: seen, taken away, named, forgotten here; enrolled in the provider's pages.</summary>
public sealed class SecurityPageTests : IAsyncLifetime
{
    private ConsoleHub console = null!;

    public async Task InitializeAsync() => console = await ConsoleHub.StartAsync();

    public async Task DisposeAsync() => await console.DisposeAsync();

    [Theory, InlineData("totp"), InlineData("email"), InlineData("passkey")]
    public async Task Enrolling_leads_to_the_provider_with_a_fresh_sign_in_and_back_here(string what)
    {
        var browser = await console.SignInAsync(SampleDirectory.Sam, "/me/security");
        var proof = browser.Page!.Document.QuerySelector<IHtmlInputElement>("[name=__RequestVerificationToken]")!.Value;
        using var answer = await browser.Client.PostAsync("/me/security?handler=Enrol", new FormUrlEncodedContent([KeyValuePair.Create("what", what), KeyValuePair.Create("__RequestVerificationToken", proof)]));
        var query = HttpUtility.ParseQueryString(answer.Headers.Location!.Query);
        Assert.Equal(("/authorize", what, "300"), (answer.Headers.Location.AbsolutePath, query["enrol"], query["max_age"]));
    }

    [Fact]
    public async Task What_is_no_factor_is_not_enrolled()
    {
        var browser = await console.SignInAsync(SampleDirectory.Sam, "/me/security");
        await browser.SendAsync("form[action$='handler=Enrol']", ("what", "everything"));
        Assert.Contains("nothing of that kind", browser.Page!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_is_removed_with_other_sessions_and_told_unless_an_account_requires_it()
    {
        var other = await console.SignInAsync(SampleDirectory.Terry, "/me");
        var terry = await console.SignInAsync(SampleDirectory.Terry, "/me/security");
        await PolicyAsync("brightfix", TwoFactorPolicy.Administrators);
        await terry.GoAsync("/me/security");
        await RemoveAsync(terry, FactorKind.Totp);
        Assert.Contains("Brightfix Remote Support asks you for a second factor, and what would be left is not enough.", terry.Page!.Text, StringComparison.Ordinal);
        Assert.True((await FactorsAsync(SampleDirectory.Terry)).Totp);

        await PolicyAsync("brightfix", TwoFactorPolicy.Optional);
        await terry.GoAsync("/me/security");
        Assert.True(terry.Page!.Document.QuerySelector<IHtmlInputElement>("[name=endOthers]")!.IsChecked);
        await RemoveAsync(terry, FactorKind.Totp);
        Assert.Contains("It was removed. 1 other session ended.", terry.Page!.Text, StringComparison.Ordinal);
        Assert.False((await FactorsAsync(SampleDirectory.Terry)).Totp);
        await other.GoAsync("/me");
        Assert.True(other.Page!.Asks("current-password"));
        Assert.Null(terry.Page!.Document.QuerySelector("form[action$='handler=Remove']"));
    }

    [Fact]
    public async Task Nothing_is_changed_by_who_signed_in_long_ago()
    {
        var terry = await console.SignInAsync(SampleDirectory.Terry, "/me/security");
        console.Hub.Time.Advance(TimeSpan.FromMinutes(16));
        await RemoveAsync(terry, FactorKind.Totp);
        Assert.True(terry.Page!.Asks("current-password"));
        Assert.True((await FactorsAsync(SampleDirectory.Terry)).Totp);
        await console.FinishSignInAsync(terry, SampleDirectory.Terry);
        Assert.Contains("Nothing was done yet", terry.Page!.Text, StringComparison.Ordinal);
        Assert.Equal("/me/security", terry.Page.Address.AbsolutePath);
    }

    [Fact]
    public async Task A_sign_in_without_the_second_factor_that_one_has_is_not_enough_to_change_any()
    {
        var sam = await console.SignInAsync(SampleDirectory.Sam, "/me/security");
        await console.Hub.WriteAsync(async transaction => await SecondFactors.PutTotpAsync(
            transaction, (await Domain.Users.Users.FindByNameAsync(transaction, SampleDirectory.Sam))!.Id, Base32.Decode(SampleDirectory.TotpSecret)!));
        await sam.GoAsync("/me/security");
        Assert.Contains("To change anything here, sign in again first.", sam.Page!.Text, StringComparison.Ordinal);
        await RemoveAsync(sam, FactorKind.Totp);
        Assert.True(sam.Page!.Asks("one-time-code") || sam.Page.Asks("current-password"));
        Assert.True((await FactorsAsync(SampleDirectory.Sam)).Totp);
    }

    [Fact]
    public async Task Passkeys_are_seen_renamed_and_removed_and_nobody_elses()
    {
        var sam = await console.SignInAsync(SampleDirectory.Sam, "/me/security");
        await console.AddPasskeyAsync(SampleDirectory.Sam);
        await console.AddPasskeyAsync(SampleDirectory.Pat, "Pat's");
        console.SignedInWith(SampleDirectory.Sam, "pwd swk user mfa");
        await sam.GoAsync("/me/security");
        Assert.Contains("Blue key synced", sam.Page!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Pat's", sam.Page.Text, StringComparison.Ordinal);

        const string Hostile = "<b onmouseover=alert(1)>\u202Ekey";
        await sam.SendAsync("form[action$='handler=Rename']", ("name", Hostile));
        Assert.Contains("has its new name", sam.Page!.Text, StringComparison.Ordinal);
        Assert.Contains(Hostile, sam.Page.Text, StringComparison.Ordinal);
        Assert.Null(sam.Page.Document.QuerySelector("b[onmouseover]"));
        await sam.SendAsync("form[action$='handler=Rename']", ("name", " "));
        Assert.Contains("1 to 64 characters", sam.Page!.Text, StringComparison.Ordinal);
        await sam.SendAsync("form[action$='handler=Rename']", ("passkey", "passkey" + await IdAsync(SampleDirectory.Pat)), ("name", "Mine"));
        Assert.Contains("no such passkey", sam.Page!.Text, StringComparison.Ordinal);
        await RemoveAsync(sam, FactorKind.Passkey, ("passkey", "passkey" + await IdAsync(SampleDirectory.Pat)));
        Assert.Contains("no such second factor", sam.Page!.Text, StringComparison.Ordinal);
        Assert.Equal(1, (await FactorsAsync(SampleDirectory.Pat)).Passkeys);

        await RemoveAsync(sam, FactorKind.Passkey);
        Assert.Contains("It was removed.", sam.Page!.Text, StringComparison.Ordinal);
        Assert.Equal(0, (await FactorsAsync(SampleDirectory.Sam)).Passkeys);
    }

    [Fact]
    public async Task Remembered_browsers_are_seen_and_forgotten()
    {
        await console.Hub.DoAsync(async transaction =>
        {
            var sam = (await Domain.Users.Users.FindByNameAsync(transaction, SampleDirectory.Sam))!.Id;
            await RememberedDevices.RememberAsync(transaction, sam, new("Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "192.0.2.7"));
            await RememberedDevices.RememberAsync(transaction, sam, new("Mozilla/5.0 (Macintosh) Safari/605", "192.0.2.8"));
        });
        var sam = await console.SignInAsync(SampleDirectory.Sam, "/me/security");
        Assert.Contains("Firefox on Windows", sam.Page!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.7", sam.Page.Text, StringComparison.Ordinal);
        await sam.SendAsync("tbody form", ("device", "of nobody"));
        Assert.Contains("forgotten already", sam.Page!.Text, StringComparison.Ordinal);
        await sam.SendAsync("tbody form");
        Assert.Contains("The browser is forgotten", sam.Page!.Text, StringComparison.Ordinal);
        Assert.Single(sam.Page.Document.QuerySelectorAll("tbody tr"));
        await sam.PressAsync("Forget every browser");
        Assert.Empty(sam.Page!.Document.QuerySelectorAll("tbody tr"));
    }

    private static Task<Browser> RemoveAsync(Browser browser, FactorKind kind, params (string, string)[] fields) =>
        browser.SendAsync($"form[action$='handler=Remove']", [("kind", kind.ToString()), .. fields]);

    private Task PolicyAsync(string account, TwoFactorPolicy policy) => console.Hub.DoAsync(async transaction =>
    {
        var found = (await Accounts.FindAsync(transaction, account))!;
        await Accounts.PutAsync(transaction, account, found.Name, policy, found.Scim);
    });

    private async Task<string> IdAsync(string userName) => (await console.Hub.ReadAsync(reader => Domain.Users.Users.FindByNameAsync(reader, userName)))!.Id;

    private async Task<EnrolledFactors> FactorsAsync(string userName)
    {
        var id = await IdAsync(userName);
        return await console.Hub.ReadAsync(reader => SecondFactors.OfAsync(reader, id));
    }
}
