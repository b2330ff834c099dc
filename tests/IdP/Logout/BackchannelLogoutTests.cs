using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Seats;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace IdentityHub.IdP.Tests.Logout;

[Spec("OpenID Connect Back-Channel Logout", "2")]
public sealed class BackchannelLogoutTests : IAsyncLifetime
{
    private const string Secret = "secret-0123456789abcdef0123456789abcdef";
    private RunningHub hub = null!;
    private LogoutListener listener = null!;

    public async Task InitializeAsync()
    {
        hub = await RunningHub.StartAsync(SampleDirectory.Json);
        listener = await LogoutListener.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await hub.DisposeAsync();
        await listener.DisposeAsync();
    }

    private async Task<RelyingApp> AppAsync(string id, string address, string algorithm = "ES256", string? seat = null)
    {
        var hasher = hub.Services.GetRequiredService<ClientSecret>();
        await hub.WriteAsync(transaction => Clients.PutAsync(transaction, new ClientMetadata
        {
            ClientId = id, RedirectUris = [$"https://{id}.example/cb"], GrantTypes = ["authorization_code", "refresh_token"], Scope = "openid account offline_access",
            BackchannelLogoutUri = address, IdTokenSignedResponseAlg = algorithm, RequireSeat = seat,
        }.ToClient(hasher.Hash(Secret), disabled: false, transaction.Now)));
        return new(hub, id, Secret, $"https://{id}.example/cb");
    }

    private static async Task<JsonElement> SignInAsync(RelyingApp app, Browser browser, string user = SampleDirectory.Sam, params (string, string?)[] changes)
    {
        var tokens = await app.RedeemAsync((await app.SignInAsync(browser, user, SampleDirectory.Password, account: "northside", changes: [("scope", "openid account"), .. changes]))["code"]);
        Assert.True(tokens.Status == HttpStatusCode.OK, tokens.Body.ToString());
        return RelyingApp.Payload(tokens.Text("id_token"));
    }

    private Task<LogoutListener.Received> ReceivedAsync(int count = 1) => ReceivedAsync(listener, count);

    private static async Task<LogoutListener.Received> ReceivedAsync(LogoutListener listener, int count = 1)
    {
        await Wire.EventuallyAsync(() => Task.FromResult(listener.Requests.Count >= count), $"request {count} came");
        Assert.Equal(count, listener.Requests.Count);
        return listener.Requests.Last();
    }

    private static async Task SignOutAsync(Browser browser)
    {
        await browser.GoAsync("/end-session");
        await browser.PressAsync("Sign out");
    }

    private async Task<Membership> PlaceOfAsync(string sub)
    {
        var view = (await hub.ReadAsync(reader => Memberships.OfUserAsync(reader, sub)))[0];
        return new() { Id = view.Id, UserId = sub, AccountId = view.AccountId, UserNameKey = "unused", NameKey = "unused", CreatedAt = hub.Time.Now, UpdatedAt = hub.Time.Now };
    }

