using System.Security.Cryptography;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Xunit;

namespace IdentityHub.IdP.Tests.Keys;

public sealed class RootKeyTests
{
    [Fact]
    public async Task A_start_with_another_root_key_stops_with_a_plain_message_and_changes_nothing()
    {
        await using var hub = await RunningHub.StartAsync(SampleDirectory.Json);
        await hub.StopAsync();
        var before = Everything(hub);
        var otherKey = Path.Combine(hub.DataDirectory, "other.key");
        await File.WriteAllTextAsync(otherKey, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

        var fault = await Assert.ThrowsAnyAsync<Exception>(() => hub.RestartAsync("--Hub:RootKeyFile", otherKey));
        Assert.Contains("another root key", fault.Message, StringComparison.Ordinal);
        Assert.Contains("nothing was changed", fault.Message, StringComparison.Ordinal);
        Assert.Contains(otherKey, fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, Everything(hub));

        await File.WriteAllTextAsync(otherKey, "not a key");
        Assert.Contains("Hub:RootKeyFile", (await Assert.ThrowsAnyAsync<Exception>(() => hub.RestartAsync("--Hub:RootKeyFile", otherKey))).Message, StringComparison.Ordinal);
        Assert.Equal(before, Everything(hub));

        // With its own key it goes on.
        await using var again = await hub.RestartAsync();
        using var http = again.NewClient();
        Assert.Equal(System.Net.HttpStatusCode.OK, (await http.GetAsync("/health/ready")).StatusCode);
    }

    private static List<string> Everything(RunningHub hub)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(hub.DataDirectory, "hub.db")};Pooling=False;Mode=ReadOnly");
        connection.Open();
        var tables = Read(connection, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
        return [.. tables.SelectMany(table => Read(connection, $"SELECT * FROM \"{table}\" ORDER BY 1, 2").Select(row => table + ": " + row))];
    }

    private static List<string> Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(column => reader.GetValue(column) is byte[] bytes ? Convert.ToHexString(bytes) : reader.GetValue(column).ToString())));
        }

        return rows;
    }
}
