using Microsoft.EntityFrameworkCore;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Notices;

/// <summary>Exactly which mails a change sends, and to whom. <c>prim</c> is the PRIMARY of <c>home</c>, <c>boss</c> an Administrator, <c>mem</c> a member.</summary>
public sealed class MemberNoticesTests : HubTests
{
    private TestMember prim = null!;
    private TestMember boss = null!;
    private TestMember mem = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("home", seats: 5);
        await Hub.AddAccountAsync("other", seats: 5);
        prim = await Hub.AddMemberAsync("prim", "home", Role.Administrator, PermissionLevel.Primary);
        boss = await Hub.AddMemberAsync("boss", "home", Role.Administrator);
        mem = await Hub.AddMemberAsync("mem", "home");
    }

    private Task<string[]> TellsAsync(Func<HubTransaction, Task> work, Actor? by = null) => Hub.TellsAsync(() => DoAsync(work, by));

    private Task<bool> DoAsync(Func<HubTransaction, Task> work, Actor? by = null) => Hub.Store.WriteAsync(by ?? new Actor.Person(boss.UserId), async transaction =>
    {
        await work(transaction);
        return true;
    });

    private static async Task<string> AddAsync(HubTransaction transaction, string name, MembershipStatus status = MembershipStatus.Active)
    {
        var user = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new(name, "Given", "Family", name + "@mail.example", false, false));
        return ((Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(user.User.Id, "home", Role.User, PermissionLevel.Support, status))).Membership.Id;
    }

    private static Task<Domain.Users.Users.ChangeResult> ProfileAsync(HubTransaction transaction, string userId, string userName, string given, string email) =>
        Domain.Users.Users.ChangeProfileAsync(transaction, userId, new(userName, given, null, email, true, false));

    [Fact]
    public async Task Adding_is_told_to_the_new_member_and_the_PRIMARY_in_one_mail_each_whatever_they_are_given()
    {
        Assert.Equal(["new: added", "prim: added-primary"], await TellsAsync(async transaction =>
        {
            var id = await AddAsync(transaction, "new");
            await Memberships.RequireTwoFactorAsync(transaction, id, true);
            await Domain.Seats.Seats.AssignAsync(transaction, id, TestDirectory.Console);
        }));
        var mail = (await Hub.MailsAsync())[^1];
        Assert.Equal("Given Family was added to Account home", mail.Subject);
        Assert.Contains("- Role: User\n- Permission level: SUPPORT\n- Seat for Console: given\n- Second factor: required\n", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_invited_gets_the_invitation_alone() => Assert.Equal(["new: invitation", "prim: added-primary"], await TellsAsync(async transaction =>
        await Invitations.InviteAsync(transaction, await AddAsync(transaction, "new"), "https://hub.example")));

    [Fact]
    public async Task Who_is_made_ahead_of_their_first_day_hears_on_that_day()
    {
        var id = "";
        Assert.Equal(["prim: added-primary"], await TellsAsync(async transaction => id = await AddAsync(transaction, "new", MembershipStatus.Inactive)));
        Assert.Equal(["new: reactivated", "prim: reactivated-primary"], await TellsAsync(transaction => UserLifecycle.ReactivateAsync(transaction, id)));
    }

    [Fact]
    public async Task Several_changes_at_once_are_one_mail_that_lists_them()
    {
        Assert.Equal(["mem: changed", "prim: changed-primary"], await TellsAsync(async transaction =>
        {
            await Memberships.ChangeRoleAsync(transaction, mem.MembershipId, Role.Administrator);
            await Memberships.ChangeLevelAsync(transaction, mem.MembershipId, PermissionLevel.Acatr);
            await Memberships.ChangeLevelAsync(transaction, mem.MembershipId, PermissionLevel.Invoices);
            await Memberships.RequireTwoFactorAsync(transaction, mem.MembershipId, true);
            await Domain.Seats.Seats.AssignAsync(transaction, mem.MembershipId, TestDirectory.Console);
            await ProfileAsync(transaction, mem.UserId, "mem", "Memo", "mem@mail.example");
        }));
        var mails = (await Hub.MailsAsync())[^2..];
        Assert.All(mails, mail => Assert.Contains(
            "- Name: mem \u2192 Memo\n- Role: User \u2192 Administrator\n- Permission level: none \u2192 INVOICES\n- Second factor: not required \u2192 required\n- Seat for Console: given\n", mail.Text, StringComparison.Ordinal));
        Assert.Equal("Your user account at Account home was changed", mails[0].Subject);
        Assert.Equal("Memo was changed in Account home", mails[1].Subject);
        Assert.All(mails, mail => Assert.Equal(mem.UserId, mail.UserId));
    }

    [Fact]
    public async Task What_is_taken_back_in_the_same_step_is_not_told() => Assert.Empty(await TellsAsync(async transaction =>
    {
        await Memberships.ChangeRoleAsync(transaction, mem.MembershipId, Role.Administrator);
        await Memberships.ChangeRoleAsync(transaction, mem.MembershipId, Role.User);
        await Domain.Seats.Seats.AssignAsync(transaction, mem.MembershipId, TestDirectory.Console);
        await Domain.Seats.Seats.ReleaseAsync(transaction, mem.MembershipId, TestDirectory.Console);
        await UserLifecycle.DeactivateAsync(transaction, mem.MembershipId);
        await UserLifecycle.ReactivateAsync(transaction, mem.MembershipId);
    }));

    [Fact]
    public async Task A_seat_given_taken_and_moved_is_told()
    {
        Assert.Equal(["mem: seat-given", "prim: seat-given-primary"], await TellsAsync(transaction => Domain.Seats.Seats.AssignAsync(transaction, mem.MembershipId, TestDirectory.Console)));
        Assert.Equal("You have a seat for Console", (await Hub.MailsAsync())[^2].Subject);
        Assert.Equal(["mem: seat-taken", "prim: seat-taken-primary", "boss: seat-given", "prim: seat-given-primary"],
            await TellsAsync(transaction => Domain.Seats.Seats.MoveAsync(transaction, mem.MembershipId, boss.MembershipId, TestDirectory.Console)));
    }

    [Fact]
    public async Task Deactivating_reactivating_and_deleting_are_told_and_the_seat_is_not_told_beside()
    {
        await DoAsync(transaction => Domain.Seats.Seats.AssignAsync(transaction, mem.MembershipId, TestDirectory.Console));
        Assert.Equal(["mem: deactivated", "prim: deactivated-primary"], await TellsAsync(transaction => UserLifecycle.DeactivateAsync(transaction, mem.MembershipId)));
        Assert.DoesNotContain("- ", (await Hub.MailsAsync())[^1].Text, StringComparison.Ordinal);
        Assert.Equal(["mem: reactivated", "prim: reactivated-primary"], await TellsAsync(transaction => UserLifecycle.ReactivateAsync(transaction, mem.MembershipId)));
        await DoAsync(transaction => Domain.Seats.Seats.AssignAsync(transaction, mem.MembershipId, TestDirectory.Console));
        await Hub.WriteAsync(transaction => transaction.Db.Outbox.ExecuteDeleteAsync());
        Assert.Equal(["mem: removed", "prim: removed-primary"], await TellsAsync(transaction => UserLifecycle.DeleteAsync(transaction, mem.MembershipId)));
        var mails = await Hub.MailsAsync();
        Assert.All(mails, mail => Assert.Null(mail.UserId));
        Assert.DoesNotContain("mem", mails[1].Subject + mails[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_PRIMARY_who_does_it_has_one_confirmation_and_one_who_is_changed_has_one_mail()
    {
        Assert.Equal(["mem: changed", "prim: changed-primary"], await TellsAsync(transaction => Memberships.ChangeRoleAsync(transaction, mem.MembershipId, Role.Administrator), new Actor.Person(prim.UserId)));
        Assert.Equal(["prim: changed"], await TellsAsync(transaction => Memberships.RequireTwoFactorAsync(transaction, prim.MembershipId, true)));
    }

    [Fact]
    public async Task Where_there_is_no_PRIMARY_the_Administrators_are_told_twenty_at_most()
    {
        var first = await Hub.AddMemberAsync("first", "other", Role.Administrator);
        var guest = await Hub.AddMemberAsync("plain", "other");
        Assert.Equal(["plain: changed", "first: changed-primary"], await TellsAsync(transaction => Memberships.ChangeLevelAsync(transaction, guest.MembershipId, PermissionLevel.Support)));
        Assert.Equal(["first: changed"], await TellsAsync(transaction => Memberships.ChangeLevelAsync(transaction, first.MembershipId, PermissionLevel.Support)));
        for (var i = 0; i < 25; i++)
        {
            await Hub.AddMemberAsync("admin" + i, "other", Role.Administrator);
        }

        Assert.Equal(21, (await TellsAsync(transaction => Memberships.ChangeLevelAsync(transaction, guest.MembershipId, null))).Length);
        await DoAsync(transaction => UserLifecycle.DeactivateAsync(transaction, first.MembershipId));
        Assert.DoesNotContain("first: changed-primary", await TellsAsync(transaction => Memberships.ChangeLevelAsync(transaction, guest.MembershipId, PermissionLevel.Acatr)));
    }

    [Fact]
    public async Task Nothing_is_told_of_what_was_undone_or_failed()
    {
        Assert.Empty(await TellsAsync(async transaction =>
        {
            await Memberships.ChangeRoleAsync(transaction, mem.MembershipId, Role.Administrator);
            transaction.RollBack(true);
        }));
        Assert.Empty(await Hub.TellsAsync(() => Assert.ThrowsAsync<InvalidOperationException>(() => DoAsync(async transaction =>
        {
            await Memberships.ChangeRoleAsync(transaction, mem.MembershipId, Role.Administrator);
            throw new InvalidOperationException();
        }))));
    }

    [Fact]
    public async Task What_the_operator_does_by_file_or_command_is_not_told_but_access_that_ends()
    {
        Assert.Empty(await TellsAsync(
            async transaction =>
            {
                await AddAsync(transaction, "new");
                await Memberships.ChangeRoleAsync(transaction, mem.MembershipId, Role.Administrator);
                await ProfileAsync(transaction, mem.UserId, "mem", "Memo", "memo@mail.example");
            },
            TestHub.Tester));
        Assert.Equal(["memo: deactivated", "prim: deactivated-primary"], await TellsAsync(transaction => UserLifecycle.DeactivateAsync(transaction, mem.MembershipId), TestHub.Tester));
    }

    [Fact]
    public async Task Another_address_is_told_at_both_and_with_all_else_that_was_changed_at_the_new_one()
    {
        Assert.Equal(["mem: sign-in-changed-former", "new: sign-in-changed", "prim: changed-primary"], await TellsAsync(async transaction =>
        {
            await ProfileAsync(transaction, mem.UserId, "memo", "Memo", "new@mail.example");
            await Memberships.ChangeRoleAsync(transaction, mem.MembershipId, Role.Administrator);
        }));
        var mails = (await Hub.MailsAsync())[^3..];
        Assert.Equal("Your e-mail address and user name were changed", mails[0].Subject);
        Assert.DoesNotContain("new@mail", mails[0].Text, StringComparison.Ordinal);
        Assert.Contains("Your user name is memo.\n\n- Name: mem \u2192 Memo\n- Role: User \u2192 Administrator\n", mails[1].Text, StringComparison.Ordinal);
        Assert.Contains("- E-mail address: mem@mail.example \u2192 new@mail.example\n- User name: mem \u2192 memo\n- Name:", mails[2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_sign_in_codes_go_is_told_to_its_owner_to_the_former_address_and_to_the_PRIMARY()
    {
        Assert.Equal(["mem: sign-in-changed", "prim: changed-primary"], await CodesAsync("one@codes.example"));
        Assert.Equal("Your address for sign-in codes was changed", (await Hub.MailsAsync())[^2].Subject);
        Assert.Equal(["one: sign-in-changed-former", "mem: sign-in-changed", "prim: changed-primary"], await CodesAsync("two@codes.example"));
        Assert.Contains("- Address for sign-in codes: one@codes.example \u2192 two@codes.example\n", (await Hub.MailsAsync())[^1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("two@codes", (await Hub.MailsAsync())[^3].Text, StringComparison.Ordinal);
        Assert.Equal(["two: sign-in-changed-former", "mem: sign-in-changed", "prim: changed-primary"], await CodesAsync(null));
        Assert.Contains("- Address for sign-in codes: two@codes.example \u2192 none\n", (await Hub.MailsAsync())[^1].Text, StringComparison.Ordinal);
        Assert.Empty(await CodesAsync(null));

        // Nothing changed for who was just added, and what the operator does by file is not told.
        Assert.Equal(["new: added", "prim: added-primary"], await TellsAsync(async transaction =>
        {
            await AddAsync(transaction, "new");
            await SecondFactors.NameEmailCodesAsync(transaction, (await Domain.Users.Users.FindByNameAsync(transaction, "new"))!.Id, "new@codes.example");
        }));
        Assert.Empty(await TellsAsync(transaction => SecondFactors.NameEmailCodesAsync(transaction, mem.UserId, "three@codes.example"), TestHub.Tester));

        Task<string[]> CodesAsync(string? address) => TellsAsync(transaction => SecondFactors.NameEmailCodesAsync(transaction, mem.UserId, address));
    }

    [Fact]
    public async Task A_password_is_told_to_its_owner_and_to_the_PRIMARY_only_where_somebody_else_set_it()
    {
        Assert.Empty(await TellsAsync(transaction => Passwords.SetAsync(transaction, mem.UserId, "first")));
        Assert.Equal(["mem: sign-in-changed", "prim: changed-primary"], await TellsAsync(transaction => Passwords.SetAsync(transaction, mem.UserId, "second")));
        Assert.Equal("Your password was changed", (await Hub.MailsAsync())[^2].Subject);
        Assert.Equal(["mem: sign-in-changed"], await TellsAsync(transaction => Passwords.SetAsync(transaction, mem.UserId, "third"), new Actor.Person(mem.UserId)));
        Assert.DoesNotContain(await Hub.MailsAsync(), mail => mail.Text.Contains("third", StringComparison.Ordinal) || mail.Text.Contains("second\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_guest_is_asked_and_the_account_is_told_of_them_by_what_it_has_on_file()
    {
        await Hub.AddMemberAsync("lead", "other", Role.Administrator, PermissionLevel.Primary);
        await Hub.WriteAsync(transaction => ProfileAsync(transaction, mem.UserId, "mem", "Secret", "mem@mail.example"));
        var id = "";
        Assert.Equal(["mem: asked", "lead: added-primary"], await TellsAsync(async transaction => id = ((Memberships.AddResult.Added)await Memberships.AddAsync(
            transaction, new(mem.UserId, "other", Role.User, null, MembershipStatus.Invited) { Attributes = new() { ["displayName"] = "Ours" } })).Membership.Id));
        Assert.Equal("Ours was added to Account other", (await Hub.MailsAsync())[^1].Subject);
        Assert.Equal(["mem: declined", "lead: declined-primary"], await TellsAsync(transaction => Memberships.DeclineAsync(transaction, id, mem.UserId), new Actor.Person(mem.UserId)));
        Assert.DoesNotContain("Secret", (await Hub.MailsAsync())[^1].Text, StringComparison.Ordinal);

        // What the home account changes is nothing of the guest account's.
        Assert.Equal(["mem: changed", "prim: changed-primary"], await TellsAsync(transaction => ProfileAsync(transaction, mem.UserId, "mem", "Other", "mem@mail.example")));
    }

    [Fact]
    public async Task The_PRIMARY_is_told_a_hundred_times_and_then_once_a_minute_and_everyone_else_always()
    {
        var hr = new Actor.Provisioning("home", "token");
        var told = await Hub.TellsAsync(async () =>
        {
            for (var i = 0; i < 130; i++)
            {
                await DoAsync(transaction => AddAsync(transaction, "hr" + i), hr);
            }
        });
        Assert.Equal((130, 100), (told.Count(mail => mail.EndsWith(": added", StringComparison.Ordinal)), told.Count(mail => mail.StartsWith("prim", StringComparison.Ordinal))));
        Hub.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["late: added", "prim: added-primary"], await TellsAsync(transaction => AddAsync(transaction, "late"), hr));
        Assert.Equal(["later: added"], await TellsAsync(transaction => AddAsync(transaction, "later"), hr));

        // Whoever does it: a change of thousands by hand floods nobody either, and the minute after it is told again.
        Assert.Equal(["hand: added"], await TellsAsync(transaction => AddAsync(transaction, "hand")));
        Hub.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["other: added", "prim: added-primary"], await TellsAsync(transaction => AddAsync(transaction, "other")));
    }

    [Fact]
    public async Task Who_has_no_e_mail_reads_mail_at_a_user_name_that_is_an_address()
    {
        var user = await Hub.WriteAsync(async transaction => ((UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new("pat@name.example", null, null, null, false, false))).User.Id);
        var id = await Hub.WriteAsync(async transaction => ((Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(user, "home", Role.User, null, MembershipStatus.Active))).Membership.Id);
        Assert.Equal(["pat: changed", "prim: changed-primary"], await TellsAsync(transaction => Memberships.RequireTwoFactorAsync(transaction, id, true)));
    }

    [Fact]
    public async Task Names_that_are_meant_to_deceive_say_nothing()
    {
        await DoAsync(transaction => ProfileAsync(transaction, mem.UserId, "mem", "</p><a href=x>Pay at https://evil.example</a>\r\nBcc: x", "mem@mail.example"));
        await DoAsync(transaction => UserLifecycle.DeactivateAsync(transaction, mem.MembershipId));
        Assert.DoesNotContain(await Hub.MailsAsync(), mail => (mail.Subject + mail.Text + mail.Html).Contains("evil", StringComparison.Ordinal));
    }
}
