using IdentityHub.Domain.Credentials;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn.Factors;

/// <summary>After a reset: the password leads to an administrator's code, that to setting up another factor, and nothing to anything else.</summary>
[Collection(FactorCollection.Name)]
public sealed class TemporaryCodeTests(FactorHub fixture)
{
    private readonly RunningHub hub = fixture.Hub;

    private RelyingApp App { get; } = SampleDirectory.Portal(fixture.Hub);

    [Fact]
    [Spec("OWASP ASVS 5.0", "6.4.4"), Spec("OWASP ASVS 5.0", "6.4.1")]
    public async Task The_code_leads_to_setting_up_a_factor_and_to_nothing_else_before_that()
    {
        var person = await fixture.AddAsync(totp: true, recovery: true);
        var code = await fixture.ResetAsync(person);
        using var browser = await fixture.AfterPasswordAsync(person, App);
        Assert.Contains("your administrator gave you", browser.Page!.Text);
        Assert.Null(browser.Page.Document.QuerySelector("nav.ways"));
        Assert.Null(browser.Page.Document.QuerySelector("input[type=checkbox]"));
        (await AuthorizeAnswer.OfAsync(browser.Client, App.Request(("prompt", "none")))).AssertError(hub, "login_required", "state-1");

        // What they had before the reset is worth nothing.
        await browser.SubmitAsync(("one-time-code", fixture.Code()));
        Assert.Contains("not right", browser.Page.Alert);
        await browser.SubmitAsync(("one-time-code", person.Recovery[0]));
        Assert.Contains("not right", browser.Page.Alert);

        await browser.SubmitAsync(("one-time-code", code.ToLowerInvariant()));
        Assert.Equal("/sign-in/enrol", browser.Page!.Address.AbsolutePath);
        Assert.DoesNotContain("Codes by e-mail", browser.Page.Text);
        Assert.DoesNotContain("Not now", browser.Page.Text);
        (await AuthorizeAnswer.OfAsync(browser.Client, App.Request(("prompt", "none")))).AssertError(hub, "interaction_required", "state-1");

        await Enrolment.AppAsync(fixture, browser);
        Assert.Equal(("https://refeds.org/profile/mfa", "pwd otp mfa"), await FactorHub.TokenAsync(App, browser));
        Assert.False((await hub.ReadAsync(reader => SecondFactors.OfAsync(reader, person.UserId))).MustEnrol);
    }

    [Fact]
    [Spec("OWASP ASVS 5.0", "6.5.1")]
    public async Task It_is_good_once_however_many_give_it_at_a_time()
    {
        var person = await fixture.AddAsync(totp: true);
        var code = await fixture.ResetAsync(person);
        var browsers = new List<Browser>();
        for (var i = 0; i < 8; i++)
        {
            browsers.Add(await fixture.AfterPasswordAsync(person, App));
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(number =>
            browsers[number % browsers.Count].Client.PostAsync(browsers[number % browsers.Count].Page!.Address, new FormUrlEncodedContent([KeyValuePair.Create("code", code)]))));
        Assert.DoesNotContain(answers, answer => (int)answer.StatusCode >= 500);
        Assert.Single(answers, answer => Pages.Cookie(answer, "hub-session") is not null);
    }

    [Fact]
    public async Task An_old_one_a_former_one_and_another_persons_are_refused()
    {
        var person = await fixture.AddAsync(totp: true);
        var former = await fixture.ResetAsync(person);
        var code = (await hub.WriteAsync(transaction => TemporaryCodes.IssueAsync(transaction, person.UserId)))!;
        var others = await fixture.ResetAsync(await fixture.AddAsync(totp: true));
        using (var browser = await fixture.AfterPasswordAsync(person, App))
        {
            await browser.SubmitAsync(("one-time-code", former));
            Assert.NotNull(browser.Page!.Alert);
            await browser.SubmitAsync(("one-time-code", others));
            Assert.NotNull(browser.Page.Alert);
        }

        hub.Time.Advance(TemporaryCodes.Lifetime);
        using var late = await fixture.AfterPasswordAsync(person, App);
        await late.SubmitAsync(("one-time-code", code));
        Assert.NotNull(late.Page?.Alert);
    }

    [Fact]
    public async Task A_first_password_is_changed_in_between_without_the_code_being_asked_for_again()
    {
        var person = await fixture.AddAsync(mustChange: true);
        var code = await fixture.ResetAsync(person);
        using var browser = await fixture.AfterPasswordAsync(person, App);
        await browser.SubmitAsync(("one-time-code", code));
        Assert.Equal("/sign-in/new-password", browser.Page!.Address.AbsolutePath);
        await browser.SubmitAsync(("new-password", "another long enough password"));
        Assert.Equal("/sign-in/enrol", browser.Page!.Address.AbsolutePath);
    }
}
