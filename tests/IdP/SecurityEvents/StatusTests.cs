using System.Net;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.IdP.Tests.SecurityEvents;

[Spec("OpenID Shared Signals Framework 1.0", "8.1.2")]
public sealed class StatusTests : IAsyncLifetime
{
    private RunningHub hub = null!;

    public async Task InitializeAsync() => hub = await RunningHub.StartAsync(SampleDirectory.Json);

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private async Task DeactivateAsync(string name)
    {
        var place = await hub.HomeAsync(name);
        Assert.Equal(UserLifecycle.StatusResult.Changed, await hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, place.Id)));
    }

    private Task<StreamView> OperatorSetsAsync(Receiver receiver, StreamStatus status, string? reason = EventStreams.StoppedByOperator) => hub.WriteAsync(async transaction =>
        await EventStreams.SetStatusAsync(transaction, (await EventStreams.FindAsync(transaction, receiver.ClientId, receiver.StreamId))!, status, reason, byReceiver: false));

    [Fact]
    public async Task A_paused_polled_stream_keeps_its_events_and_a_disabled_one_drops_them()
    {
        var receiver = await Receiver.StreamingAsync(hub);
        var paused = await receiver.SetStatusAsync("paused", "Moving house.");
        Assert.Equal($$"""{"stream_id":"{{receiver.StreamId}}","status":"paused","reason":"Moving house."}""", paused.Body.GetRawText());
        Assert.Equal(paused.Body.GetRawText(), (await receiver.SendAsync(HttpMethod.Get, "/ssf/status?stream_id=" + receiver.StreamId)).Body.GetRawText());

        await DeactivateAsync(SampleDirectory.Sam);
        Assert.Empty(await receiver.TakeAsync());
        Assert.Equal($$"""{"stream_id":"{{receiver.StreamId}}","status":"enabled"}""", (await receiver.SetStatusAsync("enabled")).Body.GetRawText());
        Assert.Contains(await receiver.TakeAsync(), one => one.Word == "account-disabled");

        await receiver.SetStatusAsync("disabled");
        await DeactivateAsync(SampleDirectory.Dana);
        await receiver.SetStatusAsync("enabled");
        Assert.Empty(await receiver.TakeAsync());
    }

    [Fact]
    public async Task A_paused_pushed_stream_sends_what_it_kept_in_order_once_it_is_enabled()
    {
        await using var listener = await PushListener.StartAsync();
        var receiver = await Receiver.StreamingAsync(hub, pushTo: listener.Address);
        await receiver.SetStatusAsync("paused");
        await DeactivateAsync(SampleDirectory.Sam);
        await DeactivateAsync(SampleDirectory.Dana);

        // Two days: longer than anything is tried.
        for (var hour = 0; hour < 48; hour++)
        {
            hub.Time.Advance(TimeSpan.FromHours(1));
        }

        await Task.Delay(200);
        Assert.Empty(listener.Requests);
        await receiver.SetStatusAsync("enabled");
        await Wire.EventuallyAsync(async () => (await CheckedAsync()).Count(one => one.Word == "account-disabled") == 2, "both were pushed");

        async Task<List<Event>> CheckedAsync()
        {
            var events = new List<Event>();
            foreach (var request in listener.Requests)
            {
                events.Add(await receiver.CheckAsync(request.Body));
            }

            return events;
        }

        var subjects = (await CheckedAsync()).Where(one => one.Word == "account-disabled").Select(one => one.Sub);
        Assert.Equal([(await hub.HomeAsync(SampleDirectory.Sam)).UserId, (await hub.HomeAsync(SampleDirectory.Dana)).UserId], subjects);
    }

    [Fact]
    public async Task A_push_that_fails_when_its_stream_is_paused_waits_and_when_it_is_disabled_is_dropped()
    {
        await using var listener = await PushListener.StartAsync();
        listener.Answer = _ => (500, null);
        var receiver = await Receiver.StreamingAsync(hub, pushTo: listener.Address);
        await DeactivateAsync(SampleDirectory.Sam);
        await Wire.EventuallyAsync(() => Task.FromResult(!listener.Requests.IsEmpty), "it was tried");
        await receiver.SetStatusAsync("paused");
        await Task.Delay(100);
        var before = listener.Requests.Count;
        hub.Time.Advance(TimeSpan.FromHours(2));
        await Task.Delay(100);
        Assert.Equal(before, listener.Requests.Count);

        await receiver.SetStatusAsync("disabled");
        listener.Answer = _ => (202, null);
        await receiver.SetStatusAsync("enabled");
        hub.Time.Advance(TimeSpan.FromHours(2));
        await Task.Delay(100);
        Assert.Equal(before, listener.Requests.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Spec("OpenID Shared Signals Framework 1.0", "8.1.5")]
    public async Task What_the_operator_stops_is_told_and_stays_stopped(bool pushed)
    {
        await using var listener = await PushListener.StartAsync();
        var receiver = await Receiver.StreamingAsync(hub, pushTo: pushed ? listener.Address : null);
        await OperatorSetsAsync(receiver, StreamStatus.Disabled);
        await DeactivateAsync(SampleDirectory.Sam);
        var told = Assert.Single(await ComingAsync());
        Assert.Equal(("stream-updated", "disabled"), (told.Word, told.Says.GetProperty("status").GetString()));
        Assert.Equal(EventStreams.StoppedByOperator, told.Says.GetProperty("reason").GetString());

        Wire.AssertError(await receiver.SetStatusAsync("enabled"), HttpStatusCode.Forbidden, "access_denied");
        Wire.AssertError(await receiver.SendAsync(HttpMethod.Delete, "/ssf/stream?stream_id=" + receiver.StreamId), HttpStatusCode.Forbidden, "access_denied");
        Wire.AssertError(await receiver.VerifyAsync(), HttpStatusCode.BadRequest, "invalid_request");

        await OperatorSetsAsync(receiver, StreamStatus.Enabled, "Thank you for mending it.");
        Assert.Equal("enabled", Assert.Single(await ComingAsync(2)).Says.GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, (await receiver.SetStatusAsync("paused")).Status);

        async Task<List<Event>> ComingAsync(int count = 1)
        {
            if (!pushed)
            {
                return await receiver.TakeAsync();
            }

            await Wire.EventuallyAsync(() => Task.FromResult(listener.Requests.Count >= count), "it was pushed");
            Assert.Equal(count, listener.Requests.Count);
            return [await receiver.CheckAsync(listener.Requests.Last().Body)];
        }
    }

    [Fact]
    public async Task What_waits_goes_the_new_way_when_the_delivery_changes()
    {
        await using var listener = await PushListener.StartAsync();
        var receiver = await Receiver.StreamingAsync(hub);
        await DeactivateAsync(SampleDirectory.Sam);
        var push = new JsonObject { ["method"] = Receiver.Push, ["endpoint_url"] = listener.Address };
        Assert.Equal(HttpStatusCode.OK, (await receiver.SendAsync(HttpMethod.Patch, "/ssf/stream", new JsonObject { ["stream_id"] = receiver.StreamId, ["delivery"] = push })).Status);
        await Wire.EventuallyAsync(() => Task.FromResult(listener.Requests.Count == 1), "it was pushed");
        Assert.Equal("account-disabled", (await receiver.CheckAsync(listener.Requests.Single().Body)).Word);

        listener.Answer = _ => (503, null);
        await DeactivateAsync(SampleDirectory.Dana);
        await Wire.EventuallyAsync(() => Task.FromResult(listener.Requests.Count >= 2), "it was tried");
        await receiver.SendAsync(HttpMethod.Patch, "/ssf/stream", new JsonObject { ["stream_id"] = receiver.StreamId, ["delivery"] = new JsonObject { ["method"] = Receiver.Poll } });
        Assert.Contains(await receiver.TakeAsync(), one => one.Word == "account-disabled");
    }

    [Fact]
    public async Task What_waits_too_long_is_dropped_and_the_status_says_so()
    {
        var receiver = await Receiver.StreamingAsync(hub);
        await using var listener = await PushListener.StartAsync();
        var paused = await Receiver.StreamingAsync(hub, "paused", pushTo: listener.Address);
        await paused.SetStatusAsync("paused");
        await DeactivateAsync(SampleDirectory.Sam);
        hub.Time.Advance(TimeSpan.FromDays(6));
        await SweepAsync();
        Assert.DoesNotContain("reason", (await receiver.SendAsync(HttpMethod.Get, "/ssf/status?stream_id=" + receiver.StreamId)).Body.GetRawText(), StringComparison.Ordinal);
        await DeactivateAsync(SampleDirectory.Dana);
        hub.Time.Advance(TimeSpan.FromDays(2));
        await SweepAsync();

        foreach (var one in new[] { receiver, paused })
        {
            Assert.Contains("were dropped", (await one.SendAsync(HttpMethod.Get, "/ssf/status?stream_id=" + one.StreamId)).Text("reason"), StringComparison.Ordinal);
        }

        var left = (await hub.HomeAsync(SampleDirectory.Dana)).UserId;
        Assert.All(await receiver.TakeAsync(), told => Assert.Equal(left, told.Sub));
        await paused.SetStatusAsync("enabled");
        await Wire.EventuallyAsync(() => Task.FromResult(!listener.Requests.IsEmpty), "the younger ones were pushed");
        await Task.Delay(100);
        foreach (var request in listener.Requests)
        {
            Assert.Equal(left, (await paused.CheckAsync(request.Body)).Sub);
        }
    }

    private Task SweepAsync() => hub.Services.GetRequiredService<Housekeeping>().SweepAsync(CancellationToken.None);

    [Fact]
    [Spec("OpenID Shared Signals Framework 1.0", "8.1.4")]
    public async Task A_verification_echoes_its_state_and_comes_no_more_often_than_it_may()
    {
        await using var listener = await PushListener.StartAsync();
        var receiver = await Receiver.StreamingAsync(hub, pushTo: listener.Address);
        var asked = await receiver.VerifyAsync("state \u00e9 \"quoted\"");
        Assert.Equal(HttpStatusCode.NoContent, asked.Status);
        await Wire.EventuallyAsync(() => Task.FromResult(listener.Requests.Count == 1), "it came");
        var told = await receiver.CheckAsync(listener.Requests.Single().Body);
        Assert.Equal("state \u00e9 \"quoted\"", told.Says.GetProperty("state").GetString());

        var soon = await receiver.VerifyAsync();
        Wire.AssertError(soon, HttpStatusCode.TooManyRequests, "too_many_requests");
        Assert.NotNull(soon.Response.Headers.RetryAfter);
        hub.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.NoContent, (await receiver.VerifyAsync()).Status);
        await Wire.EventuallyAsync(() => Task.FromResult(listener.Requests.Count == 2), "it came");
        Assert.Equal("{}", (await receiver.CheckAsync(listener.Requests.Last().Body)).Says.GetRawText());

        var together = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => receiver.VerifyAsync()));
        Assert.All(together, answer => Assert.Equal(HttpStatusCode.TooManyRequests, answer.Status));
    }
}
