using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn.Factors;

/// <summary>However many guess at a time, from however many places, in however many sign-ins and at whichever kind of code: no more is looked at than the limit of the user.</summary>
[Collection(FactorCollection.Name)]
public sealed class ParallelGuessTests(FactorHub fixture)
{
    private const int Limit = 10;
    private readonly RunningHub hub = fixture.Hub;

    private RelyingApp App { get; } = SampleDirectory.Portal(fixture.Hub);

    [Fact]
    [Spec("OWASP ASVS 5.0", "6.6.3"), Spec("NIST SP 800-63B-4", "3.2.2")]
    public async Task Six_hundred_wrong_guesses_over_addresses_and_sign_ins_use_up_the_allowance_and_no_more_and_then_the_right_code_is_not_looked_at()
    {
        var person = await fixture.AddAsync(totp: true, recovery: true);
        var browsers = new List<Browser>();
        for (var i = 0; i < 30; i++)
        {
            // Sign-ins begin here, from many networks; the password is right in each.
            browsers.Add(await fixture.AfterPasswordAsync(person, App, hub.NewBrowser(IPAddress.Parse($"127.0.{i % 6}.{1 + (i / 6)}"))));
        }

        var wrong = fixture.WrongCode();
        var answers = await Task.WhenAll(Enumerable.Range(0, 600).Select(number =>
        {
            var browser = browsers[number % browsers.Count];
            var way = number % 3 == 0 ? ("&way=recovery", "AAAAAA-AAAAAA" + "BCDEFG"[number % 6]) : ("", wrong);
            return browser.Client.PostAsync(browser.Page!.Address + way.Item1, new FormUrlEncodedContent([KeyValuePair.Create("code", way.Item2)]));
        }));
        Assert.DoesNotContain(answers, answer => Pages.Cookie(answer, "hub-session") is not null);
        Assert.DoesNotContain(answers, answer => (int)answer.StatusCode >= 500 && answer.StatusCode != HttpStatusCode.ServiceUnavailable);

        // Every guess that is looked at is counted at its sign-in, before it is.
        Assert.Equal(Limit, fixture.Count("""SELECT sum("CodeAttempts") FROM "SignIns" WHERE "UserId" = @id""", ("@id", person.UserId)));
        using var fresh = await fixture.AfterPasswordAsync(person, App);
        await fresh.SubmitAsync(("one-time-code", fixture.Code()));
        Assert.NotNull(fresh.Page?.Alert);
        var recovery = $"/sign-in/code?way=recovery&tx={AuthorizeAnswer.Decode(fresh.Page!.Address.Query)["tx"]}";
        await fresh.PostAsync(recovery, [KeyValuePair.Create("code", person.Recovery[0])]);
        Assert.NotNull(fresh.Page?.Alert);

        // One comes back every three minutes, for any kind.
        hub.Time.Advance(TimeSpan.FromMinutes(3));
        await fresh.PostAsync(recovery, [KeyValuePair.Create("code", person.Recovery[0])]);
        Assert.NotNull(fresh.LeftFor);
    }

    [Fact]
    public async Task The_temporary_code_is_behind_the_same_allowance()
    {
        var person = await fixture.AddAsync(totp: true);
        var code = await fixture.ResetAsync(person);
        var browsers = new List<Browser>();
        for (var i = 0; i < 4; i++)
        {
            browsers.Add(await fixture.AfterPasswordAsync(person, App));
        }

        await Task.WhenAll(Enumerable.Range(0, 60).Select(number =>
            browsers[number % browsers.Count].Client.PostAsync(browsers[number % browsers.Count].Page!.Address, new FormUrlEncodedContent([KeyValuePair.Create("code", "AAAAA-AAAAA")]))));
        Assert.Equal(Limit, fixture.Count("""SELECT sum("CodeAttempts") FROM "SignIns" WHERE "UserId" = @id""", ("@id", person.UserId)));
        using var fresh = await fixture.AfterPasswordAsync(person, App);
        await fresh.SubmitAsync(("one-time-code", code));
        Assert.NotNull(fresh.Page?.Alert);
    }
}
