using IdentityHub.Domain.Permissions;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn.Factors;

/// <summary>Recovery codes stand in for the authenticator app, each once, and for nothing stronger.</summary>
[Collection(FactorCollection.Name)]
public sealed class RecoveryCodeTests(FactorHub fixture)
{
    private readonly RunningHub hub = fixture.Hub;

    private RelyingApp App { get; } = SampleDirectory.Portal(fixture.Hub);

    private async Task<Browser> AtRecoveryAsync(Person person)
    {
        var browser = await fixture.AfterPasswordAsync(person, App);
        Assert.Contains("authenticator app", browser.Page!.Text);
        var link = browser.Page.Document.QuerySelector("nav.ways a[href*='way=recovery']")!.GetAttribute("href")!;
        return await browser.GoAsync(link);
    }

    [Fact]
    [Spec("NIST SP 800-63B-4", "3.1.2"), Spec("OWASP ASVS 5.0", "6.5.1")]
    public async Task A_code_signs_in_with_two_factors_once_and_its_owner_is_told_at_both_addresses()
    {
        var codes = $"codes-{Guid()}@example.net";
        var person = await fixture.AddAsync(totp: true, mailTo: codes, recovery: true);
        using var browser = await AtRecoveryAsync(person);
        await browser.SubmitAsync(("one-time-code", person.Recovery[3].ToLowerInvariant()));
        Assert.Equal(("https://refeds.org/profile/mfa", "pwd otp mfa"), await FactorHub.TokenAsync(App, browser));
        foreach (var address in (string[])[person.UserName, codes])
        {
            var mail = Assert.Single(await Pickup.MailsAsync(hub, address), mail => Pickup.Subject(mail) == "A recovery code was used to sign in");
            Assert.Contains("Recovery codes left: 9.", mail);
            Assert.DoesNotContain(person.Recovery[3], mail);
        }

        using var again = await AtRecoveryAsync(person);
        await again.SubmitAsync(("one-time-code", person.Recovery[3]));
        Assert.Contains("not right, or it was used before", again.Page!.Alert);
        await again.SubmitAsync(("one-time-code", person.Recovery[4].Replace("-", " ", StringComparison.Ordinal)));
        Assert.NotNull(again.LeftFor);
    }

    [Fact]
    [Spec("OWASP ASVS 5.0", "6.5.1")]
    public async Task Of_sixty_four_parallel_uses_of_one_code_over_several_browsers_one_wins()
    {
        var person = await fixture.AddAsync(totp: true, recovery: true);
        var browsers = new List<Browser>();
        for (var i = 0; i < 8; i++)
        {
            browsers.Add(await AtRecoveryAsync(person));
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(number =>
            browsers[number % browsers.Count].Client.PostAsync(browsers[number % browsers.Count].Page!.Address, new FormUrlEncodedContent([KeyValuePair.Create("code", person.Recovery[0])]))));
        Assert.DoesNotContain(answers, answer => (int)answer.StatusCode >= 500);
        Assert.Single(answers, answer => Pages.Cookie(answer, "hub-session") is not null);
        Assert.Equal(9, fixture.Count("""SELECT count(*) FROM "RecoveryCodes" WHERE "UserId" = @id""", ("@id", person.UserId)));
    }

    [Fact]
    public async Task Another_persons_code_a_part_of_one_and_a_huge_one_are_refused_in_the_same_words_and_counted()
    {
        var person = await fixture.AddAsync(totp: true, recovery: true);
        var other = await fixture.AddAsync(totp: true, recovery: true);
        using var browser = await AtRecoveryAsync(person);
        var said = new HashSet<string?>();
        foreach (var code in (string[])[other.Recovery[0], person.Recovery[0][..6], new string('A', 4000), "", fixture.Code()])
        {
            await browser.SubmitAsync(("one-time-code", code));
            said.Add(browser.Page!.Alert);
        }

        Assert.Single(said);
        await browser.SubmitAsync(("one-time-code", person.Recovery[0]));
        Assert.True(browser.LeftFor is null, "a sixth attempt of this sign-in was looked at");
    }

    [Fact]
    public async Task Who_has_none_is_not_offered_them_and_the_ways_stay_in_their_order()
    {
        var person = await fixture.AddAsync(totp: true);
        using var browser = await fixture.AfterPasswordAsync(person, App);
        Assert.Null(browser.Page!.Document.QuerySelector("nav.ways"));
        await browser.PostAsync(browser.Page.Address + "&way=recovery", [KeyValuePair.Create("code", fixture.Code())]);
        Assert.NotNull(browser.LeftFor);

        var two = await fixture.AddAsync(totp: true, mailTo: "x@example.net", recovery: true, role: Role.Administrator);
        using var chooses = await fixture.AfterPasswordAsync(two, App);
        foreach (var way in (string?[])[null, "recovery", "app", "mail", "passkey", "temporary", "nonsense"])
        {
            await chooses.GoAsync(chooses.Page!.Address.AbsolutePath + "?tx=" + AuthorizeAnswer.Decode(chooses.Page.Address.Query)["tx"] + (way is null ? "" : "&way=" + way));
            Assert.Equal(["Your authenticator app", "A recovery code"], chooses.Page!.Document.QuerySelectorAll("nav.ways a").Select(link => link.TextContent));
            Assert.Equal(way == "recovery" ? "Recovery code" : "Code", chooses.Page.Document.QuerySelector("label[for=code]")!.TextContent);
        }
    }

    private static string Guid() => Domain.RandomId.New()[..10];
}
