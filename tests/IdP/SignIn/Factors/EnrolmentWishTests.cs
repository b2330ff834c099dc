using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.IdP.Tests.WebAuthn;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn.Factors;

/// <summary>Who comes from their own settings to set something up does that one thing and goes back; no other app sends anybody to do so.</summary>
[Collection(FactorCollection.Name)]
public sealed class EnrolmentWishTests(FactorHub fixture)
{
    private readonly RunningHub hub = fixture.Hub;

    private RelyingApp App { get; } = SampleDirectory.Portal(fixture.Hub);

    /// <summary>The hub's own console, as far as the provider knows it.</summary>
    private RelyingApp Console { get; } = new(fixture.Hub, ConsoleRegistration.ClientId, null, fixture.Hub.Issuer + "/admin/signed-in");

    /// <summary>The browser comes with the wish, and signs in.</summary>
    private async Task<Browser> WishAsync(Person person, string wish, Browser? browser = null)
    {
        hub.Time.Advance(TimeSpan.FromSeconds(90));
        return await fixture.AfterPasswordAsync(person, Console, browser, ("scope", "openid"), ("enrol", wish), ("prompt", "login"));
    }

    /// <summary>Whether the last answer led back to the console with a code.</summary>
    private static void AssertBack(Browser browser) => Assert.True(
        browser.Page?.Address.AbsolutePath.StartsWith("/sign-in", StringComparison.Ordinal) == false, browser.Page?.Address + browser.Page?.Text);

    private Task<EnrolledFactors> FactorsAsync(Person person) => hub.ReadAsync(reader => SecondFactors.OfAsync(reader, person.UserId));

