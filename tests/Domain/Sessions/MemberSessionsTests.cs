using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Sessions;
using IdentityHub.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityHub.Domain.Tests.Sessions;

/// <summary>A member's sessions, as who looks after them sees and ends them.</summary>
public sealed class MemberSessionsTests : HubTests
{
    private TestMember boss = null!;
    private TestMember user = null!;
    private TestMember guest = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("a");
        await Hub.AddAccountAsync("b");
        boss = await Hub.AddMemberAsync("boss", "a", Role.Administrator);
        user = await Hub.AddMemberAsync("user", "a");
        await Hub.AddMemberAsync("guest", "b");
        guest = await Hub.AddMemberAsync("guest", "a");
        await Hub.AddClientAsync("portal", backchannel: "https://portal.example/logout");
        await Hub.AddClientAsync("other");
    }

    [Fact]
    public async Task At_home_every_browser_is_seen_and_one_is_ended()
    {
        var first = await Hub.SignInAsync(user.UserId);
        var grant = await Hub.AuthorizeAsync("portal", first, user.MembershipId);
        Hub.Time.Advance(TimeSpan.FromMinutes(1));
        await Hub.SignInAsync(user.UserId);
        await Hub.WriteAsync(transaction => transaction.Db.Grants.ExecuteUpdateAsync(update => update.SetProperty(row => row.LiveUntil, transaction.Now.AddSeconds(30))));

        var seen = await ListAsync(user);
        Assert.Equal([(true, false), (false, true)], seen.Select(session => (session.ActiveNow, session.IsLive)));
        Assert.DoesNotContain(seen, session => session.Handle == first.Id || first.Id.Contains(session.Handle, StringComparison.Ordinal));
        Assert.True((await StateAsync(user)).IsLive);

        Assert.IsType<MemberActResult.Done>(await EndAsync(boss, user, seen[1].Handle));
        Assert.False(await Hub.IsLiveAsync(grant!.GrantId));
        Assert.False((await StateAsync(user)).IsLive);
        Assert.Equal(1, Hub.Count("Outbox", "Kind = 'backchannel-logout'"));
        Assert.Equal(seen[0].Handle, Assert.Single(await ListAsync(user)).Handle);
        Assert.IsType<MemberActResult.Refused>(await EndAsync(boss, user, seen[1].Handle));
    }

    [Fact]
    public async Task Of_a_guest_only_what_they_have_in_this_account_is_seen_and_ended()
    {
        var session = await Hub.SignInAsync(guest.UserId);
        var atHome = await Hub.ReadAsync(async reader => (await Memberships.OfUserAsync(reader, guest.UserId)).Single(place => place.Home).Id);
        var theirs = await Hub.AuthorizeAsync("other", session, atHome);
        var here = await Hub.AuthorizeAsync("portal", session, guest.MembershipId);

        var seen = Assert.Single(await ListAsync(guest));
        Assert.Equal(("portal", null), (seen.What, seen.Network));
        Assert.IsType<MemberActResult.Done>(await EndAsync(boss, guest, seen.Handle));
        Assert.False(await Hub.IsLiveAsync(here!.GrantId));
        Assert.True(await Hub.IsLiveAsync(theirs!.GrantId));
        Assert.Empty(await ListAsync(guest));
        Assert.Single(await Hub.ReadAsync(reader => OwnSessions.ListAsync(reader, guest.UserId, null)));
        Assert.Equal(1, Hub.Count("Outbox", "Kind = 'backchannel-logout'"));
    }

    [Fact]
    public async Task Nobody_ends_by_a_handle_that_is_not_the_members_nor_without_the_right()
    {
        await Hub.SignInAsync(user.UserId);
        await Hub.SignInAsync(boss.UserId);
        var (ofUser, ofBoss) = ((await ListAsync(user))[0].Handle, (await ListAsync(boss))[0].Handle);
        Assert.IsType<MemberActResult.Refused>(await EndAsync(boss, user, ofBoss));
        Assert.IsType<MemberActResult.Refused>(await EndAsync(user, boss, ofBoss));
        Assert.IsType<MemberActResult.Refused>(await EndAsync(boss, user, ""));
        var chief = await Hub.AddMemberAsync("chief", "b", Role.Administrator);
        Assert.IsType<MemberActResult.Refused>(await EndAsync(chief, user, ofUser));
        Assert.IsType<MemberActResult.NoSuchMember>(await Hub.Store.WriteAsync(new Actor.Person(chief.UserId), transaction => MemberSessions.EndAsync(transaction, "b", user.MembershipId, ofUser)));
        Assert.Single(await ListAsync(user));
        Assert.Single(await ListAsync(boss));
    }

    private async Task<MemberState> StateAsync(TestMember member) => (await Hub.ReadAsync(reader => Task.FromResult(MemberStates.Find(reader, "a", member.MembershipId))))!;

    private async Task<IReadOnlyList<MemberSession>> ListAsync(TestMember member)
    {
        var state = await StateAsync(member);
        return await Hub.ReadAsync(reader => MemberSessions.ListAsync(reader, state));
    }

    private Task<MemberActResult> EndAsync(TestMember actor, TestMember member, string handle) =>
        Hub.Store.WriteAsync(new Actor.Person(actor.UserId), transaction => MemberSessions.EndAsync(transaction, "a", member.MembershipId, handle));
}
