using System.Text.RegularExpressions;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn.Factors;

/// <summary>Who must have a second factor and has none sets one up before anything is let through.</summary>
[Collection(FactorCollection.Name)]
public sealed partial class EnrolmentTests(FactorHub fixture)
{
    private readonly RunningHub hub = fixture.Hub;

    private RelyingApp App { get; } = SampleDirectory.Portal(fixture.Hub);

    private RelyingApp Strong { get; } = AuthorizeDirectory.Client(fixture.Hub, "strong");

    [Fact]
    [Spec("OWASP ASVS 5.0", "6.3.3"), Spec("NIST SP 800-63B-4", "4.2.1")]
    public async Task An_authenticator_app_is_set_up_and_recovery_codes_kept_before_the_app_gets_a_code()
    {
        var person = await fixture.AddAsync(FactorHub.Strict);
        using var browser = await fixture.AfterPasswordAsync(person, App);
        Assert.Equal("/sign-in/enrol", browser.Page!.Address.AbsolutePath);
        Pages.AssertHeaders(browser.Page.Response);
        Assert.DoesNotContain("Codes by e-mail", browser.Page.Text);
        await browser.PressAsync("way", "app");
        Assert.NotNull(browser.Page!.Document.QuerySelector("svg.qr path"));
        Assert.Null(browser.Page.Document.QuerySelector("[style], style, script"));
        Pages.AssertHeaders(browser.Page.Response);

        // The secret stands neither in a form nor in an address, and a reload shows the same.
        var secret = Enrolment.Secret(browser.Page);
        Assert.DoesNotContain(browser.Page.Document.QuerySelectorAll("input"), input => input.GetAttribute("type") == "hidden");
        await browser.GoAsync(browser.Page.Address.ToString());
        Assert.Equal(secret, Enrolment.Secret(browser.Page!));

        await browser.SubmitAsync(("one-time-code", Enrolment.CodeOf(fixture, secret)));
        var codes = browser.Page!.Document.QuerySelectorAll(".codes code").Select(code => code.TextContent).ToArray();
        Assert.Equal(10, codes.Distinct().Count());

        // Nothing is let through before they are kept, whatever way is tried; a reload shows them again.
        var tx = AuthorizeAnswer.Decode(browser.Page.Address.Query)["tx"];
        await browser.GoAsync("/authorize/continue?tx=" + tx);
        Assert.Equal(codes, browser.Page!.Document.QuerySelectorAll(".codes code").Select(code => code.TextContent));
        await browser.PostAsync($"/sign-in/enrol?handler=kept&tx={tx}", []);
        Assert.Contains("tick the box", browser.Page!.Alert);
        await browser.SendAsync("input[name=kept]", ("kept", "yes"));
        Assert.Equal(("https://refeds.org/profile/mfa", "pwd otp mfa"), await FactorHub.TokenAsync(App, browser));

        // And they are worth what they say: one of them signs in where the app is asked for, as does the app.
        using var again = await fixture.AfterPasswordAsync(person, App);
        await again.GoAsync(again.Page!.Address + "&way=recovery");
        await again.SubmitAsync(("one-time-code", codes[9]));
        Assert.NotNull(again.LeftFor);

        // "Your authenticator app was add…": the subject is long, so it travels as encoded words.
        Assert.Contains(await Pickup.MailsAsync(hub, person.UserName), mail => Pickup.Subject(mail).Contains("WW91ciBhdXRoZW50aWNhdG9yIGFwcCB3YXMgYWRk", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_raises_the_session_under_another_cookie_and_the_former_one_is_worth_nothing()
    {
        var person = await fixture.AddAsync();
        using var browser = hub.NewBrowser();
        await browser.GoAsync(Strong.AuthorizeAddress());
        var signedIn = await browser.Client.PostAsync(browser.Page!.Address, new FormUrlEncodedContent([new("username", person.UserName), new("password", SampleDirectory.Password)]));
        var former = Pages.Cookie(signedIn, "hub-session")!;
        await browser.GoAsync(signedIn.Headers.Location!.ToString());
        await browser.PressAsync("way", "app");
        var answer = await browser.Client.PostAsync(
            browser.Page!.Address, new FormUrlEncodedContent([KeyValuePair.Create("code", Enrolment.CodeOf(fixture, Enrolment.Secret(browser.Page)))]));
        var present = Pages.Cookie(answer, "hub-session")!;
        Assert.NotEqual(former, present);
        foreach (var (cookie, good) in ((string, bool)[])[(former, false), (present, true)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Strong.AuthorizeAddress(("prompt", "none")));
            request.Headers.Add("Cookie", "hub-session=" + cookie);
            Assert.Equal(good, (await AuthorizeAnswer.ReadAsync(await hub.NewClient().SendAsync(request))).Parameters.ContainsKey("code"));
        }
    }

    [Fact]
    public async Task A_wrong_code_an_old_one_and_one_of_another_app_set_up_nothing_and_five_are_looked_at()
    {
        var person = await fixture.AddAsync(FactorHub.Strict);
        using var browser = await fixture.AfterPasswordAsync(person, App);
        await browser.PressAsync("way", "app");
        var secret = Enrolment.Secret(browser.Page!);
        foreach (var code in (string[])[fixture.Code(), Enrolment.CodeOf(fixture, secret, -5), "", "abcdef", new string('1', 3000)])
        {
            await browser.SubmitAsync(("one-time-code", code));
            Assert.Contains("not right", browser.Page!.Alert);
        }

        await browser.SubmitAsync(("one-time-code", Enrolment.CodeOf(fixture, secret)));
        Assert.Contains("not right", browser.Page!.Alert);
        Assert.False((await FactorsAsync(person)).Any);

        // Another way, and back: another secret, attempts of its own.
        await browser.PressAsync("Choose another way");
        await browser.PressAsync("way", "app");
        Assert.NotEqual(secret, Enrolment.Secret(browser.Page!));
        await Enrolment.AppAsync(fixture, browser);
        Assert.NotNull(browser.LeftFor);
    }

    [Fact]
    [Spec("OWASP ASVS 5.0", "6.5.1")]
    public async Task Of_many_that_confirm_at_a_time_one_does()
    {
        var person = await fixture.AddAsync(FactorHub.Strict);
        using var browser = await fixture.AfterPasswordAsync(person, App);
        await browser.PressAsync("way", "app");
        var code = Enrolment.CodeOf(fixture, Enrolment.Secret(browser.Page!));
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => browser.Client.PostAsync(browser.Page!.Address, new FormUrlEncodedContent([KeyValuePair.Create("code", code)]))));
        Assert.DoesNotContain(answers, answer => (int)answer.StatusCode >= 500);
        Assert.Single(answers, answer => Pages.Cookie(answer, "hub-session") is not null);
        Assert.Equal(10, fixture.Count("""SELECT count(*) FROM "RecoveryCodes" WHERE "UserId" = @id""", ("@id", person.UserId)));
    }

    [Fact]
    public async Task What_one_began_is_nobody_elses()
    {
        var (person, other) = (await fixture.AddAsync(FactorHub.Strict), await fixture.AddAsync(FactorHub.Strict));
        using var browser = await fixture.AfterPasswordAsync(person, App);
        await browser.PressAsync("way", "app");
        var (address, secret) = (browser.Page!.Address.ToString(), Enrolment.Secret(browser.Page));
        using var stranger = await fixture.AfterPasswordAsync(other, App);
        await stranger.PostAsync(address, [KeyValuePair.Create("code", Enrolment.CodeOf(fixture, secret))]);
        Assert.Contains("This sign-in is over", stranger.Page!.Text);

        // In the same browser, by somebody else in between: theirs begins anew.
        hub.Time.Advance(TimeSpan.FromSeconds(1));
        await fixture.AfterPasswordAsync(other, App, browser, ("prompt", "login"));
        await browser.GoAsync(address);
        Assert.Equal("Set up a second factor", browser.Page!.Document.QuerySelector("h1")!.TextContent);
        await browser.PostAsync(address, [KeyValuePair.Create("code", Enrolment.CodeOf(fixture, secret))]);
        Assert.False((await FactorsAsync(other)).Any);
        Assert.False((await FactorsAsync(person)).Any);
    }

    [Fact]
    public async Task Codes_by_e_mail_are_set_up_where_they_count_at_an_address_of_their_own()
    {
        var codes = $"codes-{Domain.RandomId.New()[..10]}@example.net";
        var person = await fixture.AddAsync(FactorHub.Mail);
        using var browser = await fixture.AfterPasswordAsync(person, App);
        await browser.PressAsync("way", "mail");
        foreach (var wrong in (string[])["", "nobody", "a@b c", new string('a', 300) + "@example.net"])
        {
            await browser.SubmitAsync(("email", wrong));
            Assert.Contains("no e-mail address", browser.Page!.Alert);
        }

        await browser.SubmitAsync(("email", codes));
        var mail = Assert.Single(await Pickup.MailsAsync(hub, codes));
        Assert.Contains("Browser: ", mail);
        Assert.True(browser.Page!.Text.Contains("Send a new code"), browser.Page.Address + browser.Page.Text);
        await browser.PressAsync("Send a new code");
        Assert.Contains("a moment ago", browser.Page!.Alert);
        await browser.SubmitAsync(("one-time-code", "000000" == CodeIn(mail) ? "1" : "000000"));
        Assert.NotNull(browser.Page!.Alert);
        await browser.SubmitAsync(("one-time-code", CodeIn(mail)));
        Assert.Equal(("https://refeds.org/profile/sfa", "pwd mca"), await FactorHub.TokenAsync(App, browser));
        Assert.Equal((codes, true), await FactorsAsync(person) is var factors ? (factors.EmailCodesTo, factors.EmailIsVerified) : default);

        // The same code again, and where two factors are asked for.
        await browser.GoAsync(Strong.AuthorizeAddress());
        Assert.Equal("/sign-in/enrol", browser.Page!.Address.AbsolutePath);
        Assert.DoesNotContain("Codes by e-mail", browser.Page.Text);
        await browser.PostAsync(browser.Page.Address + "&handler=address", [KeyValuePair.Create("address", "other@example.net")]);
        Assert.Equal("Set up a second factor", browser.Page!.Document.QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task Within_the_days_of_grace_it_is_put_off_for_this_sign_in_and_after_them_it_is_not()
    {
        var person = await fixture.AddAsync(FactorHub.Grace);
        Assert.Null(await AskedAtAsync(person));
        using (var browser = await fixture.AfterPasswordAsync(person, App))
        {
            var asked = await AskedAtAsync(person);
            Assert.Equal(hub.Time.Now.ToUnixTimeSeconds(), asked!.Value.ToUnixTimeSeconds());
            Assert.Contains((hub.Time.Now + TimeSpan.FromDays(7)).ToString("d MMMM yyyy, HH:mm", System.Globalization.CultureInfo.InvariantCulture), browser.Page!.Text);
            await browser.PressAsync("Not now");
            Assert.Equal(("https://refeds.org/profile/sfa", "pwd"), await FactorHub.TokenAsync(App, browser));

            // The session is not held up again; an app that insists is another matter.
            await browser.GoAsync(App.AuthorizeAddress());
            Assert.NotNull(browser.LeftFor);
            await browser.GoAsync(Strong.AuthorizeAddress());
            Assert.Equal("/sign-in/enrol", browser.Page!.Address.AbsolutePath);
            Assert.DoesNotContain("Not now", browser.Page.Text);
            var tx = AuthorizeAnswer.Decode(browser.Page.Address.Query)["tx"];
            await browser.PostAsync($"/sign-in/enrol?handler=later&tx={tx}", []);
            Assert.Equal("/sign-in/enrol", browser.Page!.Address.AbsolutePath);
        }

        hub.Time.Advance(TimeSpan.FromDays(3));
        using (var browser = await fixture.AfterPasswordAsync(person, App))
        {
            Assert.Contains("Not now", browser.Page!.Text);
            Assert.Contains((hub.Time.Now + TimeSpan.FromDays(4)).ToString("d MMMM yyyy, HH:mm", System.Globalization.CultureInfo.InvariantCulture), browser.Page.Text);
        }

        hub.Time.Advance(TimeSpan.FromDays(4));
        using var late = await fixture.AfterPasswordAsync(person, App);
        Assert.Equal("/sign-in/enrol", late.Page!.Address.AbsolutePath);
        Assert.DoesNotContain("Not now", late.Page.Text);
    }

    [Fact]
    public async Task Going_back_leaves_without_being_let_on()
    {
        var person = await fixture.AddAsync(FactorHub.Strict);
        using var browser = await fixture.AfterPasswordAsync(person, App);
        await browser.PressAsync("Back to");
        Assert.Equal("access_denied", RelyingApp.Callback(browser)["error"]);
    }

    private Task<EnrolledFactors> FactorsAsync(Person person) => hub.ReadAsync(reader => SecondFactors.OfAsync(reader, person.UserId));

    private async Task<DateTimeOffset?> AskedAtAsync(Person person) => (await hub.ReadAsync(reader => Memberships.OfUserAsync(reader, person.UserId))).Single().SecondFactorAskedAt;

    private static string CodeIn(string mail) => SixDigits().Match(mail).Value;

    [GeneratedRegex(@"(?<= is )\d{6}(?=\.)")]
    private static partial Regex SixDigits();
}
