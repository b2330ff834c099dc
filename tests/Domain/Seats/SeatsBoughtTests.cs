using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Permissions;
using IdentityHub.Testing;
using Xunit;
using Pool = IdentityHub.Domain.Seats.Seats;

namespace IdentityHub.Domain.Tests.Seats;

public sealed class SeatsBoughtTests : HubTests
{
    private readonly List<TestMember> holders = [];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("a", seats: 4);
        await Hub.AddAccountAsync("b", seats: 4);
        foreach (var name in new[] { "one", "two", "three" })
        {
            holders.Add(await Hub.AddMemberAsync(name, "a"));
            await Hub.WriteAsync(transaction => Pool.AssignAsync(transaction, holders[^1].MembershipId, TestDirectory.Console));
        }
    }

    [Theory]
    [InlineData(10, 7, 0), InlineData(3, 0, 0), InlineData(1, 0, 2), InlineData(0, 0, 3)]
    public async Task A_preview_says_what_would_be(int capacity, int free, int toFree)
    {
        await Hub.AddAccountAsync("c");
        var before = Hub.Everything();
        var preview = (await Hub.ReadAsync(reader => Pool.PreviewAsync(reader, "a", TestDirectory.Console, capacity)))!;
        Assert.Equal(new("console", "Console", 4, capacity, 3), preview);
        Assert.Equal((free, toFree), (preview.Free, preview.ToFree));
        Assert.Null(await Hub.ReadAsync(reader => Pool.PreviewAsync(reader, "a", "none", 1)));
        Assert.Equal(new("console", "Console", 0, capacity, 0), await Hub.ReadAsync(reader => Pool.PreviewAsync(reader, "c", TestDirectory.Console, capacity)));
        Assert.Equal(before, Hub.Everything());
    }

    [Fact]
    public async Task Who_holds_a_seat_can_be_listed_to_choose_from()
    {
        var page = await Hub.ReadAsync(reader => MemberList.ReadAsync(reader, new("a", new() { Seat = TestDirectory.Console }, new(MemberColumn.LastSignIn))));
        Assert.Equal(holders.Select(holder => holder.MembershipId).Order(), page.Rows.Select(row => row.Id).Order());
    }

    [Fact]
    public async Task Seats_are_freed_and_the_number_lowered_in_one_step()
    {
        Assert.Equal(new Pool.ShrinkResult.Done(1, 2), await ShrinkAsync(1, holders[0], holders[2], holders[0]));
        Assert.Equal((1L, 1L), (Hub.Scalar("SELECT Capacity FROM SeatPools WHERE AccountId = 'a'"), Hub.Scalar("SELECT Used FROM SeatPools WHERE AccountId = 'a'")));
        Assert.Equal([TestDirectory.Console], (await Hub.MembershipAsync(holders[1])).Seats);
        Assert.Empty((await Hub.MembershipAsync(holders[0])).Seats);
    }

    [Fact]
    public async Task All_or_nothing()
    {
        var stranger = await Hub.AddMemberAsync("stranger", "b");
        await Hub.WriteAsync(transaction => Pool.AssignAsync(transaction, stranger.MembershipId, TestDirectory.Console));
        var before = Hub.Everything();

        Assert.Equal(new Pool.ShrinkResult.InUse(1), await ShrinkAsync(1, holders[0]));
        Assert.Equal(new Pool.ShrinkResult.NotAHolder(stranger.MembershipId), await ShrinkAsync(1, holders[0], stranger));
        Assert.IsType<Pool.ShrinkResult.NotAHolder>(await ShrinkAsync(2, await Hub.AddMemberAsync("seatless", "b")));
        Assert.IsType<Pool.ShrinkResult.NoPool>(await Hub.WriteAsync(transaction => Pool.ShrinkAsync(transaction, "a", "none", 0, [])));
        Assert.Equal(before.Where(row => row.StartsWith("Seat", StringComparison.Ordinal)), Hub.Everything().Where(row => row.StartsWith("Seat", StringComparison.Ordinal)));
        Assert.Equal(0, Hub.Count("Audit", "Action = 'seat.released'"));
    }

    [Fact]
    public async Task Nobody_but_the_primary_frees_the_primarys_seat()
    {
        var primary = await Hub.AddMemberAsync("primary", "a", level: PermissionLevel.Primary);
        var boss = await Hub.AddMemberAsync("boss", "a", Role.Administrator);
        await Hub.WriteAsync(transaction => Pool.AssignAsync(transaction, primary.MembershipId, TestDirectory.Console));
        string[] chosen = [holders[0].MembershipId, primary.MembershipId];
        var before = Hub.Everything();

        var refused = Assert.IsType<Pool.ShrinkResult.MayNot>(await ShrinkAsAsync(boss));
        Assert.Equal((primary.MembershipId, "This is the account's Primary User. Only they themselves can change this."), (refused.MembershipId, refused.Sentence));
        Assert.IsType<Pool.ShrinkResult.MayNot>(await ShrinkAsAsync(holders[1]));
        Assert.Equal(before, Hub.Everything());
        Assert.Equal(new Pool.ShrinkResult.Done(2, 2), await ShrinkAsAsync(primary));

        Task<Pool.ShrinkResult> ShrinkAsAsync(TestMember who) =>
            Hub.Store.WriteAsync(new Actor.Person(who.UserId), transaction => Pool.ShrinkAsync(transaction, "a", TestDirectory.Console, 2, chosen));
    }

    [Fact]
    public async Task However_many_lower_it_at_the_same_time_nobody_loses_a_seat_for_nothing()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ShrinkAsync(2, holders[0])));
        Assert.Single(results, new Pool.ShrinkResult.Done(2, 1));
        Assert.Equal(7, results.OfType<Pool.ShrinkResult.NotAHolder>().Count());
        Assert.Equal(2L, Hub.Scalar("SELECT Used FROM SeatPools WHERE AccountId = 'a'"));
    }

    private Task<Pool.ShrinkResult> ShrinkAsync(int capacity, params TestMember[] chosen) =>
        Hub.WriteAsync(transaction => Pool.ShrinkAsync(transaction, "a", TestDirectory.Console, capacity, [.. chosen.Select(member => member.MembershipId)]));
}
