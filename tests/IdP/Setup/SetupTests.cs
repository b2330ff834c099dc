using System.Net;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.IdP.Setup;
using IdentityHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.IdP.Tests.Setup;

/// <summary>A fresh hub gets its first user, once, from whoever holds the address that it printed.</summary>
public sealed class SetupTests : IAsyncLifetime
{
    private const string Password = "a long enough password 1";
    private const string Operator = "olga@first.example";
    private RunningHub hub = null!;
    private string token = null!;

    public async Task InitializeAsync()
    {
        hub = await RunningHub.StartAsync();
        token = (await SetupToken.MakeAsync(hub.Services.GetRequiredService<IHubStore>(), CancellationToken.None))!;
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private static Dictionary<string, string> Form(params (string Name, string Value)[] changes)
    {
        var form = new Dictionary<string, string>
        {
            ["organization"] = "First Organisation", ["given-name"] = "Olga", ["family-name"] = "Operator", ["username"] = Operator, ["new-password"] = Password,
        };
        foreach (var (name, value) in changes)
        {
            form[name] = value;
        }

        return form;
    }

    private Task<Browser> SendAsync(Browser browser, Dictionary<string, string> form, string? with = null) => browser.PostAsync("/setup?token=" + (with ?? token), form);

    private Task<bool> AnyUserAsync() => hub.ReadAsync(Users.AnyAsync);

    [Fact]
    public async Task The_holder_of_the_address_becomes_operator_and_can_sign_in()
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync("/setup?token=" + token);
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        Assert.True(browser.Page.Asks("username") && browser.Page.Asks("new-password"));
        await browser.SubmitAsync(("organization", "First Organisation"), ("given-name", "Olga"), ("family-name", "Operator"), ("username", Operator), ("new-password", Password));
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        Assert.Contains("set up", browser.Page.Text, StringComparison.Ordinal);

        var hasher = hub.Services.GetRequiredService<ClientSecret>();
        await hub.WriteAsync(transaction => Clients.PutAsync(transaction, new ClientMetadata
        {
            ClientId = "app", RedirectUris = ["https://app.example/cb"], Scope = "openid profile email account",
        }.ToClient(hasher.Hash("secret-0123456789"), disabled: false, transaction.Now)));
        var app = new RelyingApp(hub, "app", "secret-0123456789", "https://app.example/cb");
        var tokens = await app.RedeemAsync((await app.SignInAsync(browser, Operator, Password, changes: ("scope", "openid profile account")))["code"]);
        var claims = RelyingApp.Payload(tokens.Text("id_token"));
        Assert.Equal("first-organisation", claims.GetProperty("account").GetString());
        Assert.Equal("PRIMARY", claims.GetProperty("permission_level").GetString());
        Assert.Equal("Administrator", claims.GetProperty("role").GetString());
        Assert.Equal("Olga Operator", (await app.UserInfoAsync(tokens.Text("access_token"))).Text("name"));
        Assert.True((await hub.ReadAsync(reader => Users.FindByNameAsync(reader, CanonicalName.Of(Operator)!)))!.Operator);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("%00")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_wrong_token_opens_nothing(string wrong)
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync("/setup?token=" + wrong);
        Assert.Equal(HttpStatusCode.NotFound, browser.Page!.Status);
        await SendAsync(browser, Form(), wrong);
        Assert.Equal(HttpStatusCode.NotFound, browser.Page!.Status);
        await browser.PostAsync("/setup", Form(("token", token)));
        Assert.Equal(HttpStatusCode.NotFound, browser.Page!.Status);
        await SendAsync(browser, Form(), token[..^1]);
        await SendAsync(browser, Form(), token + "A");
        await SendAsync(browser, Form(), token + "&token=" + token);
        Assert.Equal(HttpStatusCode.NotFound, browser.Page!.Status);
        Assert.False(await AnyUserAsync());
    }

