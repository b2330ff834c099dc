using System.Net;
using AngleSharp.Dom;
using IdentityHub.Domain.Accounts;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Users;

/// <summary>The table of users: the address holds the view, and nothing in a name does anything.</summary>
public sealed class ListTests(UsersHub users) : IClassFixture<UsersHub>
{
    private static string[] Names(Page page) => [.. page.Document.QuerySelectorAll("table.users tbody th a").Select(link => link.TextContent)];

    private static string Count(Page page) => string.Join(' ', page.Document.QuerySelector("#count")!.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [Fact]
    public async Task Everybody_is_a_line_that_leads_to_their_page_with_all_that_is_known()
    {
        var id = await users.AddAsync("lines@x.example", "Lina", "Line", seats: "desk");
        var boss = await users.AsAsync(UsersHub.Boss);
        await boss.GoAsync(UsersHub.Users + "?q=lina");
        Assert.Equal("Lina Line", Assert.Single(Names(boss.Page!)));
        var row = boss.Page!.Document.QuerySelector("table.users tbody tr")!;
        Assert.Equal($"{UsersHub.Users}/{id}", row.QuerySelector("th a")!.GetAttribute("href"));
        var cells = row.QuerySelectorAll("td[data-label]").ToDictionary(cell => cell.GetAttribute("data-label")!, cell => cell.TextContent.Trim());
        Assert.Equal(
            new()
            {
                ["User name"] = "lines@x.example", ["Role"] = "User", ["Level"] = "None", ["Help desk"] = "✓ Seat", ["Expert tool"] = "–", ["Status"] = "Active", ["Second factor"] = "None",
                ["Last sign-in"] = "Never",
            },
            cells);
        Assert.Equal("Came by: Operator", row.QuerySelector("th .soft")!.TextContent);
        await boss.GoAsync(UsersHub.Users + "?q=billie");
        Assert.Equal("Active Active now", boss.Page!.Document.QuerySelector("table.users td[data-label=Status]")!.TextContent);
        await boss.GoAsync(UsersHub.Users + "?q=lina");
        Assert.Equal("1 to 1 of 1 user who match. Show everyone", Count(boss.Page));
    }

    [Fact]
    public async Task The_address_holds_filters_and_order_and_the_export_and_the_bulk_form_keep_them()
    {
        await users.AddAsync("fil1@x.example", "Fil", "One", status: MembershipStatus.Inactive);
        await users.AddAsync("fil2@x.example", "Fil", "Two", status: MembershipStatus.Inactive);
        var boss = await users.AsAsync(UsersHub.Boss);

        // As the form sends it: what was left empty goes from the address.
        await boss.GoAsync(UsersHub.Users);
        await boss.SendAsync("#find", ("q", "fil"), ("status", "inactive"), ("sort", "-name"));
        Assert.Equal("?q=fil&status=inactive&sort=-name", boss.Page!.Address.Query);
        Assert.Equal(["Fil Two", "Fil One"], Names(boss.Page));
        Assert.Equal("inactive", boss.Page.Document.QuerySelector("#status option[selected]")!.GetAttribute("value"));
        Assert.Equal("-name", boss.Page.Document.QuerySelector("#sort option[selected]")!.GetAttribute("value"));
        Assert.Equal(UsersHub.Users + ".csv?q=fil&status=inactive&sort=-name", boss.Page.Document.QuerySelector("#export")!.GetAttribute("href"));
        var bulk = boss.Page.Document.QuerySelector("#bulk")!;
        Assert.Equal("/admin/accounts/north/bulk", bulk.GetAttribute("action"));
        Assert.Equal(["fil", "inactive"], bulk.QuerySelectorAll("input[name=q], input[name=status]").Select(input => input.GetAttribute("value")));

        // The header says how it is sorted, and turns it round.
        var sorted = Assert.Single(boss.Page.Document.QuerySelectorAll("th[aria-sort]"));
        var by = Assert.Single(sorted.QuerySelectorAll("a[aria-current=true]"));
        Assert.Equal(("Name", "descending"), (by.TextContent, sorted.GetAttribute("aria-sort")));
        await boss.GoAsync(by.GetAttribute("href")!);
        Assert.Equal(["Fil One", "Fil Two"], Names(boss.Page!));
        Assert.Equal("?q=fil&status=inactive", boss.Page!.Address.Query);
    }

    [Theory]
    [InlineData("name"), InlineData("username"), InlineData("role"), InlineData("level"), InlineData("status"), InlineData("twofactor"), InlineData("lastsignin"), InlineData("active"), InlineData("source")]
    [InlineData("seat:desk"), InlineData("-seat:tool")]
    public async Task Every_column_sorts_by_its_header(string sort)
    {
        var boss = await users.AsAsync(UsersHub.Boss);
        await boss.GoAsync($"{UsersHub.Users}?sort={sort}");
        Assert.Equal(HttpStatusCode.OK, boss.Page!.Status);
        Assert.Equal(sort.StartsWith('-') ? "descending" : "ascending", Assert.Single(boss.Page.Document.QuerySelectorAll("th[aria-sort]")).GetAttribute("aria-sort"));
        Assert.Equal(1, boss.Page.Document.QuerySelectorAll("#sort option[selected]").Length);
        Assert.Single(boss.Page.Document.QuerySelectorAll("thead a[aria-current]"));
    }

    [Fact]
    public async Task What_an_address_says_wrongly_is_as_if_it_said_nothing()
    {
        var boss = await users.AsAsync(UsersHub.Boss);
        await boss.GoAsync(UsersHub.Users + "?role=King&level=9&status=7&seat=nothing&twofactor=0&source=-1&active=x&sort=%00&page=99999999999999&q=%00%FF%22%3E");
        Assert.Equal(HttpStatusCode.OK, boss.Page!.Status);
        Assert.Equal("Nobody matches. Show everyone", Count(boss.Page));
        await boss.GoAsync(UsersHub.Users + "?page=-4&page=2&status=active&status=inactive");
        Assert.Equal(HttpStatusCode.OK, boss.Page!.Status);
    }

    [Fact]
    public async Task Nothing_in_a_name_does_anything()
    {
        const string Html = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
        await users.AddAsync("hostile1@x.example", Html, "\u202Egnp.exe");
        await users.AddAsync("hostile2@x.example", "Hostile", new string('W', 1000));
        await users.AddAsync("hostile3@x.example", "Hostile\r\nSet-Cookie: a=b", "Break");
        var boss = await users.AsAsync(UsersHub.Boss);
        foreach (var find in (string[])["hostile", "<script>alert(1)</script>", "\" autofocus onfocus=alert(1) x=\"", new string('W', 400)])
        {
            await boss.GoAsync($"{UsersHub.Users}?q={Uri.EscapeDataString(find)}");
            Assert.Equal(HttpStatusCode.OK, boss.Page!.Status);
            Assert.Equal(2, boss.Page.Document.Scripts.Length);
            Assert.Empty(boss.Page.Document.QuerySelectorAll("img, [onfocus], [onerror], b"));
        }

        await boss.GoAsync($"{UsersHub.Users}?q=hostile");
        Assert.Equal(3, Names(boss.Page!).Length);
        Assert.Contains(Html + " \u202Egnp.exe", Names(boss.Page!));
        Assert.All(boss.Page!.Document.QuerySelectorAll("table.users tbody th a"), link => Assert.NotNull(link.QuerySelector("bdi")));
        foreach (var link in boss.Page.Document.QuerySelectorAll("table.users tbody th a").Select(link => link.GetAttribute("href")!).ToList())
        {
            foreach (var page in (string[])[link, link + "/delete", link + "/password"])
            {
                await boss.GoAsync(page);
                Assert.Equal(HttpStatusCode.OK, boss.Page!.Status);
                Assert.Single(boss.Page.Document.Scripts);
                Assert.Empty(boss.Page.Document.QuerySelectorAll("img, [onerror], b"));
            }
        }
    }

    [Fact]
    public async Task Pages_lead_on_and_back_and_keep_what_is_looked_for()
    {
        for (var i = 0; i < 120; i++)
        {
            await users.AddAsync($"paged{i:D3}@x.example");
        }

        var boss = await users.AsAsync(UsersHub.Boss);
        await boss.GoAsync(UsersHub.Users + "?q=paged");
        Assert.Equal("1 to 50 of 120 users who match. Show everyone", Count(boss.Page!));
        Assert.Null(boss.Page!.Document.QuerySelector("a[rel=prev]"));
        await boss.GoAsync(boss.Page.Document.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        await boss.GoAsync(boss.Page!.Document.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        Assert.Equal("?q=paged&page=3", boss.Page!.Address.Query);
        Assert.Equal("101 to 120 of 120 users who match. Show everyone", Count(boss.Page));
        Assert.Null(boss.Page.Document.QuerySelector("a[rel=next]"));
        Assert.NotNull(boss.Page.Document.QuerySelector("a[rel=prev]"));
    }

    [Fact]
    public async Task Nothing_of_another_account_is_shown()
    {
        await users.AddAsync("southerner@x.example", "South", "Erner", "south");
        var boss = await users.AsAsync(UsersHub.Boss);
        await boss.GoAsync(UsersHub.Users + "?q=southerner");
        Assert.Empty(Names(boss.Page!));
        await boss.GoAsync("/admin/accounts/south/users");
        Assert.Equal(HttpStatusCode.NotFound, boss.Page!.Status);
    }
}
