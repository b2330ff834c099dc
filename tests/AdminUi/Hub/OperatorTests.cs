using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Events;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Hub;

/// <summary>The operator's pages: accounts, applications, plans, Primary requests, queues, keys, health.</summary>
public sealed class OperatorTests : IAsyncLifetime
{
    private const string Hostile = "<script>alert(1)</script> & \u202E\"South\"";
    private ConsoleHub console = null!;

    public async Task InitializeAsync() => console = await ConsoleHub.StartAsync(OperatorDirectory.Json);

    public async Task DisposeAsync() => await console.DisposeAsync();

    private Task<Browser> OpenAsync(string page) => console.SignInAsync(OperatorDirectory.Operator, page);

    private Task<AccountLine?> AccountAsync(string id) => console.Hub.ReadAsync(reader => AccountList.OneAsync(reader, id));

    [Fact]
    public async Task The_overview_says_how_the_hub_is()
    {
        var browser = await OpenAsync("/admin/hub");
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        Assert.Contains("SQLite", browser.Page.Text, StringComparison.Ordinal);
        Assert.Equal(2, browser.Page.Document.QuerySelectorAll("dd .badge.good").Length);
        Assert.Equal("2", browser.Page.Document.QuerySelector(".tile strong")!.TextContent);
    }

    [Fact]
    public async Task An_administrator_of_an_account_gets_none_of_it()
    {
        var browser = await console.SignInAsync(SampleDirectory.Pat, "/me");
        foreach (var page in new[] { "/admin/hub", "/admin/hub/accounts", "/admin/hub/accounts/northside", "/admin/hub/clients/portal", "/admin/hub/queues" })
        {
            await browser.GoAsync(page);
            Assert.Equal(HttpStatusCode.Forbidden, browser.Page!.Status);
        }
    }