    [Theory]
    [InlineData("new-password", "short")]
    [InlineData("new-password", "14 characters.")]
    [InlineData("new-password", "")]
    [InlineData("new-password", Operator)]
    [InlineData("username", "")]
    [InlineData("username", "no address")]
    [InlineData("username", "with\u0007bell@x.example")]
    [InlineData("organization", "")]
    [InlineData("organization", "   ")]
    public async Task A_wrong_field_is_told_in_a_sentence_and_nothing_is_made(string field, string value)
    {
        using var browser = hub.NewBrowser();
        await SendAsync(browser, Form((field, value)));
        Assert.Equal(HttpStatusCode.BadRequest, browser.Page!.Status);
        Assert.NotEmpty(browser.Page.Alert!);
        Assert.DoesNotContain(Password, await browser.Page.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(await AnyUserAsync());

        // The address is still good.
        await SendAsync(browser, Form());
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        Assert.True(await AnyUserAsync());
    }

    [Fact]
    public async Task A_form_over_64_KiB_is_refused_on_a_page()
    {
        using var browser = hub.NewBrowser();
        await SendAsync(browser, Form(("family-name", new string('x', 70_000))));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, browser.Page!.Status);
        Assert.Contains("Reference", browser.Page.Text, StringComparison.Ordinal);
        Assert.False(await AnyUserAsync());
    }

    [Fact]
    public async Task It_works_once()
    {
        using var browser = hub.NewBrowser();
        await SendAsync(browser, Form());
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        await SendAsync(browser, Form(("username", "second@first.example")));
        Assert.Equal(HttpStatusCode.NotFound, browser.Page!.Status);
        await browser.GoAsync("/setup?token=" + token);
        Assert.Equal(HttpStatusCode.NotFound, browser.Page!.Status);
        Assert.Null(await hub.ReadAsync(reader => Users.FindByNameAsync(reader, CanonicalName.Of("second@first.example")!)));
        Assert.Null(await SetupToken.MakeAsync(hub.Services.GetRequiredService<IHubStore>(), CancellationToken.None));
    }

    [Fact]
    public async Task Of_many_at_once_one_makes_the_first_user()
    {
        using var http = hub.NewClient();
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(number => http.PostAsync(
            "/setup?token=" + token, new FormUrlEncodedContent(Form(("username", $"user{number}@first.example"), ("organization", $"Organisation {number}"))))));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers, answer => Assert.True((int)answer.StatusCode < 500, answer.StatusCode.ToString()));
        var made = 0;
        for (var i = 0; i < 64; i++)
        {
            made += await hub.ReadAsync(reader => Users.FindByNameAsync(reader, CanonicalName.Of($"user{i}@first.example")!)) is null ? 0 : 1;
        }

        Assert.Equal(1, made);
    }

    [Fact]
    public async Task A_newer_start_s_token_replaces_the_former()
    {
        var newer = await SetupToken.MakeAsync(hub.Services.GetRequiredService<IHubStore>(), CancellationToken.None);
        using var browser = hub.NewBrowser();
        await browser.GoAsync("/setup?token=" + token);
        Assert.Equal(HttpStatusCode.NotFound, browser.Page!.Status);
        await browser.GoAsync("/setup?token=" + newer);
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
    }

    [Fact]
    public async Task Once_there_are_users_by_another_way_it_is_no_longer_good()
    {
        await hub.WriteAsync(transaction => UserLifecycle.CreateAsync(transaction, new("someone@first.example", null, null, null, false, false)));
        using var browser = hub.NewBrowser();
        await browser.GoAsync("/setup?token=" + token);
        Assert.Equal(HttpStatusCode.NotFound, browser.Page!.Status);
        await SendAsync(browser, Form());
        Assert.Equal(HttpStatusCode.NotFound, browser.Page!.Status);
    }

    [Fact]
    public async Task What_was_typed_is_shown_encoded()
    {
        using var browser = hub.NewBrowser();
        await SendAsync(browser, Form(("organization", "\"><script>x</script>"), ("new-password", "short")));
        Assert.Empty(browser.Page!.Document.QuerySelectorAll("script"));
        Assert.Equal("\"><script>x</script>", browser.Page.Form["organization"]!.GetAttribute("value"));
        Assert.Contains("no-store", browser.Page.Response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Contains("no-referrer", string.Join(',', browser.Page.Response.Headers.GetValues("Referrer-Policy")), StringComparison.Ordinal);
    }
}
