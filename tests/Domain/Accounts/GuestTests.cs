using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Accounts;

/// <summary>Gus is at home in <c>home</c> and invited by <c>guest</c>, which has a PRIMARY of its own.</summary>
public sealed class GuestTests : HubTests
{
    private TestMember atHome = null!;
    private TestMember invited = null!;
    private TestMember boss = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("home", seats: 1);
        await Hub.AddAccountAsync("guest", seats: 1);
        boss = await Hub.AddMemberAsync("boss", "guest", Role.User, PermissionLevel.Primary);
        atHome = await Hub.AddMemberAsync("gus", "home", Role.Administrator);
        invited = await Hub.AddMemberAsync("gus", "guest", Role.Administrator, status: MembershipStatus.Invited);
        await Hub.AddClientAsync("portal");
    }

    private Task<Memberships.AnswerResult> AcceptAsync(TestMember member, string? userId = null) =>
        Hub.Store.WriteAsync(new Actor.Person(userId ?? member.UserId), transaction => Memberships.AcceptAsync(transaction, member.MembershipId, userId ?? member.UserId));

    private Task<Memberships.AnswerResult> DeclineAsync(TestMember member, string? userId = null) =>
        Hub.Store.WriteAsync(new Actor.Person(userId ?? member.UserId), transaction => Memberships.DeclineAsync(transaction, member.MembershipId, userId ?? member.UserId));

    private Task<UserLifecycle.StatusResult> DeactivateAsync(TestMember member) => Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, member.MembershipId));

    private Task<UserLifecycle.StatusResult> ReactivateAsync(TestMember member) => Hub.WriteAsync(transaction => UserLifecycle.ReactivateAsync(transaction, member.MembershipId));

    private async Task<MembershipStatus> StatusAsync(TestMember member) => (await Hub.MembershipAsync(member)).Status;

    private bool IsThere(TestMember member) => Hub.Count("Memberships", $"Id = '{member.MembershipId}'") == 1;

    [Fact]
    public async Task Accepting_makes_a_member_audited_and_told()
    {
        var mails = Hub.Count("Outbox", "Kind = 'mail'");
        Assert.Equal(Memberships.AnswerResult.Done, await AcceptAsync(invited));
        Assert.Equal(MembershipStatus.Active, await StatusAsync(invited));
        Assert.Equal(1, Hub.Count("Audit", "Action = 'member.accepted' AND AccountId = 'guest' AND ActorKind = 'person'"));
        Assert.Equal(mails + 2, Hub.Count("Outbox", "Kind = 'mail'"));
        Assert.NotNull(await Hub.AuthorizeAsync("portal", await Hub.SignInAsync(invited.UserId), invited.MembershipId));

        Assert.Equal(Memberships.AnswerResult.NoInvitation, await AcceptAsync(invited));
        Assert.Equal(Memberships.AnswerResult.NoInvitation, await DeclineAsync(invited));
        Assert.Equal(MembershipStatus.Active, await StatusAsync(invited));
    }

    [Fact]
    public async Task Declining_leaves_no_membership_and_frees_its_seats()
    {
        await Hub.WriteAsync(transaction => Domain.Seats.Seats.AssignAsync(transaction, invited.MembershipId, TestDirectory.Console));
        Assert.Equal(1L, Hub.Scalar("SELECT Used FROM SeatPools WHERE AccountId = 'guest'"));

        Assert.Equal(Memberships.AnswerResult.Done, await DeclineAsync(invited));

        Assert.False(IsThere(invited));
        Assert.Equal(0L, Hub.Scalar("SELECT Used FROM SeatPools WHERE AccountId = 'guest'"));
        Assert.Equal(1, Hub.Count("Audit", "Action = 'member.declined' AND AccountId = 'guest'"));
        Assert.True((await Hub.UserAsync(atHome.UserId)).Active);
        Assert.Equal(Memberships.AnswerResult.NoInvitation, await AcceptAsync(invited));

        // They may be invited again.
        var again = await Hub.AddMemberAsync("gus", "guest", status: MembershipStatus.Invited);
        Assert.Equal(Memberships.AnswerResult.Done, await AcceptAsync(again));
    }

    [Fact]
    public async Task Nobody_answers_for_another()
    {
        Assert.Equal(Memberships.AnswerResult.NoInvitation, await AcceptAsync(invited, boss.UserId));
        Assert.Equal(Memberships.AnswerResult.NoInvitation, await DeclineAsync(invited, boss.UserId));
        Assert.Equal(Memberships.AnswerResult.NoInvitation, await DeclineAsync(atHome));
        Assert.Equal(Memberships.AnswerResult.NoInvitation, await AcceptAsync(new(invited.UserId, "nowhere")));
        Assert.Equal(MembershipStatus.Invited, await StatusAsync(invited));
        Assert.True(IsThere(atHome));
    }

    [Fact]
    public async Task Deactivated_at_home_nobody_accepts_elsewhere()
    {
        await Hub.AddMemberAsync("second", "home", Role.Administrator);
        await DeactivateAsync(atHome);
        Assert.Equal(Memberships.AnswerResult.NoInvitation, await AcceptAsync(invited));
        Assert.Equal(MembershipStatus.Invited, await StatusAsync(invited));
    }

    [Fact]
    public async Task Reactivation_never_answers_for_a_guest()
    {
        Assert.Equal(UserLifecycle.StatusResult.Unchanged, await ReactivateAsync(invited));
        Assert.Equal(MembershipStatus.Invited, await StatusAsync(invited));

        Assert.Equal(UserLifecycle.StatusResult.Changed, await DeactivateAsync(invited));
        Assert.Equal(MembershipStatus.Inactive, await StatusAsync(invited));
        Assert.Equal(Memberships.AnswerResult.NoInvitation, await AcceptAsync(invited));

        var mails = Hub.Count("Outbox", "Kind = 'mail'");
        Assert.Equal(UserLifecycle.StatusResult.Changed, await ReactivateAsync(invited));
        Assert.Equal(MembershipStatus.Invited, await StatusAsync(invited));
        Assert.Equal(mails, Hub.Count("Outbox", "Kind = 'mail'"));
    }

    [Fact]
    public async Task Who_accepted_once_is_active_again_after_a_reactivation()
    {
        await AcceptAsync(invited);
        await DeactivateAsync(invited);
        Assert.Equal(UserLifecycle.StatusResult.Changed, await ReactivateAsync(invited));
        Assert.Equal(MembershipStatus.Active, await StatusAsync(invited));
    }

    [Fact]
    public async Task A_guest_added_as_inactive_has_not_accepted_either()
    {
        var added = await Hub.AddMemberAsync("boss", "home", status: MembershipStatus.Inactive);
        await ReactivateAsync(added);
        Assert.Equal(MembershipStatus.Invited, await StatusAsync(added));
    }

    [Fact]
    public async Task At_home_there_is_nothing_to_accept()
    {
        var fresh = await Hub.AddMemberAsync("fresh", "home", status: MembershipStatus.Invited);
        Assert.Equal(MembershipStatus.Active, await StatusAsync(fresh));
        await DeactivateAsync(fresh);
        await ReactivateAsync(fresh);
        Assert.Equal(MembershipStatus.Active, await StatusAsync(fresh));
    }

    [Fact]
    public async Task An_invited_administrator_does_not_keep_the_account_administered()
    {
        Assert.Equal(UserLifecycle.StatusResult.LastAdministrator, await DeactivateAsync(boss));
        Assert.Equal(UserLifecycle.StatusResult.LastAdministrator, await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, boss.MembershipId)));
        await AcceptAsync(invited);
        Assert.Equal(UserLifecycle.StatusResult.Changed, await DeactivateAsync(boss));
    }

    [Fact]
    public async Task An_invited_administrator_may_be_changed_and_removed()
    {
        Assert.IsType<Memberships.ChangeResult.Changed>(await Hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, invited.MembershipId, Role.User)));
        Assert.IsType<Memberships.ChangeResult.Changed>(await Hub.WriteAsync(transaction => Memberships.ChangeLevelAsync(transaction, invited.MembershipId, PermissionLevel.Acatr)));
        Assert.Equal(UserLifecycle.StatusResult.Changed, await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, invited.MembershipId)));
        Assert.False(IsThere(invited));
    }

    [Fact]
    public async Task An_invited_member_gets_no_grant_and_is_no_account_to_switch_to()
    {
        await Hub.WriteAsync(transaction => Domain.Seats.Seats.AssignAsync(transaction, invited.MembershipId, TestDirectory.Console));
        await Hub.AddClientAsync("seated", requireSeat: TestDirectory.Console);
        var session = await Hub.SignInAsync(invited.UserId);
        Assert.Null(await Hub.AuthorizeAsync("portal", session, invited.MembershipId));
        Assert.Null(await Hub.AuthorizeAsync("seated", session, invited.MembershipId));
        Assert.False(await Hub.WriteAsync(transaction => Domain.Sessions.Sessions.SwitchAccountAsync(transaction, session.Id, "guest")));
        var here = await Hub.AuthorizeAsync("portal", session, atHome.MembershipId);
        var accounts = await Hub.ReadAsync(reader => Task.FromResult(Domain.Grants.Grants.AccountsOf(reader, here!.GrantId)));
        Assert.Equal(["home"], accounts.Select(account => account.Id));
    }

    [Fact]
    public async Task Grants_die_when_a_member_is_invited_anew()
    {
        await AcceptAsync(invited);
        var grant = await Hub.AuthorizeAsync("portal", await Hub.SignInAsync(invited.UserId), invited.MembershipId);
        Hub.Scalar("UPDATE Memberships SET Status = 'Invited' WHERE Id = @id", ("@id", invited.MembershipId));
        Assert.False(await Hub.IsLiveAsync(grant!.GrantId));
    }

    [Fact]
    public async Task A_primary_who_has_not_accepted_hears_nothing_of_the_account()
    {
        await Hub.AddAccountAsync("new");
        await Hub.AddMemberAsync("ann", "new", Role.Administrator);
        var ben = await Hub.AddMemberAsync("ben", "new");
        var primary = await Hub.AddMemberAsync("gus", "new", Role.User, PermissionLevel.Primary, MembershipStatus.Invited);
        var mails = Hub.Count("Outbox", "Kind = 'mail'");
        await DeactivateAsync(ben);

        // To Ben, and to Ann: until the PRIMARY has accepted there is none, and the account's administrators hear of it.
        Assert.Equal(mails + 2, Hub.Count("Outbox", "Kind = 'mail'"));
        await AcceptAsync(primary);
        await ReactivateAsync(ben);
        Assert.Equal(mails + 5, Hub.Count("Outbox", "Kind = 'mail'"));
    }

    [Fact]
    public async Task The_operator_may_take_a_guest_in_unasked()
    {
        Assert.True(await Hub.WriteAsync(transaction => Memberships.AdmitAsync(transaction, invited.MembershipId)));
        Assert.False(await Hub.WriteAsync(transaction => Memberships.AdmitAsync(transaction, invited.MembershipId)));
        Assert.Equal(MembershipStatus.Active, await StatusAsync(invited));
        Assert.Equal(1, Hub.Count("Audit", "Action = 'member.admitted'"));
    }
}