    [Fact]
    public async Task An_account_is_opened_with_its_first_administrator()
    {
        var browser = await OpenAsync("/admin/hub/accounts");
        await browser.SendAsync("#open-form", ("id", "South Side"), ("name", Hostile), ("email", "ann@south.example"));
        Assert.Equal(HttpStatusCode.BadRequest, browser.Page!.Status);
        Assert.Contains("lower-case letters", browser.Page.Document.GetElementById("id-wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(Hostile, browser.Page.Document.QuerySelector<IHtmlInputElement>("#name")!.Value);
        Assert.Equal("ann@south.example", browser.Page.Document.QuerySelector<IHtmlInputElement>("#email")!.Value);

        await browser.SendAsync("#open-form", ("id", "southside"), ("email", "no address"));
        Assert.Contains("not an e-mail address", browser.Page!.Document.GetElementById("email-wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Null(await AccountAsync("southside"));

        await browser.SendAsync("#open-form", ("id", "southside"), ("email", "ann@south.example"));
        Assert.Equal("/admin/hub/accounts/southside", browser.Page!.Address.AbsolutePath);
        Assert.Equal(Hostile, browser.Page.Document.QuerySelector("h1")!.TextContent);
        Assert.Empty(browser.Page.Document.QuerySelectorAll("main script"));
        Assert.Equal("ann@south.example", (await AccountAsync("southside"))!.Primary);

        await browser.GoAsync("/admin/hub/accounts?q=SCRIPT&status=Open");
        Assert.Single(browser.Page!.Document.QuerySelectorAll("tbody tr"));
    }

    [Fact]
    public async Task An_account_without_anybody_is_given_its_administrator_later()
    {
        var browser = await OpenAsync("/admin/hub/accounts");
        await browser.SendAsync("#open-form", ("id", "empty"), ("name", "Empty"));
        await browser.SendAsync("[name=email]", ("email", "ann"));
        Assert.Equal(("ann", HttpStatusCode.BadRequest), (browser.Page!.Document.QuerySelector<IHtmlInputElement>("[name=email]")!.Value, browser.Page.Status));
        await browser.SendAsync("[name=email]", ("email", "ann@empty.example"), ("givenName", "Ann"));
        Assert.Contains("a link by mail", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Null(browser.Page.Document.QuerySelector("[name=email]"));
    }

    [Fact]
    public async Task Suspending_shuts_its_people_out_at_once_and_resuming_lets_them_sign_in_anew()
    {
        var sam = await console.SignInAsync(SampleDirectory.Sam, "/me");
        var browser = await OpenAsync("/admin/hub/accounts/northside");
        await browser.PressAsync("Suspend the account");
        Assert.Contains("The account is suspended", browser.Page!.Text, StringComparison.Ordinal);
        await sam.GoAsync("/me");
        Assert.DoesNotContain("How the hub and your apps know you", sam.Page!.Text, StringComparison.Ordinal);
        Assert.Contains("Your account lets nobody in at the moment", sam.Page.Text, StringComparison.Ordinal);

        await browser.PressAsync("Open it again");
        Assert.Contains("The account is open again", browser.Page!.Text, StringComparison.Ordinal);
        await sam.GoAsync("/me");
        Assert.Equal("/me", sam.Page!.Address.AbsolutePath);
    }

    [Fact]
    public async Task Closing_wants_the_name_typed_and_is_for_good()
    {
        var browser = await OpenAsync("/admin/hub/accounts/brightfix");
        await browser.SendAsync("[name=confirm]", ("confirm", "brightfix"));
        Assert.Contains("not the account's name", browser.Page!.Document.GetElementById("confirm-wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(AccountStatus.Open, (await AccountAsync("brightfix"))!.Status);
        await browser.SendAsync("[name=confirm]", ("confirm", "Brightfix Remote Support"));
        Assert.Contains("closed for good", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Null(browser.Page.Document.QuerySelector("[name=confirm]"));
        Assert.Equal(AccountStatus.Closed, (await AccountAsync("brightfix"))!.Status);
    }

    [Fact]
    public async Task What_cannot_be_undone_wants_a_fresh_sign_in()
    {
        var browser = await OpenAsync("/admin/hub/accounts/brightfix");
        console.Hub.Time.Advance(TimeSpan.FromMinutes(20));
        await browser.PressAsync("Suspend the account");
        Assert.True(browser.Page!.Asks("current-password"));
        Assert.Equal(AccountStatus.Open, (await AccountAsync("brightfix"))!.Status);
        await console.FinishSignInAsync(browser, OperatorDirectory.Operator);
        Assert.Equal("/admin/hub/accounts/brightfix", browser.Page!.Address.AbsolutePath);
        await browser.PressAsync("Suspend the account");
        Assert.Equal(AccountStatus.Suspended, (await AccountAsync("brightfix"))!.Status);
    }

    [Fact]
    public async Task Name_seats_and_plan_of_an_account_are_changed()
    {
        var browser = await OpenAsync("/admin/hub/accounts/northside");
        await browser.SendAsync("[name=name]", ("name", " "));
        Assert.NotNull(browser.Page!.Document.GetElementById("name-wrong"));
        await browser.SendAsync("[name=name]", ("name", "Northside"));
        Assert.Equal("Northside", browser.Page!.Document.QuerySelector("h1")!.TextContent);

        await browser.SendAsync("[name=capacity]", ("capacity", "0"));
        Assert.Contains("1 seat of Expert console is taken", browser.Page!.Document.GetElementById("capacity-wrong")!.TextContent, StringComparison.Ordinal);
        await browser.SendAsync("[name=capacity]", ("capacity", "many"));
        Assert.NotNull(browser.Page!.Document.GetElementById("capacity-wrong"));
        await browser.SendAsync("[name=capacity]", ("capacity", "7"));
        Assert.Equal(7, (await AccountAsync("northside"))!.Seats);

        await browser.GoAsync("/admin/hub/plans");
        await browser.SendAsync("[name=plan]", ("plan", "Big Plan"), ("name", "Big"), ("description", "All of it"));
        Assert.Equal("Big", browser.Page!.Document.QuerySelector<IHtmlInputElement>("[name=name]")!.Value);
        Assert.NotNull(browser.Page.Document.GetElementById("plan-wrong"));
        await browser.SendAsync("[name=plan]", ("plan", "big"), ("name", "Big"), ("description", "All of it"));
        Assert.Contains("The plan was made", browser.Page!.Text, StringComparison.Ordinal);
        await browser.GoAsync("/admin/hub/accounts/northside");
        await browser.SendAsync("[name=plan]", ("plan", "big"));
        Assert.Equal("big", (await console.Hub.ReadAsync(reader => Plans.OfAccountAsync(reader, "northside")))!.Id);
    }

    [Fact]
    public async Task Applications_are_added_and_stay_seated_while_seats_hang_on_them()
    {
        var browser = await OpenAsync("/admin/hub/applications");
        await browser.SendAsync("[name=application]", ("application", "Web Tools"), ("name", Hostile));
        Assert.Equal("Web Tools", browser.Page!.Document.QuerySelector<IHtmlInputElement>("[name=application]")!.Value);
        Assert.NotNull(browser.Page.Document.GetElementById("application-wrong"));
        await browser.SendAsync("[name=application]", ("application", "web-tools"), ("name", Hostile), ("seated", ""));
        Assert.Contains("The application was added", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Contains(Hostile, browser.Page.Text, StringComparison.Ordinal);

        await browser.GoAsync("/admin/hub/applications?id=expert-console");
        await browser.SendAsync("[name=application]", ("seated", ""));
        Assert.NotNull(browser.Page!.Document.GetElementById("seated-wrong"));
        Assert.Contains("expert", browser.Page.Document.QuerySelector("td a")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_for_another_primary_is_confirmed_or_declined()
    {
        var sam = await console.MemberIdAsync(SampleDirectory.Sam, "northside");
        var pat = await console.Hub.ReadAsync(async reader => (await Domain.Users.Users.FindByNameAsync(reader, SampleDirectory.Pat))!.Id);
        var store = (Domain.Persistence.IHubStore)console.Hub.Services.GetService(typeof(Domain.Persistence.IHubStore))!;
        var browser = await OpenAsync("/admin/hub/primary");
        Assert.Contains("Nothing waits", browser.Page!.Text, StringComparison.Ordinal);

        await console.Hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, sam, Domain.Permissions.Role.Administrator));
        var samUser = await console.Hub.ReadAsync(async reader => (await Domain.Users.Users.FindByNameAsync(reader, SampleDirectory.Sam))!.Id);
        var asked = await store.WriteAsync(new Domain.Audit.Actor.Person(samUser), transaction => PrimaryTransfer.RequestAsync(transaction, "northside", sam, Hostile));
        Assert.NotNull(asked);
        console.Hub.Time.Advance(TimeSpan.FromMinutes(3));
        await browser.GoAsync("/admin/hub/primary");
        Assert.Contains("Sam Support", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Contains(Hostile, browser.Page.Text, StringComparison.Ordinal);
        Assert.Contains("3 minutes", browser.Page.Text, StringComparison.Ordinal);
        await browser.PressAsync("Confirm");
        Assert.Contains("It is confirmed", browser.Page!.Text, StringComparison.Ordinal);
        await browser.PressAsync("Decline");
        Assert.Contains("It is declined", browser.Page!.Text, StringComparison.Ordinal);
        Assert.NotNull(pat);
    }

    [Fact]
    public async Task A_queue_is_seen_without_what_it_says_and_sent_again()
    {
        var mail = await console.Hub.WriteAsync(async transaction =>
        {
            await AccountLifecycle.OpenAsync(transaction, "fresh", "Fresh");
            return await FirstAdministrator.AppointAsync(transaction, "fresh", new("Ann", null, "ann@fresh.example"), console.Hub.Issuer);
        });
        Assert.Equal(FirstAdministrator.Result.Invited, mail);
        var browser = await OpenAsync("/admin/hub/queues");
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        Assert.DoesNotContain("ann@", browser.Page.Text, StringComparison.Ordinal);
        await browser.GoAsync("/admin/hub/queues?kind=nothing&state=Dead&after=5");
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
    }

    [Fact]
    public async Task What_fails_can_be_pushed_on_by_hand()
    {
        // Nobody listens there: notices to this app fail until the operator pushes them on, and fail again.
        var session = await console.SignInAsync(SampleDirectory.Sam, "/me");
        await console.Hub.WriteAsync(transaction =>
        {
            var client = Domain.Clients.Clients.Find(transaction, "portal")!;
            client.BackchannelLogoutUri = "http://127.0.0.1:9/logout";
            return Domain.Clients.Clients.PutAsync(transaction, client);
        });
        var portal = SampleDirectory.Portal(console.Hub);
        await portal.SignInAsync(session, SampleDirectory.Sam, SampleDirectory.Password);
        await session.GoAsync("/me/apps");
        await session.PressAsync("Disconnect");
        IReadOnlyList<OutboxLine> failing = [];
        for (var i = 0; i < 500 && failing.Count == 0; i++)
        {
            await Task.Delay(10);
            failing = await console.Hub.ReadAsync(reader => Outbox.ListAsync(reader, "backchannel-logout", OutboxState.Failing, 0, 10));
        }

        var browser = await OpenAsync("/admin/hub/queues?kind=backchannel-logout");
        Assert.Contains("portal", browser.Page!.Text, StringComparison.Ordinal);
        await browser.PressAsync("Send again");
        Assert.Contains("It is tried once more now", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Equal("?kind=backchannel-logout", browser.Page.Address.Query);
    }

    [Fact]
    public async Task New_keys_are_made_once_at_a_time()
    {
        var browser = await OpenAsync("/admin/hub/keys");
        Assert.Equal(2, browser.Page!.Document.QuerySelectorAll("tbody tr").Length);
        await browser.PressAsync("Make new keys");
        Assert.Contains("New keys are announced", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Equal(4, browser.Page.Document.QuerySelectorAll("tbody tr").Length);
        await browser.PressAsync("Make new keys");
        Assert.Contains("still waiting to take over", browser.Page!.Document.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
    }
}
