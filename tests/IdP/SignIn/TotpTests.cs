using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn;

/// <summary>The code of an authenticator app.</summary>
[Collection(AuthorizeHub.Collection)]
public sealed class TotpTests(AuthorizeHub fixture)
{
    private const string Secret = SampleDirectory.TotpSecret;
    private readonly RunningHub hub = fixture.Hub;

    [Theory, InlineData(-2, false), InlineData(-1, true), InlineData(0, true), InlineData(1, true), InlineData(2, false)]
    [Spec("RFC 6238", "5.2")]
    public async Task A_code_is_good_one_step_either_way(int steps, bool good)
    {
        using var browser = await AtCodeAsync();
        await browser.SubmitAsync(("one-time-code", Codes.Of(Secret, hub, steps)));
        Assert.Equal(good, browser.LeftFor is not null);
    }

    [Fact]
    [Spec("RFC 6238", "5.2"), Spec("OWASP ASVS 5.0", "6.5.1")]
    public async Task A_code_is_good_once_and_none_before_it_afterwards()
    {
        using var first = await AtCodeAsync();
        using var second = await AtCodeAsync(advance: false);
        var code = Codes.Of(Secret, hub);
        await first.SubmitAsync(("one-time-code", code));
        Assert.NotNull(first.LeftFor);
        await second.SubmitAsync(("one-time-code", code));
        Assert.Contains("not right, or it was used before", second.Page!.Alert);
        await second.SubmitAsync(("one-time-code", Codes.Of(Secret, hub, -1)));
        Assert.Null(second.LeftFor);
        await second.SubmitAsync(("one-time-code", Codes.Of(Secret, hub, 1)));
        Assert.NotNull(second.LeftFor);
    }