    [Fact]
    public async Task An_authenticator_app_is_set_up_at_once_and_everywhere_else_is_signed_out()
    {
        var person = await fixture.AddAsync();
        using var elsewhere = await fixture.AfterPasswordAsync(person, App);
        Assert.NotNull(elsewhere.LeftFor);
        using var browser = await WishAsync(person, "totp");
        Assert.Equal("Set up your authenticator app", browser.Page!.Document.QuerySelector("h1")!.TextContent);
        Assert.True(browser.Page.Document.QuerySelector("input[name=others]")!.HasAttribute("checked"));
        await browser.SendAsync("#code", ("code", Enrolment.CodeOf(fixture, Enrolment.Secret(browser.Page))));
        await browser.SendAsync("input[name=kept]", ("kept", "yes"));
        AssertBack(browser);
        Assert.Equal((true, 10), await FactorsAsync(person) is var factors ? (factors.Totp, factors.RecoveryCodes) : default);
        (await AuthorizeAnswer.OfAsync(elsewhere.Client, App.Request(("prompt", "none")))).AssertError(hub, "login_required", "state-1");
        (await AuthorizeAnswer.OfAsync(browser.Client, App.Request(("prompt", "none"), ("acr_values", "https://refeds.org/profile/mfa")))).AssertCode(hub, "state-1");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task With_a_passkey_everywhere_else_is_signed_out_where_that_is_wanted(bool others)
    {
        var person = await fixture.AddAsync();
        using var elsewhere = await fixture.AfterPasswordAsync(person, App);
        Assert.NotNull(elsewhere.LeftFor);
        using var browser = await WishAsync(person, "passkey");
        Assert.True(browser.Page!.Document.QuerySelector("form[data-passkey=enrol] input[name=others]")?.HasAttribute("checked"), browser.Page.Document.Body!.InnerHtml);
        var made = new SoftwareAuthenticator(hub).Create(await browser.OptionsAsync(PasskeyBrowser.EnrolOptions));
        await browser.SendCredentialAsync(PasskeyBrowser.Enrol, made, others ? [("others", "yes")] : []);
        Assert.Equal(1, (await FactorsAsync(person)).Passkeys);
        var answer = await AuthorizeAnswer.OfAsync(elsewhere.Client, App.Request(("prompt", "none")));

        // Where it goes on, it owes the second factor that there is now.
        Assert.Equal(others ? "the user must sign in" : "the user must give a second factor", answer.Parameters.GetValueOrDefault("error_description"));
    }

    [Theory, InlineData("totp"), InlineData("email"), InlineData("passkey"), InlineData("recovery-codes")]
    public async Task Who_thinks_better_of_it_goes_back_as_they_came(string wish)
    {
        var person = await fixture.AddAsync();
        using var browser = await WishAsync(person, wish);
        Assert.Equal("/sign-in/enrol", browser.Page!.Address.AbsolutePath);
        await browser.PressAsync("Back to");
        AssertBack(browser);
        Assert.Equal(EnrolledFactors.None, await FactorsAsync(person));
        Assert.NotNull((await AuthorizeAnswer.OfAsync(browser.Client, App.Request(("prompt", "none")))).Parameters["code"]);
    }

    [Theory, InlineData("totp"), InlineData("recovery-codes")]
    public async Task Another_app_sends_nobody_to_set_anything_up(string wish)
    {
        var person = await fixture.AddAsync();
        using var browser = await fixture.AfterPasswordAsync(person, App, null, ("enrol", wish));
        Assert.NotNull(browser.LeftFor);
    }

    [Fact]
    [Spec("OWASP ASVS 5.0", "7.5.1")]
    public async Task The_present_factor_is_proved_before_it_is_replaced_and_is_worth_nothing_after()
    {
        var person = await fixture.AddAsync(totp: true, recovery: true);
        using var browser = await WishAsync(person, "totp");
        Assert.Equal("/sign-in/code", browser.Page!.Address.AbsolutePath);
        var tx = AuthorizeAnswer.Decode(browser.Page.Address.Query)["tx"];
        foreach (var handler in (string[])["choose", "address", "codes", "kept", "later"])
        {
            await browser.PostAsync($"/sign-in/enrol?handler={handler}&tx={tx}", [new("way", "app"), new("address", "x@example.net")]);
            Assert.True(browser.Page!.Asks("current-password") || browser.Page.Asks("one-time-code"), handler);
        }

        await browser.GoAsync("/sign-in/code?tx=" + tx);
        await browser.SubmitAsync(("one-time-code", fixture.Code()));
        Assert.Contains("takes the place of", browser.Page!.Text);
        var secret = Enrolment.Secret(browser.Page);
        await browser.SubmitAsync(("one-time-code", Enrolment.CodeOf(fixture, secret)));
        AssertBack(browser);

        hub.Time.Advance(TimeSpan.FromSeconds(90));
        using var again = await fixture.AfterPasswordAsync(person, App);
        await again.SubmitAsync(("one-time-code", fixture.Code()));
        Assert.NotNull(again.Page?.Alert);
        await again.SubmitAsync(("one-time-code", Enrolment.CodeOf(fixture, secret)));
        Assert.NotNull(again.LeftFor);
    }

    [Fact]
    public async Task A_remembered_browser_is_asked_for_the_factor_before_it_enrols()
    {
        var person = await fixture.AddAsync(totp: true);
        hub.Time.Advance(TimeSpan.FromSeconds(90));
        using var browser = await fixture.AfterPasswordAsync(person, App);
        await browser.SendAsync("input[name=remember]", ("code", fixture.Code()), ("remember", "yes"));
        await WishAsync(person, "passkey", browser);
        Assert.True(browser.Page!.Asks("one-time-code"), browser.Page.Text);
        var tx = AuthorizeAnswer.Decode(browser.Page.Address.Query)["tx"];
        await browser.GoAsync("/sign-in/enrol?tx=" + tx);
        Assert.True(browser.Page!.Asks("one-time-code"), browser.Page.Text);
        await browser.SubmitAsync(("one-time-code", fixture.Code()));
        Assert.Equal("Add a passkey", browser.Page!.Document.QuerySelector("h1")!.TextContent);
    }

    [Fact]
    [Spec("NIST SP 800-63B-4", "4.2.1")]
    public async Task Recovery_codes_are_made_anew_and_the_former_ones_are_worth_nothing()
    {
        var person = await fixture.AddAsync(totp: true, recovery: true);
        using var browser = await WishAsync(person, "recovery-codes");
        await browser.SubmitAsync(("one-time-code", fixture.Code()));
        await browser.PressAsync("Make new codes");
        var codes = browser.Page!.Document.QuerySelectorAll(".codes code").Select(code => code.TextContent).ToArray();
        Assert.Empty(codes.Intersect(person.Recovery));
        await browser.SendAsync("input[name=kept]", ("kept", "yes"));
        AssertBack(browser);
        using var again = await fixture.AfterPasswordAsync(person, App);
        var address = $"/sign-in/code?way=recovery&tx={AuthorizeAnswer.Decode(again.Page!.Address.Query)["tx"]}";
        await again.PostAsync(address, [KeyValuePair.Create("code", person.Recovery[0])]);
        Assert.NotNull(again.Page?.Alert);
        await again.PostAsync(address, [KeyValuePair.Create("code", codes[0])]);
        Assert.NotNull(again.LeftFor);

        // Who has nothing that they stand in for gets none.
        var other = await fixture.AddAsync();
        using var none = await WishAsync(other, "recovery-codes");
        Assert.Contains("Set up one of these first", none.Page!.Text);
        await none.PostAsync($"/sign-in/enrol?handler=codes&tx={AuthorizeAnswer.Decode(none.Page.Address.Query)["tx"]}", []);
        Assert.Equal(0, (await FactorsAsync(other)).RecoveryCodes);
    }

    [Fact]
    public async Task Codes_by_e_mail_are_sent_to_another_address_once_a_code_from_there_was_typed()
    {
        var (former, present) = ($"a-{Domain.RandomId.New()[..8]}@example.net", $"b-{Domain.RandomId.New()[..8]}@example.net");
        var person = await fixture.AddAsync(totp: true, mailTo: former);
        using var browser = await WishAsync(person, "email");
        await browser.SubmitAsync(("one-time-code", fixture.Code()));
        await browser.SubmitAsync(("email", present));
        Assert.Equal(former, (await FactorsAsync(person)).EmailCodesTo);
        var mail = Assert.Single(await Pickup.MailsAsync(hub, present));
        await browser.SubmitAsync(("one-time-code", System.Text.RegularExpressions.Regex.Match(mail, @"(?<= is )\d{6}(?=\.)").Value));
        AssertBack(browser);
        Assert.Equal(present, (await FactorsAsync(person)).EmailCodesTo);
        Assert.Contains(await Pickup.MailsAsync(hub, former), one => Pickup.Subject(one).Contains("address for sign-in codes", StringComparison.Ordinal));
    }
}
