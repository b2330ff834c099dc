using System.Net;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Xunit;

namespace IdentityHub.IdP.Tests.Host;

public sealed class HealthTests
{
    [Fact]
    public async Task Both_answer_anyone_and_tell_nothing_about_the_hub()
    {
        await using var hub = await RunningHub.StartAsync();
        using var http = hub.NewClient();
        foreach (var path in (string[])["/health/live", "/health/ready"])
        {
            var answer = await http.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("", await answer.Content.ReadAsStringAsync());
            Assert.DoesNotContain(answer.Headers, header => header.Key is "Server" or "X-Powered-By" or "Set-Cookie");
            Assert.Equal(HttpStatusCode.MethodNotAllowed, (await http.PostAsync(path, null)).StatusCode);
        }
    }

    [Fact]
    public async Task Without_its_database_the_hub_lives_and_is_not_ready()
    {
        await using var hub = await RunningHub.StartAsync(SampleDirectory.Json);
        using var http = hub.NewClient();
        using var other = new SqliteConnection($"Data Source={Path.Combine(hub.DataDirectory, "hub.db")};Pooling=False");
        other.Open();
        Run("ALTER TABLE \"__EFMigrationsHistory\" RENAME TO \"Gone\"");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live")).StatusCode);

        // What needs no database goes on.
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/jwks")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/.well-known/openid-configuration")).StatusCode);
        Run("ALTER TABLE \"Gone\" RENAME TO \"__EFMigrationsHistory\"");
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready")).StatusCode);

        void Run(string sql)
        {
            using var command = other.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }
}
