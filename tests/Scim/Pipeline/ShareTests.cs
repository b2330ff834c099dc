using System.Net;
using IdentityHub.Scim.Listing;
using Xunit;
using Directory = IdentityHub.Domain.Users.Users;

namespace IdentityHub.Scim.Tests.Pipeline;

/// <summary>What one caller may take of the hub that everybody shares.</summary>
public sealed class ShareTests
{
    [Fact]
    public async Task Of_an_account_one_search_runs_at_a_time_and_the_next_one_waits()
    {
        using var turns = new ScanTurns();
        var first = await turns.TakeAsync("a");
        Assert.True(first.IsAcquired);
        var second = turns.TakeAsync("a");
        Assert.False(second.IsCompleted);
        first.Dispose();
        using var turn = await second;
        Assert.True(turn.IsAcquired);
    }

    [Fact]
    public async Task Who_waits_too_long_for_a_search_is_turned_away()
    {
        using var turns = new ScanTurns();
        using var first = await turns.TakeAsync("a");
        using var second = await turns.TakeAsync("a");
        Assert.False(second.IsAcquired);
    }

    [Fact]
    public async Task A_search_ends_in_time_by_index_and_goes_on_by_cursor()
    {
        // Every moment is late: no search gets further than its first member.
        await using var own = (await ScimHub.OwnAsync(options => options with { MaxScanTime = TimeSpan.FromTicks(-1) })).Hub;
        var hr = new ScimCaller(own.NewClient(), ScimHub.NorthToken);
        (await hr.GetAsync("/Users?filter=title%20eq%20%22x%22")).Is(HttpStatusCode.BadRequest, "tooMany");
        (await hr.GetAsync("/Users?sortBy=title")).Is(HttpStatusCode.BadRequest, "tooMany");
        Assert.NotNull((await hr.GetAsync("/Users?cursor=&filter=title%20eq%20%22x%22")).Ok()["nextCursor"]);
    }

    [Fact]
    public async Task More_passwords_at_once_than_the_gate_has_places_wait_and_are_all_set()
    {
        await using var own = (await ScimHub.OwnAsync()).Hub;
        var hr = new ScimCaller(own.NewClient(), ScimHub.NorthToken);
        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            hr.PostAsync("/Users", ScimCaller.User($"hashed{i}@north.example", $$""" "password":"{{ScimHub.Password}}" """))));
        Assert.All(replies, reply => Assert.Equal(HttpStatusCode.Created, reply.Status));
    }

    [Fact]
    public async Task The_log_does_not_take_every_refusal_of_a_client_in_a_loop()
    {
        var hub = await ScimHub.OwnAsync();
        await using var own = hub.Hub;
        for (var i = 0; i < 1_200; i++)
        {
            (await hub.NorthCaller.PatchAsync("/Users/nobody", """{"op":"replace","path":"title","value":"x"}""")).Is(HttpStatusCode.NotFound);
        }

        // A thousand at once, and ten for each second that the loop took.
        Assert.InRange(hub.Count("ProvisioningLog"), 1_000, 1_190);
    }

    [Fact]
    public async Task A_password_that_provisioning_chose_proves_nobodys_address()
    {
        await using var own = (await ScimHub.OwnAsync()).Hub;
        var hr = new ScimCaller(own.NewClient(), ScimHub.NorthToken);
        var id = await ScimHub.IdOfAsync(hr, ScimHub.Pat);
        Assert.True((await own.ReadAsync(reader => Directory.FindByNameAsync(reader, ScimHub.Pat)))!.EmailVerified);
        (await hr.PatchAsync("/Users/" + id, """{"op":"replace","path":"password","value":"another long password"}""")).Ok();
        Assert.False((await own.ReadAsync(reader => Directory.FindByNameAsync(reader, ScimHub.Pat)))!.EmailVerified);
    }
}
