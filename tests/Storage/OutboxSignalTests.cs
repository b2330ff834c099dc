using IdentityHub.Domain.Events;
using Xunit;

namespace IdentityHub.Storage.Tests;

public sealed class OutboxSignalTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task A_signal_is_taken_once()
    {
        var signal = new OutboxSignal(TimeProvider.System);
        signal.Set();
        signal.Set();
        Assert.True(await signal.WaitAsync(Long));
        Assert.False(await signal.WaitAsync(Short));
    }

    [Fact]
    public async Task A_signal_wakes_the_waiter()
    {
        var signal = new OutboxSignal(TimeProvider.System);
        var waiting = signal.WaitAsync(Long);
        Assert.False(waiting.IsCompleted);
        signal.Set();
        Assert.True(await waiting);
    }

    [Fact]
    public async Task No_signal_is_lost_to_a_timeout()
    {
        var signal = new OutboxSignal(TimeProvider.System);
        Assert.False(await signal.WaitAsync(Short));
        signal.Set();
        Assert.True(await signal.WaitAsync(Long));
    }

    [Fact]
    public async Task Waiting_can_be_given_up()
    {
        var signal = new OutboxSignal(TimeProvider.System);
        using var patience = new CancellationTokenSource(Short);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signal.WaitAsync(Long, patience.Token));
    }
}
