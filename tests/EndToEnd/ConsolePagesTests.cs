using System.Text;
using System.Text.Json.Nodes;
using IdentityHub.EndToEnd.Tests.Fixtures;
using IdentityHub.Testing;
using Microsoft.Playwright;
using Xunit;

namespace IdentityHub.EndToEnd.Tests;

/// <summary>Every page of the console in a real browser: no violation that axe finds, light and dark, wide and narrow, and a picture of each. And what goes on by itself: changes of many, imports.</summary>
[Collection(WithBrowser.Name)]
[Trait("Speed", "slow")]
public sealed class ConsolePagesTests(Chromium chromium, ConsolePagesTests.OneHub shared) : IClassFixture<ConsolePagesTests.OneHub>
{
    private const string Account = "/admin/accounts/northside";
    private readonly HubProcess hub = shared.Hub;

    /// <summary>One hub for all of them: each only looks, or changes what no other looks at.</summary>
    public sealed class OneHub : IAsyncLifetime
    {
        internal HubProcess Hub { get; private set; } = null!;

        public async Task InitializeAsync() => Hub = await HubProcess.StartAsync(WithPatAsOperator());

        public async Task DisposeAsync() => await Hub.DisposeAsync();
    }

    [Theory]
    [InlineData(Account + "/users/new"), InlineData(Account + "/reports"), InlineData(Account + "/audit"), InlineData(Account + "/erasures"), InlineData(Account + "/jobs"), InlineData(Account + "/import")]
    [InlineData("/me"), InlineData("/me/password"), InlineData("/me/security"), InlineData("/me/sessions"), InlineData("/me/apps"), InlineData("/me/report")]
    [InlineData("/admin/hub"), InlineData("/admin/hub/accounts"), InlineData("/admin/hub/accounts/northside"), InlineData("/admin/hub/applications"), InlineData("/admin/hub/plans")]
    [InlineData("/admin/hub/clients"), InlineData("/admin/hub/clients/portal"), InlineData("/admin/hub/register-client"), InlineData("/admin/hub/primary"), InlineData("/admin/hub/queues")]
    [InlineData("/admin/hub/keys"), InlineData("/admin/hub/audit"), InlineData("/admin/hub/people"), InlineData("/admin/hub/people?find=sam@northside.example"), InlineData(Account + "/security")]
    public async Task A_page(string address)
    {
        await using var pat = await SignedInAsync(address);
        await Gallery.HangAsync(pat, "console" + address.Split('?')[0].Replace(Account, "", StringComparison.Ordinal).Replace("/admin", "", StringComparison.Ordinal).Replace('/', '-'));
        pat.HasNoComplaints();
    }

    [Fact]
    public async Task One_user_s_report()
    {
        await using var pat = await SignedInAsync(Account + "/users");
        await pat.FollowAsync("Sam Support");
        var member = pat.Page.Url[(pat.Page.Url.LastIndexOf('/') + 1)..];
        await pat.GoAsync($"{hub.Issuer}{Account}/reports/{member}");
        await Gallery.HangAsync(pat, "console-report-of-one");
        pat.HasNoComplaints();
    }

    [Theory]
    [InlineData("factors"), InlineData("sessions")]
    public async Task One_user_s_sign_in(string part)
    {
        await using var pat = await SignedInAsync(Account + "/users");
        await pat.FollowAsync("Terry Two");
        await pat.GoAsync($"{hub.Issuer}{Account}/users/{pat.Page.Url[(pat.Page.Url.LastIndexOf('/') + 1)..]}/{part}");
        await Gallery.HangAsync(pat, $"console-{part}-of-one");
        pat.HasNoComplaints();
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Many_are_changed_at_once_and_the_page_follows(bool script)
    {
        await using var pat = await SignedInAsync(Account + "/users", script);
        await pat.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Change all") }).ClickAsync();
        await pat.SeesHeadingAsync("Change several users");
        await (script ? Gallery.HangAsync(pat, "console-bulk") : Task.CompletedTask);
        await pat.Page.Locator("input[name='do']").Nth(script ? 0 : 1).CheckAsync();
        await pat.PressAsync("Look at what would change");
        await Assertions.Expect(pat.Page.Locator("#job-state")).ToContainTextAsync("Nothing has been changed yet", new() { Timeout = 15_000 });
        await (script ? Gallery.HangAsync(pat, "console-bulk-preview") : Task.CompletedTask);
        await pat.Page.Locator("form[action*='handler=Confirm'] button[type='submit']").First.ClickAsync();
        await Assertions.Expect(pat.Page.Locator("#job-state")).ToContainTextAsync("Done:", new() { Timeout = 15_000 });
        await (script ? Gallery.HangAsync(pat, "console-bulk-done") : Task.CompletedTask);
        pat.HasNoComplaints();
    }

    [Fact]
    public async Task A_file_is_looked_through_before_anybody_is_added()
    {
        await using var pat = await SignedInAsync(Account + "/import");
        await pat.Page.Locator("#file").SetInputFilesAsync(new FilePayload
        {
            Name = "people.csv", MimeType = "text/csv",
            Buffer = Encoding.UTF8.GetBytes("E-mail,Given name,Family name,Level\nnew.one@northside.example,New,One,SUPPORT\nno address,Bad,Line,SUPPORT\n"),
        });
        await pat.PressAsync("Upload");
        await Gallery.HangAsync(pat, "console-import-columns");
        await pat.Page.Locator("main form button[type='submit']").First.ClickAsync();
        await Assertions.Expect(pat.Page.Locator("#job-state")).ToContainTextAsync("Nothing has been changed yet", new() { Timeout = 15_000 });
        await Gallery.HangAsync(pat, "console-import-preview");
        await pat.Page.Locator("form[action*='handler=Confirm'] button[type='submit']").First.ClickAsync();
        await Assertions.Expect(pat.Page.Locator("#job-state")).ToContainTextAsync("Done: 1 user", new() { Timeout = 15_000 });
        pat.HasNoComplaints();
    }

    private async Task<Visitor> SignedInAsync(string address, bool script = true)
    {
        var visitor = await chromium.NewVisitorAsync(script);
        await visitor.GoAsync(hub.Issuer + address);
        await visitor.GivePasswordAsync(SampleDirectory.Pat, SampleDirectory.Password);
        await Assertions.Expect(visitor.Page.Locator("main#main h1")).ToBeVisibleAsync();
        Assert.Equal(hub.Issuer + address, visitor.Page.Url);
        return visitor;
    }

    /// <summary>PRIMARY and operator in one: somebody who opens everything.</summary>
    private static string WithPatAsOperator()
    {
        var directory = JsonNode.Parse(SampleDirectory.Json)!;
        directory["users"]!.AsArray().Single(user => user!["userName"]!.GetValue<string>() == SampleDirectory.Pat)!["operator"] = true;
        return directory.ToJsonString();
    }
}
