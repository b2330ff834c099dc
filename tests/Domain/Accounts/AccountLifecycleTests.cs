using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Sessions;
using IdentityHub.Testing;
using Xunit;
using Operations = IdentityHub.Domain.Accounts.AccountLifecycle;

namespace IdentityHub.Domain.Tests.Accounts;

/// <summary>Pat is at home in <c>home</c> and a guest in <c>guest</c>.</summary>
public sealed class AccountLifecycleTests : HubTests
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
    }

    [Theory]
    [InlineData("district-9", "District 9", Operations.OpenResult.Opened)]
    [InlineData("home", "Home again", Operations.OpenResult.IdTaken)]
    [InlineData("District", "District", Operations.OpenResult.IdInvalid)]
    [InlineData("", "District", Operations.OpenResult.IdInvalid)]
    [InlineData("-a", "District", Operations.OpenResult.IdInvalid)]
    [InlineData("a b", "District", Operations.OpenResult.IdInvalid)]
    [InlineData("district", "  ", Operations.OpenResult.NameInvalid)]
    [InlineData("district", "a\r\nb", Operations.OpenResult.NameInvalid)]
    public async Task An_account_is_opened_under_a_good_id_that_is_free(string id, string name, Operations.OpenResult expected)
    {
        var before = Hub.Everything();
        Assert.Equal(expected, await Hub.WriteAsync(transaction => Operations.OpenAsync(transaction, id, name)));
        if (expected != Operations.OpenResult.Opened)
        {
            Assert.Equal(before, Hub.Everything());
        }
    }

    [Fact]
    public async Task Suspended_nothing_in_the_account_is_good_and_other_accounts_are_as_they_were()
    {
        var session = await Hub.SignInAsync(atHome.UserId);
        var here = await Hub.AuthorizeAsync("portal", session, atHome.MembershipId);
        var offline = await Hub.AuthorizeAsync("portal", session, atHome.MembershipId, offline: true);
        var there = await Hub.AuthorizeAsync("portal", session, asGuest.MembershipId);
        var token = (ProvisioningTokens.MakeResult.Made)await Hub.WriteAsync(transaction => ProvisioningTokens.MakeAsync(transaction, "home", "hr", null));

        Assert.Equal(Operations.ChangeResult.Changed, await SuspendAsync());

        Assert.False(await Hub.IsLiveAsync(here!.GrantId));
        Assert.False(await Hub.IsLiveAsync(offline!.GrantId));
        Assert.True(await Hub.IsLiveAsync(there!.GrantId));
        Assert.Null(await Hub.AuthorizeAsync("portal", session, atHome.MembershipId));
        Assert.NotNull(await Hub.AuthorizeAsync("portal", session, asGuest.MembershipId));
        Assert.False(await Hub.WriteAsync(transaction => Domain.Sessions.Sessions.SwitchAccountAsync(transaction, session.Id, "home")));
        Assert.True(await Hub.WriteAsync(transaction => Domain.Sessions.Sessions.SwitchAccountAsync(transaction, session.Id, "guest")));
        Assert.False((await Hub.MembershipAsync(atHome)).LetsIn);
        Assert.True((await Hub.MembershipAsync(asGuest)).LetsIn);
        Assert.Null(await Hub.ReadAsync(reader => Task.FromResult(ProvisioningTokens.FindLive(reader, token.Token))));
        Assert.Equal(["guest"], (await Hub.ReadAsync(reader => Task.FromResult(Domain.Grants.Grants.AccountsOf(reader, there.GrantId)))).Select(account => account.Id));
    }

    [Fact]
    public async Task Resumed_nothing_that_died_comes_back_and_everything_can_be_had_anew()
    {
        var session = await Hub.SignInAsync(atHome.UserId);
        var former = await Hub.AuthorizeAsync("portal", session, atHome.MembershipId, offline: true);
        await Hub.WriteAsync(transaction => Domain.Clients.Clients.PutAsync(transaction, new() { Id = "own", TokenEndpointAuthMethod = "none", ApplicationType = "web", IdTokenSignedResponseAlg = "ES256", AccountId = "home", CreatedAt = transaction.Now }));
        var before = await ClientAsync("own");

        await SuspendAsync();
        Assert.False((await ClientAsync("own")).IsUsable);
        Assert.Equal(Operations.ChangeResult.Changed, await Hub.WriteAsync(transaction => Operations.ResumeAsync(transaction, "home")));

        Assert.False(await Hub.IsLiveAsync(former!.GrantId));
        Assert.Equal(Domain.Grants.Grants.RedeemResult.Dead, await Hub.WriteAsync(transaction => Task.FromResult(Domain.Grants.Grants.TryRedeem(transaction, former.Code, "portal"))));
        Assert.True((await ClientAsync("own")).IsUsable);
        Assert.Equal(before.Epoch + 1, (await ClientAsync("own")).Epoch);
        var anew = await Hub.AuthorizeAsync("portal", session, atHome.MembershipId);
        Assert.True(await Hub.IsLiveAsync(anew!.GrantId));

        // The notices of the suspension come late: what was granted since is none of theirs.
        await TellAsync(new("home", 1));
        Assert.True(await Hub.IsLiveAsync(anew.GrantId));
    }

    [Fact]
    public async Task Apps_are_told_once_for_each_session_at_them_in_the_account_that_was_shut()
    {
        var session = await Hub.SignInAsync(atHome.UserId);
        await Hub.AuthorizeAsync("portal", session, atHome.MembershipId);
        await Hub.AuthorizeAsync("portal", session, atHome.MembershipId);
        await Hub.AuthorizeAsync("portal", await Hub.SignInAsync(asGuest.UserId), asGuest.MembershipId);
        Assert.Equal(0, Hub.Count("Outbox", "Kind = 'backchannel-logout'"));

        await SuspendAsync();
        Assert.Equal(1, Hub.Count("Outbox", "Kind = 'account-shut'"));
        await TellAsync(new("home", 1));
        Assert.Equal(1, Hub.Count("Outbox", "Kind = 'backchannel-logout'"));
        await TellAsync(new("home", 1));
        Assert.Equal(1, Hub.Count("Outbox", "Kind = 'backchannel-logout'"));
    }

    [Fact]
    public async Task Every_member_of_a_large_account_is_reached_bite_by_bite()
    {
        var session = await Hub.SignInAsync(atHome.UserId);
        await Hub.WriteAsync(async transaction =>
        {
            for (var i = 0; i < 1100; i++)
            {
                var created = (Domain.Users.UserLifecycle.CreateResult.Created)await Domain.Users.UserLifecycle.CreateAsync(transaction, new($"m{i:0000}", null, null, null, false, false));
                await Memberships.AddAsync(transaction, new(created.User.Id, "home", Role.User, null, MembershipStatus.Active));
            }
        });
        await Hub.AuthorizeAsync("portal", session, atHome.MembershipId);
        await SuspendAsync();
        await TellAsync(new("home", 1));
        Assert.Equal(1, Hub.Count("Outbox", "Kind = 'backchannel-logout'"));
    }

    [Fact]
    public async Task Closing_needs_the_name_and_is_for_good()
    {
        Assert.Equal(Operations.ChangeResult.NotConfirmed, await CloseAsync("account home"));
        Assert.Equal(AccountStatus.Open, (await AccountAsync()).Status);
        Assert.Equal(Operations.ChangeResult.Changed, await CloseAsync(" Account home "));
        Assert.Equal(Operations.ChangeResult.Closed, await Hub.WriteAsync(transaction => Operations.ResumeAsync(transaction, "home")));
        Assert.Equal(Operations.ChangeResult.Closed, await SuspendAsync());
        Assert.Equal(Operations.ChangeResult.Unchanged, await CloseAsync("Account home"));
        Assert.Equal(AccountStatus.Closed, (await AccountAsync()).Status);
        Assert.Equal(2, Hub.Count("Memberships", "AccountId = 'home'"));
        Assert.Null(await Hub.AuthorizeAsync("portal", await Hub.SignInAsync(atHome.UserId), atHome.MembershipId));
    }

    [Fact]
    public async Task A_suspended_account_can_be_closed_and_what_is_unknown_is_said_to_be()
    {
        await SuspendAsync();
        Assert.Equal(Operations.ChangeResult.Unchanged, await SuspendAsync());
        Assert.Equal(Operations.ChangeResult.Changed, await CloseAsync("Account home"));
        Assert.Equal(Operations.ChangeResult.NoSuchAccount, await Hub.WriteAsync(transaction => Operations.SuspendAsync(transaction, "nowhere")));
        Assert.Equal(Operations.ChangeResult.NoSuchAccount, await Hub.WriteAsync(transaction => Operations.ResumeAsync(transaction, "nowhere")));
        Assert.Equal(Operations.ChangeResult.NoSuchAccount, await Hub.WriteAsync(transaction => Operations.RenameAsync(transaction, "nowhere", "Name")));
    }

    [Fact]
    public async Task The_list_counts_and_finds()
    {
        await Hub.WriteAsync(transaction => Operations.RenameAsync(transaction, "home", "100% North_side"));
        await SuspendAsync();
        var all = await Hub.ReadAsync(reader => AccountList.FindAsync(reader, null, null, null, 50));
        Assert.Equal(["guest", "home"], all.Select(line => line.Id));
        Assert.Equal(("boss-home", 2, 2, 0, AccountStatus.Suspended), (all[1].Primary, all[1].Members, all[1].Seats, all[1].SeatsUsed, all[1].Status));
        Assert.Equal(["home"], (await Hub.ReadAsync(reader => AccountList.FindAsync(reader, "% north_", null, null, 50))).Select(line => line.Id));
        Assert.Empty(await Hub.ReadAsync(reader => AccountList.FindAsync(reader, "%%", null, null, 50)));
        Assert.Equal(["guest"], (await Hub.ReadAsync(reader => AccountList.FindAsync(reader, null, AccountStatus.Open, null, 50))).Select(line => line.Id));
        Assert.Equal(["home"], (await Hub.ReadAsync(reader => AccountList.FindAsync(reader, null, null, "guest", 50))).Select(line => line.Id));
        Assert.Equal("100% North_side", (await Hub.ReadAsync(reader => AccountList.OneAsync(reader, "home")))!.Name);
        Assert.Equal(1, (await Hub.ReadAsync(AccountList.CountsAsync))[AccountStatus.Suspended]);
    }

    [Fact]
    public async Task The_first_administrator_of_an_account_is_its_primary_and_gets_a_link()
    {
        await Hub.WriteAsync(transaction => Operations.OpenAsync(transaction, "fresh", "Fresh"));
        Assert.Equal(FirstAdministrator.Result.AddressInvalid, await AppointAsync("fresh", "no address"));
        Assert.Equal(FirstAdministrator.Result.NoSuchAccount, await AppointAsync("nowhere", "ann@mail.example"));
        Assert.Equal(FirstAdministrator.Result.Invited, await AppointAsync("fresh", "ann@mail.example"));
        Assert.Equal("ann@mail.example", (await Hub.ReadAsync(reader => AccountList.OneAsync(reader, "fresh")))!.Primary);
        Assert.Equal(1, Hub.Count("Invitations"));
        Assert.Equal(FirstAdministrator.Result.NotFirst, await AppointAsync("fresh", "bob@mail.example"));
        Assert.Equal(0, Hub.Count("Users", "UserName = 'bob@mail.example'"));
    }

    [Fact]
    public async Task Somebody_who_has_a_home_already_is_asked_before_they_administer_another_account()
    {
        await Hub.AddMemberAsync("kim@mail.example", "home");
        await Hub.WriteAsync(transaction => Operations.OpenAsync(transaction, "fresh", "Fresh"));
        Assert.Equal(FirstAdministrator.Result.Asked, await AppointAsync("fresh", "kim@mail.example"));
        Assert.Equal(1, Hub.Count("Memberships", "AccountId = 'fresh' AND Status = 'Invited' AND Role = 'Administrator'"));
        await Hub.WriteAsync(transaction => Operations.OpenAsync(transaction, "shut", "Shut"));
        await Hub.WriteAsync(transaction => Operations.SuspendAsync(transaction, "shut"));
        Assert.Equal(FirstAdministrator.Result.NotOpen, await AppointAsync("shut", "kim@mail.example"));
    }

    private Task<Operations.ChangeResult> SuspendAsync() => Hub.WriteAsync(transaction => Operations.SuspendAsync(transaction, "home"));

    private Task<Operations.ChangeResult> CloseAsync(string typed) => Hub.WriteAsync(transaction => Operations.CloseAsync(transaction, "home", typed));

    private Task<FirstAdministrator.Result> AppointAsync(string account, string email) =>
        Hub.WriteAsync(transaction => FirstAdministrator.AppointAsync(transaction, account, new("Ann", null, email), "https://hub.example"));

    private async Task<Account> AccountAsync() => (await Hub.ReadAsync(reader => Domain.Accounts.Accounts.FindAsync(reader, "home")))!;

    private async Task<Client> ClientAsync(string id) => (await Hub.ReadAsync(reader => Task.FromResult(Domain.Clients.Clients.Find(reader, id))))!;

    private async Task TellAsync(AccountShut shut) => Assert.IsType<Delivery.Delivered>(
        await new AccountShutHandler(Hub.Store).SendAsync(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(shut), CancellationToken.None));
}
