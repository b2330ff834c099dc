using System.Net;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Persistence;
using IdentityHub.IdP.Tests.Logout;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Xunit;

namespace IdentityHub.IdP.Tests.SessionLimits;

/// <summary>Accounts and apps end sign-ins sooner than the hub does; use keeps them; their end is told.</summary>
public sealed class SessionLimitTests : IAsyncLifetime
{
    private RunningHub hub = null!;
    private RelyingApp portal = null!;
    private LogoutListener listener = null!;

    public async Task InitializeAsync()
    {
        hub = await RunningHub.StartAsync(SampleDirectory.Json);
        portal = SampleDirectory.Portal(hub);
        listener = await LogoutListener.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await hub.DisposeAsync();
        await listener.DisposeAsync();
    }

    private Task<bool> PortalIsAsync(Action<Client> change) => hub.WriteAsync(transaction =>
    {
        var client = Clients.Find(transaction, portal.ClientId)!;
        change(client);
        return Clients.PutAsync(transaction, client);
    });

    private void AccountIs(object? idle, object? lifetime)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(hub.DataDirectory, "hub.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """UPDATE "Accounts" SET "SessionIdleMinutes" = @idle, "SessionLifetimeMinutes" = @lifetime WHERE "Id" = 'northside'""";
        command.Parameters.AddWithValue("@idle", idle ?? DBNull.Value);
        command.Parameters.AddWithValue("@lifetime", lifetime ?? DBNull.Value);
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    private async Task<string> RefreshTokenAsync(Browser browser, string scope = "openid account") => (await portal.RedeemAsync((await portal.SignInAsync(
        browser, SampleDirectory.Sam, SampleDirectory.Password, changes: [("scope", scope), ("prompt", scope.Contains("offline", StringComparison.Ordinal) ? "consent" : null)]))["code"])).Text("refresh_token");

    private async Task<string?> TryRefreshAsync(string token) => await portal.RefreshAsync(token) is { Status: HttpStatusCode.OK } answer ? answer.Text("refresh_token") : null;

    private async Task<bool> IsSignedInAsync(Browser browser)
    {
        await browser.GoAsync(portal.AuthorizeAddress(("prompt", "none"), ("scope", "openid")));
        return RelyingApp.Callback(browser).ContainsKey("code");
    }

    [Fact]
    public async Task An_app_s_idle_limit_ends_what_it_was_granted_and_every_refresh_moves_it_on()
    {
        await PortalIsAsync(client => client.SessionIdleMinutes = 10);
        using var browser = hub.NewBrowser();
        var token = await RefreshTokenAsync(browser);
        for (var i = 0; i < 4; i++)
        {
            hub.Time.Advance(TimeSpan.FromMinutes(9));
            token = await TryRefreshAsync(token) ?? throw new InvalidOperationException($"round {i}");
        }

        hub.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Null(await TryRefreshAsync(token));
        Assert.True(await IsSignedInAsync(browser));
    }

    [Fact]
    public async Task An_account_s_idle_limit_ends_the_session_however_soon_it_is_and_using_an_app_is_use()
    {
        AccountIs(idle: 10, lifetime: null);
        using var browser = hub.NewBrowser();
        var token = await RefreshTokenAsync(browser);
        for (var i = 0; i < 4; i++)
        {
            hub.Time.Advance(TimeSpan.FromMinutes(9));
            token = await TryRefreshAsync(token) ?? throw new InvalidOperationException($"round {i}");
        }

        Assert.True(await IsSignedInAsync(browser));
        hub.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Null(await TryRefreshAsync(token));
        Assert.False(await IsSignedInAsync(browser));
    }

    [Theory]
    [InlineData("openid account")]
    [InlineData("openid account offline_access")]
    public async Task A_lifetime_ends_everything_however_much_it_is_used(string scope)
    {
        AccountIs(idle: null, lifetime: 30);
        using var browser = hub.NewBrowser();
        var token = await RefreshTokenAsync(browser, scope);
        hub.Time.Advance(TimeSpan.FromMinutes(29));
        token = await TryRefreshAsync(token);
        Assert.NotNull(token);
        hub.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(await TryRefreshAsync(token));
        Assert.False(await IsSignedInAsync(browser));
    }

    [Fact]
    public async Task A_sign_in_that_is_older_than_the_account_lets_one_be_is_asked_for_again()
    {
        using var browser = hub.NewBrowser();
        await RefreshTokenAsync(browser);
        hub.Time.Advance(TimeSpan.FromMinutes(31));
        AccountIs(idle: null, lifetime: 30);
        await browser.GoAsync(portal.AuthorizeAddress(("scope", "openid")));
        Assert.True(browser.Page!.Asks("current-password"));
        Assert.NotNull(await TryRefreshAsync(await RefreshTokenAsync(browser)));
    }

    [Fact]
    [Spec("OpenID Connect Back-Channel Logout", "2.7")]
    public async Task The_end_of_a_session_s_time_is_told_once()
    {
        await PortalIsAsync(client => client.BackchannelLogoutUri = listener.Address);
        using var browser = hub.NewBrowser();
        await RefreshTokenAsync(browser);
        hub.Time.Advance(TimeSpan.FromMinutes(61));
        await Wire.EventuallyAsync(() => Task.FromResult(!listener.Requests.IsEmpty), "the app was told");
        hub.Time.Advance(TimeSpan.FromMinutes(1));
        await Task.Delay(100);
        Assert.Single(listener.Requests);
    }

    [Fact]
    public async Task An_app_whose_own_limit_is_over_is_told_and_another_is_not()
    {
        await PortalIsAsync(client => (client.BackchannelLogoutUri, client.SessionIdleMinutes) = (listener.Address, 10));
        using var browser = hub.NewBrowser();
        await RefreshTokenAsync(browser);
        await SampleDirectory.Other(hub).SignInAsync(browser, SampleDirectory.Sam, SampleDirectory.Password);
        hub.Time.Advance(TimeSpan.FromMinutes(12));
        await Wire.EventuallyAsync(() => Task.FromResult(listener.Requests.Count == 1), "the app was told");
        await Wire.EventuallyAsync(async () => (await hub.ReadAsync(reader => Outbox.ListAsync(reader, "backchannel-logout", null, 0, 10))).Count == 0, "nobody else is to be told");
    }

    [Fact]
    public async Task Somebody_who_is_connected_is_there_and_a_dead_token_is_no_connection()
    {
        using var browser = hub.NewBrowser();
        var tokens = await portal.RedeemAsync((await portal.SignInAsync(browser, SampleDirectory.Sam, SampleDirectory.Password, changes: ("scope", "openid account")))["code"]);
        var access = tokens.Text("access_token");
        Assert.Equal(HttpStatusCode.NoContent, await SayAsync(access));
        Assert.Equal(HttpStatusCode.NoContent, await SayAsync(access, ("state", "gone")));
        Assert.Equal(HttpStatusCode.BadRequest, await SayAsync(access, ("state", "asleep")));
        Assert.Equal(HttpStatusCode.BadRequest, await SayAsync(access, ("state", "gone"), ("state", "gone")));
        Assert.Equal(HttpStatusCode.Unauthorized, await SayAsync(null));
        Assert.Equal(HttpStatusCode.Unauthorized, await SayAsync(access + "x"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SayAsync(tokens.Text("id_token")));

        // Saying so is use: the session lasts.
        hub.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(HttpStatusCode.NoContent, await SayAsync(access));
        hub.Time.Advance(TimeSpan.FromMinutes(58));
        Assert.True(await IsSignedInAsync(browser));

        var fresh = (await portal.RefreshAsync(tokens.Text("refresh_token"))).Text("access_token");
        Assert.Equal(HttpStatusCode.NoContent, await SayAsync(fresh));
        await browser.GoAsync("/end-session?id_token_hint=" + tokens.Text("id_token"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SayAsync(fresh));
    }

    private async Task<HttpStatusCode> SayAsync(string? token, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/presence");
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        request.Content = fields.Length == 0 ? null : new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return (await hub.NewClient().SendAsync(request)).StatusCode;
    }
}
