using System.Text.RegularExpressions;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn;

/// <summary>Codes by e-mail: a second channel, not a second factor. A hub of its own, for its mail and its clock.</summary>
public sealed partial class EmailCodeTests(EmailCodeTests.MailHub fixture) : IClassFixture<EmailCodeTests.MailHub>
{
    private readonly RunningHub hub = fixture.Hub;

    public sealed class MailHub : IAsyncLifetime
    {
        public RunningHub Hub { get; private set; } = null!;

        public async Task InitializeAsync() => Hub = await RunningHub.StartAsync(AuthorizeDirectory.Json);

        public async Task DisposeAsync() => await Hub.DisposeAsync();
    }

    [Fact]
    [Spec("NIST SP 800-63B-4", "3.1.3.1"), Spec("RFC 8176", "2")]
    public async Task The_right_code_signs_in_once_with_one_factor()
    {
        var (browser, code) = await AtCodeAsync();
        await browser.SubmitAsync(("one-time-code", code));
        var app = SampleDirectory.Portal(hub);
        var tokens = await app.RedeemAsync(RelyingApp.Callback(browser)["code"], ("code_verifier", App.Verifier));
        var id = RelyingApp.Payload(tokens.Text("id_token"));
        Assert.Equal("https://refeds.org/profile/sfa", id.GetProperty("acr").GetString());
        Assert.Equal(["pwd", "mca"], id.GetProperty("amr").EnumerateArray().Select(method => method.GetString()));

        var strong = await AuthorizeAnswer.OfAsync(browser.Client, AuthorizeDirectory.Client(hub, "strong").Request(("prompt", "none")));
        strong.AssertError(hub, "interaction_required", "state-1", "https://strong.example/cb");
    }

    [Fact]
    public async Task The_mail_goes_to_the_address_for_codes_and_the_page_hints_at_it()
    {
        var (browser, code) = await AtCodeAsync();
        Assert.Contains("e•••@e•••.net", browser.Page!.Text);
        Assert.DoesNotContain(AuthorizeDirectory.EveCodes, browser.Page.Text);
        Assert.DoesNotContain(code, browser.Page.Text);
        var mail = Newest();
        Assert.Contains("To: " + AuthorizeDirectory.EveCodes, mail);
        Assert.DoesNotContain(hub.Issuer, mail);
    }

