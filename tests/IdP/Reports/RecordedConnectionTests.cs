using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Reports;
using IdentityHub.Domain.Seats;
using IdentityHub.Domain.Users;
using IdentityHub.IdP.SignIn;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Reports;

/// <summary>What a real sign-in leaves in the reports of its account, and how each way out is told there.</summary>
public sealed class RecordedConnectionTests : IAsyncLifetime
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    private RunningHub hub = null!;

    public async Task InitializeAsync() => hub = await RunningHub.StartAsync(SampleDirectory.Json);

    public async Task DisposeAsync() => await hub.DisposeAsync();

    [Fact]
    public async Task A_sign_in_says_which_app_who_when_and_from_where()
    {
        await TokensAsync(SampleDirectory.Expert(hub), SampleDirectory.Pat);
        var line = Assert.Single(await LinesAsync());
        Assert.Equal(
            ("Expert console", "Pat Primary", SampleDirectory.Pat, hub.Time.Now, "127.0.0.9", "Firefox on Linux"),
            (line.ClientName, line.Person, line.UserName, line.StartedAt, line.Address, line.Browser));
        Assert.Null(line.EndedAt);
        var audit = await hub.ReadAsync(reader => AuditReader.PageAsync(reader, new() { AccountId = "northside", Family = AuditFamily.SignIns }, null, 10));
        Assert.All(audit.Lines, entry => Assert.Equal("127.0.0.9", entry.From));
        Assert.Contains(audit.Lines, entry => entry.Sentence == "signed in");
    }

    [Fact]
    public async Task A_failed_sign_in_is_in_no_report()
    {
        using var browser = NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        await browser.SubmitAsync(("username", SampleDirectory.Pat), ("current-password", "wrong"));
        Assert.Empty(await LinesAsync());
    }

    [Fact]
    public async Task Refreshing_moves_when_it_was_last_used()
    {
        var app = SampleDirectory.Portal(hub);
        var tokens = await TokensAsync(app, SampleDirectory.Sam);
        hub.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Null((await app.RefreshAsync(tokens.Text("refresh_token"))).Error);
        Assert.Equal((hub.Time.Now, hub.Time.Now - TimeSpan.FromMinutes(10)), Assert.Single(await LinesAsync()) is var line ? (line.LastSeenAt, line.StartedAt) : default);
    }

    [Fact]
    public async Task Signing_out_at_an_app_ends_it_as_signed_out()
    {
        var app = SampleDirectory.Portal(hub);
        using var browser = NewBrowser();
        var code = (await app.SignInAsync(browser, SampleDirectory.Sam, SampleDirectory.Password))["code"];
        var tokens = await app.RedeemAsync(code);
        hub.Time.Advance(TimeSpan.FromMinutes(3));
        await browser.GoAsync("/end-session?id_token_hint=" + tokens.Text("id_token"));
        Assert.Equal((ConnectionEnd.SignedOut, TimeSpan.FromMinutes(3)), Assert.Single(await LinesAsync()) is var line ? (line.Ending!.Value, line.LengthAt(hub.Time.Now)) : default);
    }

    [Fact]
    public async Task Somebody_else_in_the_same_browser_ends_it()
    {
        var app = SampleDirectory.Portal(hub);
        using var browser = NewBrowser();
        await app.SignInAsync(browser, SampleDirectory.Sam, SampleDirectory.Password);
        hub.Time.Advance(TimeSpan.FromSeconds(1));
        await app.SignInAsync(browser, SampleDirectory.Pat, SampleDirectory.Password, changes: ("prompt", "login"));
        var lines = await LinesAsync();
        Assert.Equal(ConnectionEnd.AnotherSignedIn, lines.Single(line => line.UserName == SampleDirectory.Sam).Ending);
        Assert.Null(lines.Single(line => line.UserName == SampleDirectory.Pat).Ending);
    }

    [Fact]
    public async Task Deactivation_and_a_taken_seat_are_told_apart_and_the_report_outlives_both()
    {
        await TokensAsync(SampleDirectory.Expert(hub), SampleDirectory.Pat);
        await TokensAsync(SampleDirectory.Portal(hub), SampleDirectory.Sam);
        var (pat, sam) = (await MemberAsync(SampleDirectory.Pat), await MemberAsync(SampleDirectory.Sam));
        await hub.WriteAsync(transaction => Seats.ReleaseAsync(transaction, pat, "expert-console"));
        await hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, sam));
        var lines = await LinesAsync();
        Assert.Equal(ConnectionEnd.SeatTaken, lines.Single(line => line.UserName == SampleDirectory.Pat).Ending);
        Assert.Equal((ConnectionEnd.Deactivated, "127.0.0.9"), lines.Single(line => line.UserName == SampleDirectory.Sam) is var one ? (one.Ending!.Value, one.Address) : default);
        await hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, sam));
        Assert.Equal([SampleDirectory.Pat], (await LinesAsync()).Select(line => line.UserName));
    }

    [Fact]
    public async Task An_app_that_gives_its_tokens_back_ends_it()
    {
        var app = SampleDirectory.Portal(hub);
        await app.RevokeAsync((await TokensAsync(app, SampleDirectory.Sam)).Text("refresh_token"));
        Assert.Equal(ConnectionEnd.AppRevoked, Assert.Single(await LinesAsync()).Ending);
    }

    [Fact]
    public async Task A_code_that_is_used_twice_ends_it_as_such()
    {
        var app = SampleDirectory.Portal(hub);
        using var browser = NewBrowser();
        var code = (await app.SignInAsync(browser, SampleDirectory.Sam, SampleDirectory.Password))["code"];
        await app.RedeemAsync(code);
        await app.RedeemAsync(code);
        Assert.Equal(ConnectionEnd.UsedTwice, Assert.Single(await LinesAsync()).Ending);
    }

    [Fact]
    public async Task Each_account_has_the_connections_that_were_made_in_it()
    {
        await TokensAsync(SampleDirectory.Expert(hub), SampleDirectory.Dana, "brightfix");
        Assert.Empty(await LinesAsync());
        Assert.Single(await LinesAsync("brightfix"));
    }

    [Theory]
    [InlineData(null, "An unknown program")]
    [InlineData("", "An unknown program")]
    [InlineData("\"><script>alert(1)</script>", "An unknown program")]
    [InlineData(Firefox, "Firefox on Linux")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0", "Edge on Windows")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1", "Safari on an iPhone")]
    [InlineData("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36", "Chrome on Android")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Something/1", "A program on a Mac")]
    public void A_browser_is_told_in_words_that_people_know_and_in_no_others(string? said, string words) => Assert.Equal(words, Domain.Sessions.SessionDevice.Of(said, null).Words);

    private Browser NewBrowser()
    {
        var browser = hub.NewBrowser(System.Net.IPAddress.Parse("127.0.0.9"));
        browser.Client.DefaultRequestHeaders.UserAgent.ParseAdd(Firefox);
        return browser;
    }

    private async Task<JsonAnswer> TokensAsync(RelyingApp app, string user, string? account = null)
    {
        using var browser = NewBrowser();
        return await app.RedeemAsync((await app.SignInAsync(browser, user, SampleDirectory.Password, account: account))["code"]);
    }

    private async Task<string> MemberAsync(string userName) => (await hub.ReadAsync(async reader =>
        await Memberships.OfUserAsync(reader, (await Users.FindByNameAsync(reader, CanonicalName.Of(userName)!))!.Id))).Single(place => place.AccountId == "northside").Id;

    private async Task<IReadOnlyList<ConnectionLine>> LinesAsync(string account = "northside")
    {
        var today = DateOnly.FromDateTime(hub.Time.Now.UtcDateTime);
        return (await hub.ReadAsync(reader => Task.FromResult(ReportReader.Page(reader, new(account, today.AddDays(-1), today.AddDays(1)), null, 50)))).Lines;
    }
}
