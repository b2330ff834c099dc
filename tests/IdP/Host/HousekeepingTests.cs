using System.Net;
using IdentityHub.Domain.Persistence;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.IdP.Tests.Host;

/// <summary>What nothing asks for any more is deleted, and nothing else.</summary>
public sealed class HousekeepingTests : IAsyncLifetime
{
    private static readonly string[] Tables =
        ["AuthorizationCodes", "RevokedTokens", "SignIns", "Grants", "Sessions", "Outbox", "Throttles", "SigningKeys", "Users", "Memberships", "Clients", "Audit", "HubSecrets", "SeatAssignments", "Passwords"];

    private RunningHub hub = null!;

    public async Task InitializeAsync() => hub = await RunningHub.StartAsync(SampleDirectory.Json);

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private Task SweepAsync() => hub.Services.GetRequiredService<Housekeeping>().SweepAsync(CancellationToken.None);

    private long Count(string table, string where = "1=1")
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(hub.DataDirectory, "hub.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM \"{table}\" WHERE {where}";
        return (long)command.ExecuteScalar()!;
    }

    private Dictionary<string, long> Counts() => Tables.ToDictionary(table => table, table => Count(table));

    /// <summary>Moves the clock past the sweeper's own rounds without letting it sweep in between more than once.</summary>
    private async Task AtAsync(DateTimeOffset moment)
    {
        hub.Time.Now = moment;
        await SweepAsync();
    }

    [Fact]
    public async Task Each_kind_goes_at_its_time_and_an_offline_grant_outlives_its_session()
    {
        var app = SampleDirectory.Portal(hub);
        using var browser = hub.NewBrowser();
        var start = hub.Time.Now;
        async Task<JsonAnswer> TokensAsync(string scope) => await app.RedeemAsync(
            (await app.SignInAsync(browser, SampleDirectory.Sam, SampleDirectory.Password, changes: [("scope", scope), ("prompt", scope.Contains("offline", StringComparison.Ordinal) ? "consent" : null)]))["code"]);
        var online = await TokensAsync("openid");
        var offline = await TokensAsync("openid offline_access");
        await app.RevokeAsync(online.Text("access_token"));
        using var undecided = hub.NewBrowser();
        await undecided.GoAsync(app.AuthorizeAddress());
        var before = Counts();
        Assert.True(before["AuthorizationCodes"] >= 2 && before["RevokedTokens"] == 1 && before["SignIns"] >= 2 && before["Grants"] == 2 && before["Sessions"] == 1);

        // Nothing is due yet.
        await SweepAsync();
        Assert.Equal(before.Where(pair => pair.Key != "Throttles"), Counts().Where(pair => pair.Key != "Throttles"));

        await AtAsync(start.AddMinutes(4));
        Assert.Equal(1, Count("RevokedTokens"));
        await AtAsync(start.AddMinutes(5.1));
        Assert.Equal(0, Count("RevokedTokens"));
        Assert.Equal(before["AuthorizationCodes"], Count("AuthorizationCodes"));

        await AtAsync(start.AddMinutes(29));
        Assert.Equal(before["SignIns"], Count("SignIns"));
        await AtAsync(start.AddMinutes(31));
        Assert.Equal(0, Count("SignIns"));

        // A spent code is kept for an hour after it expired: a second use is still known for what it is.
        await AtAsync(start.AddMinutes(60));
        Assert.Equal(before["AuthorizationCodes"], Count("AuthorizationCodes"));
        await AtAsync(start.AddMinutes(61.1));
        Assert.Equal(0, Count("AuthorizationCodes"));
        Assert.Equal(0, Count("Throttles"));

        await AtAsync(start.AddHours(35.9));
        Assert.Equal((2L, 1L), (Count("Grants"), Count("Sessions")));
        await AtAsync(start.AddHours(36.1));
        Assert.Equal((1L, 0L), (Count("Grants"), Count("Sessions")));
        var refreshed = await app.RefreshAsync(offline.Text("refresh_token"));
        Assert.Equal(HttpStatusCode.OK, refreshed.Status);
        Assert.Equal(HttpStatusCode.OK, (await app.UserInfoAsync(refreshed.Text("access_token"))).Status);

        await AtAsync(start.AddDays(30.9));
        Assert.Equal(1, Count("Grants"));
        await AtAsync(start.AddDays(31.1));
        Assert.Equal(0, Count("Grants"));

        var after = Counts();
        foreach (var kept in (string[])["Users", "Memberships", "Clients", "HubSecrets", "SeatAssignments", "Passwords", "SigningKeys"])
        {
            Assert.Equal(before[kept], after[kept]);
        }

        Assert.True(after["Audit"] >= before["Audit"]);
    }

    [Fact]
    public async Task More_than_one_bite_is_eaten_in_one_round()
    {
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(hub.DataDirectory, "hub.db")};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"""
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1700)
                INSERT INTO "RevokedTokens" ("TokenId", "ExpiresAt") SELECT 't' || i, {hub.Time.Now.ToUnixTimeMilliseconds()} + CASE WHEN i <= 1600 THEN -1 ELSE 100000 END FROM n
                """;
            command.ExecuteNonQuery();
        }

        await SweepAsync();
        Assert.Equal(100, Count("RevokedTokens"));
    }

    [Fact]
    public async Task A_signing_key_s_private_part_goes_when_it_is_gone_and_the_rest_ninety_days_later()
    {
        await Domain.Keys.KeyRotation.RotateAllAsync(hub.Services.GetRequiredService<IHubStore>(), TestHub.Tester, TimeSpan.Zero, CancellationToken.None);
        var start = hub.Time.Now;
        Assert.Equal(4, Count("SigningKeys", "\"SealedPrivateKey\" IS NOT NULL"));
        await AtAsync(start.AddHours(47.9));
        Assert.Equal(4, Count("SigningKeys", "\"SealedPrivateKey\" IS NOT NULL"));
        await AtAsync(start.AddHours(48.1));
        Assert.Equal(2, Count("SigningKeys", "\"SealedPrivateKey\" IS NOT NULL"));
        Assert.Equal(4, Count("SigningKeys"));
        await AtAsync(start.AddDays(88));
        Assert.Equal(4, Count("SigningKeys"));
        await AtAsync(start.AddDays(92.1));
        Assert.Equal(0, Count("SigningKeys", $"\"GoneAt\" < {start.AddDays(3).ToUnixTimeMilliseconds()}"));
    }

    [Fact]
    public async Task What_was_delivered_goes_after_a_week_and_what_waits_stays()
    {
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(hub.DataDirectory, "hub.db")};Pooling=False"))
        {
            connection.Open();
            var now = hub.Time.Now.ToUnixTimeMilliseconds();
            var far = hub.Time.Now.AddYears(1).ToUnixTimeMilliseconds();
            using var command = connection.CreateCommand();
            command.CommandText = $"""
                INSERT INTO "Outbox" ("Kind", "Destination", "CreatedAt", "NextAttemptAt", "Attempts", "DeliveredAt", "DeadAt") VALUES
                    ('mail', 'delivered', {now}, {now}, 1, {now}, NULL), ('mail', 'waiting', {now}, {far}, 1, NULL, NULL), ('mail', 'dead', {now}, {far}, 9, NULL, {now})
                """;
            command.ExecuteNonQuery();
        }

        var start = hub.Time.Now;
        await AtAsync(start.AddDays(6.9));
        Assert.Equal(3, Count("Outbox"));
        await AtAsync(start.AddDays(7.1));
        Assert.Equal(2, Count("Outbox"));
        Assert.Equal(0, Count("Outbox", "\"Destination\" = 'delivered'"));
    }
}
