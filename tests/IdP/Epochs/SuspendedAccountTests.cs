using System.Net;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.IdP.Tests.Epochs;

/// <summary>The operator suspends northside and lets it go on: every way in, every token of it, of its clients and of its HR system.</summary>
public sealed class SuspendedAccountTests : IAsyncLifetime
{
    private const string Northside = "northside";
    private const string HrSecret = "hr-app-secret-0123456789abcdef0123456789";
    private RunningHub hub = null!;
    private RelyingApp portal = null!;
    private RelyingApp other = null!;
    private RelyingApp hrApp = null!;
    private string provisioning = "";

    public async Task InitializeAsync()
    {
        hub = await RunningHub.StartAsync(SampleDirectory.Json);
        portal = SampleDirectory.Portal(hub);
        other = SampleDirectory.Other(hub);
        hrApp = new(hub, "hr-app", HrSecret, "https://hr.example/cb");
        var hash = hub.Services.GetRequiredService<ClientSecret>().Hash(HrSecret);
        provisioning = await hub.WriteAsync(async transaction =>
        {
            await Clients.PutAsync(transaction, new ClientMetadata { ClientId = "hr-app", GrantTypes = ["client_credentials"], ResponseTypes = [], Scope = "scim", Account = Northside }
                .ToClient(hash, disabled: false, transaction.Now));
            return ((ProvisioningTokens.MakeResult.Made)await ProvisioningTokens.MakeAsync(transaction, Northside, "hr", null)).Token;
        });
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    /// <summary>What a person and the account's programs hold.</summary>
    private sealed record Held(Browser Browser, string Code, JsonAnswer Jwt, JsonAnswer Opaque, JsonAnswer Offline, string OfClient);

    [Fact]
    public async Task Suspended_nothing_of_it_works_and_nothing_that_died_revives()
    {
        var held = await HoldAsync();
        await AssertAllAsync(held, good: true);

        Assert.Equal(AccountLifecycle.ChangeResult.Changed, await hub.WriteAsync(transaction => AccountLifecycle.SuspendAsync(transaction, Northside)));
        await AssertAllAsync(held, good: false);
        Assert.Equal(HttpStatusCode.Unauthorized, await ScimAsync(provisioning));
        Assert.Equal("invalid_client", (await hrApp.TokenAsync(("grant_type", "client_credentials"))).Error);

        Assert.Equal(AccountLifecycle.ChangeResult.Changed, await hub.WriteAsync(transaction => AccountLifecycle.ResumeAsync(transaction, Northside)));
        await AssertAllAsync(held, good: false);
        Assert.Equal(HttpStatusCode.OK, await ScimAsync(provisioning));
        Assert.Equal(HttpStatusCode.OK, await ScimAsync((await hrApp.TokenAsync(("grant_type", "client_credentials"))).Text("access_token")));

        // The session in the browser is the person's, not the account's: it gives fresh tokens at once.
        await AssertAllAsync(await HoldAsync(held.Browser), good: true);
    }

    [Fact]
    public async Task Somebody_in_that_account_alone_is_told_so_at_the_sign_in_and_the_app_that_access_is_denied()
    {
        await hub.WriteAsync(transaction => AccountLifecycle.SuspendAsync(transaction, Northside));
        using var browser = hub.NewBrowser();
        await browser.GoAsync(portal.AuthorizeAddress());
        await browser.SubmitAsync(("username", SampleDirectory.Sam), ("current-password", SampleDirectory.Password));
        Assert.Contains("Your account lets nobody in at the moment", browser.Page!.Text, StringComparison.Ordinal);
        await browser.PressAsync("Back to");
        Assert.Equal("access_denied", RelyingApp.Callback(browser)["error"]);

        await browser.GoAsync(portal.AuthorizeAddress(("account", Northside)));
        Assert.Equal("access_denied", RelyingApp.Callback(browser)["error"]);
        await browser.GoAsync(portal.AuthorizeAddress(("prompt", "none")));
        Assert.Equal("access_denied", RelyingApp.Callback(browser)["error"]);
    }

    [Fact]
    public async Task Somebody_in_two_accounts_goes_on_in_the_other_and_is_offered_it_alone()
    {
        using var browser = hub.NewBrowser();
        await portal.SignInAsync(browser, SampleDirectory.Dana, SampleDirectory.Password, account: Northside);
        await hub.WriteAsync(transaction => AccountLifecycle.CloseAsync(transaction, Northside, "Northside School District"));
        var callback = await portal.SignInAsync(browser, SampleDirectory.Dana, SampleDirectory.Password);
        var tokens = await portal.RedeemAsync(callback["code"]);
        var claims = RelyingApp.Payload(tokens.Text("id_token"));
        Assert.Equal("brightfix", claims.GetProperty("account").GetString());
        Assert.Equal(["brightfix"], claims.GetProperty("accounts").EnumerateArray().Select(account => account.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Apps_hear_of_it()
    {
        await hub.WriteAsync(transaction =>
        {
            var client = Clients.Find(transaction, "portal")!;
            client.BackchannelLogoutUri = "http://127.0.0.1:9/logout";
            return Clients.PutAsync(transaction, client);
        });
        await HoldAsync();
        await hub.WriteAsync(transaction => AccountLifecycle.SuspendAsync(transaction, Northside));
        await Wire.EventuallyAsync(
            async () => (await hub.ReadAsync(reader => Domain.Events.Outbox.ListAsync(reader, "backchannel-logout", null, 0, 10))).Any(line => line.Destination == "portal"),
            "the app's notice was queued");
    }

    [Fact]
    [Spec("OpenID Connect Core", "5.1")]
    public async Task Apps_are_told_the_language_and_the_time_zone_that_the_person_chose()
    {
        using var browser = hub.NewBrowser();
        var asked = """{"id_token":{"zoneinfo":null}}""";
        var tokens = await portal.RedeemAsync((await portal.SignInAsync(browser, SampleDirectory.Sam, SampleDirectory.Password, changes: ("claims", asked)))["code"]);
        var before = (await portal.UserInfoAsync(tokens.Text("access_token"))).Body;
        Assert.False(before.TryGetProperty("locale", out _) || before.TryGetProperty("zoneinfo", out _));

        await hub.WriteAsync(async transaction =>
        {
            var sam = await Users.FindByNameAsync(transaction, CanonicalName.Of(SampleDirectory.Sam)!);
            return await Preferences.SetAsync(transaction, sam!.Id, new("de-AT", "Europe/Vienna", Theme.System));
        });
        var after = (await portal.UserInfoAsync(tokens.Text("access_token"))).Body;
        Assert.Equal(("de-AT", "Europe/Vienna"), (after.GetProperty("locale").GetString(), after.GetProperty("zoneinfo").GetString()));
        var refreshed = RelyingApp.Payload((await portal.RefreshAsync(tokens.Text("refresh_token"))).Text("id_token"));
        Assert.Equal("Europe/Vienna", refreshed.GetProperty("zoneinfo").GetString());
        Assert.False(refreshed.TryGetProperty("locale", out _));

        var narrow = await portal.RedeemAsync((await portal.SignInAsync(browser, SampleDirectory.Sam, SampleDirectory.Password, changes: ("scope", "openid email")))["code"]);
        Assert.False((await portal.UserInfoAsync(narrow.Text("access_token"))).Body.TryGetProperty("locale", out _));
    }

    private async Task<Held> HoldAsync(Browser? signedIn = null)
    {
        var browser = signedIn ?? hub.NewBrowser();
        return new(
            browser, await CodeAsync(portal), await portal.RedeemAsync(await CodeAsync(portal)), await other.RedeemAsync(await CodeAsync(other)),
            await portal.RedeemAsync(await CodeAsync(portal, ("scope", "openid account offline_access"), ("prompt", "consent"))),
            (await hrApp.TokenAsync(("grant_type", "client_credentials"))).Text("access_token"));

        async Task<string> CodeAsync(RelyingApp app, params (string, string?)[] changes) =>
            (await app.SignInAsync(browser, SampleDirectory.Sam, SampleDirectory.Password, changes: changes))["code"];
    }

    private async Task AssertAllAsync(Held held, bool good)
    {
        var status = good ? HttpStatusCode.OK : HttpStatusCode.Unauthorized;
        Assert.Equal(good, await SignedInHub.IsActiveAsync(portal, held.Jwt.Text("access_token")));
        Assert.Equal(good, await SignedInHub.IsActiveAsync(other, held.Opaque.Text("access_token")));
        Assert.Equal(good, await SignedInHub.IsActiveAsync(portal, held.Offline.Text("access_token")));
        Assert.Equal(good, await SignedInHub.IsActiveAsync(portal, held.Jwt.Text("refresh_token")));
        Assert.Equal(status, (await portal.UserInfoAsync(held.Jwt.Text("access_token"))).Status);
        Assert.Equal(status, (await other.UserInfoAsync(held.Opaque.Text("access_token"))).Status);
        Assert.Equal(status, await ScimAsync(held.OfClient));
        if (!good)
        {
            Assert.Equal("invalid_grant", (await portal.RedeemAsync(held.Code)).Error);
            Assert.Equal("invalid_grant", (await portal.RefreshAsync(held.Jwt.Text("refresh_token"))).Error);
            Assert.Equal("invalid_grant", (await portal.RefreshAsync(held.Offline.Text("refresh_token"))).Error);
            Assert.Equal("invalid_grant", (await other.RefreshAsync(held.Opaque.Text("refresh_token"))).Error);
        }
    }

    private async Task<HttpStatusCode> ScimAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/scim/v2/Users?count=1");
        request.Headers.Authorization = new("Bearer", token);
        return (await hub.NewClient().SendAsync(request)).StatusCode;
    }
}
