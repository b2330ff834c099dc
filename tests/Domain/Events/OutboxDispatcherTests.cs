using System.Collections.Concurrent;
using System.Text.Json;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Persistence;
using IdentityHub.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace IdentityHub.Domain.Tests.Events;

/// <summary>The dispatcher on the real store under a clock that stands, with receivers that answer as the test says.</summary>
public sealed class OutboxDispatcherTests : HubTests
{
    private const string Logout = "backchannel-logout", Mail = "mail";
    private readonly Receivers apps = new(Logout, DeliveryPolicy.ToApps);
    private readonly Receivers mails = new(Mail, DeliveryPolicy.OneAfterTheOther);

    private sealed record Message(string To, int Number);

    private sealed class Receivers(string kind, DeliveryPolicy policy) : IOutboxHandler
    {
        public string Kind => kind;

        public DeliveryPolicy Policy => policy;

        public Func<Message, CancellationToken, Task<Delivery>> Answer { get; set; } = (_, _) => Task.FromResult<Delivery>(new Delivery.Delivered());

        public ConcurrentQueue<Message> Came { get; } = new();

        public int At(string destination) => Came.Count(message => message.To == destination);

        public Task<Delivery> SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
        {
            var message = JsonSerializer.Deserialize<Message>(payload.Span)!;
            Came.Enqueue(message);
            return Answer(message, cancellationToken);
        }
    }

    [Fact]
    public async Task An_app_is_told_many_things_at_once_and_a_mail_server_one_after_the_other()
    {
        var gate = new TaskCompletionSource<Delivery>(TaskCreationOptions.RunContinuationsAsynchronously);
        apps.Answer = mails.Answer = (_, _) => gate.Task;
        await QueueAsync(Logout, "portal", 100);
        await QueueAsync(Mail, "a.example", 3);
        await using var running = await StartAsync();
        await EventuallyAsync(() => apps.Came.Count == DeliveryPolicy.ToApps.AtOnce && mails.Came.Count == 1, "as many as may be are under way");
        await SettledAsync();
        Assert.Equal((DeliveryPolicy.ToApps.AtOnce, 1), (apps.Came.Count, mails.Came.Count));

        gate.SetResult(new Delivery.Delivered());
        await EventuallyAsync(() => apps.Came.Count == 100 && mails.Came.Count == 3, "everything was sent");
        Assert.Equal(100, apps.Came.Select(message => message.Number).Distinct().Count());
        Assert.Equal([0, 1, 2], mails.Came.Select(message => message.Number));
        await EventuallyAsync(() => Hub.Count("Outbox", "\"DeliveredAt\" IS NULL") == 0, "all of it is written");
        Assert.Equal(0, Hub.Count("Outbox", "\"SealedPayload\" IS NOT NULL"));
    }

    [Fact]
    public async Task What_is_down_is_asked_by_one_message_now_and_then_and_gets_the_rest_at_once_when_it_is_up()
    {
        var up = false;
        apps.Answer = (message, _) => Task.FromResult<Delivery>(message.To == "well" || up ? new Delivery.Delivered() : new Delivery.Failed("ConnectionError"));
        await QueueAsync(Logout, "down", 50);
        await using var running = await StartAsync();
        await EventuallyAsync(() => apps.At("down") >= 1 && Hub.Count("Outbox", "\"LastError\" IS NOT NULL") > 0, "it was tried");
        await QueueAsync(Logout, "down", 200);
        await QueueAsync(Logout, "well", 40);
        await EventuallyAsync(() => apps.At("well") == 40, "the other app was told everything");
        await SettledAsync();

        // Thirty seconds pass. No more than one message asks every few seconds.
        var before = apps.At("down");
        Assert.InRange(before, 1, DeliveryPolicy.ToApps.AtOnce);
        for (var i = 0; i < 60; i++)
        {
            await PassAsync(TimeSpan.FromMilliseconds(500));
        }

        Assert.InRange(apps.At("down") - before, 5, 12);
        Assert.Equal(40, apps.At("well"));

        up = true;
        await UntilAsync(() => Hub.Count("Outbox", "\"DeliveredAt\" IS NULL") == 0, TimeSpan.FromSeconds(10), "everything was told within ten seconds of its return");
    }