    [Fact]
    public async Task No_code_is_mailed_to_who_gives_another_factor()
    {
        var (name, to) = ("both-" + Domain.RandomId.New()[..8] + "@northside.example", "both-codes@mail.example");
        await hub.WriteAsync(async transaction =>
        {
            var user = ((Domain.Users.UserLifecycle.CreateResult.Created)await Domain.Users.UserLifecycle.CreateAsync(transaction, new(name, "Bo", "Both", name, false, false))).User.Id;
            await Domain.Accounts.Memberships.AddAsync(transaction, new(user, "northside", Domain.Permissions.Role.User, null, Domain.Accounts.MembershipStatus.Active));
            await Domain.Credentials.Passwords.SetAsync(transaction, user, new Domain.Credentials.PasswordHashing().Hash(SampleDirectory.Password));
            await Domain.Credentials.SecondFactors.PutEmailCodesAsync(transaction, user, to);
            return await Domain.Credentials.SecondFactors.PutTotpAsync(transaction, user, new byte[20]);
        });
        using var browser = hub.NewBrowser();
        await browser.GoAsync(App.AuthorizeAddress());
        await browser.SubmitAsync(("username", name), ("current-password", SampleDirectory.Password));
        Assert.Equal("/sign-in/code", browser.Page!.Address.AbsolutePath);
        await browser.PostAsync("/sign-in/code?handler=send&way=mail&tx=" + Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(browser.Page.Address.Query)["tx"], []);
        Assert.DoesNotContain("We sent", browser.Page!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(await Pickup.MailsAsync(hub, to), mail => Pickup.Subject(mail) == "Your sign-in code");
        Assert.True(browser.Page.Asks("one-time-code"));
    }

    [Fact]
    public async Task A_wrong_code_an_old_one_and_one_of_another_browser_are_refused()
    {
        var (first, firstCode) = await AtCodeAsync();
        var (second, secondCode) = await AtCodeAsync(advance: false);
        await second.SubmitAsync(("one-time-code", firstCode == secondCode ? "x" : firstCode));
        Assert.NotNull(second.Page?.Alert);
        await first.SubmitAsync(("one-time-code", firstCode[..5] + (firstCode[5] == '0' ? '1' : '0')));
        Assert.NotNull(first.Page?.Alert);
        hub.Time.Advance(TimeSpan.FromMinutes(11));
        await first.SubmitAsync(("one-time-code", firstCode));
        Assert.Null(first.LeftFor);
    }

    [Fact]
    public async Task Only_the_newest_code_is_good_and_codes_are_not_sent_without_end()
    {
        var (browser, former) = await AtCodeAsync();
        await browser.PressAsync("Send a new code");
        Assert.Contains("sent a moment ago", browser.Page!.Alert);
        hub.Time.Advance(TimeSpan.FromSeconds(30));
        var code = await AfterAsync(() => browser.PressAsync("Send a new code"));
        if (code != former)
        {
            await browser.SubmitAsync(("one-time-code", former));
            Assert.Null(browser.LeftFor);
        }

        await browser.SubmitAsync(("one-time-code", code));
        Assert.NotNull(browser.LeftFor);

        var (flood, _) = await AtCodeAsync();
        var before = Mails().Length;
        for (var i = 0; i < 8; i++)
        {
            hub.Time.Advance(TimeSpan.FromSeconds(30));
            await flood.PressAsync("Send a new code");
        }

        Assert.Contains("Too many codes", flood.Page!.Alert);
        await Task.Delay(500);
        Assert.InRange(Mails().Length - before, 0, 4);
    }

    [Fact]
    [Spec("OWASP ASVS 5.0", "6.6.3")]
    public async Task Five_wrong_codes_end_the_attempts_at_a_code()
    {
        var (browser, code) = await AtCodeAsync();
        for (var i = 0; i < 5; i++)
        {
            await browser.SubmitAsync(("one-time-code", code[..5] + (code[5] == '0' ? '1' : '0')));
        }

        await browser.SubmitAsync(("one-time-code", code));
        Assert.Null(browser.LeftFor);
    }

    [Theory]
    [InlineData("Host", "evil.example"), InlineData("X-Forwarded-Host", "evil.example"), InlineData("Forwarded", "host=evil.example;proto=https")]
    public async Task No_header_of_the_request_gets_into_the_mail(string name, string value)
    {
        hub.Time.Advance(TimeSpan.FromHours(1));
        using var browser = hub.NewBrowser();
        browser.Client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        await AfterAsync(async () =>
        {
            await browser.GoAsync(App.AuthorizeAddress());
            await browser.SubmitAsync(("username", AuthorizeDirectory.Eve), ("current-password", SampleDirectory.Password));
        });
        Assert.DoesNotContain("evil", Newest());
    }

    private RelyingApp App => field ??= SampleDirectory.Portal(hub);

    private async Task<(Browser Browser, string Code)> AtCodeAsync(bool advance = true)
    {
        if (advance)
        {
            hub.Time.Advance(TimeSpan.FromHours(1));
        }

        var browser = hub.NewBrowser();
        var code = await AfterAsync(async () =>
        {
            await browser.GoAsync(App.AuthorizeAddress());
            await browser.SubmitAsync(("username", AuthorizeDirectory.Eve), ("current-password", SampleDirectory.Password));
        });
        Assert.True(browser.Page!.Asks("one-time-code"));
        return (browser, code);
    }

    /// <summary>The code of the mail that comes after this.</summary>
    private async Task<string> AfterAsync(Func<Task> act)
    {
        var before = Mails();
        await act();
        for (var i = 0; i < 200; i++)
        {
            if (Mails().Except(before).Any())
            {
                return SixDigits().Match(Newest()).Value;
            }

            await Task.Delay(25);
        }

        throw new TimeoutException("No mail came.");
    }

    private string[] Mails() => Directory.Exists(Folder) ? Directory.GetFiles(Folder, "*.eml") : [];

    private string Folder => Path.Combine(hub.DataDirectory, "mail");

    /// <summary>The newest mail; quoted-printable breaks lines only with "=", and escapes what is not ASCII.</summary>
    private string Newest() => File.ReadAllText(Mails().Order(StringComparer.Ordinal).Last()).Replace("=\r\n", "", StringComparison.Ordinal);

    [GeneratedRegex(@"(?<= is )\d{6}(?=\.)")]
    private static partial Regex SixDigits();
}
