using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.WebAuthn;

/// <summary>A passkey as the second factor: after the password, and to raise a session.</summary>
[Collection(PasskeyHub.Collection)]
public sealed class PasskeyFactorTests(PasskeyHub fixture)
{
    private const byte Present = SoftwareAuthenticator.UserPresent;
    private const byte Verified = SoftwareAuthenticator.UserPresent | SoftwareAuthenticator.UserVerified;
    private const string Refused = "This passkey could not be used.";
    private readonly RunningHub hub = fixture.Hub;

    [Theory]
    [InlineData(Present, new[] { "pwd", "hwk", "mfa" }), InlineData(Verified, new[] { "pwd", "hwk", "user", "mfa" })]
    [InlineData(Present | SoftwareAuthenticator.BackupEligible, new[] { "pwd", "swk", "mfa" })]
    [Spec("WebAuthn Level 3", "7.2"), Spec("RFC 8176", "2")]
    public async Task After_the_password_a_passkey_completes_the_sign_in(byte flags, string[] methods)
    {
        var person = await fixture.WithPasskeyAsync(flags);
        var app = SampleDirectory.Portal(hub);
        using var browser = await hub.AfterPasswordAsync(person, app);
        Assert.Null(browser.LeftFor);
        await browser.SendCredentialAsync(PasskeyBrowser.Factor, person.Authenticator.Get(await browser.OptionsAsync(PasskeyBrowser.FactorOptions)));
        Assert.Equal(methods, (await browser.IdTokenAsync(app)).Methods());
    }

    [Fact]
    public async Task The_options_name_the_users_own_passkeys_once_the_password_was_right_and_nothing_before()
    {
        var person = await fixture.WithPasskeyAsync();
        var second = await person.EnrolDirectlyAsync();
        using var before = await hub.AtSignInAsync();
        using var refused = await before.Client.PostAsync($"{PasskeyBrowser.FactorOptions}&tx={before.Tx()}", null);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal("", await refused.Content.ReadAsStringAsync());

        await before.SubmitAsync(("username", person.UserName), ("current-password", "wrong"));
        using var still = await before.Client.PostAsync($"{PasskeyBrowser.FactorOptions}&tx={before.Tx()}", null);
        Assert.Equal(HttpStatusCode.Conflict, still.StatusCode);

        using var browser = await hub.AfterPasswordAsync(person);
        var answer = await browser.AnswerAsync(PasskeyBrowser.FactorOptions);
        string[] own = [person.Authenticator.Passkeys[0].Id, second.Id];
        Assert.Equal(own.Order(), answer.GetProperty("publicKey").GetProperty("allowCredentials").EnumerateArray().Select(one => one.GetProperty("id").GetString()).Order());
        Assert.Equal("preferred", answer.GetProperty("publicKey").GetProperty("userVerification").GetString());
        var accepted = answer.GetProperty("accepted");
        Assert.Equal(("127.0.0.1", SoftwareAuthenticator.HandleOf(person.UserId)), (accepted.GetProperty("rpId").GetString(), accepted.GetProperty("userId").GetString()));
        Assert.Equal(own.Order(), accepted.GetProperty("allAcceptedCredentialIds").EnumerateArray().Select(one => one.GetString()).Order());
    }

