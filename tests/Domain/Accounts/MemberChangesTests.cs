using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Accounts;

public sealed class MemberChangesTests : HubTests
{
    private TestMember boss = null!;
    private TestMember pat = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("north", seats: 2);
        await Hub.AddAccountAsync("south", seats: 1);
        boss = await Hub.AddMemberAsync("boss", "north", Role.Administrator);
        pat = await Hub.AddMemberAsync("pat", "north");
    }

    private Task<MemberChangeResult> ApplyAsync(TestMember by, TestMember member, MemberChange change, string account = "north") =>
        Hub.Store.WriteAsync(new Actor.Person(by.UserId), transaction => MemberChanges.ApplyAsync(transaction, account, member.MembershipId, change));

    private async Task<MemberState> StateAsync(TestMember member, string account = "north") =>
        await Hub.ReadAsync(reader => Task.FromResult(MemberStates.Find(reader, account, member.MembershipId))) ?? throw new InvalidOperationException("No such member.");

    [Fact]
    public async Task One_change_changes_everything_that_is_asked_for_and_says_before_and_after()
    {
        var changed = Assert.IsType<MemberChangeResult.Changed>(await ApplyAsync(boss, pat, new()
        {
            Name = new("Pat", "O'Neil"), UserName = "pat.oneil@north.example", Email = new("pat.oneil@north.example"), Role = Role.Administrator,
            Level = new(PermissionLevel.Support), TwoFactorRequired = true, CodeAddress = new("codes@north.example"), SeatsToAdd = [TestDirectory.Console],
            ExpectedVersion = (await StateAsync(pat)).Version,
        }));
        Assert.Equal(
            [
                new(MemberField.Name, "pat", "Pat O'Neil"), new(MemberField.UserName, "pat", "pat.oneil@north.example"),
                new(MemberField.Email, "pat@mail.example", "pat.oneil@north.example"), new(MemberField.Role, "User", "Administrator"), new(MemberField.Level, "", "SUPPORT"),
                new(MemberField.TwoFactor, "False", "True"), new(MemberField.CodeAddress, "", "codes@north.example"), new(MemberField.Seats, "", "console"),
            ],
            changed.Differences);
        var state = await StateAsync(pat);
        Assert.Equal(changed.State.Version, state.Version);
        Assert.Equal(("Pat O'Neil", "codes@north.example", false, true), (state.DisplayName, state.CodeAddress, state.EmailVerified, state.HasEmailCodes));
    }

    [Fact]
    public async Task What_is_so_already_is_no_change()
    {
        var before = Hub.Everything();
        var state = await StateAsync(pat);
        Assert.IsType<MemberChangeResult.Unchanged>(await ApplyAsync(boss, pat, new()
        {
            Name = new(" pat ", ""), UserName = "pat", Email = new("pat@mail.example"), Role = Role.User, Level = new(null), Status = MembershipStatus.Active,
            TwoFactorRequired = false, CodeAddress = new(" "), SeatsToRemove = [TestDirectory.Console], ExpectedVersion = state.Version,
        }));
        Assert.Equal(before, Hub.Everything());
    }

    [Fact]
    public async Task Nothing_is_changed_when_one_part_of_a_change_is_refused()
    {
        await Hub.AddMemberAsync("taken", "south");
        await ApplyAsync(boss, boss, new() { SeatsToAdd = [TestDirectory.Console] });
        await ApplyAsync(boss, await Hub.AddMemberAsync("kim", "north"), new() { SeatsToAdd = [TestDirectory.Console] });
        var before = Hub.Everything();

        var refused = Assert.IsType<MemberChangeResult.Refused>(await ApplyAsync(boss, pat, new()
        {
            UserName = "TAKEN", Role = Role.Administrator, Level = new(PermissionLevel.Acatr), TwoFactorRequired = true, CodeAddress = new("x@y.example"), SeatsToAdd = [TestDirectory.Console],
        }));

        Assert.Equal([MemberField.UserName, MemberField.Seats], refused.Reasons.Select(reason => reason.Field));
        Assert.Equal("No seat of Console is left: all 2 are taken.", refused.Reasons[1].Sentence);
        Assert.Equal(TestDirectory.Console, refused.Reasons[1].NoSeatLeft);
        Assert.Equal(before, Hub.Everything());
    }

    [Fact]
    public async Task Every_field_that_is_wrong_is_said_at_once()
    {
        var before = Hub.Everything();
        var refused = Assert.IsType<MemberChangeResult.Refused>(await ApplyAsync(boss, pat, new()
        {
            Name = new("", " "), UserName = "a\u200Bb", Email = new("a\r\nBcc: x@y"), CodeAddress = new("nowhere"), Level = new(PermissionLevel.Primary), SeatsToAdd = ["nothing"], Status = MembershipStatus.Inactive,
        }));
        Assert.Equal(
            [MemberField.Name, MemberField.UserName, MemberField.Email, MemberField.Level, MemberField.Seats, MemberField.CodeAddress], refused.Reasons.Select(reason => reason.Field));
        Assert.Equal(before, Hub.Everything());

        foreach (var name in (string[])["a\r\nb", new string('x', 1000)])
        {
            refused = Assert.IsType<MemberChangeResult.Refused>(await ApplyAsync(boss, pat, new() { Name = new(name, null) }));
            Assert.Equal(MemberField.Name, Assert.Single(refused.Reasons).Field);
        }
    }

    [Fact]
    public async Task Whoever_changes_what_another_changed_meanwhile_is_shown_that()
    {
        var seen = (await StateAsync(pat)).Version;
        Assert.IsType<MemberChangeResult.Changed>(await ApplyAsync(boss, pat, new() { Level = new(PermissionLevel.Invoices), ExpectedVersion = seen }));
        var before = Hub.Everything();

        var stale = Assert.IsType<MemberChangeResult.Stale>(await ApplyAsync(boss, pat, new() { Role = Role.Administrator, ExpectedVersion = seen }));

        Assert.Equal(PermissionLevel.Invoices, stale.Current.Level);
        Assert.Equal(before, Hub.Everything());
        Assert.IsType<MemberChangeResult.Changed>(await ApplyAsync(boss, pat, new() { Role = Role.Administrator, ExpectedVersion = stale.Current.Version }));
    }

    [Fact]
    public async Task Nothing_of_another_account_is_found()
    {
        var other = await Hub.AddMemberAsync("sue", "south", Role.Administrator);
        var before = Hub.Everything();
        Assert.IsType<MemberChangeResult.NoSuchMember>(await ApplyAsync(boss, other, new() { Role = Role.User }));
        var refused = Assert.IsType<MemberChangeResult.Refused>(await ApplyAsync(boss, other, new() { Role = Role.User }, "south"));
        Assert.Equal("Only an administrator of this account may do this.", Assert.Single(refused.Reasons).Sentence);
        Assert.Equal(before, Hub.Everything());
    }

    [Fact]
    public async Task The_last_administrator_stays_one_whatever_way_is_tried()
    {
        var second = await Hub.AddMemberAsync("second", "north", Role.Administrator);
        Assert.IsType<MemberChangeResult.Changed>(await ApplyAsync(boss, second, new() { Status = MembershipStatus.Inactive }));
        var operating = new Actor.Hub("test");
        foreach (var change in (MemberChange[])[new() { Role = Role.User }, new() { Status = MembershipStatus.Inactive }])
        {
            var refused = Assert.IsType<MemberChangeResult.Refused>(
                await Hub.Store.WriteAsync(operating, transaction => MemberChanges.ApplyAsync(transaction, "north", boss.MembershipId, change)));
            Assert.Contains("Nobody would be left", Assert.Single(refused.Reasons).Sentence, StringComparison.Ordinal);
        }

        Assert.IsType<MemberActResult.Refused>(await Hub.Store.WriteAsync(operating, transaction => MemberActs.DeleteAsync(transaction, "north", boss.MembershipId)));
        Assert.Equal(1, Hub.Count("Memberships", $"Id = '{boss.MembershipId}' AND Role = 'Administrator' AND Status = 'Active'"));
    }

    [Fact]
    public async Task Of_two_administrators_who_take_the_role_off_each_other_at_once_one_stays()
    {
        var second = await Hub.AddMemberAsync("second", "north", Role.Administrator);
        var results = await Task.WhenAll(ApplyAsync(boss, second, new() { Role = Role.User }), ApplyAsync(second, boss, new() { Role = Role.User }));
        Assert.Single(results.OfType<MemberChangeResult.Changed>());
        Assert.Equal(1, Hub.Count("Memberships", "AccountId = 'north' AND Role = 'Administrator'"));
    }

    [Fact]
    public async Task Nobody_acts_on_the_PRIMARY_nor_away_with_themself()
    {
        var primary = await Hub.AddMemberAsync("prime", "north", Role.User, PermissionLevel.Primary);
        var before = Hub.Everything();
        Assert.IsType<MemberChangeResult.Refused>(await ApplyAsync(boss, primary, new() { Level = new(null) }));
        Assert.IsType<MemberChangeResult.Refused>(await ApplyAsync(boss, primary, new() { SeatsToAdd = [TestDirectory.Console] }));
        Assert.IsType<MemberChangeResult.Refused>(await ApplyAsync(primary, primary, new() { Level = new(PermissionLevel.Support) }));
        Assert.IsType<MemberChangeResult.Refused>(await ApplyAsync(primary, primary, new() { Status = MembershipStatus.Inactive }));
        Assert.IsType<MemberChangeResult.Refused>(await ApplyAsync(boss, boss, new() { Status = MembershipStatus.Inactive }));
        Assert.IsType<MemberActResult.Refused>(
            await Hub.Store.WriteAsync(new Actor.Person(boss.UserId), transaction => MemberActs.DeleteAsync(transaction, "north", boss.MembershipId)));
        Assert.Equal(before, Hub.Everything());
        Assert.IsType<MemberChangeResult.Changed>(await ApplyAsync(primary, primary, new() { Name = new("Prime", "Rose") }));
    }

    [Fact]
    public async Task A_guest_is_changed_only_in_what_is_the_accounts_own()
    {
        var guest = await Hub.AddMemberAsync("guest", "south");
        guest = await Hub.AddMemberAsync("guest", "north");
        var refused = Assert.IsType<MemberChangeResult.Refused>(await ApplyAsync(boss, guest, new()
        {
            Name = new("New", "Name"), UserName = "other", Email = new("a@b.example"), CodeAddress = new("a@b.example"), Role = Role.Administrator,
        }));
        Assert.Equal([MemberField.Name, MemberField.UserName, MemberField.Email, MemberField.CodeAddress], refused.Reasons.Select(reason => reason.Field));
        Assert.All(refused.Reasons, reason => Assert.Contains("another account", reason.Sentence, StringComparison.Ordinal));
        Assert.IsType<MemberChangeResult.Changed>(await ApplyAsync(boss, guest, new() { Role = Role.Administrator, Level = new(PermissionLevel.Acatr), SeatsToAdd = [TestDirectory.Console] }));
        Assert.Equal("User", Hub.Scalar("SELECT Role FROM Memberships WHERE AccountId = 'south' AND UserId = @u", ("@u", guest.UserId)));
    }

    [Fact]
    public async Task Sixty_four_who_take_the_last_seat_at_once_leave_it_with_one()
    {
        var members = new List<TestMember>();
        for (var i = 0; i < 64; i++)
        {
            members.Add(await Hub.AddMemberAsync($"m{i}", "north"));
        }

        await ApplyAsync(boss, boss, new() { SeatsToAdd = [TestDirectory.Console] });
        var results = await Task.WhenAll(members.Select(member => Task.Run(() => ApplyAsync(boss, member, new() { Level = new(PermissionLevel.Support), SeatsToAdd = [TestDirectory.Console] }))));

        Assert.Single(results.OfType<MemberChangeResult.Changed>());
        Assert.Equal(63, results.OfType<MemberChangeResult.Refused>().Count(refused => refused.Reasons is [{ NoSeatLeft: TestDirectory.Console }]));
        Assert.Equal(2L, Hub.Scalar("SELECT Used FROM SeatPools WHERE AccountId = 'north'"));
        Assert.Equal(2, Hub.Count("SeatAssignments", "AccountId = 'north'"));

        // All or nothing: who got no seat got no level either.
        Assert.Equal(1, Hub.Count("Memberships", "AccountId = 'north' AND PermissionLevel = 'SUPPORT'"));
    }

    [Fact]
    public async Task A_seat_is_moved_in_one_step_and_only_within_the_account()
    {
        var other = await Hub.AddMemberAsync("sue", "south");
        await ApplyAsync(boss, pat, new() { SeatsToAdd = [TestDirectory.Console] });
        Task<MemberActResult> MoveAsync(string from, string to) =>
            Hub.Store.WriteAsync(new Actor.Person(boss.UserId), transaction => MemberActs.MoveSeatAsync(transaction, "north", from, to, TestDirectory.Console));

        Assert.IsType<MemberActResult.NoSuchMember>(await MoveAsync(pat.MembershipId, other.MembershipId));
        Assert.IsType<MemberActResult.Refused>(await MoveAsync(boss.MembershipId, pat.MembershipId));
        Assert.IsType<MemberActResult.Done>(await MoveAsync(pat.MembershipId, boss.MembershipId));
        Assert.Equal([TestDirectory.Console], (await StateAsync(boss)).Seats);
        Assert.Empty((await StateAsync(pat)).Seats);
        Assert.IsType<MemberActResult.Refused>(await MoveAsync(pat.MembershipId, boss.MembershipId));
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_sessions_at_home_and_only_this_accounts_grants_of_a_guest()
    {
        await Hub.AddClientAsync("app");
        await Hub.WriteAsync(transaction => Passwords.SetAsync(transaction, pat.UserId, "hash"));
        var southern = await Hub.AddMemberAsync("pat", "south");
        var southBoss = await Hub.AddMemberAsync("southboss", "south", Role.Administrator);
        var session = await Hub.SignInAsync(pat.UserId);
        var (north, south) = (await Hub.AuthorizeAsync("app", session, pat.MembershipId), await Hub.AuthorizeAsync("app", session, southern.MembershipId));

        Assert.IsType<MemberActResult.Done>(
            await Hub.Store.WriteAsync(new Actor.Person(southBoss.UserId), transaction => MemberActs.SignOutEverywhereAsync(transaction, "south", southern.MembershipId)));
        Assert.True(await Hub.IsLiveAsync(north!.GrantId));
        Assert.False(await Hub.IsLiveAsync(south!.GrantId));
        Assert.Equal(0, Hub.Count("Sessions", "EndedAt IS NOT NULL"));

        Assert.IsType<MemberActResult.Done>(
            await Hub.Store.WriteAsync(new Actor.Person(boss.UserId), transaction => MemberActs.SignOutEverywhereAsync(transaction, "north", pat.MembershipId)));
        Assert.False(await Hub.IsLiveAsync(north.GrantId));
        Assert.Equal(0, Hub.Count("Sessions", "EndedAt IS NULL"));
    }

    [Fact]
    public async Task Deleting_at_home_erases_the_user_and_a_guest_loses_only_the_membership()
    {
        var southern = await Hub.AddMemberAsync("pat", "south");
        var southBoss = await Hub.AddMemberAsync("southboss", "south", Role.Administrator);
        Assert.IsType<MemberActResult.Done>(await Hub.Store.WriteAsync(new Actor.Person(southBoss.UserId), transaction => MemberActs.DeleteAsync(transaction, "south", southern.MembershipId)));
        Assert.NotNull(await Hub.UserAsync(pat.UserId));
        Assert.IsType<MemberActResult.NoSuchMember>(await Hub.Store.WriteAsync(new Actor.Person(southBoss.UserId), transaction => MemberActs.DeleteAsync(transaction, "south", pat.MembershipId)));
        Assert.IsType<MemberActResult.Done>(await Hub.Store.WriteAsync(new Actor.Person(boss.UserId), transaction => MemberActs.DeleteAsync(transaction, "north", pat.MembershipId)));
        Assert.Equal(0, Hub.Count("Users", "UserNameKey = 'pat'"));
    }

    [Fact]
    public async Task An_address_for_codes_that_an_administrator_names_is_verified_by_the_first_code_and_can_be_taken_away()
    {
        await ApplyAsync(boss, pat, new() { CodeAddress = new("codes@north.example") });
        Assert.Equal(1, Hub.Count("EmailCodes", "VerifiedAt IS NULL"));
        await Hub.WriteAsync(transaction => SecondFactors.VerifyEmailCodesAsync(transaction, pat.UserId));
        Assert.Equal(0, Hub.Count("EmailCodes", "VerifiedAt IS NULL"));
        Assert.IsType<MemberChangeResult.Changed>(await ApplyAsync(boss, pat, new() { CodeAddress = new("") }));
        Assert.Equal(0, Hub.Count("EmailCodes"));
    }

    [Fact]
    public async Task A_deactivation_frees_seats_and_says_so_and_a_reactivation_brings_none_back()
    {
        await ApplyAsync(boss, pat, new() { SeatsToAdd = [TestDirectory.Console] });
        var changed = Assert.IsType<MemberChangeResult.Changed>(await ApplyAsync(boss, pat, new() { Status = MembershipStatus.Inactive }));
        Assert.Equal([new(MemberField.Status, "Active", "Inactive"), new(MemberField.Seats, "console", "")], changed.Differences);
        changed = Assert.IsType<MemberChangeResult.Changed>(await ApplyAsync(boss, pat, new() { Status = MembershipStatus.Active, SeatsToAdd = [TestDirectory.Console] }));
        Assert.Equal([new(MemberField.Status, "Inactive", "Active"), new(MemberField.Seats, "", "console")], changed.Differences);
    }

    [Fact]
    public async Task Nobody_is_asked_for_a_second_factor_by_whom_alone_the_account_can_be_administered_without_one()
    {
        var second = await Hub.AddMemberAsync("second", "north", Role.Administrator);
        var require = new MemberChange { TwoFactorRequired = true };
        Assert.IsType<MemberChangeResult.Changed>(await ApplyAsync(boss, pat, require));
        Assert.IsType<MemberChangeResult.Changed>(await ApplyAsync(boss, second, require));

        var refused = Assert.IsType<MemberChangeResult.Refused>(await ApplyAsync(second, boss, require));
        Assert.Equal(MemberField.TwoFactor, Assert.Single(refused.Reasons).Field);
        Assert.Contains("could sign in", refused.Reasons[0].Sentence, StringComparison.Ordinal);
        Assert.False((await StateAsync(boss)).TwoFactorRequired);

        // Codes by mail do not count where a second factor is required; an authenticator app does, another's or their own.
        await Hub.WriteAsync(transaction => SecondFactors.PutEmailCodesAsync(transaction, second.UserId, "second@mail.example"));
        Assert.IsType<MemberChangeResult.Refused>(await ApplyAsync(second, boss, require));
        await Hub.WriteAsync(transaction => SecondFactors.PutTotpAsync(transaction, second.UserId, new byte[20]));
        Assert.IsType<MemberChangeResult.Changed>(await ApplyAsync(second, boss, require));
    }

    [Fact]
    public async Task Whoever_has_an_authenticator_app_may_be_asked_for_it_even_as_the_only_administrator()
    {
        await Hub.WriteAsync(transaction => SecondFactors.PutTotpAsync(transaction, boss.UserId, new byte[20]));
        Assert.IsType<MemberChangeResult.Changed>(await ApplyAsync(boss, boss, new() { TwoFactorRequired = true }));
    }
}
