using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;
using Pool = IdentityHub.Domain.Seats.Seats;

namespace IdentityHub.Domain.Tests.Seats;

public sealed class SeatsTests : HubTests
{
    [Fact]
    public async Task Of_64_at_the_same_time_one_gets_the_last_seat()
    {
        await Hub.AddAccountAsync("a", seats: 1);
        var members = new List<TestMember>();
        for (var i = 0; i < 64; i++)
        {
            members.Add(await Hub.AddMemberAsync($"m{i}", "a"));
        }

        var results = await Task.WhenAll(members.Select(AssignAsync));

        Assert.Single(results, result => result is Pool.AssignResult.Assigned);
        Assert.Equal(63, results.Count(result => result == new Pool.AssignResult.PoolExhausted(1)));
        Assert.Equal((1L, 1L), (Hub.Scalar("SELECT Used FROM SeatPools"), Hub.Count("SeatAssignments")));
        Assert.Equal(1, Hub.Count("Audit", "Action = 'seat.assigned'"));
    }

    [Fact]
    public async Task The_database_itself_refuses_to_oversell()
    {
        await Hub.AddAccountAsync("a", seats: 1);
        Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => Hub.Scalar("UPDATE SeatPools SET Used = 2"));
        Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => Hub.Scalar("UPDATE SeatPools SET Used = -1"));
    }

    [Fact]
    public async Task A_seat_is_taken_once_and_released_once()
    {
        await Hub.AddAccountAsync("a", seats: 2);
        var member = await Hub.AddMemberAsync("pat", "a");
        Assert.IsType<Pool.AssignResult.Assigned>(await AssignAsync(member));
        Assert.IsType<Pool.AssignResult.AlreadyAssigned>(await AssignAsync(member));
        Assert.True(await ReleaseAsync(member));
        Assert.False(await ReleaseAsync(member));
        Assert.Equal(0L, Hub.Scalar("SELECT Used FROM SeatPools"));
        Assert.IsType<Pool.AssignResult.NoSuchMember>(await AssignAsync(member with { MembershipId = RandomId.New() }));
        Assert.IsType<Pool.AssignResult.NoPool>(await Hub.WriteAsync(transaction => Pool.AssignAsync(transaction, member.MembershipId, "other")));
    }

    [Fact]
    public async Task Without_the_seat_what_the_application_was_granted_is_dead_and_a_new_seat_does_not_revive_it()
    {
        await Hub.AddAccountAsync("a", seats: 1);
        await Hub.AddClientAsync("console", requireSeat: TestDirectory.Console, backchannel: "https://console.example/logout");
        await Hub.AddClientAsync("portal");
        var member = await Hub.AddMemberAsync("pat", "a");
        var session = await Hub.SignInAsync(member.UserId);
        Assert.Null(await Hub.AuthorizeAsync("console", session, member.MembershipId));
        await AssignAsync(member);
        var console = await Hub.AuthorizeAsync("console", session, member.MembershipId, offline: true);
        var portal = await Hub.AuthorizeAsync("portal", session, member.MembershipId);

        await ReleaseAsync(member);
        await AssignAsync(member);

        Assert.False(await Hub.IsLiveAsync(console!.GrantId));
        Assert.True(await Hub.IsLiveAsync(portal!.GrantId));
        Assert.Equal(1, Hub.Count("Outbox", "Kind = 'backchannel-logout'"));
    }

    [Fact]
    public async Task A_seat_moves_in_one_step_within_its_account_only()
    {
        await Hub.AddAccountAsync("a", seats: 1);
        await Hub.AddAccountAsync("b", seats: 1);
        var (from, to, elsewhere) = (await Hub.AddMemberAsync("from", "a"), await Hub.AddMemberAsync("to", "a"), await Hub.AddMemberAsync("x", "b"));
        await AssignAsync(from);

        Assert.IsType<Pool.AssignResult.NoSuchMember>(await MoveAsync(from, elsewhere));
        Assert.IsType<Pool.AssignResult.Assigned>(await MoveAsync(from, to));
        Assert.Empty((await Hub.MembershipAsync(from)).Seats);
        Assert.Equal([TestDirectory.Console], (await Hub.MembershipAsync(to)).Seats);
        Assert.IsType<Pool.AssignResult.NoPool>(await MoveAsync(from, to));
    }

    [Fact]
    public async Task Moving_to_someone_who_has_one_changes_nothing()
    {
        await Hub.AddAccountAsync("a", seats: 2);
        var (from, to) = (await Hub.AddMemberAsync("from", "a"), await Hub.AddMemberAsync("to", "a"));
        await AssignAsync(from);
        await AssignAsync(to);
        var before = Hub.Everything();

        Assert.IsType<Pool.AssignResult.AlreadyAssigned>(await MoveAsync(from, to));
        Assert.Equal(before, Hub.Everything());
    }

    [Fact]
    public async Task A_pool_never_shrinks_below_what_is_taken()
    {
        await Hub.AddAccountAsync("a", seats: 2);
        var member = await Hub.AddMemberAsync("pat", "a");
        await AssignAsync(member);

        Assert.Equal(new Pool.ResizeResult.InUse(1), await ResizeAsync(0));
        Assert.Equal(new Pool.ResizeResult.Resized(1), await ResizeAsync(1));
        Assert.Equal(new Pool.ResizeResult.Unchanged(), await ResizeAsync(1));
        await Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, member.MembershipId));
        Assert.Equal(new Pool.ResizeResult.Resized(0), await ResizeAsync(0));
    }

    private Task<Pool.AssignResult> AssignAsync(TestMember member) =>
        Hub.WriteAsync(transaction => Pool.AssignAsync(transaction, member.MembershipId, TestDirectory.Console));

    private Task<bool> ReleaseAsync(TestMember member) =>
        Hub.WriteAsync(transaction => Pool.ReleaseAsync(transaction, member.MembershipId, TestDirectory.Console));

    private Task<Pool.AssignResult> MoveAsync(TestMember from, TestMember to) =>
        Hub.WriteAsync(transaction => Pool.MoveAsync(transaction, from.MembershipId, to.MembershipId, TestDirectory.Console));

    private Task<Pool.ResizeResult> ResizeAsync(int capacity) =>
        Hub.WriteAsync(transaction => Pool.ResizeAsync(transaction, "a", TestDirectory.Console, capacity));
}
