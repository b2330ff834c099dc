using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Permissions;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Accounts;

public sealed class NewMembersTests : HubTests
{
    private TestMember boss = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("north", seats: 1);
        await Hub.AddAccountAsync("south", seats: 1);
        boss = await Hub.AddMemberAsync("boss", "north", Role.Administrator);
    }

    private Task<NewMembers.AddResult> AddAsync(NewMembers.NewUser user, TestMember? by = null) => Hub.Store.WriteAsync(
        new Actor.Person((by ?? boss).UserId), transaction => NewMembers.AddAsync(transaction, "north", user, "https://hub.example"));

    private List<string> Theirs() => [.. Hub.Rows("Users"), .. Hub.Rows("Passwords"), .. Hub.Rows("EmailCodes")];

    private static NewMembers.NewUser Lee => new() { GivenName = "Lee", FamilyName = "Ang", Email = " Lee@North.example " };

    [Fact]
    public async Task A_new_user_gets_all_that_the_form_says_and_an_invitation()
    {
        var added = Assert.IsType<NewMembers.AddResult.Added>(await AddAsync(Lee with
        {
            Role = Role.Administrator, Level = PermissionLevel.Invoices, Seats = [TestDirectory.Console], TwoFactorRequired = true, CodeAddress = "codes@north.example",
        }));
        Assert.IsType<Invitations.InviteResult.Invited>(added.Invitation);
        var state = added.State;
        Assert.Equal(("Lee@North.example", "Lee Ang", "Lee@North.example"), (state.UserName, state.DisplayName, state.Email));
        Assert.Equal((Role.Administrator, PermissionLevel.Invoices, MembershipStatus.Active), (state.Role, state.Level, state.Status));
        Assert.Equal((true, "codes@north.example", false, MemberSource.Pages), (state.TwoFactorRequired, state.CodeAddress, state.EmailVerified, state.Source));
        Assert.Equal([TestDirectory.Console], state.Seats);
        Assert.True(state.Home);
        Assert.Equal(1, Hub.Count("Invitations"));
    }

    [Fact]
    public async Task A_first_password_must_be_changed_and_no_invitation_is_mailed()
    {
        var added = Assert.IsType<NewMembers.AddResult.Added>(await AddAsync(Lee with { PasswordHash = "a hash" }));
        Assert.Null(added.Invitation);
        Assert.Equal(0, Hub.Count("Invitations"));
        Assert.Equal(1, Hub.Count("Passwords", $"UserId = '{added.State.UserId}' AND MustChange"));
    }

    [Fact]
    public async Task Who_is_added_inactive_is_not_invited_and_cannot_hold_a_seat()
    {
        Assert.IsType<NewMembers.AddResult.Refused>(await AddAsync(Lee with { Active = false, Seats = [TestDirectory.Console] }));
        var added = Assert.IsType<NewMembers.AddResult.Added>(await AddAsync(Lee with { Active = false }));
        Assert.Equal((MembershipStatus.Inactive, false), (added.State.Status, added.State.UserActive));
        Assert.Null(added.Invitation);
    }

    [Fact]
    public async Task Somebody_of_another_account_becomes_a_guest_who_is_asked_and_keeps_what_is_theirs()
    {
        var known = await Hub.AddMemberAsync("lee@north.example", "south");
        var before = Theirs();

        var added = Assert.IsType<NewMembers.AddResult.Added>(await AddAsync(Lee with { PasswordHash = "not theirs", CodeAddress = "not@theirs.example", TwoFactorRequired = true }));

        Assert.Equal((known.UserId, false, MembershipStatus.Invited), (added.State.UserId, added.State.Home, added.State.Status));
        Assert.Equal("Lee Ang", added.State.DisplayName);
        Assert.Null(added.Invitation);
        Assert.Equal(before, Theirs());
        Assert.Equal(added.State.Id, Assert.IsType<NewMembers.AddResult.AlreadyMember>(await AddAsync(Lee)).MembershipId);
    }

    [Fact]
    public async Task Nothing_is_left_of_somebody_who_could_not_be_given_everything()
    {
        Assert.IsType<NewMembers.AddResult.Added>(await AddAsync(Lee with { Seats = [TestDirectory.Console] }));
        var before = Hub.Everything();
        var refused = Assert.IsType<NewMembers.AddResult.Refused>(await AddAsync(Lee with { Email = "kim@north.example", Seats = [TestDirectory.Console] }));
        Assert.Equal(TestDirectory.Console, Assert.Single(refused.Reasons).NoSeatLeft);
        Assert.Equal(before, Hub.Everything());
    }

    [Fact]
    public async Task What_is_wrong_is_said_field_by_field_and_changes_nothing()
    {
        var before = Hub.Everything();
        var refused = Assert.IsType<NewMembers.AddResult.Refused>(await AddAsync(new() { Email = "nobody", CodeAddress = "no", Level = PermissionLevel.Primary }));
        Assert.Equal([MemberField.Level, MemberField.Name, MemberField.Email, MemberField.CodeAddress], refused.Reasons.Select(reason => reason.Field));
        var user = await Hub.AddMemberAsync("plain", "south");
        before = Hub.Everything();
        refused = Assert.IsType<NewMembers.AddResult.Refused>(await AddAsync(Lee, user));
        Assert.Equal(MemberField.Member, Assert.Single(refused.Reasons).Field);
        Assert.Equal(before, Hub.Everything());
    }
}
