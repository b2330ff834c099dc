using IdentityHub.Domain.Persistence;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityHub.Storage.Tests;

public sealed class WritingTests
{
    [Fact]
    public async Task Writes_that_gather_share_one_commit()
    {
        using var hub = await TestHub.StartAsync();
        var gate = await hub.HoldWriterAsync();
        var writes = Enumerable.Range(0, 100).Select(i => hub.AddRowAsync($"row-{i}")).ToList();
        var before = WalCommits.Count(hub.File);
        await gate.Open();
        await Task.WhenAll(writes);

        Assert.Equal(2, WalCommits.Count(hub.File) - before);
        Assert.Equal(101, await hub.RowsAsync());
    }

    [Fact]
    public async Task An_answered_write_is_read_by_every_reader_and_by_other_programs()
    {
        using var hub = await TestHub.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async writer =>
        {
            for (var i = 0; i < 50; i++)
            {
                var id = $"{writer}-{i}";
                await hub.AddRowAsync(id);
                Assert.True(await hub.HasRowAsync(id));
            }
        }));

        Assert.Equal(800L, hub.Outside("SELECT count(*) FROM RevokedTokens"));
    }

    [Fact]
    public async Task Nobody_sees_a_write_before_it_is_answered()
    {
        using var hub = await TestHub.StartAsync();
        var wrote = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var write = hub.WriteAsync(async transaction =>
        {
            TestHub.AddRow(transaction, "early");
            Assert.True(TestHub.HasRow(transaction, "early"));
            wrote.SetResult();
            await mayEnd.Task;
            return 0;
        });
        await wrote.Task;

        Assert.False(await hub.HasRowAsync("early"));
        mayEnd.SetResult();
        await write;
        Assert.True(await hub.HasRowAsync("early"));
    }

    [Fact]
    public async Task Work_that_throws_or_rolls_back_loses_its_own_changes_and_no_others()
    {
        using var hub = await TestHub.StartAsync();
        var gate = await hub.HoldWriterAsync();
        var kept = Enumerable.Range(0, 10).Select(i => hub.AddRowAsync($"kept-{i}")).ToList();
        var thrown = hub.WriteAsync<int>(transaction =>
        {
            TestHub.AddRow(transaction, "thrown");
            throw new TimeZoneNotFoundException("its own reason");
        });
        var rolledBack = hub.WriteAsync(transaction =>
        {
            TestHub.AddRow(transaction, "rolled back");
            return Task.FromResult(transaction.RollBack("no"));
        });
        var refused = hub.WriteAsync(transaction =>
        {
            TestHub.AddRow(transaction, "refused");
            return Task.FromResult(TestHub.AddRow(transaction, "kept-0"));
        });
        var last = hub.AddRowAsync("kept-last");
        await gate.Open();

        await Task.WhenAll([.. kept, last]);
        Assert.Equal("its own reason", (await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => thrown)).Message);
        Assert.Equal("no", await rolledBack);
        await Assert.ThrowsAsync<SqliteException>(() => refused);
        Assert.Equal(12, await hub.RowsAsync());
        Assert.False(await hub.HasRowAsync("thrown") || await hub.HasRowAsync("rolled back") || await hub.HasRowAsync("refused"));
    }

    [Fact]
    public async Task What_was_rolled_back_does_not_come_back_with_the_next_transaction()
    {
        using var hub = await TestHub.StartAsync();
        await hub.WriteAsync(async transaction =>
        {
            transaction.Db.Throttles.Add(new() { Key = "saved" });
            await transaction.Db.SaveChangesAsync();
            transaction.Db.Throttles.Add(new() { Key = "never saved" });
            return transaction.RollBack(0);
        });
        await hub.WriteAsync(async transaction =>
        {
            Assert.Empty(transaction.Db.ChangeTracker.Entries());
            transaction.Db.Throttles.Add(new() { Key = "next" });
            return await transaction.Db.SaveChangesAsync();
        });

        Assert.Equal(["next"], await hub.Store.ReadAsync(reader => reader.Db.Throttles.Select(throttle => throttle.Key).ToListAsync()));
    }

    [Fact]
    public async Task When_the_commit_fails_everyone_in_it_hears_and_the_store_goes_on()
    {
        using var hub = await TestHub.StartAsync();
        var gate = await hub.HoldWriterAsync();
        var innocent = hub.AddRowAsync("innocent");
        var broken = hub.WriteAsync(transaction =>
        {
            TestHub.Sql(transaction, "PRAGMA defer_foreign_keys=ON");
            return Task.FromResult(TestHub.Sql(transaction, "INSERT INTO UserKeys (UserId, SealedKey) VALUES ('nobody', x'00')"));
        });
        await gate.Open();

        await Assert.ThrowsAsync<StoreFailedException>(() => innocent);
        await Assert.ThrowsAsync<StoreFailedException>(() => broken);
        Assert.False(await hub.HasRowAsync("innocent"));
        await hub.AddRowAsync("after");
        Assert.Equal(2, await hub.RowsAsync());
    }

    [Fact]
    public async Task When_the_engine_ends_the_transaction_nobody_is_told_that_it_was_kept()
    {
        using var hub = await TestHub.StartAsync();
        var gate = await hub.HoldWriterAsync();
        var before = hub.AddRowAsync("before");
        var ending = hub.WriteAsync<int>(transaction =>
        {
            TestHub.Sql(transaction, "ROLLBACK");
            throw new TimeZoneNotFoundException();
        });
        var behind = hub.AddRowAsync("behind");
        await gate.Open();

        var told = await Assert.ThrowsAsync<StoreFailedException>(() => before);
        Assert.Same(await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => ending), told.InnerException);
        await Assert.ThrowsAsync<StoreFailedException>(() => behind);
        Assert.Equal(1, await hub.RowsAsync());
        await hub.AddRowAsync("after");
    }

    [Fact]
    public async Task A_full_disk_fails_what_does_not_fit_and_keeps_what_was_answered()
    {
        using var hub = await TestHub.StartAsync();
        await hub.SqlAsync("PRAGMA max_page_count=" + ((long)hub.Outside("PRAGMA page_count")! + 20));
        var writes = Enumerable.Range(0, 400).Select(async i =>
        {
            var id = $"{i}-{new string('x', 2000)}";
            try
            {
                await hub.AddRowAsync(id);
                return id;
            }
            catch (Exception failure) when (failure is SqliteException or StoreFailedException)
            {
                return null;
            }
        });
        var answers = await Task.WhenAll(writes);

        Assert.Contains(answers, id => id is null);
        Assert.Equal(answers.Count(id => id is not null), await hub.RowsAsync());
    }

    [Fact]
    public async Task Outbox_rows_wake_the_dispatcher_when_they_are_kept_and_only_then()
    {
        using var hub = await TestHub.StartAsync();
        await hub.WriteAsync(async transaction =>
        {
            await transaction.EnqueueAsync("mail", "mail", null, new { to = "a" });
            return transaction.RollBack(0);
        });
        await hub.AddRowAsync("no outbox");
        Assert.False(await hub.Signal.WaitAsync(TimeSpan.FromMilliseconds(20)));

        await hub.WriteAsync(async transaction =>
        {
            await transaction.EnqueueAsync("mail", "mail", null, new { to = "a" });
            return 0;
        });
        Assert.True(await hub.Signal.WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal(1L, hub.Outside("SELECT count(*) FROM Outbox"));
    }
}
