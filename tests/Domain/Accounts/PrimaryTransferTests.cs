using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Xunit;

namespace IdentityHub.Domain.Tests.Accounts;

public sealed class PrimaryTransferTests : HubTests
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("a");
    }

    [Fact]
    public async Task An_account_has_one_primary_however_many_try_at_the_same_time()
    {
        var members = new List<TestMember>();
        for (var i = 0; i < 16; i++)
        {
            members.Add(await Hub.AddMemberAsync($"m{i}", "a"));
        }

        var results = await Task.WhenAll(members.Select(AppointAsync));

        Assert.Single(results, result => result is PrimaryTransfer.AppointResult.Appointed);
        Assert.Equal(15, results.Count(result => result is PrimaryTransfer.AppointResult.HeldByAnother));
        Assert.Equal(1, Hub.Count("Memberships", "PermissionLevel = 'PRIMARY'"));
    }

    [Fact]
    public async Task The_database_itself_refuses_a_second_one()
    {
        await AppointAsync(await Hub.AddMemberAsync("one", "a"));
        var two = await Hub.AddMemberAsync("two", "a");
        Assert.Throws<SqliteException>(() => Hub.Scalar($"UPDATE Memberships SET PermissionLevel = 'PRIMARY' WHERE Id = '{two.MembershipId}'"));

        await Hub.AddAccountAsync("b");
        Assert.IsType<PrimaryTransfer.AppointResult.Appointed>(await AppointAsync(await Hub.AddMemberAsync("one", "b")));
    }

    [Fact]
    public async Task Nothing_else_gives_or_takes_primary()
    {
        var one = await Hub.AddMemberAsync("one", "a");
        Assert.IsType<Memberships.ChangeResult.PrimaryIsTransferred>(await LevelAsync(one, PermissionLevel.Primary));
        await AppointAsync(one);
        Assert.IsType<PrimaryTransfer.AppointResult.AlreadyPrimary>(await AppointAsync(one));
        Assert.IsType<Memberships.ChangeResult.PrimaryIsTransferred>(await LevelAsync(one, null));
        Assert.IsType<Memberships.ChangeResult.PrimaryIsTransferred>(await LevelAsync(one, PermissionLevel.Support));

        var added = await Hub.WriteAsync(async transaction =>
        {
            var user = (Domain.Users.UserLifecycle.CreateResult.Created)await Domain.Users.UserLifecycle.CreateAsync(transaction, new("two", null, null, null, false, false));
            return await Memberships.AddAsync(transaction, new(user.User.Id, "a", Role.User, PermissionLevel.Primary, MembershipStatus.Active));
        });
        Assert.Null(Assert.IsType<Memberships.AddResult.Added>(added).Membership.PermissionLevel);
    }

    [Fact]
    public async Task Any_other_level_changes_and_ends_what_was_granted_under_the_former()
    {
        await Hub.AddClientAsync("portal");
        var member = await Hub.AddMemberAsync("pat", "a");
        var session = await Hub.SignInAsync(member.UserId);
        var underNone = await Hub.AuthorizeAsync("portal", session, member.MembershipId);
        Assert.IsType<Memberships.ChangeResult.Changed>(await LevelAsync(member, PermissionLevel.Support));
        Assert.True(await Hub.IsLiveAsync(underNone!.GrantId));
        Assert.IsType<Memberships.ChangeResult.Unchanged>(await LevelAsync(member, PermissionLevel.Support));

        Assert.IsType<Memberships.ChangeResult.Changed>(await LevelAsync(member, PermissionLevel.Invoices));
        Assert.False(await Hub.IsLiveAsync(underNone.GrantId));
    }

    [Theory]
    [InlineData(TwoFactorPolicy.Administrators, false), InlineData(TwoFactorPolicy.Optional, true), InlineData(TwoFactorPolicy.Required, true)]
    public async Task Who_becomes_primary_keeps_what_was_granted_unless_a_second_factor_is_asked_of_them_from_then_on(TwoFactorPolicy policy, bool lives)
    {
        await Hub.WriteAsync(transaction => Domain.Accounts.Accounts.PutAsync(transaction, "a", "Account a", policy, new()));
        await Hub.AddClientAsync("portal");
        var member = await Hub.AddMemberAsync("pat", "a");
        var grant = await Hub.AuthorizeAsync("portal", await Hub.SignInAsync(member.UserId), member.MembershipId);
        Assert.IsType<PrimaryTransfer.AppointResult.Appointed>(await AppointAsync(member));
        Assert.Equal(lives, await Hub.IsLiveAsync(grant!.GrantId));
    }

    [Theory]
    [InlineData(TwoFactorPolicy.Administrators, false), InlineData(TwoFactorPolicy.Optional, true), InlineData(TwoFactorPolicy.Required, true)]
    public async Task Who_becomes_administrator_keeps_what_was_granted_unless_a_second_factor_is_asked_of_them_from_then_on(TwoFactorPolicy policy, bool lives)
    {
        await Hub.WriteAsync(transaction => Domain.Accounts.Accounts.PutAsync(transaction, "a", "Account a", policy, new()));
        await Hub.AddClientAsync("portal");
        var member = await Hub.AddMemberAsync("pat", "a");
        var grant = await Hub.AuthorizeAsync("portal", await Hub.SignInAsync(member.UserId), member.MembershipId);
        Assert.IsType<Memberships.ChangeResult.Changed>(await Hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, member.MembershipId, Role.Administrator)));
        Assert.Equal(lives, await Hub.IsLiveAsync(grant!.GrantId));
    }

    private Task<PrimaryTransfer.AppointResult> AppointAsync(TestMember member) =>
        Hub.WriteAsync(transaction => PrimaryTransfer.AppointFirstAsync(transaction, member.MembershipId));

    private Task<Memberships.ChangeResult> LevelAsync(TestMember member, PermissionLevel? level) =>
        Hub.WriteAsync(transaction => Memberships.ChangeLevelAsync(transaction, member.MembershipId, level));
}