    [Fact]
    public async Task Who_has_no_passkey_is_not_asked_for_one()
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        await browser.SubmitAsync(("username", SampleDirectory.Terry), ("current-password", SampleDirectory.Password));
        using var refused = await browser.Client.PostAsync($"{PasskeyBrowser.FactorOptions}&tx={browser.Tx()}", null);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Empty(browser.Page!.Document.QuerySelectorAll("form[data-passkey]"));
    }

    [Fact, Spec("WebAuthn Level 3", "7.2")]
    public async Task Another_users_passkey_is_refused_whoever_it_says_it_is()
    {
        var person = await fixture.WithPasskeyAsync();
        var other = await fixture.WithPasskeyAsync();
        using var browser = await hub.AfterPasswordAsync(person);
        foreach (var change in (Action<PasskeyAnswer>[])[
            _ => { }, answer => answer.UserHandle = SoftwareAuthenticator.HandleOf(person.UserId), answer => answer.UserHandle = null, answer => answer.Id = person.Authenticator.Passkeys[0].Id])
        {
            var options = await browser.OptionsAsync(PasskeyBrowser.FactorOptions);
            await browser.SendCredentialAsync(PasskeyBrowser.Factor, other.Authenticator.Get(options, change, other.Authenticator.Passkeys[0]));
            AssertRefused(browser);
        }

        Assert.Equal(0, (await other.StoredAsync())!.SignCount);
    }

    [Fact]
    public async Task What_was_asked_for_one_purpose_is_no_answer_to_another()
    {
        var person = await fixture.WithPasskeyAsync();
        using var browser = await hub.AtSignInAsync();
        var whole = await browser.OptionsAsync(PasskeyBrowser.WholeOptions);
        await browser.SubmitAsync(("username", person.UserName), ("current-password", SampleDirectory.Password));
        await browser.SendCredentialAsync(PasskeyBrowser.Factor, person.Authenticator.Get(whole));
        AssertRefused(browser);

        // The other way round: a passkey that did not verify the person, asked for after the password, is no whole sign-in.
        person.Authenticator.Flags = Present;
        var factor = await browser.OptionsAsync(PasskeyBrowser.FactorOptions);
        await browser.SendCredentialAsync(PasskeyBrowser.Whole, person.Authenticator.Get(factor));
        Assert.Equal(PasskeyHub.OnlyAnswer, browser.Page!.Alert);

        // And that try used it up.
        await browser.SendCredentialAsync(PasskeyBrowser.Factor, person.Authenticator.Get(factor));
        AssertRefused(browser);
    }

    [Fact]
    public async Task What_was_asked_to_enrol_a_passkey_is_not_answered_by_using_one()
    {
        var person = await fixture.PersonAsync();
        using var browser = await hub.AfterPasswordAsync(person, new(hub, "strong", SampleDirectory.PortalSecret, "https://strong.example/cb"), ("scope", "openid account"));
        var enrol = await browser.OptionsAsync(PasskeyBrowser.EnrolOptions);

        // Enrolled elsewhere meanwhile: the same session owes a second factor now.
        await person.EnrolDirectlyAsync();
        await browser.SendCredentialAsync(PasskeyBrowser.Factor, person.Authenticator.Get(enrol));
        AssertRefused(browser);
        await browser.SendCredentialAsync(PasskeyBrowser.Factor, person.Authenticator.Get(await browser.OptionsAsync(PasskeyBrowser.FactorOptions)));
        Assert.NotNull(browser.LeftFor);
    }

    [Fact]
    public async Task Who_is_frozen_between_password_and_passkey_does_not_get_in()
    {
        var person = await fixture.WithPasskeyAsync();
        using var browser = await hub.AfterPasswordAsync(person);
        var sent = person.Authenticator.Get(await browser.OptionsAsync(PasskeyBrowser.FactorOptions));
        fixture.Execute($"""UPDATE "Users" SET "FrozenAt" = 1 WHERE "Id" = '{person.UserId}'""");
        await browser.SendCredentialAsync(PasskeyBrowser.Factor, sent);

        // As one of whom nothing was proved: from the beginning.
        Assert.Null(browser.LeftFor);
        Assert.True(browser.Page!.Asks("current-password"));
        Assert.Null(Pages.Cookie(browser.Page.Response, "hub-session"));
        Assert.Equal(0, (await person.StoredAsync())!.SignCount);
    }

    [Fact]
    public async Task An_answer_of_another_sign_in_of_the_same_user_is_refused()
    {
        var person = await fixture.WithPasskeyAsync();
        using var first = await hub.AfterPasswordAsync(person);
        using var second = await hub.AfterPasswordAsync(person);
        var asked = await first.OptionsAsync(PasskeyBrowser.FactorOptions);
        await second.OptionsAsync(PasskeyBrowser.FactorOptions);
        await second.SendCredentialAsync(PasskeyBrowser.Factor, person.Authenticator.Get(asked));
        AssertRefused(second);
        await first.SendCredentialAsync(PasskeyBrowser.Factor, person.Authenticator.Get(asked));
        Assert.NotNull(first.LeftFor);
    }

    [Fact, Spec("OWASP ASVS 5.0", "6.6.3")]
    public async Task Five_wrong_ones_end_the_tries_of_a_sign_in()
    {
        var person = await fixture.WithPasskeyAsync();
        using var browser = await hub.AfterPasswordAsync(person);
        for (var i = 0; i < 5; i++)
        {
            await browser.OptionsAsync(PasskeyBrowser.FactorOptions);
            await browser.SendCredentialAsync(PasskeyBrowser.Factor, "{}");
            AssertRefused(browser);
        }

        await browser.SendCredentialAsync(PasskeyBrowser.Factor, person.Authenticator.Get(await browser.OptionsAsync(PasskeyBrowser.FactorOptions)));
        AssertRefused(browser);
        using var anew = await hub.AfterPasswordAsync(person);
        await anew.SendCredentialAsync(PasskeyBrowser.Factor, person.Authenticator.Get(await anew.OptionsAsync(PasskeyBrowser.FactorOptions)));
        Assert.NotNull(anew.LeftFor);
    }

    [Fact, Spec("OWASP ASVS 5.0", "6.5.1")]
    public async Task Of_sixty_four_parallel_answers_one_wins()
    {
        var person = await fixture.WithPasskeyAsync();
        using var browser = await hub.AfterPasswordAsync(person);
        var sent = person.Authenticator.Get(await browser.OptionsAsync(PasskeyBrowser.FactorOptions)).ToJsonString();
        var address = $"{PasskeyBrowser.Factor}&tx={browser.Tx()}";
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => browser.Client.PostAsync(address, new FormUrlEncodedContent([KeyValuePair.Create("credential", sent)]))));
        Assert.DoesNotContain(answers, answer => (int)answer.StatusCode >= 500);
        Assert.Single(answers, answer => Pages.Cookie(answer, "hub-session") is not null);
        Assert.Equal(1, (await person.StoredAsync())!.SignCount);
    }

    [Fact, Spec("RFC 9470", "3")]
    public async Task A_session_is_raised_by_a_passkey_and_keeps_what_it_held()
    {
        var person = await fixture.PersonAsync();
        var app = SampleDirectory.Portal(hub);
        using var browser = await hub.AfterPasswordAsync(person, app);
        Assert.Equal(["pwd"], (await browser.IdTokenAsync(app)).Methods());
        await person.EnrolDirectlyAsync();
        await browser.GoAsync(app.AuthorizeAddress(("acr_values", "phr")));
        await browser.SendCredentialAsync(PasskeyBrowser.Factor, person.Authenticator.Get(await browser.OptionsAsync(PasskeyBrowser.FactorOptions)));
        var token = await browser.IdTokenAsync(app);
        Assert.Equal("phr", token.GetProperty("acr").GetString());
        Assert.Equal(["pwd", "hwk", "user", "mfa"], token.Methods());
    }

    [Fact, Spec("WebAuthn Level 3", "6.1.1"), Spec("WebAuthn Level 3", "7.2")]
    public async Task A_copied_passkey_is_refused_audited_and_told_and_the_original_goes_on()
    {
        var person = await fixture.WithPasskeyAsync();
        using (var first = await hub.AtSignInAsync())
        {
            await first.SignInWithAsync(person);
            Assert.NotNull(first.LeftFor);
        }

        using (var second = await hub.AtSignInAsync())
        {
            await second.SignInWithAsync(person);
            Assert.NotNull(second.LeftFor);
        }

        // The copy was made before the second use: it says 2 again, and 1.
        foreach (var count in (uint[])[2, 1, 0])
        {
            using var copy = await hub.AtSignInAsync();
            await copy.SignInWithAsync(person, answer => answer.Count = count);
            Assert.Equal(PasskeyHub.OnlyAnswer, copy.Page!.Alert);
        }

        using (var copy = await hub.AfterPasswordAsync(person))
        {
            await copy.SendCredentialAsync(PasskeyBrowser.Factor, person.Authenticator.Get(await copy.OptionsAsync(PasskeyBrowser.FactorOptions), answer => answer.Count = 2));
            AssertRefused(copy);
        }

        Assert.Equal(2, (await person.StoredAsync())!.SignCount);
        Assert.Equal(4, fixture.Count($"""SELECT COUNT(*) FROM "Audit" WHERE "Action" = 'passkey.counter-went-back' AND "SubjectUserId" = '{person.UserId}'"""));

        // Three mails: a fourth within the hour would tell nothing new.
        var mails = (await Pickup.MailsAsync(hub, person.UserName)).Where(mail => Pickup.Subject(mail) == "A passkey of yours was refused").ToList();
        Assert.Equal(3, mails.Count);
        Assert.Contains("your passkey Test key", mails[0], StringComparison.Ordinal);

        using var original = await hub.AtSignInAsync();
        await original.SignInWithAsync(person);
        Assert.NotNull(original.LeftFor);
    }

    [Fact]
    public async Task What_a_sign_in_keeps_of_a_ceremony_tells_nothing_of_the_person()
    {
        var person = await fixture.WithPasskeyAsync();
        using var browser = await hub.AfterPasswordAsync(person);
        await browser.OptionsAsync(PasskeyBrowser.FactorOptions);
        Assert.Equal(1, fixture.Count($"""SELECT COUNT(*) FROM "SignIns" WHERE "Id" = '{browser.Tx()}' AND "PasskeyState" IS NOT NULL AND "PasskeyState" NOT LIKE '%{person.UserId}%' AND "PasskeyState" NOT LIKE '%challenge%'"""));
    }

    private static void AssertRefused(Browser browser)
    {
        Assert.Null(browser.LeftFor);
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        Assert.Contains(Refused, browser.Page.Alert, StringComparison.Ordinal);
        Assert.Null(Pages.Cookie(browser.Page.Response, "hub-session"));
        Pages.AssertHeaders(browser.Page.Response);
    }
}