    [Fact]
    public async Task After_a_restart_the_message_that_asks_calls_the_others_all_the_same()
    {
        var up = false;
        apps.Answer = (_, _) => Task.FromResult<Delivery>(up ? new Delivery.Delivered() : new Delivery.Failed("ConnectionError"));
        await QueueAsync(Logout, "down", 80);
        await using (await StartAsync())
        {
            await EventuallyAsync(() => Hub.Count("Outbox", "\"LastError\" IS NOT NULL") > 0, "it was tried");
            await PassAsync(TimeSpan.FromSeconds(10));
        }

        up = true;
        await using var again = await StartAsync();
        await UntilAsync(() => Hub.Count("Outbox", "\"DeliveredAt\" IS NULL") == 0, TimeSpan.FromSeconds(10), "everything was told");
    }

    [Fact]
    public async Task Who_asks_to_be_left_alone_for_a_while_is_for_a_minute_at_most()
    {
        var asked = TimeSpan.FromSeconds(40);
        apps.Answer = (_, _) => Task.FromResult<Delivery>(new Delivery.Failed("answered 503") { RetryAfter = asked });
        await QueueAsync(Logout, "busy", 1);
        await using var running = await StartAsync();
        await EventuallyAsync(() => Hub.Count("Outbox", "\"LastError\" IS NOT NULL") == 1, "it was tried");
        var start = Hub.Time.Now.ToUnixTimeMilliseconds();
        Assert.Equal(start + 40_000, Hub.Scalar("""SELECT "NextAttemptAt" FROM "Outbox" """));

        asked = TimeSpan.FromDays(7);
        await UntilAsync(() => apps.Came.Count == 2, TimeSpan.FromSeconds(41), "it was tried again");
        await EventuallyAsync(() => (long)Hub.Scalar("""SELECT "NextAttemptAt" FROM "Outbox" """)! > start + 90_000, "the second failure was written");
        Assert.True((long)Hub.Scalar("""SELECT "NextAttemptAt" FROM "Outbox" """)! <= Hub.Time.Now.ToUnixTimeMilliseconds() + 60_000);
    }

    [Fact]
    public async Task What_an_app_refuses_is_dead_and_can_be_sent_again_by_the_operator_alone()
    {
        var refuses = true;
        apps.Answer = (_, _) => Task.FromResult<Delivery>(refuses ? new Delivery.Refused("answered 400") : new Delivery.Delivered());
        mails.Answer = (_, _) => Task.FromResult<Delivery>(new Delivery.Refused("550 no such user"));
        await QueueAsync(Logout, "portal", 1);
        await QueueAsync(Mail, "a.example", 1);
        await using var running = await StartAsync();
        await EventuallyAsync(() => Hub.Count("Outbox", "\"DeadAt\" IS NOT NULL") == 2, "both are dead");
        await PassAsync(TimeSpan.FromHours(2));
        Assert.Single(apps.Came);

        // A mail says who gets it: of one that nobody takes nothing is kept.
        Assert.Equal(0, Hub.Count("Outbox", "\"Kind\" = 'mail' AND \"SealedPayload\" IS NOT NULL"));
        refuses = false;
        var line = Assert.Single(await Hub.ReadAsync(reader => Outbox.ListAsync(reader, Logout, OutboxState.Dead, 0, 10)));
        Assert.True(line.CanBeSent);
        Assert.True(await Hub.WriteAsync(transaction => Outbox.SendAgainAsync(transaction, line.Sequence)));
        await EventuallyAsync(() => Hub.Count("Outbox", "\"Kind\" = 'backchannel-logout' AND \"DeliveredAt\" IS NOT NULL") == 1, "it was told");
    }

    [Fact]
    public async Task What_could_not_be_told_for_a_day_is_given_up()
    {
        apps.Answer = (_, _) => Task.FromResult<Delivery>(new Delivery.Failed("ConnectionError"));
        await QueueAsync(Logout, "gone", 1);
        await using var running = await StartAsync();
        for (var hours = 0; hours < 40 && Hub.Count("Outbox", "\"DeadAt\" IS NOT NULL") == 0; hours++)
        {
            await PassAsync(TimeSpan.FromHours(1));
        }

        Assert.Equal(1, Hub.Count("Outbox", "\"DeadAt\" IS NOT NULL AND \"LastError\" = 'ConnectionError' AND \"SealedPayload\" IS NOT NULL"));
        Assert.InRange(apps.Came.Count, 5, 40);
    }

