using System.Net;
using System.Net.Http.Headers;
using IdentityHub.Domain.Accounts;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Provisioning;

public sealed class ProvisioningPageTests : IAsyncLifetime
{
    private const string Address = "/admin/accounts/northside/provisioning";
    private const string Make = "form[action*='handler=Make']";
    private const string Rotate = "form[action*='handler=Rotate']";
    private const string Revoke = "form[action*='handler=Revoke']";

    private ConsoleHub console = null!;
    private Browser pat = null!;

    public async Task InitializeAsync()
    {
        console = await ConsoleHub.StartAsync();
        pat = await console.SignInAsync(SampleDirectory.Pat, Address);
    }

    public async Task DisposeAsync() => await console.DisposeAsync();

    [Fact]
    public async Task A_token_is_shown_once_and_works_at_the_address_that_stands_there()
    {
        Assert.Equal(console.Hub.Issuer + "/scim/v2", Text("#endpoint"));
        await pat.SendAsync(Make, ("Name", "Entra ID"), ("Days", "90"));
        var token = Text("#token");
        Assert.Equal(HttpStatusCode.OK, pat.Page!.Status);
        Assert.Contains("no-store", pat.Page.Response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await UseAsync(Text("#endpoint"), token));

        await pat.GoAsync(Address);
        Assert.DoesNotContain(token, pat.Page!.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Null(pat.Page.Document.QuerySelector("#token"));
        Assert.Contains("Works", Text("section[aria-labelledby='tokens'] tbody tr"), StringComparison.Ordinal);
        var kept = Assert.Single(await TokensAsync());
        Assert.Equal(console.Hub.Time.GetUtcNow() + TimeSpan.FromDays(90), kept.ExpiresAt!.Value, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Sent_twice_one_token_is_made()
    {
        var form = pat.Page!;
        await pat.SendAsync(Make, ("Name", "Okta"));
        await PostAgainAsync(form, Make, ("Name", "Okta"), ("Days", "365"));
        Assert.Contains("There is a token of this name already", Text("#name-wrong"), StringComparison.Ordinal);
        Assert.Null(pat.Page!.Document.QuerySelector("#token"));
        Assert.Single(await TokensAsync());
    }

    [Theory]
    [InlineData(""), InlineData("   ")]
    public async Task What_is_wrong_stands_beside_its_field(string name)
    {
        await pat.SendAsync(Make, ("Name", name), ("Days", "30"));
        Assert.Contains("Say what it is for", Text("#name-wrong"), StringComparison.Ordinal);
        Assert.Equal("true", pat.Page!.Document.QuerySelector("#name")!.GetAttribute("aria-invalid"));
        Assert.Equal("30", pat.Page.Document.QuerySelector("#days option[selected]")!.GetAttribute("value"));
        await pat.SendAsync(Make, ("Name", new string('x', 101)));
        Assert.Contains("up to 100", Text("#name-wrong"), StringComparison.Ordinal);
        Assert.Equal(new string('x', 101), pat.Page!.Document.QuerySelector("#name")!.GetAttribute("value"));
        Assert.Empty(await TokensAsync());
    }

    [Fact]
    public async Task That_there_are_too_many_stands_beside_the_field()
    {
        foreach (var name in Enumerable.Range(0, ProvisioningTokens.MostWorking).Select(count => "HR " + count))
        {
            Assert.IsType<ProvisioningTokens.MakeResult.Made>(await console.Hub.WriteAsync(transaction => ProvisioningTokens.MakeAsync(transaction, "northside", name, null)));
        }

        await pat.SendAsync(Make, ("Name", "One more"));
        Assert.Contains("20 tokens work already", Text("#name-wrong"), StringComparison.Ordinal);
        Assert.Equal("One more", pat.Page!.Document.QuerySelector("#name")!.GetAttribute("value"));
        await pat.GoAsync(Address + "?rotate=" + (await TokensAsync())[0].Id);
        await pat.SendAsync(Rotate, ("Overlap", "24"));
        Assert.Contains("20 tokens work already", pat.Page!.Alert, StringComparison.Ordinal);
        Assert.Equal(ProvisioningTokens.MostWorking, (await TokensAsync()).Count);
    }

    [Fact]
    public async Task Replaced_both_work_for_the_overlap_and_only_the_new_one_after_it()
    {
        var former = await MadeAsync("HR");
        await pat.GoAsync(Address + "?rotate=" + (await TokensAsync())[0].Id);
        var form = pat.Page!;
        await pat.SendAsync(Rotate, ("Overlap", "24"), ("Days", "0"));
        var successor = Text("#token");
        Assert.NotEqual(former, successor);
        var endpoint = Text("#endpoint");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await UseAsync(endpoint, former), await UseAsync(endpoint, successor)));

        await PostAgainAsync(form, Rotate, ("Overlap", "24"), ("Days", "0"));
        Assert.Contains("replaced or revoked meanwhile", pat.Page!.Alert, StringComparison.Ordinal);
        Assert.Equal(2, (await TokensAsync()).Count);
        console.Hub.Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await UseAsync(endpoint, former), await UseAsync(endpoint, successor)));
    }

    [Fact]
    public async Task Revoked_it_stops_at_once_after_being_asked()
    {
        var token = await MadeAsync("HR");
        var id = (await TokensAsync())[0].Id;
        await pat.GoAsync(Address + "?revoke=" + id);
        var form = pat.Page!;
        Assert.Equal(HttpStatusCode.OK, await UseAsync(Text("#endpoint"), token));
        await pat.SendAsync(Revoke);
        Assert.Contains("The token is revoked", pat.Page!.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(Text("#endpoint"), token));
        await PostAgainAsync(form, Revoke);
        Assert.Contains("revoked already", pat.Page!.Alert, StringComparison.Ordinal);
        await pat.GoAsync(Address + "?revoke=" + id);
        Assert.Equal(HttpStatusCode.NotFound, pat.Page!.Status);
    }

    [Fact]
    public async Task Another_accounts_tokens_are_nothing_here()
    {
        var theirs = (ProvisioningTokens.MakeResult.Made)await console.Hub.WriteAsync(transaction => ProvisioningTokens.MakeAsync(transaction, "brightfix", "Theirs", null));
        await MadeAsync("HR");
        await pat.GoAsync($"{Address}?revoke={theirs.Id}");
        Assert.Equal(HttpStatusCode.NotFound, pat.Page!.Status);
        foreach (var (query, selector) in new[] { ("revoke", Revoke), ("rotate", Rotate) })
        {
            await pat.GoAsync($"{Address}?{query}={(await TokensAsync())[0].Id}");
            pat.Page!.Document.QuerySelector(selector + " input[name='token']")!.SetAttribute("value", theirs.Id);
            await pat.SendAsync(selector);
            Assert.Equal(HttpStatusCode.NotFound, pat.Page!.Status);
        }

        await pat.GoAsync(Address);
        Assert.DoesNotContain("Theirs", pat.Page!.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await UseAsync(console.Hub.Issuer + "/scim/v2", theirs.Token));
    }

    [Fact]
    public async Task What_the_HR_system_did_and_who_came_by_it_can_be_seen()
    {
        var token = await MadeAsync("HR");
        using var http = console.Hub.NewClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var body = """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"new@northside.example","name":{"givenName":"Nora","familyName":"<New>"}}""";
        foreach (var expected in new[] { HttpStatusCode.Created, HttpStatusCode.Conflict })
        {
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/scim+json");
            Assert.Equal(expected, (await http.PostAsync(new Uri(console.Hub.Issuer + "/scim/v2/Users"), content)).StatusCode);
        }

        await pat.GoAsync(Address);
        Assert.Contains("Nora <New>", Text("section[aria-labelledby='members'] tbody tr"), StringComparison.Ordinal);
        Assert.Equal(2, Lines().Count);
        await pat.SendAsync("#outcome", ("outcome", "Refused"));
        Assert.Equal("?outcome=Refused", pat.Page!.Address.Query);
        Assert.Contains("Refused (409)", Assert.Single(Lines()), StringComparison.Ordinal);
        await pat.SendAsync("#outcome", ("outcome", "Done"));
        var done = Assert.Single(Lines());
        Assert.Contains("Nora <New>", done, StringComparison.Ordinal);
        Assert.Contains("HR", done, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_is_told_so_and_without_proof_of_origin_nothing_is_made()
    {
        var sam = await console.SignInAsync(SampleDirectory.Sam, Address);
        Assert.Equal(HttpStatusCode.Forbidden, sam.Page!.Status);
        await pat.PostAsync(Address + "?handler=Make", [KeyValuePair.Create("Name", "x"), KeyValuePair.Create("Days", "30")]);
        Assert.Contains("Nothing was changed", pat.Page!.Alert, StringComparison.Ordinal);
        Assert.Empty(await TokensAsync());
    }

    private string Text(string selector) => pat.Page!.Document.QuerySelector(selector)!.TextContent;

    private List<string> Lines() => [.. pat.Page!.Document.QuerySelectorAll("section[aria-labelledby='log'] tbody tr").Select(row => row.TextContent)];

    private async Task<string> MadeAsync(string name)
    {
        await pat.GoAsync(Address);
        await pat.SendAsync(Make, ("Name", name));
        return Text("#token");
    }

    private Task<IReadOnlyList<ProvisioningToken>> TokensAsync() => console.Hub.ReadAsync(reader => ProvisioningTokens.ListAsync(reader, "northside"));

    private async Task<HttpStatusCode> UseAsync(string endpoint, string token)
    {
        using var http = console.Hub.NewClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return (await http.GetAsync(new Uri(endpoint + "/Users?count=1"))).StatusCode;
    }

    private Task<Browser> PostAgainAsync(Page page, string selector, params (string Name, string Value)[] values)
    {
        var form = page.Document.QuerySelector(selector)!;
        return pat.PostAsync(
            new Uri(page.Address, form.GetAttribute("action") ?? "").ToString(),
            form.QuerySelectorAll("input[type='hidden']").Select(field => KeyValuePair.Create(field.GetAttribute("name")!, field.GetAttribute("value")!))
                .Concat(values.Select(value => KeyValuePair.Create(value.Name, value.Value))));
    }
}