    [Fact]
    [Spec("RFC 6238", "5.2"), Spec("OWASP ASVS 5.0", "6.5.1")]
    public async Task Of_sixty_four_parallel_submissions_of_one_code_over_several_browsers_exactly_one_wins()
    {
        var browsers = new List<Browser>();
        for (var i = 0; i < 3; i++)
        {
            browsers.Add(await AtCodeAsync(advance: i == 0));
        }

        var code = Codes.Of(Secret, hub);
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(number =>
        {
            var browser = browsers[number % browsers.Count];
            return browser.Client.PostAsync(browser.Page!.Address, new FormUrlEncodedContent([KeyValuePair.Create("code", code)]));
        }));
        Assert.DoesNotContain(answers, answer => (int)answer.StatusCode >= 500);
        Assert.Single(answers, answer => Pages.Cookie(answer, "hub-session") is not null);
        hub.Time.Advance(TimeSpan.FromMinutes(40));
    }

    [Theory, InlineData("123 456"), InlineData("12345"), InlineData("1234567"), InlineData("１２３４５６"), InlineData(""), InlineData("abcdef")]
    public async Task A_code_that_is_none_is_refused_in_words(string code)
    {
        using var browser = await AtCodeAsync();
        await browser.SubmitAsync(("one-time-code", code));
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        Assert.NotNull(browser.Page.Alert);
        Pages.AssertHeaders(browser.Page.Response);
    }

    [Fact]
    public async Task A_code_may_be_typed_with_a_space()
    {
        using var browser = await AtCodeAsync();
        await browser.SubmitAsync(("one-time-code", Codes.Of(Secret, hub).Insert(3, " ")));
        Assert.NotNull(browser.LeftFor);
    }

    [Fact]
    [Spec("OWASP ASVS 5.0", "6.6.3")]
    public async Task Five_wrong_codes_end_a_sign_ins_attempts_and_a_new_sign_in_has_its_own()
    {
        // The allowance of the user, over all sign-ins, is another one: it must be whole here.
        hub.Time.Advance(TimeSpan.FromMinutes(30));
        using var browser = await AtCodeAsync();
        for (var i = 0; i < 5; i++)
        {
            await browser.SubmitAsync(("one-time-code", Codes.Wrong(Secret, hub)));
            Assert.Null(browser.LeftFor);
        }

        await browser.SubmitAsync(("one-time-code", Codes.Of(Secret, hub)));
        Assert.Null(browser.LeftFor);
        using var again = await AtCodeAsync();
        await again.SubmitAsync(("one-time-code", Codes.Of(Secret, hub)));
        Assert.NotNull(again.LeftFor);
    }

    [Fact]
    [Spec("OWASP ASVS 5.0", "6.6.3")]
    public async Task Ten_wrong_codes_use_up_the_users_allowance_over_all_sign_ins_and_it_comes_back_with_time()
    {
        hub.Time.Advance(TimeSpan.FromMinutes(40));
        for (var i = 0; i < 2; i++)
        {
            using var browser = await AtCodeAsync(advance: false);
            for (var j = 0; j < 5; j++)
            {
                await browser.SubmitAsync(("one-time-code", Codes.Wrong(Secret, hub)));
            }
        }

        using var shut = await AtCodeAsync(advance: false);
        await shut.SubmitAsync(("one-time-code", Codes.Of(Secret, hub)));
        Assert.Null(shut.LeftFor);
        hub.Time.Advance(TimeSpan.FromMinutes(3));
        await shut.SubmitAsync(("one-time-code", Codes.Of(Secret, hub)));
        Assert.NotNull(shut.LeftFor);
        hub.Time.Advance(TimeSpan.FromMinutes(40));
    }

    [Fact]
    public async Task The_password_of_a_sign_in_is_stale_after_ten_minutes()
    {
        using var browser = await AtCodeAsync();
        hub.Time.Advance(TimeSpan.FromMinutes(11));
        await browser.SubmitAsync(("one-time-code", Codes.Of(Secret, hub)));
        Assert.True(browser.Page?.Asks("current-password"));
    }

    [Fact]
    [Spec("OWASP ASVS 5.0", "2.3.1")]
    public async Task The_password_of_a_sign_in_is_used_up_with_its_code()
    {
        // Terry has two accounts, so the sign-in goes on after the code; then someone else wants to sign in.
        using var chooser = await AtCodeAsync(changes: ("prompt", "select_account"));
        var tx = chooser.Page!.Address.Query;
        await chooser.SubmitAsync(("one-time-code", Codes.Of(Secret, hub)));
        await chooser.PressAsync("Sign in as someone else");
        Assert.True(chooser.Page!.Asks("current-password"));
        await chooser.GoAsync("/sign-in/code" + tx);
        Assert.True(chooser.Page?.Asks("current-password"), "the code of the one before is asked for without their password");
        hub.Time.Advance(TimeSpan.FromSeconds(90));
        await chooser.PostAsync("/sign-in/code" + tx, [KeyValuePair.Create("code", Codes.Of(Secret, hub))]);
        Assert.True(chooser.Page?.Asks("current-password"), "the code alone signed in");
    }

    [Fact]
    [Spec("OWASP ASVS 5.0", "7.2.4")]
    public async Task The_session_cookie_changes_when_the_code_raises_it()
    {
        using var browser = await AtCodeAsync();
        var first = await PostAsync(browser);
        fixture.NextCode();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress(("prompt", "login")));
        await browser.SubmitAsync(("username", SampleDirectory.Terry), ("current-password", SampleDirectory.Password));
        var second = await PostAsync(browser);
        Assert.NotNull(first);
        Assert.NotNull(second);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Before_the_code_there_is_no_session()
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        var response = await browser.Client.PostAsync(browser.Page!.Address, new FormUrlEncodedContent([new("username", SampleDirectory.Terry), new("password", SampleDirectory.Password)]));
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    private async Task<string?> PostAsync(Browser browser) =>
        Pages.Cookie(await browser.Client.PostAsync(browser.Page!.Address, new FormUrlEncodedContent([KeyValuePair.Create("code", Codes.Of(Secret, hub))])), "hub-session");

    /// <summary>A browser where Terry's password was right and the code is asked for.</summary>
    private async Task<Browser> AtCodeAsync(bool advance = true, params (string, string?)[] changes)
    {
        if (advance)
        {
            // Wrong codes of the tests before come back, one every three minutes.
            hub.Time.Advance(TimeSpan.FromMinutes(12));
        }

        var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress([("account", "northside"), .. changes.Length > 0 ? [("account", null), .. changes] : Array.Empty<(string, string?)>()]));
        await browser.SubmitAsync(("username", SampleDirectory.Terry), ("current-password", SampleDirectory.Password));
        Assert.True(browser.Page!.Asks("one-time-code"));
        return browser;
    }
}
