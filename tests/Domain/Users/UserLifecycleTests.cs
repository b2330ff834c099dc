using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityHub.Domain.Tests.Users;

/// <summary>Pat is at home in <c>home</c> and a guest in <c>guest</c>; both accounts have a PRIMARY of their own.</summary>
public sealed class UserLifecycleTests : HubTests
{
    private TestMember atHome = null!;
    private TestMember asGuest = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var account in new[] { "home", "guest" })
        {
            await Hub.AddAccountAsync(account, seats: 2);
            await Hub.AddMemberAsync($"boss-{account}", account, Role.User, PermissionLevel.Primary);
        }

        atHome = await Hub.AddMemberAsync("pat", "home");
        asGuest = await Hub.AddMemberAsync("pat", "guest");
        await Hub.AddClientAsync("portal", backchannel: "https://portal.example/logout");
        foreach (var member in new[] { atHome, asGuest })
        {
            await Hub.WriteAsync(transaction => Domain.Seats.Seats.AssignAsync(transaction, member.MembershipId, TestDirectory.Console));
        }
    }

    [Fact]
    public async Task Deactivated_at_home_everything_of_the_user_is_dead_everywhere()
    {
        var session = await Hub.SignInAsync(atHome.UserId);
        var here = await Hub.AuthorizeAsync("portal", session, atHome.MembershipId);
        var there = await Hub.AuthorizeAsync("portal", session, asGuest.MembershipId);
        var offline = await Hub.AuthorizeAsync("portal", await Hub.SignInAsync(atHome.UserId), asGuest.MembershipId, offline: true);

        Assert.Equal(UserLifecycle.StatusResult.Changed, await DeactivateAsync(atHome));

        foreach (var code in new[] { here, there, offline })
        {
            Assert.False(await Hub.IsLiveAsync(code!.GrantId));
        }

        Assert.Equal(0, Hub.Count("Sessions", "EndedAt IS NULL"));
        Assert.False((await Hub.UserAsync(atHome.UserId)).Active);
        Assert.Empty((await Hub.MembershipAsync(atHome)).Seats);
        Assert.Equal(0L, Hub.Scalar("SELECT Used FROM SeatPools WHERE AccountId = 'home'"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Hub.SignInAsync(atHome.UserId));
        Assert.Null(await Hub.AuthorizeAsync("portal", session, asGuest.MembershipId));
    }

    [Fact]
    public async Task Deactivated_as_a_guest_only_that_membership_is_dead()
    {
        var session = await Hub.SignInAsync(atHome.UserId);
        var here = await Hub.AuthorizeAsync("portal", session, atHome.MembershipId);
        var there = await Hub.AuthorizeAsync("portal", session, asGuest.MembershipId);

        Assert.Equal(UserLifecycle.StatusResult.Changed, await DeactivateAsync(asGuest));

        Assert.True(await Hub.IsLiveAsync(here!.GrantId));
        Assert.False(await Hub.IsLiveAsync(there!.GrantId));
        Assert.True((await Hub.UserAsync(atHome.UserId)).Active);
        Assert.Equal([TestDirectory.Console], (await Hub.MembershipAsync(atHome)).Seats);
        Assert.Empty((await Hub.MembershipAsync(asGuest)).Seats);
        Assert.NotNull(await Hub.AuthorizeAsync("portal", session, atHome.MembershipId));
        Assert.Null(await Hub.AuthorizeAsync("portal", session, asGuest.MembershipId));
    }

    [Fact]
    public async Task Deactivation_is_audited_and_tells_the_person_the_primary_and_each_app_once()
    {
        var session = await Hub.SignInAsync(atHome.UserId);
        await Hub.AuthorizeAsync("portal", session, atHome.MembershipId);
        await Hub.AuthorizeAsync("portal", session, atHome.MembershipId, offline: true);

        await DeactivateAsync(atHome);
        Assert.Equal(UserLifecycle.StatusResult.Unchanged, await DeactivateAsync(atHome));

        Assert.Equal(1, Hub.Count("Audit", "Action = 'member.deactivated' AND AccountId = 'home' AND ActorKind = 'hub'"));
        Assert.Equal(1, Hub.Count("Audit", "Action = 'seat.released'"));
        Assert.Equal(2, Hub.Count("Outbox", "Kind = 'mail'"));
        Assert.Equal(1, Hub.Count("Outbox", "Kind = 'backchannel-logout'"));
    }

    [Fact]
    public async Task An_app_with_offline_access_in_another_account_hears_of_a_deactivation_at_home()
    {
        var session = await Hub.SignInAsync(atHome.UserId);
        await Hub.AuthorizeAsync("portal", session, asGuest.MembershipId, offline: true);
        await Hub.WriteAsync(transaction => Domain.Sessions.Sessions.EndAsync(transaction, session.Id, "signed out"));
        var told = Hub.Count("Outbox", "Kind = 'backchannel-logout'");
        Hub.Time.Advance(TimeSpan.FromHours(1));

        await DeactivateAsync(atHome);

        Assert.Equal(told + 1, Hub.Count("Outbox", "Kind = 'backchannel-logout'"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reactivation_revives_nothing_that_died(bool home)
    {
        var member = home ? atHome : asGuest;
        var session = await Hub.SignInAsync(member.UserId);
        var grant = await Hub.AuthorizeAsync("portal", session, member.MembershipId);
        var offline = await Hub.AuthorizeAsync("portal", session, member.MembershipId, offline: true);
        await DeactivateAsync(member);

        Assert.Equal(UserLifecycle.StatusResult.Changed, await Hub.WriteAsync(transaction => UserLifecycle.ReactivateAsync(transaction, member.MembershipId)));

        Assert.False(await Hub.IsLiveAsync(grant!.GrantId));
        Assert.False(await Hub.IsLiveAsync(offline!.GrantId));
        Assert.Equal(Domain.Grants.Grants.RedeemResult.Dead, await Hub.WriteAsync(transaction => Task.FromResult(Domain.Grants.Grants.TryRedeem(transaction, grant.Code, "portal"))));
        Assert.Empty((await Hub.MembershipAsync(member)).Seats);
        Assert.NotNull(await Hub.AuthorizeAsync("portal", await Hub.SignInAsync(member.UserId), member.MembershipId));
        Assert.Equal(UserLifecycle.StatusResult.Unchanged, await Hub.WriteAsync(transaction => UserLifecycle.ReactivateAsync(transaction, member.MembershipId)));
    }

    [Fact]
    public async Task Deleted_at_home_nothing_of_the_user_is_left()
    {
        await Hub.WriteAsync(async transaction =>
        {
            await Passwords.SetAsync(transaction, atHome.UserId, "hash");
            await SecondFactors.PutTotpAsync(transaction, atHome.UserId, new byte[20]);
            await ConfiguredCredentials.RememberAsync(transaction, atHome.UserId, ConfiguredCredential.Password, "secret");
        });
        await Hub.AuthorizeAsync("portal", await Hub.SignInAsync(atHome.UserId), asGuest.MembershipId);

        Assert.Equal(UserLifecycle.StatusResult.Changed, await DeleteAsync(atHome));

        Assert.DoesNotContain(Hub.Everything(), row =>
            row.Contains(atHome.UserId, StringComparison.Ordinal) && !row.StartsWith("Outbox", StringComparison.Ordinal));
        Assert.Equal(0, Hub.Count("SeatAssignments"));
        Assert.Equal(2L, Hub.Scalar("SELECT sum(Capacity - Used) FROM SeatPools WHERE AccountId = 'guest'"));
        Assert.Equal(1, Hub.Count("Audit", "Action = 'member.deleted' AND SubjectUserId IS NULL"));
        Assert.Equal(2, Hub.Count("Outbox", "Kind = 'mail' AND UserId IS NULL"));
        Assert.Equal(1, Hub.Count("Outbox", "Kind = 'backchannel-logout'"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deleted_as_a_guest_only_that_membership_is_gone(bool inactive)
    {
        if (inactive)
        {
            await DeactivateAsync(asGuest);
            await Hub.WriteAsync(transaction => Domain.Seats.Seats.AssignAsync(transaction, asGuest.MembershipId, TestDirectory.Console));
        }

        Assert.Equal(UserLifecycle.StatusResult.Changed, await DeleteAsync(asGuest));

        Assert.Equal(0, Hub.Count("Memberships", $"Id = '{asGuest.MembershipId}'"));
        Assert.Equal(0L, Hub.Scalar("SELECT Used FROM SeatPools WHERE AccountId = 'guest'"));
        Assert.True((await Hub.UserAsync(atHome.UserId)).Active);
        Assert.Equal([TestDirectory.Console], (await Hub.MembershipAsync(atHome)).Seats);
        Assert.Equal(UserLifecycle.StatusResult.NoSuchMember, await DeleteAsync(asGuest));
    }

    [Fact]
    public async Task The_last_administrator_stays()
    {
        await Hub.AddAccountAsync("small");
        var only = await Hub.AddMemberAsync("only", "small", Role.Administrator);
        await Hub.AddMemberAsync("other", "small");
        var before = Hub.Everything();

        Assert.Equal(UserLifecycle.StatusResult.LastAdministrator, await DeactivateAsync(only));
        Assert.Equal(UserLifecycle.StatusResult.LastAdministrator, await DeleteAsync(only));
        Assert.IsType<Memberships.ChangeResult.LastAdministrator>(
            await Hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, only.MembershipId, Role.User)));
        Assert.Equal(before, Hub.Everything());

        await Hub.AddMemberAsync("second", "small", Role.Administrator);
        Assert.Equal(UserLifecycle.StatusResult.Changed, await DeactivateAsync(only));
    }

    [Fact]
    public async Task A_guest_whom_home_deactivated_does_not_count_as_an_administrator()
    {
        await Hub.AddAccountAsync("small");
        var own = await Hub.AddMemberAsync("own", "small", Role.Administrator);
        await Hub.AddMemberAsync("pat", "small", Role.Administrator);

        await DeactivateAsync(atHome);

        Assert.Equal(UserLifecycle.StatusResult.LastAdministrator, await DeactivateAsync(own));
    }

    [Fact]
    public async Task A_name_is_taken_in_every_spelling_and_follows_when_it_is_changed()
    {
        var taken = await Hub.WriteAsync(transaction => UserLifecycle.CreateAsync(transaction, new(" PAT ", null, null, null, false, false)));
        Assert.Equal(new UserLifecycle.CreateResult.UserNameTaken(atHome.UserId), taken);

        var person = new UserLifecycle.NewUser("Patricia", "Pat", null, "pat@mail.example", true, false);
        Assert.IsType<Domain.Users.Users.ChangeResult.Changed>(await ChangeAsync(person));
        Assert.IsType<Domain.Users.Users.ChangeResult.Unchanged>(await ChangeAsync(person));
        Assert.IsType<Domain.Users.Users.ChangeResult.UserNameTaken>(await ChangeAsync(person with { UserName = "BOSS-home" }));
        Assert.IsType<Domain.Users.Users.ChangeResult.UserNameInvalid>(await ChangeAsync(person with { UserName = " " }));
        Assert.Equal(atHome.UserId, (await Hub.ReadAsync(reader => Domain.Users.Users.FindByNameAsync(reader, "patricia")))!.Id);
        Assert.Null(await Hub.ReadAsync(reader => Domain.Users.Users.FindByNameAsync(reader, "pat")));
    }

    private Task<Domain.Users.Users.ChangeResult> ChangeAsync(UserLifecycle.NewUser person) =>
        Hub.WriteAsync(transaction => Domain.Users.Users.ChangeProfileAsync(transaction, atHome.UserId, person));

    [Fact]
    public async Task The_last_operator_stays_whoever_asks()
    {
        var one = await Hub.AddMemberAsync("one", "home");
        var two = await Hub.AddMemberAsync("two", "home");
        await Hub.WriteAsync(transaction => transaction.Db.Users.Where(row => row.Id == one.UserId || row.Id == two.UserId)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Operator, true)));
        Assert.Equal(UserLifecycle.StatusResult.Changed, await DeactivateAsync(one));
        Assert.Equal(UserLifecycle.StatusResult.LastOperator, await DeactivateAsync(two));
        Assert.Equal(UserLifecycle.StatusResult.LastOperator, await DeleteAsync(two));
        Assert.Equal(UserLifecycle.StatusResult.Changed, await DeleteAsync(one));
    }

    private Task<UserLifecycle.StatusResult> DeactivateAsync(TestMember member) =>
        Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, member.MembershipId));

    private Task<UserLifecycle.StatusResult> DeleteAsync(TestMember member) =>
        Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, member.MembershipId));
}