    [Fact]
    public async Task Another_node_leaves_alone_what_this_one_holds_and_takes_it_over_soon_after_its_end()
    {
        var gate = new TaskCompletionSource<Delivery>(TaskCreationOptions.RunContinuationsAsynchronously);
        apps.Answer = (_, _) => gate.Task;
        var second = new Receivers(Logout, DeliveryPolicy.ToApps);
        await QueueAsync(Logout, "portal", 1);
        await using var first = await StartAsync();
        await EventuallyAsync(() => apps.Came.Count == 1, "the first node is at it");
        await using var other = await StartAsync(second);
        for (var i = 0; i < 20; i++)
        {
            await PassAsync(TimeSpan.FromMilliseconds(500));
        }

        Assert.Empty(second.Came);

        // Cut off from the database, as by the end of its process, a node says no more that it is at it.
        first.Freeze();
        await UntilAsync(() => second.Came.Count == 1, TimeSpan.FromSeconds(3), "the other node took it over");
        gate.SetResult(new Delivery.Delivered());
    }

    [Fact]
    public async Task The_hub_s_end_frees_what_it_cuts_short()
    {
        apps.Answer = async (_, stopping) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stopping);
            return new Delivery.Delivered();
        };
        await QueueAsync(Logout, "portal", 1);
        await using (await StartAsync())
        {
            await EventuallyAsync(() => apps.Came.Count == 1, "it is under way");
        }

        apps.Answer = (_, _) => Task.FromResult<Delivery>(new Delivery.Delivered());
        await using var again = await StartAsync();
        await EventuallyAsync(() => Hub.Count("Outbox", "\"DeliveredAt\" IS NOT NULL") == 1, "it was told, and no time has passed");
    }

    private sealed class Running(OutboxDispatcher dispatcher, Gate store) : IAsyncDisposable
    {
        public void Freeze() => store.Shut();

        public async ValueTask DisposeAsync()
        {
            store.Open();
            await dispatcher.StopAsync(CancellationToken.None);
            dispatcher.Dispose();
        }
    }

    /// <summary>The store, until it is shut: then nobody comes through.</summary>
    private sealed class Gate(IHubStore store) : IHubStore
    {
        private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool shut;

        public void Shut() => shut = true;

        public void Open() => opened.TrySetResult();

        public async Task<T> WriteAsync<T>(Domain.Audit.Actor actor, Func<HubTransaction, Task<T>> work, CancellationToken cancellationToken = default)
        {
            await PassAsync();
            return await store.WriteAsync(actor, work, cancellationToken);
        }

        public async Task<T> ReadAsync<T>(Func<HubReader, Task<T>> work, CancellationToken cancellationToken = default)
        {
            await PassAsync();
            return await store.ReadAsync(work, cancellationToken);
        }

        private Task PassAsync() => shut ? opened.Task : Task.CompletedTask;
    }

    private async Task<Running> StartAsync(params IOutboxHandler[] handlers)
    {
        var gate = new Gate(Hub.Store);
        var dispatcher = new OutboxDispatcher(gate, Hub.Outbox, handlers.Length > 0 ? handlers : [apps, mails], Hub.Time, NullLogger<OutboxDispatcher>.Instance);
        await dispatcher.StartAsync(CancellationToken.None);
        return new(dispatcher, gate);
    }

    private Task QueueAsync(string kind, string destination, int count) => Hub.WriteAsync(async (HubTransaction transaction) =>
    {
        for (var i = 0; i < count; i++)
        {
            await transaction.EnqueueAsync(kind, destination, null, new Message(destination, i));
        }
    });

    private async Task PassAsync(TimeSpan time)
    {
        Hub.Time.Advance(time);
        await SettledAsync();
    }

    /// <summary>Lets the dispatcher, which runs beside the test, come to rest.</summary>
    private static Task SettledAsync() => Task.Delay(25);

    /// <summary>Moves the clock in steps until this holds, and no further than this.</summary>
    private async Task UntilAsync(Func<bool> holds, TimeSpan atMost, string what)
    {
        for (var until = Hub.Time.Now + atMost; !holds() && Hub.Time.Now < until;)
        {
            await PassAsync(TimeSpan.FromMilliseconds(250));
        }

        await EventuallyAsync(holds, what);
    }

    private static async Task EventuallyAsync(Func<bool> holds, string what)
    {
        for (var i = 0; i < 400 && !holds(); i++)
        {
            await Task.Delay(25);
        }

        Assert.True(holds(), what);
    }
}
