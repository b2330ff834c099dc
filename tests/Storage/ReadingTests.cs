using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityHub.Storage.Tests;

public sealed class ReadingTests
{
    [Fact]
    public async Task A_reading_cannot_write()
    {
        using var hub = await TestHub.StartAsync();
        await Assert.ThrowsAsync<SqliteException>(() => hub.Store.ReadAsync(reader => Task.FromResult(TestHub.Sql(reader, "DELETE FROM Users"))));
        await Assert.ThrowsAsync<DbUpdateException>(() => hub.Store.ReadAsync(reader =>
        {
            reader.Db.Throttles.Add(new() { Key = "no" });
            return reader.Db.SaveChangesAsync();
        }));
        Assert.Equal(0, await hub.RowsAsync());
    }

    [Fact]
    public async Task More_readings_than_connections_wait_for_their_turn()
    {
        using var hub = await TestHub.StartAsync();
        await hub.AddRowAsync("row");
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var readings = Enumerable.Range(0, 30).Select(_ => hub.Store.ReadAsync(async reader =>
        {
            await mayEnd.Task;
            return TestHub.HasRow(reader, "row");
        })).ToList();
        using var patience = new CancellationTokenSource();
        var given = hub.Store.ReadAsync(_ => Task.FromResult(0), patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        mayEnd.SetResult();
        Assert.All(await Task.WhenAll(readings), Assert.True);
    }

    [Fact]
    public async Task A_connection_on_which_the_database_failed_is_not_used_again()
    {
        using var hub = await TestHub.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<SqliteException>(() => hub.Store.ReadAsync(reader =>
            {
                TestHub.Sql(reader, "BEGIN");
                return Task.FromResult(TestHub.Sql(reader, "SELECT * FROM Nowhere"));
            }));
        }

        await hub.AddRowAsync("row");
        Assert.True(await hub.HasRowAsync("row"));
    }

    [Fact]
    public async Task A_transaction_left_open_by_a_reading_does_not_hide_what_comes_later()
    {
        using var hub = await TestHub.StartAsync();
        await hub.Store.ReadAsync(reader =>
        {
            TestHub.Sql(reader, "BEGIN");
            return Task.FromResult(TestHub.HasRow(reader, "later"));
        });
        await hub.AddRowAsync("later");
        Assert.True(await hub.HasRowAsync("later"));
    }

    [Fact]
    public async Task A_reading_and_a_transaction_happen_at_one_moment()
    {
        using var hub = await TestHub.StartAsync();
        var before = TimeProvider.System.GetUtcNow();
        var read = await hub.Store.ReadAsync(reader => Task.FromResult(reader.Now));
        var written = await hub.WriteAsync(transaction => Task.FromResult(transaction.Now));
        Assert.True(before <= read && read <= written && written <= TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task Nothing_read_is_remembered_for_the_next_reading()
    {
        using var hub = await TestHub.StartAsync();
        await hub.SqlAsync("INSERT INTO Throttles (Key, EmptyAt) VALUES ('k', 1)");
        Assert.Equal(1, await hub.Store.ReadAsync(async reader => (await reader.Db.Throttles.SingleAsync()).EmptyAt));
        await hub.SqlAsync("UPDATE Throttles SET EmptyAt = 2");
        Assert.Equal(2, await hub.Store.ReadAsync(async reader => (await reader.Db.Throttles.SingleAsync()).EmptyAt));
    }
}
