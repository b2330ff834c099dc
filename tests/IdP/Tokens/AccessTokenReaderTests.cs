using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.IdP.Tokens;
using IdentityHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.IdP.Tests.Tokens;

/// <summary>What the hub's own resources learn of who calls, and that it is no more than introspection would say.</summary>
public sealed class AccessTokenReaderTests : IAsyncLifetime
{
    private const string Redirect = "https://hr.example/cb";
    private RunningHub hub = null!;

    public async Task InitializeAsync() => hub = await RunningHub.StartAsync(Json());

    public async Task DisposeAsync() => await hub.DisposeAsync();

    /// <summary>The shared directory, and two provisioning clients of northside: one with JWTs, one with opaque tokens.</summary>
    private static string Json()
    {
        var directory = JsonNode.Parse(SampleDirectory.Json)!;
        foreach (var format in (string[])["jwt", "opaque"])
        {
            directory["clients"]!.AsArray().Add(JsonNode.Parse(
                $$"""
                { "client_id": "hr-{{format}}", "client_secret": "{{SampleDirectory.PortalSecret}}", "redirect_uris": [ "{{Redirect}}" ], "account": "northside",
                  "grant_types": [ "authorization_code", "client_credentials" ], "scope": "openid scim scim.read", "access_token_format": "{{format}}" }
                """));
        }

        return directory.ToJsonString();
    }

    private RelyingApp App(string format) => new(hub, "hr-" + format, SampleDirectory.PortalSecret, Redirect);

    private Task<ProvisioningCaller?> ReadAsync(string token) => hub.Services.GetRequiredService<IAccessTokenReader>().ReadAsync(token, CancellationToken.None);

    private static async Task<string> OwnTokenAsync(RelyingApp app, string scope = "scim") =>
        (await app.TokenAsync(("grant_type", "client_credentials"), ("scope", scope))).Text("access_token");

    private async Task<string> GrantedTokenAsync(RelyingApp app, string user = SampleDirectory.Sam)
    {
        using var browser = hub.NewBrowser();
        var callback = await app.SignInAsync(browser, user, SampleDirectory.Password, changes: ("scope", "openid scim"));
        return (await app.RedeemAsync(callback["code"])).Text("access_token");
    }

    /// <summary>Registers the client anew with a change.</summary>
    private Task<bool> PutAsync(string id, Action<Client> change) => hub.WriteAsync(async transaction =>
    {
        var client = Clients.Find(transaction, id)!;
        change(client);
        return await Clients.PutAsync(transaction, client);
    });

    /// <summary>Nobody is told more than introspection tells the client itself.</summary>
    private async Task AssertDeadAsync(RelyingApp app, string token, bool clientRemains = true)
    {
        Assert.Null(await ReadAsync(token));
        Assert.True(!clientRemains || !await SignedInHub.IsActiveAsync(app, token));
    }

    [Theory, InlineData("jwt"), InlineData("opaque")]
    public async Task A_clients_own_token_names_the_client_and_its_account(string format)
    {
        var caller = await ReadAsync(await OwnTokenAsync(App(format), "scim scim.read"));
        Assert.NotNull(caller);
        Assert.Equal(("hr-" + format, "northside", null, null), (caller.ClientId, caller.AccountId, caller.UserId, caller.MembershipId));
        Assert.Equal("scim scim.read", string.Join(" ", caller.Scopes));
        Assert.True(caller.HasScope("scim") && !caller.HasScope("openid") && !caller.HasScope("SCIM"));
    }

    [Fact]
    public async Task A_client_of_every_account_has_none() =>
        Assert.Null((await ReadAsync((await SampleDirectory.Other(hub).TokenAsync(("grant_type", "client_credentials"))).Text("access_token")))!.AccountId);

    [Theory, InlineData("jwt"), InlineData("opaque")]
    public async Task A_token_that_a_user_granted_names_the_user_and_the_place(string format)
    {
        var sam = await hub.ReadAsync(reader => Users.FindByNameAsync(reader, SampleDirectory.Sam));
        var place = (await hub.ReadAsync(reader => Memberships.OfUserAsync(reader, sam!.Id))).Single();
        var caller = await ReadAsync(await GrantedTokenAsync(App(format)));
        Assert.Equal(("hr-" + format, "northside", sam!.Id, place.Id), (caller!.ClientId, caller.AccountId, caller.UserId, caller.MembershipId));
        Assert.True(caller.HasScope("scim"));
    }

    [Theory, InlineData("jwt"), InlineData("opaque")]
    public async Task After_its_revocation_it_is_nobodys(string format)
    {
        var app = App(format);
        foreach (var token in (string[])[await OwnTokenAsync(app), await GrantedTokenAsync(app)])
        {
            Assert.NotNull(await ReadAsync(token));
            await app.RevokeAsync(token);
            await AssertDeadAsync(app, token);
        }
    }

