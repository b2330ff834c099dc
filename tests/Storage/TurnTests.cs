using IdentityHub.Domain.Persistence;
using Xunit;

namespace IdentityHub.Storage.Tests;

public sealed class TurnTests
{
    [Fact]
    public async Task Waiting_for_a_turn_can_be_given_up()
    {
        using var hub = await TestHub.StartAsync();
        using var patience = new CancellationTokenSource();
        var gate = await hub.HoldWriterAsync();
        var given = hub.WriteAsync(transaction => Task.FromResult(TestHub.AddRow(transaction, "given up")), patience.Token);
        await patience.CancelAsync();

        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.Equal(patience.Token, failure.CancellationToken);
        Assert.False(gate.Write.IsCompleted);
        await gate.Open();
        await hub.AddRowAsync("after");
        Assert.False(await hub.HasRowAsync("given up"));
    }

    [Fact]
    public async Task Work_once_begun_is_finished()
    {
        using var hub = await TestHub.StartAsync();
        using var patience = new CancellationTokenSource();
        var answer = await hub.WriteAsync(
            async transaction =>
            {
                await patience.CancelAsync();
                return TestHub.AddRow(transaction, "begun");
            },
            patience.Token);

        Assert.Equal(1, answer);
        Assert.True(await hub.HasRowAsync("begun"));
    }

    [Fact]
    public async Task A_caller_who_has_already_given_up_is_not_served()
    {
        using var hub = await TestHub.StartAsync();
        var given = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hub.WriteAsync(_ => Task.FromResult(0), given));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hub.Store.ReadAsync(_ => Task.FromResult(0), given));
    }

    [Fact]
    public async Task A_full_queue_says_so_and_serves_those_in_it()
    {
        using var hub = await TestHub.StartAsync(queueLength: 2);
        var gate = await hub.HoldWriterAsync();
        var first = hub.AddRowAsync("first");
        var second = hub.AddRowAsync("second");
        await Assert.ThrowsAsync<StoreBusyException>(() => hub.AddRowAsync("third"));

        await gate.Open();
        await Task.WhenAll(first, second);
        await hub.AddRowAsync("fourth");
        Assert.Equal(4, await hub.RowsAsync());
    }

    [Fact]
    public async Task Closing_serves_those_who_wait_and_turns_the_next_away()
    {
        using var hub = await TestHub.StartAsync();
        var gate = await hub.HoldWriterAsync();
        var waiting = Enumerable.Range(0, 300).Select(i => hub.AddRowAsync($"{i}")).ToList();
        var closing = Task.Run(hub.Close);
        while (!hub.AddRowAsync("late").IsFaulted)
        {
            await Task.Yield();
        }

        Assert.False(closing.IsCompleted);
        await gate.Open();
        await Task.WhenAll(waiting);
        await closing;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => hub.AddRowAsync("after"));
        await Assert.ThrowsAsync<ObjectDisposedException>(hub.RowsAsync);
        Assert.False(File.Exists(hub.File + "-wal"), "the last connection to close folds the log into the database");
        hub.Close();
    }

    [Fact]
    public async Task Closing_waits_for_reading_under_way()
    {
        using var hub = await TestHub.StartAsync();
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var read = hub.Store.ReadAsync(async reader =>
        {
            reading.SetResult();
            await mayEnd.Task;
            return TestHub.HasRow(reader, "none");
        });
        await reading.Task;
        var closing = Task.Run(hub.Close);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            while (true)
            {
                await hub.RowsAsync();
            }
        });

        mayEnd.SetResult();
        Assert.False(await read);
        await closing;
    }

    [Fact]
    public async Task A_transaction_that_would_wait_for_another_is_refused_instead_of_hanging()
    {
        using var hub = await TestHub.StartAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => hub.WriteAsync(_ => hub.AddRowAsync("inner")));
    }

    [Fact]
    public async Task A_lock_held_by_another_program_is_waited_for()
    {
        using var hub = await TestHub.StartAsync();
        using var other = hub.Outside();
        using (var command = other.CreateCommand())
        {
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();
            var write = hub.AddRowAsync("patient");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            Assert.False(write.IsCompleted);
            command.CommandText = "COMMIT";
            command.ExecuteNonQuery();
            await write;
        }
    }
}
