using System.Net;
using System.Text.Json;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Reports;

/// <summary>The audit as an account's administrators read it.</summary>
public sealed class AuditPagesTests : IAsyncLifetime
{
    private const string Page = "/admin/accounts/northside/audit";
    private ConsoleHub console = null!;

    public async Task InitializeAsync()
    {
        console = await ConsoleHub.StartAsync();
        var sam = await console.MemberIdAsync(SampleDirectory.Sam, "northside");
        await AsPatAsync(transaction => Memberships.ChangeRoleAsync(transaction, sam, Role.Administrator));
    }

    public async Task DisposeAsync() => await console.DisposeAsync();

    [Fact]
    public async Task A_change_is_a_sentence_with_before_and_after_and_from_where()
    {
        var browser = await console.SignInAsync(SampleDirectory.Pat, Page + "?about=sam&what=People&by=pat");
        var row = browser.Page!.Document.QuerySelectorAll("tbody tr").Single(one => one.TextContent.Contains("changed the role of Sam Support from User to Administrator", StringComparison.Ordinal));
        Assert.Equal(("User", "Administrator"), (row.QuerySelector("del")!.TextContent, row.QuerySelector("ins")!.TextContent));
        Assert.Equal("Pat Primary", row.QuerySelector("td[data-label=Who]")!.TextContent.Trim());
        Assert.Equal("192.0.2.7", row.QuerySelector("td[data-label='From where']")!.TextContent.Trim());
    }

