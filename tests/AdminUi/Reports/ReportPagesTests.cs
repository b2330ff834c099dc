using System.Net;
using IdentityHub.Domain.Reports;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Reports;

/// <summary>Reports as people see them: an account's administrators everybody's, everybody their own, nobody another account's.</summary>
public sealed class ReportPagesTests : IAsyncLifetime
{
    private const string Page = "/admin/accounts/northside/reports";
    private ConsoleHub console = null!;

    public async Task InitializeAsync() => console = await ConsoleHub.StartAsync();

    public async Task DisposeAsync() => await console.DisposeAsync();

    [Fact]
    public async Task Administrators_see_who_signed_in_where_when_and_how_it_ended()
    {
        await ConnectAsync(SampleDirectory.Sam);
        var member = await console.MemberIdAsync(SampleDirectory.Sam, "northside");
        await console.Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, member));
        var browser = await console.SignInAsync(SampleDirectory.Pat, Page);
        var page = browser.Page!;
        Assert.Equal(HttpStatusCode.OK, page.Status);
        var sam = page.Document.QuerySelectorAll("tbody tr").Single(row => row.TextContent.Contains("Sam Support", StringComparison.Ordinal));
        Assert.Contains("Member portal", sam.TextContent, StringComparison.Ordinal);
        Assert.Contains("User deactivated", sam.TextContent, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", sam.TextContent, StringComparison.Ordinal);

        // The console is an app like any other.
        Assert.Contains(page.Document.QuerySelectorAll("tbody tr"), row => row.TextContent.Contains("Pat Primary", StringComparison.Ordinal) && row.TextContent.Contains("Open now", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Charts_are_drawn_with_names_and_their_tables_beside_them_and_nothing_inline()
    {
        await ConnectAsync(SampleDirectory.Sam);
        var page = (await console.SignInAsync(SampleDirectory.Pat, Page)).Page!;
        var charts = page.Document.QuerySelectorAll("svg[role=img]").ToList();
        Assert.Equal(2, charts.Count);
        foreach (var chart in charts)
        {
            var named = chart.GetAttribute("aria-labelledby")!.Split(' ').Select(id => page.Document.GetElementById(id)!.TextContent);
            Assert.All(named, text => Assert.NotEqual("", text));
        }

        Assert.Contains("2 sign-ins in 30 days", page.Text, StringComparison.Ordinal);
        var tables = page.Document.QuerySelectorAll("figure details table").ToList();
        Assert.Equal(["bar", "bar", "step", "broken"], page.Document.QuerySelectorAll(".legend .swatch").Select(swatch => swatch.ClassList.Last(word => !word.StartsWith("c-", StringComparison.Ordinal))));
        Assert.Equal(30, tables[0].QuerySelectorAll("tbody tr").Length);
        Assert.Equal(["2 Jan", "2", "2"], tables[0].QuerySelectorAll("tbody tr").Last().Children.Select(cell => cell.TextContent.Trim()));
        Assert.Equal(["2 Jan", "1", "1"], tables[1].QuerySelectorAll("tbody tr").Last().Children.Select(cell => cell.TextContent.Trim()));
        Assert.Empty(page.Document.QuerySelectorAll("[style], style, script:not([src])"));
    }

    [Fact]
    public async Task The_address_holds_what_was_chosen_and_it_narrows()
    {
        await ConnectAsync(SampleDirectory.Sam);
        var browser = await console.SignInAsync(SampleDirectory.Pat, Page);
        await browser.SendAsync("form[aria-label='Narrow the report']", ("app", "portal"), ("end", "Open"));
        Assert.Contains("app=portal", browser.Page!.Address.Query, StringComparison.Ordinal);
        Assert.Equal(["Sam Support"], Users(browser));
        Assert.Equal("portal", browser.Page.Document.QuerySelector("#app option[selected]")!.GetAttribute("value"));
        await browser.SendAsync("form[aria-label='Narrow the report']", ("end", nameof(ConnectionEnd.SeatTaken)));
        Assert.Contains("No connections", browser.Page!.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("from=2030-02-30", "#from-wrong")]
    [InlineData("from=yesterday", "#from-wrong")]
    [InlineData("from=2029-06-02&to=2029-06-01", "#to-wrong")]
    [InlineData("from=2025-01-01&to=2029-06-01", "#to-wrong")]
    public async Task Days_that_are_none_are_told_beside_their_field_and_kept(string query, string where)
    {
        var browser = await console.SignInAsync(SampleDirectory.Pat, $"{Page}?{query}");
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        Assert.NotNull(browser.Page.Document.QuerySelector(where));
        Assert.Equal(query.Split('&')[0].Split('=')[1], browser.Page.Document.QuerySelector("#from")!.GetAttribute("value"));
    }

    [Fact]
    public async Task Somebody_is_found_by_name_and_their_report_is_theirs_alone()
    {
        await ConnectAsync(SampleDirectory.Sam);
        var browser = await console.SignInAsync(SampleDirectory.Pat, Page);
        await browser.SendAsync("form[aria-label=\"Find somebody's report\"]", ("person", "support"));
        Assert.EndsWith("/reports/" + await console.MemberIdAsync(SampleDirectory.Sam, "northside"), browser.Page!.Address.AbsolutePath, StringComparison.Ordinal);
        Assert.Contains("Report of Sam Support", browser.Page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Pat Primary", browser.Page.Document.QuerySelector("table.stack")!.TextContent, StringComparison.Ordinal);
        await browser.GoAsync(Page + "?person=nobody+of+this+name");
        Assert.Contains("Nobody in this account is called", browser.Page!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task People_see_their_own_report_and_nothing_of_others_whatever_they_ask_for()
    {
        await ConnectAsync(SampleDirectory.Pat);
        var browser = await console.SignInAsync(SampleDirectory.Sam, "/me/report");
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        Assert.DoesNotContain("Pat", browser.Page.Document.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        var pat = await console.MemberIdAsync(SampleDirectory.Pat, "northside");
        foreach (var attempt in new[] { $"/me/report?member={pat}", $"/me/report?membershipId={pat}&handler=csv", "/me/report?account=brightfix" })
        {
            using var answer = await browser.Client.GetAsync(attempt);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.DoesNotContain("Pat Primary", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        foreach (var refused in new[] { Page, $"{Page}/{pat}", Page + "?handler=csv" })
        {
            using var answer = await browser.Client.GetAsync(refused);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Nobody_of_another_account_is_here()
    {
        var browser = await console.SignInAsync(SampleDirectory.Pat, Page);
        var there = await console.MemberIdAsync(SampleDirectory.Dana, "brightfix");
        foreach (var foreign in new[] { $"{Page}/{there}", $"{Page}/{there}?handler=csv", $"{Page}/{new string('0', 32)}", "/admin/accounts/brightfix/reports" })
        {
            using var answer = await browser.Client.GetAsync(foreign);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        using var app = await browser.Client.GetAsync(Page + "?app=nonexistent");
        Assert.Contains("No connections", await app.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_has_what_the_page_shows_filters_kept_and_formulas_defused()
    {
        await console.Hub.WriteAsync(async transaction =>
        {
            var sam = (await Domain.Users.Users.FindByNameAsync(transaction, CanonicalName.Of(SampleDirectory.Sam)!))!;
            return await Domain.Users.Users.ChangeProfileAsync(transaction, sam.Id, new(sam.UserName, "=HYPERLINK(\"http://evil.example\")", "<b>\r\n", sam.Email, true, false));
        });
        await ConnectAsync(SampleDirectory.Sam);
        var browser = await console.SignInAsync(SampleDirectory.Pat, Page + "?app=portal");
        Assert.Contains("=HYPERLINK", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Empty(browser.Page.Document.QuerySelectorAll("main b"));
        using var answer = await browser.Client.GetAsync(browser.Page.Document.QuerySelector("a[download]")!.GetAttribute("href"));
        Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        var rows = Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(2, rows.Count);
        Assert.Equal("Name", rows[0][5]);
        Assert.StartsWith("'=HYPERLINK(\"http://evil.example\")", rows[1][5], StringComparison.Ordinal);
        Assert.Equal((SampleDirectory.Sam, "Member portal", "Open now"), (rows[1][6], rows[1][7], rows[1][4]));
    }

    [Fact]
    public async Task Older_connections_are_a_page_away_and_each_is_shown_once()
    {
        for (var i = 0; i < 60; i++)
        {
            await ConnectAsync(SampleDirectory.Sam, browserOf: "one");
        }

        var browser = await console.SignInAsync(SampleDirectory.Pat, Page + "?app=portal");
        Assert.Equal(50, Users(browser).Count);
        await browser.GoAsync(browser.Page!.Document.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        Assert.Equal(10, Users(browser).Count);
        Assert.Null(browser.Page!.Document.QuerySelector("a[rel=next]"));
        Assert.Contains("app=portal", browser.Page.Address.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task How_long_reports_are_kept_is_set_and_lowering_it_is_asked_twice()
    {
        var browser = await console.SignInAsync(SampleDirectory.Pat, Page);
        foreach (var wrong in new[] { "29", "3651", "soon", "" })
        {
            await browser.SendAsync("form[method=post]:has(#days)", ("days", wrong));
            Assert.NotNull(browser.Page!.Document.QuerySelector("#days-wrong"));
            Assert.Equal(wrong, browser.Page.Document.QuerySelector("#days")!.GetAttribute("value") ?? "");
        }

        await browser.SendAsync("form[method=post]:has(#days)", ("days", "90"));
        Assert.NotNull(browser.Page!.Document.QuerySelector("#sure-wrong"));
        Assert.Equal(365, await DaysAsync());
        await browser.SendAsync("form[method=post]:has(#days)", ("days", "90"), ("sure", "true"));
        Assert.Contains("Reports are kept for 90 days", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Equal(90, await DaysAsync());
        await browser.SendAsync("form[method=post]:has(#days)", ("days", "400"));
        Assert.Equal(400, await DaysAsync());
    }

    private readonly Dictionary<string, Browser> kept = [];

    private Task<int?> DaysAsync() => console.Hub.ReadAsync(reader => ReportRetention.OfAsync(reader, "northside"));

    private static List<string> Users(Browser browser) =>
        [.. browser.Page!.Document.QuerySelectorAll("table.stack td[data-label=User] a").Select(link => link.TextContent.Trim())];

    private static List<IReadOnlyList<string>> Parse(string csv)
    {
        var rows = new List<IReadOnlyList<string>>();
        var (row, cell, quoted) = (new List<string>(), new System.Text.StringBuilder(), false);
        for (var i = csv[0] == '\uFEFF' ? 1 : 0; i < csv.Length; i++)
        {
            switch (csv[i])
            {
                case '"' when quoted && i + 1 < csv.Length && csv[i + 1] == '"':
                    cell.Append(csv[++i]);
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    row.Add(cell.ToString());
                    cell.Clear();
                    break;
                case '\n' when !quoted:
                    row.Add(cell.ToString());
                    rows.Add(row);
                    (row, cell) = ([], new());
                    break;
                case '\r' when !quoted:
                    break;
                default:
                    cell.Append(csv[i]);
                    break;
            }
        }

        return rows;
    }

    private async Task ConnectAsync(string user, string? browserOf = null)
    {
        var browser = browserOf is not null && kept.TryGetValue(browserOf, out var same) ? same : console.Hub.NewBrowser();
        if (browserOf is not null)
        {
            kept[browserOf] = browser;
        }

        await SampleDirectory.Portal(console.Hub).SignInAsync(browser, user, SampleDirectory.Password);
    }
}