    /// <summary>Moves the clock in steps until this holds: what is retried waits for it.</summary>
    private Task WithTimeAsync(Func<bool> holds, string what, double stepSeconds = 0.5) => Wire.EventuallyAsync(
        async () =>
        {
            if (!holds())
            {
                hub.Time.Advance(TimeSpan.FromSeconds(stepSeconds));
                await Task.Delay(30);
            }

            return holds();
        },
        what);

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [Spec("OpenID Connect Back-Channel Logout", "2.4")]
    [Spec("OpenID conformance", "oidcc-backchannel-rp-initiated-logout")]
    public async Task The_logout_token_is_all_that_the_specification_asks(string algorithm)
    {
        var app = await AppAsync("told", listener.Address, algorithm);
        using var browser = hub.NewBrowser();
        var id = await SignInAsync(app, browser);
        await SignOutAsync(browser);

        var received = await ReceivedAsync();
        Assert.Equal("application/x-www-form-urlencoded", received.ContentType);
        Assert.Equal("logout_token", Assert.Single(received.Fields).Key);
        var header = JsonDocument.Parse(Base64Url.DecodeFromChars(received.Token.Split('.')[0])).RootElement;
        Assert.Equal("logout+jwt", header.GetProperty("typ").GetString());
        Assert.Equal(algorithm, header.GetProperty("alg").GetString());
        using var http = hub.NewClient();
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(received.Token, new()
        {
            ValidIssuer = hub.Issuer, ValidAudience = "told", ValidTypes = ["logout+jwt"], IssuerSigningKeys = new JsonWebKeySet(await http.GetStringAsync("/jwks")).GetSigningKeys(),
            LifetimeValidator = (_, expires, _, _) => expires > hub.Time.Now.UtcDateTime,
        });
        Assert.True(result.IsValid, result.Exception?.Message);

        var token = RelyingApp.Payload(received.Token);
        var now = hub.Time.Now.ToUnixTimeSeconds();
        Assert.Equal(now, token.GetProperty("iat").GetInt64());
        Assert.InRange(token.GetProperty("exp").GetInt64(), now + 1, now + 120);
        Assert.NotEmpty(token.GetProperty("jti").GetString()!);
        Assert.Equal("""{"http://schemas.openid.net/event/backchannel-logout":{}}""", token.GetProperty("events").GetRawText());
        Assert.Equal(id.GetProperty("sid").GetString(), token.GetProperty("sid").GetString());
        Assert.Equal(id.GetProperty("sub").GetString(), token.GetProperty("sub").GetString());
        Assert.Equal(["iss", "sub", "aud", "iat", "exp", "jti", "sid", "events"], token.EnumerateObject().Select(claim => claim.Name));

        // Type confusion: it opens nothing here.
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.UserInfoAsync(received.Token)).Status);
        Assert.Equal("{\"active\":false}", (await app.IntrospectAsync(received.Token)).Body.GetRawText());
        await browser.GoAsync("/end-session?post_logout_redirect_uri=https://portal.example/signed-out&id_token_hint=" + received.Token);
        Assert.Equal(HttpStatusCode.BadRequest, browser.Page!.Status);
    }

    public static TheoryData<string> Endings() => ["signed out", "deactivated", "deleted", "seat released", "another person signed in", "offline only, deactivated"];

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task Every_way_in_which_a_sign_in_ends_is_told_once(string ending)
    {
        var app = await AppAsync("told", listener.Address, seat: ending == "seat released" ? "expert-console" : null);
        var user = ending == "seat released" ? SampleDirectory.Pat : SampleDirectory.Sam;
        using var browser = hub.NewBrowser();
        var id = await SignInAsync(app, browser, user, ("scope", ending.StartsWith("offline", StringComparison.Ordinal) ? "openid offline_access" : "openid"), ("prompt", "consent"));
        await SignInAsync(app, browser, user);
        var place = await PlaceOfAsync(id.GetProperty("sub").GetString()!);
        switch (ending)
        {
            case "signed out": await SignOutAsync(browser); break;
            case "deactivated": await hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, place.Id)); break;
            case "deleted": await hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, place.Id)); break;
            case "seat released": await hub.WriteAsync(transaction => Seats.ReleaseAsync(transaction, place.Id, "expert-console")); break;
            case "another person signed in":
                hub.Time.Advance(TimeSpan.FromSeconds(1));
                await browser.GoAsync(app.AuthorizeAddress(("prompt", "login"), ("scope", "openid")));
                await browser.SubmitAsync(("username", SampleDirectory.Pat), ("current-password", SampleDirectory.Password));
                break;
            default:
                await SignOutAsync(browser);
                await ReceivedAsync();
                hub.Time.Advance(TimeSpan.FromHours(1));
                await hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, place.Id));
                Assert.Equal(id.GetProperty("sid").GetString(), RelyingApp.Payload((await ReceivedAsync(2)).Token).GetProperty("sid").GetString());
                return;
        }

        var token = RelyingApp.Payload((await ReceivedAsync()).Token);
        Assert.Equal(id.GetProperty("sid").GetString(), token.GetProperty("sid").GetString());
        Assert.Equal(id.GetProperty("sub").GetString(), token.GetProperty("sub").GetString());
        await Task.Delay(100);
        Assert.Single(listener.Requests);
    }

    [Fact]
    public async Task A_guest_s_deactivation_is_told_for_that_account_s_grants_only()
    {
        await using var second = await LogoutListener.StartAsync();
        var there = await AppAsync("there", listener.Address);
        var here = await AppAsync("here", second.Address);
        using var browser = hub.NewBrowser();
        var id = await SignInAsync(there, browser, SampleDirectory.Dana, ("account", "brightfix"));
        await SignInAsync(here, browser, SampleDirectory.Dana, ("account", "northside"));
        var guest = (await hub.ReadAsync(reader => Memberships.OfUserAsync(reader, id.GetProperty("sub").GetString()!))).Single(place => !place.Home);
        await hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, guest.Id));
        Assert.Equal(id.GetProperty("sid").GetString(), RelyingApp.Payload((await ReceivedAsync()).Token).GetProperty("sid").GetString());
        await Task.Delay(100);
        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task Only_the_apps_of_the_session_that_ended_are_told()
    {
        await using var second = await LogoutListener.StartAsync();
        var app = await AppAsync("told", listener.Address);
        await AppAsync("untold", second.Address);
        using var ended = hub.NewBrowser();
        using var other = hub.NewBrowser();
        var id = await SignInAsync(app, ended);
        await SignInAsync(app, other);
        await SignInAsync(app, other, SampleDirectory.Sam);
        await SignOutAsync(ended);
        Assert.Equal(id.GetProperty("sid").GetString(), RelyingApp.Payload((await ReceivedAsync()).Token).GetProperty("sid").GetString());
        await Task.Delay(100);
        Assert.Single(listener.Requests);
        Assert.Empty(second.Requests);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(408)]
    [InlineData(429)]
    public async Task An_app_that_fails_for_now_is_told_again_with_a_fresh_token(int status)
    {
        listener.Answer = number => Task.FromResult(number < 2 ? status : 204);
        var app = await AppAsync("told", listener.Address);
        using var browser = hub.NewBrowser();
        await SignInAsync(app, browser);
        await SignOutAsync(browser);
        await ReceivedAsync();
        await WithTimeAsync(() => listener.Requests.Count >= 3, "it was tried a third time");
        await Task.Delay(100);
        hub.Time.Advance(TimeSpan.FromMinutes(5));
        await Task.Delay(100);
        var tokens = listener.Requests.Select(request => RelyingApp.Payload(request.Token)).ToList();
        Assert.Equal(3, tokens.Count);
        Assert.Equal(3, tokens.Select(token => token.GetProperty("jti").GetString()).Distinct().Count());
        Assert.Single(tokens.Select(token => token.GetProperty("sid").GetString()).Distinct());
        Assert.All(tokens, token => Assert.True(token.GetProperty("exp").GetInt64() - token.GetProperty("iat").GetInt64() <= 120));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(302)]
    [InlineData(307)]
    public async Task An_app_that_refuses_or_redirects_is_not_told_again(int status)
    {
        listener.Answer = _ => Task.FromResult(status);
        var app = await AppAsync("told", listener.Address);
        using var browser = hub.NewBrowser();
        await SignInAsync(app, browser);
        await SignOutAsync(browser);
        await ReceivedAsync();
        await Task.Delay(100);
        for (var i = 0; i < 5; i++)
        {
            hub.Time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(30);
        }

        Assert.Equal("/logout", Assert.Single(listener.Requests).Path);
    }

    [Fact]
    public async Task A_slow_or_dead_app_delays_neither_the_person_nor_another_app()
    {
        var release = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = await LogoutListener.StartAsync();
        slow.Answer = _ => release.Task;
        var apps = new[]
        {
            await AppAsync("a-slow", slow.Address), await AppAsync("b-dead", $"http://127.0.0.1:{RunningHub.FreePort()}/x"), await AppAsync("c-well", listener.Address),
        };
        using var browser = hub.NewBrowser();
        foreach (var app in apps)
        {
            await SignInAsync(app, browser);
        }

        await SignOutAsync(browser);
        Assert.Contains("signed out", browser.Page!.Text, StringComparison.Ordinal);
        await ReceivedAsync();

        // While the slow one is still at its first, the other hears of the next as well.
        await SignInAsync(apps[0], browser);
        await SignInAsync(apps[2], browser);
        await SignOutAsync(browser);
        await ReceivedAsync(2);

        // The slow one does not hold up itself either.
        await ReceivedAsync(slow, 2);
        release.SetResult(200);
        await Wire.EventuallyAsync(
            async () => (await hub.ReadAsync(reader => Domain.Events.Outbox.ListAsync(reader, "backchannel-logout", null, 0, 10))).All(line => line.Destination == "b-dead"),
            "only the dead one is still to be told");
    }

    [Fact]
    public async Task What_was_queued_when_the_hub_stopped_is_delivered_after_its_restart()
    {
        var port = RunningHub.FreePort();
        var app = await AppAsync("told", $"http://127.0.0.1:{port}/logout");
        using var browser = hub.NewBrowser();
        var id = await SignInAsync(app, browser);
        await SignOutAsync(browser);
        await Task.Delay(200);

        await using var late = await LogoutListener.StartAsync(port);
        hub = await hub.RestartAsync();
        await WithTimeAsync(() => !late.Requests.IsEmpty, "the notice was delivered", stepSeconds: 5);
        await Task.Delay(100);
        hub.Time.Advance(TimeSpan.FromMinutes(1));
        await Task.Delay(100);
        Assert.Equal(id.GetProperty("sid").GetString(), RelyingApp.Payload(Assert.Single(late.Requests).Token).GetProperty("sid").GetString());
    }

    [Fact]
    public async Task Many_grants_of_one_session_are_one_notice()
    {
        var app = await AppAsync("told", listener.Address);
        using var browser = hub.NewBrowser();
        var id = await SignInAsync(app, browser);
        for (var i = 0; i < 50; i++)
        {
            // Each a grant of its own, all of one session and client: one notice.
            await SignInAsync(app, browser);
        }

        await SignOutAsync(browser);
        Assert.Equal(id.GetProperty("sid").GetString(), RelyingApp.Payload((await ReceivedAsync()).Token).GetProperty("sid").GetString());
        await Task.Delay(100);
        Assert.Single(listener.Requests);
    }
}
