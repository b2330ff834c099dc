using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using IdentityHub.Domain.Clients;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Hub;

/// <summary>Clients in the operator's hands.</summary>
public sealed class ClientPagesTests : IAsyncLifetime
{
    private ConsoleHub console = null!;

    public async Task InitializeAsync() => console = await ConsoleHub.StartAsync(OperatorDirectory.Json);

    public async Task DisposeAsync() => await console.DisposeAsync();

    private Task<Browser> OpenAsync(string page) => console.SignInAsync(OperatorDirectory.Operator, page);

    private Task<Client?> FindAsync(string id) => console.Hub.ReadAsync(reader => Task.FromResult(Clients.Find(reader, id)));

    private static string SecretOf(Browser browser) => browser.Page!.Document.QuerySelector("#client-secret")!.TextContent;

    private async Task<string?> TokenErrorAsync(string id, string secret) =>
        (await new RelyingApp(console.Hub, id, secret, "https://x.example/cb").TokenAsync(("grant_type", "client_credentials"))).Error;

    [Fact]
    public async Task A_client_is_registered_and_its_secret_shown_once_works()
    {
        var browser = await OpenAsync("/admin/hub/register-client");
        await browser.SendAsync("#client", ("ClientId", "batch app"), ("ClientName", "<b>Batch</b>"), ("RedirectUris", "https://batch.example/cb\njavascript:alert(1)"), ("DefaultMaxAge", "soon"), ("Account", "nowhere"));
        Assert.Equal(HttpStatusCode.BadRequest, browser.Page!.Status);
        var document = browser.Page.Document;
        Assert.Equal("<b>Batch</b>", document.QuerySelector<IHtmlInputElement>("[name=ClientName]")!.Value);
        Assert.Contains("printable ASCII", document.GetElementById("ClientId-wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Line 2", document.GetElementById("RedirectUris-wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("whole number", document.GetElementById("DefaultMaxAge-wrong")!.TextContent, StringComparison.Ordinal);

        await browser.SendAsync("#client", ("ClientId", "batch"), ("RedirectUris", "https://batch.example/cb"), ("DefaultMaxAge", ""), ("Account", "nowhere"));
        Assert.Contains("not the id of an account", browser.Page!.Document.GetElementById("Account-wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Null(await FindAsync("batch"));

        await browser.SendAsync("#client", ("ClientId", "batch"), ("RedirectUris", ""), ("Account", "northside"), ("GrantTypes", "client_credentials"), ("Scope", "scim.read"));
        var secret = SecretOf(browser);
        Assert.Null(await TokenErrorAsync("batch", secret));
        Assert.DoesNotContain("<b>", browser.Page!.Document.QuerySelector("h1")!.InnerHtml, StringComparison.Ordinal);

        await browser.GoAsync("/admin/hub/clients/batch");
        Assert.DoesNotContain(secret, browser.Page!.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);
        await browser.GoAsync("/admin/hub/register-client");
        await browser.SendAsync("#client", ("ClientId", "batch"), ("RedirectUris", "https://batch.example/cb"));
        Assert.Contains("another client", browser.Page!.Document.GetElementById("ClientId-wrong")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_of_a_client_is_on_its_page_and_saving_it_unchanged_changes_nothing()
    {
        var browser = await OpenAsync("/admin/hub/clients/expert");
        await browser.SendAsync("#client");
        Assert.Contains("Nothing was changed", browser.Page!.Text, StringComparison.Ordinal);
        await browser.SendAsync("#client", ("ClientName", "Experts"), ("PostLogoutRedirectUris", "https://expert.example/bye"), ("PermissionLevels", "ACATR"));
        Assert.Contains("The client was changed", browser.Page!.Text, StringComparison.Ordinal);
        var client = (await FindAsync("expert"))!;
        Assert.Equal(("Experts", "https://expert.example/bye", "expert-console"), (client.Name, Assert.Single(client.PostLogoutRedirectUris), client.RequireSeat));
        Assert.Equal(Domain.Permissions.PermissionLevel.Acatr, Assert.Single(client.PermissionLevels));

        await browser.SendAsync("#client", ("RedirectUris", "http://evil.example/cb"));
        Assert.Equal("http://evil.example/cb", browser.Page!.Document.QuerySelector<IHtmlTextAreaElement>("[name=RedirectUris]")!.Value);
        Assert.NotNull(browser.Page.Document.GetElementById("RedirectUris-wrong"));
        Assert.Equal(SampleDirectory.ExpertRedirect, Assert.Single((await FindAsync("expert"))!.RedirectUris));
    }

    [Fact]
    public async Task The_second_of_two_operators_is_shown_what_the_first_changed()
    {
        var first = await OpenAsync("/admin/hub/clients/expert");
        var second = await OpenAsync("/admin/hub/clients/expert");
        await first.SendAsync("#client", ("ClientName", "First"));
        await second.SendAsync("#client", ("Scope", "openid account"));
        Assert.Equal(HttpStatusCode.Conflict, second.Page!.Status);
        Assert.Contains("Name: First", second.Page.Alert, StringComparison.Ordinal);
        Assert.Equal("openid account", second.Page.Document.QuerySelector<IHtmlInputElement>("[name=Scope]")!.Value);
        Assert.Equal("First", (await FindAsync("expert"))!.Name);
        Assert.Contains("profile", (await FindAsync("expert"))!.Scopes);

        await second.SendAsync("#client", ("ClientName", "Second"));
        Assert.Contains("The client was changed", second.Page!.Text, StringComparison.Ordinal);
        var client = (await FindAsync("expert"))!;
        Assert.Equal(("Second", "openid account"), (client.Name, string.Join(' ', client.Scopes)));
    }

    [Fact]
    public async Task Another_secret_ends_the_former_and_disabling_ends_everything()
    {
        var browser = await OpenAsync("/admin/hub/clients/other");
        Assert.Null(await TokenErrorAsync("other", SampleDirectory.OtherSecret));
        await browser.PressAsync("Make another secret");
        var secret = SecretOf(browser);
        Assert.Equal("invalid_client", await TokenErrorAsync("other", SampleDirectory.OtherSecret));
        Assert.Null(await TokenErrorAsync("other", secret));

        await browser.GoAsync("/admin/hub/clients/other");
        await browser.PressAsync("Disable the client");
        Assert.Contains("The client is disabled", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Equal("invalid_client", await TokenErrorAsync("other", secret));
        await browser.PressAsync("Enable the client");
        Assert.Null(await TokenErrorAsync("other", secret));
    }

    [Fact]
    public async Task A_client_is_found_and_what_is_none_is_nothing()
    {
        var browser = await OpenAsync("/admin/hub/clients?q=EXPERT");
        Assert.Equal("expert", browser.Page!.Document.QuerySelector("tbody th .soft")!.TextContent);
        await browser.GoAsync("/admin/hub/clients/none");
        Assert.Equal(HttpStatusCode.NotFound, browser.Page!.Status);
    }

    [Fact]
    public async Task The_consoles_own_client_is_shown_and_cannot_be_changed()
    {
        var browser = await OpenAsync("/admin/hub/clients/" + ConsoleRegistration.ClientId);
        Assert.Contains("nobody changes it", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Null(browser.Page.Document.QuerySelector("main form"));

        // A form of another client's page, sent to this one's address.
        var before = (await FindAsync(ConsoleRegistration.ClientId))!;
        await browser.GoAsync("/admin/hub/clients/other");
        var token = browser.Page!.Document.QuerySelector<IHtmlInputElement>("input[name=__RequestVerificationToken]")!.Value;
        foreach (var handler in new[] { "Secret", "Disable" })
        {
            await browser.PostAsync($"/admin/hub/clients/{ConsoleRegistration.ClientId}?handler={handler}", [KeyValuePair.Create("__RequestVerificationToken", token)]);
            Assert.Contains("the hub's own", browser.Page!.Text, StringComparison.Ordinal);
        }

        var after = (await FindAsync(ConsoleRegistration.ClientId))!;
        Assert.Equal((before.SecretHash, before.Disabled, before.Epoch), (after.SecretHash, after.Disabled, after.Epoch));
    }

    [Fact]
    public async Task An_id_of_any_letters_leads_to_its_client()
    {
        const string Id = "urn:app/one?x=1&y#z";
        await console.Hub.WriteAsync(transaction => Clients.PutAsync(transaction, new ClientMetadata { ClientId = Id, TokenEndpointAuthMethod = "none", RedirectUris = ["https://one.example/cb"] }.ToClient(null, false, transaction.Now)));
        var browser = await OpenAsync("/admin/hub/clients?q=urn:app");
        var address = browser.Page!.Document.QuerySelector("tbody th a")!.GetAttribute("href")!;
        await browser.GoAsync(address);
        Assert.Contains(Id, browser.Page!.Text, StringComparison.Ordinal);
    }
}
