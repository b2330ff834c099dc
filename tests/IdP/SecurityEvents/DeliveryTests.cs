using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SecurityEvents;

/// <summary>Events reach their receivers: pushed (RFC 8935) or polled (RFC 8936).</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private RunningHub hub = null!;
    private PushListener listener = null!;

    public async Task InitializeAsync()
    {
        hub = await RunningHub.StartAsync(SampleDirectory.Json);
        listener = await PushListener.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await hub.DisposeAsync();
        await listener.DisposeAsync();
    }

    /// <summary>Makes this many events about Sam.</summary>
    private async Task HappenAsync(int count = 1)
    {
        var place = await hub.HomeAsync(SampleDirectory.Sam);
        for (var i = 0; i < count; i++)
        {
            var role = (await hub.HomeAsync(SampleDirectory.Sam)).Role == Role.User ? Role.Administrator : Role.User;
            Assert.IsType<Memberships.ChangeResult.Changed>(await hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, place.Id, role)));
        }
    }

    private async Task WithTimeAsync(Func<bool> holds, string what) => await Wire.EventuallyAsync(
        async () =>
        {
            if (!holds())
            {
                hub.Time.Advance(TimeSpan.FromSeconds(1));
                await Task.Delay(20);
            }

            return holds();
        },
        what);

    private Task<QueueStanding?> QueueAsync() => hub.ReadAsync(async reader => (await Outbox.QueuesAsync(reader)).SingleOrDefault(queue => queue.Kind == "security-event"));

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer a-token-of-the-receiver")]
    [InlineData("Custom  two words")]
    [Spec("RFC 8935", "2.1")]
    public async Task A_push_is_a_signed_event_with_the_header_that_was_given_and_no_other(string? authorization)
    {
        var receiver = await Receiver.StreamingAsync(hub, pushTo: listener.Address, authorization: authorization);
        await HappenAsync();
        await Wire.EventuallyAsync(() => Task.FromResult(listener.Requests.Count == 1), "it was pushed");
        var request = listener.Requests.Single();
        Assert.Equal(("POST", "/events", "application/secevent+jwt", "application/json", authorization), (request.Method, request.Path, request.ContentType, request.Accept, request.Authorization));
        Assert.Equal("token-claims-change", (await receiver.CheckAsync(request.Body)).Word);
        await Wire.EventuallyAsync(async () => await QueueAsync() is null, "it counts as delivered");

        // Type confusion: it opens nothing here.
        Assert.Equal(HttpStatusCode.Unauthorized, (await receiver.App.UserInfoAsync(request.Body)).Status);
        Assert.Equal("{\"active\":false}", (await receiver.App.IntrospectAsync(request.Body)).Body.GetRawText());
        Assert.Equal(HttpStatusCode.Unauthorized, (await receiver.RawAsync(HttpMethod.Get, "/ssf/stream", null, "Bearer " + request.Body)).Status);
    }

    [Theory]
    [InlineData(500, null)]
    [InlineData(503, null)]
    [InlineData(401, null)]
    [InlineData(404, null)]
    [InlineData(200, null)]
    [InlineData(302, null)]
    [InlineData(307, null)]
    [InlineData(400, null)]
    [InlineData(400, "<html>no such page</html>")]
    [InlineData(400, """{ "message": "who knows" }""")]
    public async Task A_push_that_is_not_accepted_is_tried_again_as_the_same_event(int status, string? body)
    {
        listener.Answer = number => number < 2 ? (status, body) : (202, null);
        var receiver = await Receiver.StreamingAsync(hub, pushTo: listener.Address);
        await HappenAsync();
        await WithTimeAsync(() => listener.Requests.Count == 3, "it was tried a third time");
        await Wire.EventuallyAsync(async () => await QueueAsync() is null, "it counts as delivered");
        var events = new List<Event>();
        foreach (var request in listener.Requests)
        {
            Assert.Equal("/events", request.Path);
            events.Add(await receiver.CheckAsync(request.Body));
        }

        Assert.Single(events.Select(one => one.Id).Distinct());
    }

    [Fact]
    [Spec("RFC 8935", "2.3")]
    public async Task A_push_that_the_receiver_refuses_is_not_tried_again_and_the_operator_sees_why()
    {
        listener.Answer = _ => (400, """{ "err": "invalid_key", "description": "Sam Support's key is unknown." }""");
        await Receiver.StreamingAsync(hub, pushTo: listener.Address);
        await HappenAsync();
        await Wire.EventuallyAsync(async () => await QueueAsync() is { Dead: 1 }, "it is given up");
        hub.Time.Advance(TimeSpan.FromHours(1));
        await Task.Delay(100);
        Assert.Single(listener.Requests);
        Assert.Equal("refused: invalid_key", Assert.Single(await hub.ReadAsync(reader => Outbox.ListAsync(reader, "security-event", null, 0, 10))).LastError);
    }

    [Fact]
    public async Task A_dead_receiver_delays_no_other()
    {
        var dead = await Receiver.StreamingAsync(hub, "dead", pushTo: $"http://127.0.0.1:{RunningHub.FreePort()}/x");
        var receiver = await Receiver.StreamingAsync(hub, pushTo: listener.Address);
        await HappenAsync(3);
        await Wire.EventuallyAsync(() => Task.FromResult(listener.Requests.Count == 3), "the other was told");
        Assert.NotEqual(dead.StreamId, receiver.StreamId);
        var roles = new List<string?>();
        foreach (var request in listener.Requests)
        {
            roles.Add((await receiver.CheckAsync(request.Body)).Says.GetProperty("claims").GetProperty("role").GetString());
        }

        Assert.Equal(["Administrator", "User", "Administrator"], roles);
    }

    [Fact]
    public async Task What_was_queued_when_the_hub_stopped_is_pushed_after_its_restart()
    {
        listener.Answer = _ => (503, null);
        var receiver = await Receiver.StreamingAsync(hub, pushTo: listener.Address);
        await HappenAsync();
        await Wire.EventuallyAsync(() => Task.FromResult(!listener.Requests.IsEmpty), "it was tried");
        await hub.StopAsync();
        var before = listener.Requests.Count;
        listener.Answer = _ => (202, null);
        hub = await hub.RestartAsync();
        await WithTimeAsync(() => listener.Requests.Count > before, "it was pushed");
        Assert.Single(listener.Requests.Select(request => RelyingApp.Payload(request.Body).GetProperty("jti").GetString()).Distinct());
        Assert.NotEmpty(receiver.StreamId);
    }

    [Fact]
    [Spec("RFC 8936", "2.4")]
    public async Task Polled_events_come_oldest_first_again_and_again_until_they_are_acknowledged()
    {
        var receiver = await Receiver.StreamingAsync(hub);
        var none = await receiver.PollAsync();
        Assert.Equal("""{"sets":{},"moreAvailable":false}""", none.Body.GetRawText());
        Wire.AssertNotCached(none.Response);

        await HappenAsync(5);
        var first = await receiver.PollAsync(new() { ["returnImmediately"] = true, ["maxEvents"] = 2 });
        Assert.True(first.Body.GetProperty("moreAvailable").GetBoolean());
        var events = await receiver.ReadAsync(first);
        Assert.Equal(["Administrator", "User"], events.Select(one => one.Says.GetProperty("claims").GetProperty("role").GetString()));

        // Not acknowledged: the same again, with the same ids.
        var again = await receiver.ReadAsync(await receiver.PollAsync(new() { ["returnImmediately"] = true, ["maxEvents"] = 2 }));
        Assert.Equal(events.Select(one => one.Id), again.Select(one => one.Id));

        // One acknowledged, one refused, one unknown: the other three are left.
        var rest = await receiver.PollAsync(new()
        {
            ["returnImmediately"] = true, ["ack"] = new JsonArray(events[0].Id, "unknown", events[0].Id),
            ["setErrs"] = new JsonObject { [events[1].Id] = new JsonObject { ["err"] = "invalid_audience", ["description"] = "sam@northside.example" } },
        });
        Assert.False(rest.Body.GetProperty("moreAvailable").GetBoolean());
        var left = await receiver.ReadAsync(rest);
        Assert.Equal(3, left.Count);
        Assert.DoesNotContain(left, one => one.Id == events[0].Id || one.Id == events[1].Id);
        var refused = Assert.Single(await hub.ReadAsync(reader => Outbox.ListAsync(reader, "security-event", OutboxState.Dead, 0, 10)));
        Assert.Equal(("refused: invalid_audience", receiver.StreamId), (refused.LastError, refused.Destination));

        // Acknowledging alone returns nothing, and says that more waits.
        var only = await receiver.PollAsync(new() { ["maxEvents"] = 0, ["ack"] = new JsonArray(left[0].Id) });
        Assert.Equal("""{"sets":{},"moreAvailable":true}""", only.Body.GetRawText());
        Assert.Equal(2, (await receiver.TakeAsync()).Count);
        Assert.Empty(await receiver.TakeAsync());
    }

    [Fact]
    public async Task A_stranger_acknowledges_nothing()
    {
        var receiver = await Receiver.StreamingAsync(hub);
        var stranger = await Receiver.StreamingAsync(hub, "stranger");
        await HappenAsync();
        var id = Assert.Single(await receiver.ReadAsync(await receiver.PollAsync())).Id;
        await stranger.PollAsync(new() { ["returnImmediately"] = true, ["ack"] = new JsonArray(id), ["setErrs"] = new JsonObject { [id] = new JsonObject { ["err"] = "x" } } });
        Assert.Equal(id, Assert.Single(await receiver.TakeAsync()).Id);
    }

    [Fact]
    [Spec("RFC 8936", "2.1")]
    public async Task A_long_poll_is_answered_by_the_next_event()
    {
        var receiver = await Receiver.StreamingAsync(hub);
        var waiting = receiver.PollAsync([]);
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);
        await HappenAsync();
        Assert.Equal("token-claims-change", Assert.Single(await receiver.ReadAsync(await waiting.WaitAsync(TimeSpan.FromSeconds(10)))).Word);
    }

    [Fact]
    public async Task A_long_poll_ends_after_half_a_minute_and_the_fifth_at_once()
    {
        var receiver = await Receiver.StreamingAsync(hub);
        var waiting = Enumerable.Range(0, 4).Select(_ => receiver.PollAsync([])).ToList();
        await Task.Delay(300);
        Assert.DoesNotContain(waiting, poll => poll.IsCompleted);
        Assert.Empty((await receiver.PollAsync([]).WaitAsync(TimeSpan.FromSeconds(10))).Body.GetProperty("sets").EnumerateObject());

        await WithTimeAsync(() => waiting.TrueForAll(poll => poll.IsCompleted), "they were answered");
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal("""{"sets":{},"moreAvailable":false}""", answer.Body.GetRawText()));
        Assert.True(hub.Time.Now >= new ManualTime().Now + TimeSpan.FromSeconds(30), "They were answered too early.");
    }

    [Fact]
    public async Task A_hub_that_stops_lets_nobody_wait()
    {
        var receiver = await Receiver.StreamingAsync(hub);
        var waiting = receiver.PollAsync([]);
        await Task.Delay(300);
        var watch = Stopwatch.StartNew();
        await hub.StopAsync();
        Assert.Equal(HttpStatusCode.OK, (await waiting).Status);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), "The hub waited for the poll.");
    }

    [Fact]
    public async Task Whoever_loses_the_right_while_waiting_is_told_nothing()
    {
        var receiver = await Receiver.StreamingAsync(hub);
        var waiting = receiver.PollAsync([]);
        await Task.Delay(300);
        await HappenUnheardAsync();
        Assert.Equal("""{"sets":{},"moreAvailable":false}""", (await waiting.WaitAsync(TimeSpan.FromSeconds(10))).Body.GetRawText());

        async Task HappenUnheardAsync()
        {
            await receiver.PutAsync(null, "openid account offline_access ssf.manage", disabled: true);
            await HappenAsync();
            await WithTimeAsync(() => waiting.IsCompleted, "the wait was over");
        }
    }

    [Fact]
    public async Task More_than_an_answer_holds_comes_in_several()
    {
        var receiver = await Receiver.StreamingAsync(hub);
        await HappenAsync(120);
        var first = await receiver.PollAsync(new() { ["returnImmediately"] = true, ["maxEvents"] = 1_000_000 });
        Assert.Equal(100, first.Body.GetProperty("sets").EnumerateObject().Count());
        Assert.True(first.Body.GetProperty("moreAvailable").GetBoolean());
        var all = await receiver.TakeAsync();
        Assert.Equal((120, 120), (all.Count, all.Select(one => one.Id).Distinct().Count()));
    }

    [Fact]
    public async Task A_pushed_stream_cannot_be_polled()
    {
        var receiver = await Receiver.StreamingAsync(hub, pushTo: listener.Address);
        Wire.AssertError(await receiver.PollAsync(), HttpStatusCode.NotFound, "not_found");
    }
}