    [Theory, InlineData("jwt"), InlineData("opaque")]
    public async Task After_its_five_minutes_it_is_nobodys(string format)
    {
        var app = App(format);
        var token = await OwnTokenAsync(app);
        hub.Time.Advance(TimeSpan.FromSeconds(299));
        Assert.NotNull(await ReadAsync(token));
        hub.Time.Advance(TimeSpan.FromSeconds(1));
        await AssertDeadAsync(app, token);
    }

    [Theory]
    [InlineData("jwt", "disabled"), InlineData("opaque", "disabled"), InlineData("jwt", "disabled and enabled"), InlineData("jwt", "another account"), InlineData("jwt", "fewer scopes")]
    [InlineData("opaque", "fewer grant types"), InlineData("opaque", "another account")]
    public async Task After_its_client_was_tightened_it_is_nobodys_and_a_new_one_follows_the_new_rules(string format, string how)
    {
        var app = App(format);
        var own = await OwnTokenAsync(app);
        var granted = await GrantedTokenAsync(app);
        await PutAsync(app.ClientId, client =>
        {
            client.Disabled = how.StartsWith("disabled", StringComparison.Ordinal);
            client.AccountId = how == "another account" ? "brightfix" : client.AccountId;
            client.Scopes = how == "fewer scopes" ? ["openid", "scim.read"] : client.Scopes;
            client.GrantTypes = how == "fewer grant types" ? ["client_credentials"] : client.GrantTypes;
        });
        if (how == "disabled and enabled")
        {
            await PutAsync(app.ClientId, client => client.Disabled = false);
        }

        await AssertDeadAsync(app, own, how != "disabled");
        await AssertDeadAsync(app, granted, how != "disabled");
        if (how != "disabled")
        {
            var anew = await ReadAsync(await OwnTokenAsync(app, "scim.read"));
            Assert.Equal(how == "another account" ? "brightfix" : "northside", anew!.AccountId);
        }
    }

    [Fact]
    public async Task A_harmless_change_of_the_client_leaves_its_tokens_be()
    {
        var token = await OwnTokenAsync(App("jwt"));
        await PutAsync("hr-jwt", client => client.Name = "Payroll");
        Assert.NotNull(await ReadAsync(token));
    }

    [Fact]
    public async Task After_the_users_deactivation_what_they_granted_is_nobodys_and_the_clients_own_is_good()
    {
        var app = App("jwt");
        var (own, granted) = (await OwnTokenAsync(app), await GrantedTokenAsync(app));
        var caller = await ReadAsync(granted);
        await hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, caller!.MembershipId!));
        await AssertDeadAsync(app, granted);
        Assert.NotNull(await ReadAsync(own));
    }

    [Fact]
    public async Task What_is_no_access_token_of_this_hub_is_nobodys()
    {
        var app = App("jwt");
        using var browser = hub.NewBrowser();
        var tokens = await app.RedeemAsync((await app.SignInAsync(browser, SampleDirectory.Sam, SampleDirectory.Password, changes: ("scope", "openid scim")))["code"]);
        await using var elsewhere = await RunningHub.StartAsync(Json());
        var foreign = await OwnTokenAsync(new RelyingApp(elsewhere, "hr-jwt", SampleDirectory.PortalSecret, Redirect));
        var good = tokens.Text("access_token");
        foreach (var token in (string[])["", ".", "x", "hr-northside", tokens.Text("id_token"), foreign, good[..^1], good + "A", new string('a', 100_000)])
        {
            Assert.Null(await ReadAsync(token));
        }
    }

    [Fact]
    public async Task A_process_without_the_provider_reads_what_another_issued_and_issues_nothing()
    {
        var app = App("jwt");
        var (own, granted, opaque) = (await OwnTokenAsync(app), await GrantedTokenAsync(app), await OwnTokenAsync(App("opaque")));
        await using var beside = await hub.RestartAsync("--Hub:Mount", "Scim");
        var reader = beside.Services.GetRequiredService<IAccessTokenReader>();
        Assert.Equal("northside", (await reader.ReadAsync(own, CancellationToken.None))!.AccountId);
        Assert.NotNull((await reader.ReadAsync(granted, CancellationToken.None))!.UserId);
        Assert.NotNull(await reader.ReadAsync(opaque, CancellationToken.None));
        Assert.Null(beside.Services.GetService<TokenIssuer>());
        using var http = beside.NewClient();
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.PostAsync("/token", null)).StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await http.GetAsync("/health/ready")).StatusCode);
    }
}