    [Fact]
    public async Task The_search_narrows_and_says_beside_the_field_whom_it_does_not_know()
    {
        var browser = await console.SignInAsync(SampleDirectory.Pat, Page);
        var all = Sentences(browser).Count;
        await browser.SendAsync("form[aria-label='Narrow the audit']", ("what", nameof(AuditFamily.Seats)));
        Assert.InRange(Sentences(browser).Count, 1, all - 1);
        await browser.SendAsync("form[aria-label='Narrow the audit']", ("what", ""), ("by", "nobody of this name"));
        Assert.Contains("Nobody in this account is called so", browser.Page!.Document.QuerySelector("#by-wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("nobody of this name", browser.Page.Document.QuerySelector("#by")!.GetAttribute("value"));
        await browser.GoAsync(Page + "?from=2031-01-01");
        Assert.Contains("No entries", browser.Page!.Text, StringComparison.Ordinal);
        await browser.GoAsync(Page + "?to=never");
        Assert.NotNull(browser.Page!.Document.QuerySelector("#to-wrong"));
    }

    [Fact]
    public async Task Every_page_of_it_is_reached_once()
    {
        var sam = await console.MemberIdAsync(SampleDirectory.Sam, "northside");
        await AsPatAsync(async transaction =>
        {
            for (var i = 0; i < 60; i++)
            {
                await Memberships.RequireTwoFactorAsync(transaction, sam, i % 2 == 0);
            }

            return true;
        });
        var browser = await console.SignInAsync(SampleDirectory.Pat, Page + "?about=sam&by=pat");
        Assert.Equal(50, Sentences(browser).Count);
        await browser.GoAsync(browser.Page!.Document.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        Assert.Equal(11, Sentences(browser).Count);
    }

    [Fact]
    public async Task Hostile_names_are_text_on_the_page_and_no_formula_in_the_file()
    {
        await AsPatAsync(async transaction =>
        {
            var sam = (await Domain.Users.Users.FindByNameAsync(transaction, CanonicalName.Of(SampleDirectory.Sam)!))!;
            return await Domain.Users.Users.ChangeProfileAsync(transaction, sam.Id, new(sam.UserName, "=cmd|' /C calc'!A0", "<img src=x onerror=alert(1)>\u202Eevil", sam.Email, true, false));
        });
        var browser = await console.SignInAsync(SampleDirectory.Pat, Page);
        Assert.Contains(Sentences(browser), sentence => sentence.Contains("=cmd|' /C calc'!A0 <img src=x onerror=alert(1)>", StringComparison.Ordinal));
        Assert.Empty(browser.Page!.Document.QuerySelectorAll("main img, main script"));
        using var csv = await browser.Client.GetAsync(Page + "?handler=csv");
        var text = await csv.Content.ReadAsStringAsync();
        Assert.Equal("text/csv", csv.Content.Headers.ContentType!.MediaType);
        Assert.Contains("'=cmd|", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text.Split('\n'), line => line.StartsWith('=') || line.Contains(",=", StringComparison.Ordinal) || line.Contains(",\"=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_json_file_is_one_array_with_every_entry_of_the_search()
    {
        var browser = await console.SignInAsync(SampleDirectory.Pat, Page + "?about=sam");
        using var answer = await browser.Client.GetAsync(browser.Page!.Document.QuerySelector("a[href*='handler=json']")!.GetAttribute("href"));
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(Sentences(browser).Count, json.RootElement.GetArrayLength());
        var change = json.RootElement.EnumerateArray().Single(entry => entry.GetProperty("sentence").GetString()!.StartsWith("changed the role", StringComparison.Ordinal));
        Assert.Equal("User", change.GetProperty("changes")[0].GetProperty("before").GetString());
        Assert.Equal(64, change.GetProperty("hash").GetString()!.Length);
        using var none = await browser.Client.GetAsync(Page + "?from=2031-01-01&handler=json");
        Assert.Equal("[]", (await none.Content.ReadAsStringAsync()).Trim());
    }

    [Fact]
    public async Task Who_does_not_manage_users_reads_no_audit_and_nobody_that_of_another_account()
    {
        var dana = await console.SignInAsync(SampleDirectory.Dana, "/admin/accounts/northside/audit");
        Assert.Equal(HttpStatusCode.Forbidden, dana.Page!.Status);
        foreach (var handler in new[] { "csv", "json" })
        {
            using var answer = await dana.Client.GetAsync($"{Page}?handler={handler}");
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        var pat = await console.SignInAsync(SampleDirectory.Pat, Page);
        using var foreign = await pat.Client.GetAsync("/admin/accounts/brightfix/audit?handler=json");
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        Assert.DoesNotContain("Brightfix", pat.Page!.Document.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_runs_the_hub_reads_what_belongs_to_no_account_too()
    {
        await using var hub = await ConsoleHub.StartAsync(SampleDirectory.Json.Replace("\"familyName\": \"Primary\",", "\"familyName\": \"Primary\", \"operator\": true,", StringComparison.Ordinal));
        var browser = await hub.SignInAsync(SampleDirectory.Pat, "/admin/hub/audit?what=Hub");
        Assert.Contains(Sentences(browser), sentence => sentence.StartsWith("added a signing key", StringComparison.Ordinal));
        await browser.GoAsync("/admin/hub/audit?what=Seats");
        Assert.Contains(browser.Page!.Document.QuerySelectorAll("td[data-label=Account]"), cell => cell.TextContent == "brightfix");
        using var file = await browser.Client.GetAsync(browser.Page.Document.QuerySelector("a[href*='handler=csv']")!.GetAttribute("href"));
        Assert.Contains("brightfix", await file.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static List<string> Sentences(Browser browser) => [.. browser.Page!.Document.QuerySelectorAll("tbody td[data-label=What]").Select(cell => cell.TextContent.Trim())];

    private async Task AsPatAsync<T>(Func<HubTransaction, Task<T>> work)
    {
        var pat = (await console.Hub.ReadAsync(reader => Domain.Users.Users.FindByNameAsync(reader, CanonicalName.Of(SampleDirectory.Pat)!)))!.Id;
        await console.Hub.Services.GetRequiredService<IHubStore>().WriteAsync(new Actor.Person(pat) { From = "192.0.2.7" }, work);
    }
}
