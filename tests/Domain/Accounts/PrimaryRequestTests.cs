using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Tests.Notices;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityHub.Domain.Tests.Accounts;

/// <summary>In account a: Pat is PRIMARY, Ada an Administrator, Sam a User with SUPPORT, Ulf a User. Olga runs the hub and is at home elsewhere. Account b has no Primary User, and Bo administers it.</summary>
public sealed class PrimaryRequestTests : HubTests
{
    private TestMember pat = null!, ada = null!, sam = null!, ulf = null!, olga = null!, bo = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("a");
        await Hub.AddAccountAsync("b");
        await Hub.AddAccountAsync("office");
        pat = await Hub.AddMemberAsync("pat", "a", Role.User, PermissionLevel.Primary);
        ada = await Hub.AddMemberAsync("ada", "a", Role.Administrator);
        sam = await Hub.AddMemberAsync("sam", "a", Role.User, PermissionLevel.Support);
        ulf = await Hub.AddMemberAsync("ulf", "a");
        bo = await Hub.AddMemberAsync("bo", "b", Role.Administrator);
        olga = await Hub.AddMemberAsync("olga", "office");
        Hub.Scalar($"UPDATE Users SET Operator = 1 WHERE Id = '{olga.UserId}'");
    }

    [Fact]
    public async Task Asked_by_an_administrator_confirmed_by_the_primary_and_accepted_it_is_swapped()
    {
        await Hub.AddClientAsync("portal");
        var former = await GrantAsync(pat);
        var underSupport = await GrantAsync(sam);

        var id = await MadeAsync(ada, sam);
        Assert.Equal(PrimaryRequestState.Requested, (await OpenAsync())!.State);
        Assert.Equal(PrimaryTransfer.StepResult.NotNow, await AcceptAsync(sam, id));
        Assert.Equal(PrimaryTransfer.StepResult.Done, await ConfirmAsync(pat, id));
        Assert.Equal(PrimaryTransfer.StepResult.NotNow, await ConfirmAsync(pat, id));
        Assert.Equal(pat.MembershipId, (await HolderAsync())!.MembershipId);
        Assert.Equal(PrimaryTransfer.StepResult.Done, await AcceptAsync(sam, id));

        Assert.Equal((Role.User, PermissionLevel.Primary), await StandsAsync(sam));
        Assert.Equal((Role.Administrator, null), await StandsAsync(pat));
        Assert.False(await Hub.IsLiveAsync(former));
        Assert.True(await Hub.IsLiveAsync(underSupport));
        var history = Assert.Single(await Hub.ReadAsync(reader => PrimaryRequests.HistoryAsync(reader, "a", 10)));
        Assert.Equal((PrimaryRequestState.Accepted, null, "sam", "ada", "pat", "pat"), (history.State, history.End, history.Candidate.Name, history.RequestedBy.Name, history.ConfirmedBy.Name, history.Former.Name));
        Assert.Equal("Pat retires.\nSam follows.", await WhyAsync(id));
        Assert.Null(await OpenAsync());
        Assert.Equal(["primary.confirmed", "primary.requested", "primary.transferred"], Actions("primary.%"));
        Assert.Equal(PrimaryTransfer.StepResult.NotNow, await AcceptAsync(sam, id));
    }

    [Fact]
    public async Task Asking_is_confirming_for_the_primary_and_for_the_operator()
    {
        Assert.Equal(new PrimaryTransfer.RequestResult.Made((await OpenIdAsync(pat, sam))!, Confirmed: true), lastResult);
        await CancelAsync(pat, await CurrentAsync());
        Assert.Equal(new PrimaryTransfer.RequestResult.Made((await OpenIdAsync(olga, sam))!, Confirmed: true), lastResult);
        Assert.True((await OpenAsync())!.ConfirmedByOperator);
        Assert.Equal(PrimaryTransfer.StepResult.Done, await AcceptAsync(sam, await CurrentAsync()));
        Assert.Equal(sam.MembershipId, (await HolderAsync())!.MembershipId);
    }

    [Fact]
    public async Task Nobody_makes_themself_primary_alone()
    {
        Assert.Equal(new PrimaryTransfer.RequestResult.Made((await OpenIdAsync(ada, ada))!, Confirmed: false), lastResult);
        var id = await CurrentAsync();
        Assert.Equal(PrimaryTransfer.StepResult.MayNot, await ConfirmAsync(ada, id));
        Hub.Scalar($"UPDATE Users SET Operator = 1 WHERE Id = '{ada.UserId}'");
        Assert.Equal(PrimaryTransfer.StepResult.MayNot, await ConfirmAsync(ada, id));
        Assert.Equal(PrimaryTransfer.StepResult.NotNow, await AcceptAsync(ada, id));
        await CancelAsync(ada, id);
        Assert.Equal(new PrimaryTransfer.RequestResult.Made((await OpenIdAsync(ada, ada))!, Confirmed: false), lastResult);
    }

    [Fact]
    public async Task Only_who_manages_users_or_runs_the_hub_asks_and_only_for_an_active_member_of_the_account()
    {
        Assert.IsType<PrimaryTransfer.RequestResult.MayNot>(await RequestAsync(ulf, ulf));
        Assert.IsType<PrimaryTransfer.RequestResult.MayNot>(await RequestAsync(bo, sam));
        Assert.IsType<PrimaryTransfer.RequestResult.NoSuchMember>(await RequestAsync(ada, bo));
        Assert.IsType<PrimaryTransfer.RequestResult.AlreadyPrimary>(await RequestAsync(ada, pat));
        Assert.IsType<PrimaryTransfer.RequestResult.WhyInvalid>(await RequestAsync(ada, sam, " \n\u0007 "));
        Assert.IsType<PrimaryTransfer.RequestResult.WhyInvalid>(await RequestAsync(ada, sam, new string('x', 1001)));
        Assert.IsType<PrimaryTransfer.RequestResult.NotActive>(await RequestAsync(ada, await Hub.AddMemberAsync("ina", "a", status: MembershipStatus.Inactive)));
        await Hub.AddMemberAsync("guest", "b");
        Assert.IsType<PrimaryTransfer.RequestResult.NotActive>(await RequestAsync(ada, await Hub.AddMemberAsync("guest", "a", status: MembershipStatus.Invited)));
        Assert.IsType<PrimaryTransfer.RequestResult.MayNot>(await Hub.Store.WriteAsync(
            new Actor.Provisioning("a", "token"), transaction => PrimaryTransfer.RequestAsync(transaction, "a", sam.MembershipId, "x")));
        Assert.Equal(0, Hub.Count("PrimaryRequests"));
        Assert.IsType<PrimaryTransfer.RequestResult.Made>(await RequestAsync(ada, sam, new string('x', 1000)));
    }

    [Fact]
    public async Task A_guest_who_has_accepted_can_become_primary()
    {
        var guest = await Hub.AddMemberAsync("bo", "a");
        var id = await MadeAsync(pat, guest);
        Assert.Equal(PrimaryTransfer.StepResult.Done, await AcceptAsync(guest, id));
        Assert.Equal(guest.MembershipId, (await HolderAsync())!.MembershipId);
    }

    [Fact]
    public async Task Each_step_is_its_own_persons()
    {
        var id = await MadeAsync(ada, sam);
        Assert.Equal(PrimaryTransfer.StepResult.MayNot, await ConfirmAsync(ada, id));
        Assert.Equal(PrimaryTransfer.StepResult.MayNot, await ConfirmAsync(sam, id));
        Assert.Equal(PrimaryTransfer.StepResult.MayNot, await ConfirmAsync(bo, id));
        Assert.Equal(PrimaryTransfer.StepResult.MayNot, await CancelAsync(pat, id));
        Assert.Equal(PrimaryTransfer.StepResult.MayNot, await DeclineAsync(ulf, id));
        Assert.Equal(PrimaryTransfer.StepResult.NoSuchRequest, await AsAsync(olga, transaction => PrimaryTransfer.ConfirmAsync(transaction, "b", id)));
        Assert.Equal(PrimaryTransfer.StepResult.NoSuchRequest, await AsAsync(olga, transaction => PrimaryTransfer.DeclineAsync(transaction, "b", id)));
        Assert.Equal(PrimaryTransfer.StepResult.NoSuchRequest, await AsAsync(ada, transaction => PrimaryTransfer.CancelAsync(transaction, "b", id)));
        Assert.Equal(PrimaryTransfer.StepResult.Done, await ConfirmAsync(olga, id));
        Assert.Equal(PrimaryTransfer.StepResult.NoSuchRequest, await AcceptAsync(ada, id));
        Assert.Equal(PrimaryTransfer.StepResult.NoSuchRequest, await AcceptAsync(pat, id));
        Assert.Null(await Hub.ReadAsync(reader => PrimaryRequests.FindAsync(reader, "b", id)));
        Assert.Equal(id, Assert.Single(await Hub.ReadAsync(reader => PrimaryRequests.ForCandidateAsync(reader, sam.UserId))).Id);
        Assert.Empty(await Hub.ReadAsync(reader => PrimaryRequests.ForCandidateAsync(reader, ada.UserId)));
    }

    [Fact]
    public async Task It_is_accepted_only_right_after_signing_in()
    {
        var id = await MadeAsync(pat, sam);
        Assert.Equal(PrimaryTransfer.StepResult.SignInTooOld, await AcceptAsync(sam, id, ago: TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1)));
        Assert.Equal(pat.MembershipId, (await HolderAsync())!.MembershipId);
        Assert.Equal(PrimaryTransfer.StepResult.Done, await AcceptAsync(sam, id, ago: TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public async Task Of_64_who_accept_at_the_same_time_one_swaps()
    {
        var id = await MadeAsync(pat, sam);
        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => AcceptAsync(sam, id)));
        Assert.Single(results, PrimaryTransfer.StepResult.Done);
        Assert.Equal(63, results.Count(result => result == PrimaryTransfer.StepResult.NotNow));
        Assert.Equal(1, Hub.Count("Audit", "Action = 'primary.transferred'"));
        Assert.Equal(1, Hub.Count("Memberships", "AccountId = 'a' AND PermissionLevel = 'PRIMARY'"));
    }

    [Fact]
    public async Task An_account_has_one_open_request_however_many_ask()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => RequestAsync(i % 2 == 0 ? ada : pat, sam)));
        var made = Assert.Single(results.OfType<PrimaryTransfer.RequestResult.Made>());
        Assert.All(results.OfType<PrimaryTransfer.RequestResult.OneIsOpen>(), open => Assert.Equal(made.Id, open.Id));
        Assert.Throws<SqliteException>(() => Hub.Scalar("INSERT INTO PrimaryRequests SELECT 'x', * FROM (SELECT * FROM PrimaryRequests) LIMIT 0; UPDATE PrimaryRequests SET EndedAt = 1; "
            + "INSERT INTO PrimaryRequests (Id, AccountId, RequestedByOperator, State, CreatedAt, ExpiresAt, ConfirmedByOperator, NextStepAt, Reminders) VALUES ('x', 'a', 0, 'Requested', 1, 1, 0, 1, 0), ('y', 'a', 0, 'Requested', 1, 1, 0, 1, 0)"));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Whoever_wins_of_accepting_and_deactivating_the_account_has_one_active_primary(bool deactivatePrimary)
    {
        for (var round = 0; round < 8; round++)
        {
            var account = $"race{round}";
            await Hub.AddAccountAsync(account);
            var primary = await Hub.AddMemberAsync($"p{round}", account, Role.User, PermissionLevel.Primary);
            await Hub.AddMemberAsync($"x{round}", account, Role.Administrator);
            var candidate = await Hub.AddMemberAsync($"c{round}", account);
            var made = (PrimaryTransfer.RequestResult.Made)await AsAsync(primary, transaction => PrimaryTransfer.RequestAsync(transaction, account, candidate.MembershipId, "x"));

            var accepting = AcceptAsync(candidate, made.Id);
            var leaving = Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, (deactivatePrimary ? primary : candidate).MembershipId));
            await Task.WhenAll(accepting, leaving);

            Assert.Equal(UserLifecycle.StatusResult.Changed, await leaving);
            var holder = (await Hub.ReadAsync(reader => PrimaryRequests.HolderAsync(reader, account)))!;
            Assert.Equal(await accepting == PrimaryTransfer.StepResult.Done ? candidate.MembershipId : primary.MembershipId, holder.MembershipId);
            Assert.Equal(0, Hub.Count("PrimaryRequests", "EndedAt IS NULL"));
        }
    }

    [Fact]
    public async Task Declined_or_taken_back_nothing_changes_and_everyone_is_told()
    {
        Func<string, Task<PrimaryTransfer.StepResult>>[] ways = [id => DeclineAsync(pat, id), id => DeclineAsync(sam, id), id => DeclineAsync(olga, id), id => CancelAsync(ada, id)];
        PrimaryRequestEnd[] ends = [PrimaryRequestEnd.ByPrimary, PrimaryRequestEnd.ByCandidate, PrimaryRequestEnd.ByOperator, PrimaryRequestEnd.ByRequester];
        for (var i = 0; i < ways.Length; i++)
        {
            var id = await MadeAsync(ada, sam);
            var told = await Hub.TellsAsync(async () => Assert.Equal(PrimaryTransfer.StepResult.Done, await ways[i](id)));
            Assert.Equal(["ada: primary-ended", "pat: primary-ended", "sam: primary-ended"], told.Order());
            Assert.Equal(PrimaryTransfer.StepResult.NotNow, await ways[i](id));
            Assert.Equal(ends[i], (await Hub.ReadAsync(reader => PrimaryRequests.FindAsync(reader, "a", id)))!.End);
            Assert.Equal(pat.MembershipId, (await HolderAsync())!.MembershipId);
            Hub.Time.Advance(TimeSpan.FromHours(2));
        }
    }

    [Fact]
    public async Task Everyone_concerned_is_told_at_each_step()
    {
        string? id = null;
        Assert.Equal(
            ["ada: primary-requested", "olga: primary-to-confirm", "pat: primary-to-confirm", "sam: primary-requested"], (await Hub.TellsAsync(async () => id = await MadeAsync(ada, sam))).Order());
        Assert.Equal(["ada: primary-confirmed", "pat: primary-confirmed", "sam: primary-to-accept"], (await Hub.TellsAsync(() => ConfirmAsync(pat, id!))).Order());
        Assert.Equal(["ada: primary-accepted", "pat: primary-accepted-former", "sam: primary-accepted-new"], (await Hub.TellsAsync(() => AcceptAsync(sam, id!))).Order());

        Assert.Equal(["olga: primary-confirmed", "sam: primary-confirmed", "ulf: primary-to-accept"], (await Hub.TellsAsync(async () => id = await MadeAsync(sam, ulf))).Order());
        var mails = await Hub.MailsAsync();
        Assert.Contains(mails, mail => mail.To == "pat@mail.example" && mail.Text.Contains("make sam the Primary User of Account a", StringComparison.Ordinal));
        Assert.DoesNotContain(mails, mail => mail.Text.Contains("retires", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_primary_who_can_sign_in_the_operator_confirms()
    {
        var made = (PrimaryTransfer.RequestResult.Made)await AsAsync(bo, transaction => PrimaryTransfer.RequestAsync(transaction, "b", bo.MembershipId, "Nobody is."));
        Assert.False(made.Confirmed);
        Assert.False(Assert.Single(await WaitingAsync()).HasPrimary);
        Assert.Equal(PrimaryTransfer.StepResult.Done, await AsAsync(olga, transaction => PrimaryTransfer.ConfirmAsync(transaction, "b", made.Id)));
        Assert.Equal(PrimaryTransfer.StepResult.Done, await AcceptAsync(bo, made.Id));
        Assert.Null((await Hub.ReadAsync(reader => PrimaryRequests.FindAsync(reader, "b", made.Id)))!.Former.UserId);

        // One who was shut out holds it still, and cannot stand in the way.
        await Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, pat.MembershipId));
        var id = await MadeAsync(ada, sam);
        Assert.Equal(PrimaryTransfer.StepResult.MayNot, await ConfirmAsync(pat, id));
        Assert.Equal(PrimaryTransfer.StepResult.Done, await ConfirmAsync(olga, id));
        Assert.Equal(PrimaryTransfer.StepResult.Done, await AcceptAsync(sam, id));
        Assert.Equal((Role.Administrator, null), await StandsAsync(pat));
    }

    [Fact]
    public async Task A_first_primary_ends_what_was_confirmed_for_an_account_without_one()
    {
        var made = (PrimaryTransfer.RequestResult.Made)await AsAsync(olga, transaction => PrimaryTransfer.RequestAsync(transaction, "b", bo.MembershipId, "x"));
        var other = await Hub.AddMemberAsync("other", "b");
        await Hub.WriteAsync(transaction => PrimaryTransfer.AppointFirstAsync(transaction, other.MembershipId));
        Assert.Equal(PrimaryTransfer.StepResult.NotNow, await AcceptAsync(bo, made.Id));
        Assert.Equal(PrimaryRequestEnd.Overtaken, (await Hub.ReadAsync(reader => PrimaryRequests.FindAsync(reader, "b", made.Id)))!.End);
    }

    [Theory]
    [InlineData("sam", false, PrimaryRequestEnd.CandidateLeft), InlineData("sam", true, PrimaryRequestEnd.CandidateLeft)]
    [InlineData("pat", false, PrimaryRequestEnd.PrimaryLeft), InlineData("pat", true, PrimaryRequestEnd.PrimaryLeft)]
    [InlineData("ada", false, PrimaryRequestEnd.RequesterLeft), InlineData("ada", true, PrimaryRequestEnd.RequesterLeft)]
    public async Task Who_leaves_ends_it_and_those_who_stay_are_told(string who, bool deleted, PrimaryRequestEnd end)
    {
        await Hub.AddMemberAsync("second", "a", Role.Administrator);
        var id = await MadeAsync(ada, sam);
        var leaver = who switch { "sam" => sam, "pat" => pat, _ => ada };

        var before = (await Hub.MailsAsync()).Count(mail => mail.Template == "primary-ended");
        Assert.Equal(UserLifecycle.StatusResult.Changed, await Hub.WriteAsync(transaction => deleted
            ? UserLifecycle.DeleteAsync(transaction, leaver.MembershipId) : UserLifecycle.DeactivateAsync(transaction, leaver.MembershipId)));

        var told = (await Hub.MailsAsync()).Where(mail => mail.Template == "primary-ended").Skip(before).ToList();
        Assert.Equal(new[] { "ada", "pat", "sam" }.Where(name => name != who).Select(name => name + "@mail.example"), told.Select(mail => mail.To).Order());
        var ended = (await Hub.ReadAsync(reader => PrimaryRequests.FindAsync(reader, "a", id)))!;
        Assert.Equal((PrimaryRequestState.Cancelled, end), (ended.State, ended.End));
        Assert.Equal(deleted && who != "pat" ? null : "Pat retires.\nSam follows.", await WhyAsync(id));
        if (deleted)
        {
            Assert.DoesNotContain(told, mail => mail.Text.Contains($"make {who} ", StringComparison.Ordinal));
            Assert.DoesNotContain(Hub.Rows("PrimaryRequests"), row => row.Contains(leaver.UserId, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Shut_out_at_home_a_guest_is_nobodys_candidate_any_more()
    {
        var guest = await Hub.AddMemberAsync("bo", "a");
        await Hub.AddMemberAsync("second", "b", Role.Administrator);
        var id = await MadeAsync(pat, guest);
        await Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, bo.MembershipId));
        Assert.Equal(PrimaryTransfer.StepResult.NotNow, await AcceptAsync(guest, id));
        Assert.Equal(PrimaryRequestEnd.CandidateLeft, (await Hub.ReadAsync(reader => PrimaryRequests.FindAsync(reader, "a", id)))!.End);
    }

    [Fact]
    public async Task Who_has_to_act_is_reminded_twice_and_the_operators_once()
    {
        await MadeAsync(ada, sam);
        Assert.Empty(await SweptAsync(TimeSpan.FromHours(19.9)));
        Assert.Equal(["pat: primary-reminder-confirm"], await SweptAsync(TimeSpan.FromHours(0.2)));
        Assert.Empty(await SweptAsync(TimeSpan.Zero));
        Assert.False(Assert.Single(await WaitingAsync()).Overdue);
        Assert.Equal(["olga: primary-overdue"], await SweptAsync(TimeSpan.FromHours(4)));
        Assert.True(Assert.Single(await WaitingAsync()).Overdue);
        Assert.Empty(await SweptAsync(TimeSpan.FromHours(23)));
        Assert.Equal(["pat: primary-reminder-confirm"], await SweptAsync(TimeSpan.FromHours(1)));
        Assert.Empty(await SweptAsync(TimeSpan.FromHours(23)));
        Assert.Equal(["ada: primary-ended", "pat: primary-ended", "sam: primary-ended"], (await SweptAsync(TimeSpan.FromHours(1))).Order());
        Assert.Empty(await SweptAsync(TimeSpan.FromHours(100)));
        Assert.Equal(PrimaryRequestState.Expired, Assert.Single(await Hub.ReadAsync(reader => PrimaryRequests.HistoryAsync(reader, "a", 10))).State);
        Assert.Empty(await WaitingAsync());
    }

    [Fact]
    public async Task Once_confirmed_the_candidate_is_reminded_and_no_operator()
    {
        await MadeAsync(pat, sam);
        Assert.Equal(["sam: primary-reminder-accept"], await SweptAsync(TimeSpan.FromHours(30)));
        Assert.Equal(["sam: primary-reminder-accept"], await SweptAsync(TimeSpan.FromHours(20)));
    }

    [Fact]
    public async Task A_hub_that_was_down_sends_one_reminder_for_those_that_it_missed()
    {
        await MadeAsync(ada, sam);
        Assert.Equal(["olga: primary-overdue", "pat: primary-reminder-confirm"], (await SweptAsync(TimeSpan.FromHours(50))).Order());
        Assert.Empty(await SweptAsync(TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task After_72_hours_nobody_can_act_on_it_and_another_can_be_made_swept_or_not()
    {
        var id = await MadeAsync(ada, sam);
        await ConfirmAsync(pat, id);
        Hub.Time.Advance(PrimaryTransfer.Lifetime);
        Assert.Null(await OpenAsync());
        Assert.Equal(PrimaryTransfer.StepResult.NotNow, await AcceptAsync(sam, id));
        Assert.Equal(PrimaryTransfer.StepResult.NotNow, await DeclineAsync(pat, id));
        Assert.Equal(PrimaryTransfer.StepResult.NotNow, await CancelAsync(ada, id));
        Assert.IsType<PrimaryTransfer.RequestResult.Made>(await RequestAsync(ada, sam));
        Assert.Equal([PrimaryRequestState.Requested, PrimaryRequestState.Expired], (await Hub.ReadAsync(reader => PrimaryRequests.HistoryAsync(reader, "a", 10))).Select(view => view.State));
    }

    [Fact]
    public async Task Who_asks_again_and_again_sends_no_flood_of_mails()
    {
        for (var i = 0; i < 12; i++)
        {
            await CancelAsync(ada, await MadeAsync(ada, sam));
        }

        Assert.Equal(10, (await Hub.MailsAsync()).Count(mail => mail.To == "sam@mail.example"));
        var id = await MadeAsync(pat, sam);
        Assert.Equal(["ada", "pat", "sam"], (await Hub.TellsAsync(() => AcceptAsync(sam, id))).Select(told => told[..3]).Append("ada").Order());
    }

    [Fact]
    public async Task Who_is_held_after_a_reset_of_their_factors_asks_for_nothing_confirms_nothing_and_accepts_nothing()
    {
        var id = await MadeAsync(pat, sam);
        await HoldAsync(sam);
        Assert.NotEqual(PrimaryTransfer.StepResult.Done, await AcceptAsync(sam, id));
        Assert.Equal(pat.MembershipId, (await HolderAsync())!.MembershipId);
        Hub.Time.Advance(Domain.Credentials.RecoveryHold.Length);
        Assert.Equal(PrimaryTransfer.StepResult.Done, await AcceptAsync(sam, id));

        await HoldAsync(ada);
        Assert.IsType<PrimaryTransfer.RequestResult.MayNot>(await RequestAsync(ada, ulf));
        var next = await MadeAsync(pat, ulf);
        await HoldAsync(sam);
        Assert.Equal(PrimaryTransfer.StepResult.MayNot, await ConfirmAsync(sam, next));
        await HoldAsync(ulf);
        Assert.Equal(PrimaryTransfer.StepResult.Done, await DeclineAsync(ulf, next));
    }

    private Task<int> HoldAsync(TestMember member) => Hub.WriteAsync(transaction => transaction.Db.Users.Where(user => user.Id == member.UserId)
        .ExecuteUpdateAsync(update => update.SetProperty(user => user.RecoveryHoldUntil, transaction.Now + Domain.Credentials.RecoveryHold.Length)));

    private PrimaryTransfer.RequestResult? lastResult;

    private Task<T> AsAsync<T>(TestMember actor, Func<HubTransaction, Task<T>> work) => Hub.Store.WriteAsync(new Actor.Person(actor.UserId), work);

    private async Task<PrimaryTransfer.RequestResult> RequestAsync(TestMember actor, TestMember candidate, string why = "Pat retires.\r\nSam follows. ") =>
        lastResult = await AsAsync(actor, transaction => PrimaryTransfer.RequestAsync(transaction, "a", candidate.MembershipId, why));

    private async Task<string> MadeAsync(TestMember actor, TestMember candidate) => Assert.IsType<PrimaryTransfer.RequestResult.Made>(await RequestAsync(actor, candidate)).Id;

    private async Task<string?> OpenIdAsync(TestMember actor, TestMember candidate)
    {
        await RequestAsync(actor, candidate);
        return (await OpenAsync())?.Id;
    }

    private Task<PrimaryRequests.View?> OpenAsync() => Hub.ReadAsync(reader => PrimaryRequests.OpenOfAsync(reader, "a"));

    private async Task<string> CurrentAsync() => (await OpenAsync())!.Id;

    private Task<string?> WhyAsync(string id) => Hub.ReadAsync(reader => PrimaryRequests.WhyAsync(reader, "a", id));

    private Task<PrimaryRequests.Holder?> HolderAsync() => Hub.ReadAsync(reader => PrimaryRequests.HolderAsync(reader, "a"));

    private Task<IReadOnlyList<PrimaryRequests.Waiting>> WaitingAsync() => Hub.ReadAsync(reader => PrimaryRequests.WaitingAsync(reader, 10));

    private Task<PrimaryTransfer.StepResult> ConfirmAsync(TestMember actor, string id) => AsAsync(actor, transaction => PrimaryTransfer.ConfirmAsync(transaction, "a", id));

    private Task<PrimaryTransfer.StepResult> DeclineAsync(TestMember actor, string id) => AsAsync(actor, transaction => PrimaryTransfer.DeclineAsync(transaction, "a", id));

    private Task<PrimaryTransfer.StepResult> CancelAsync(TestMember actor, string id) => AsAsync(actor, transaction => PrimaryTransfer.CancelAsync(transaction, "a", id));

    private Task<PrimaryTransfer.StepResult> AcceptAsync(TestMember actor, string id, TimeSpan ago = default) =>
        AsAsync(actor, transaction => PrimaryTransfer.AcceptAsync(transaction, id, transaction.Now - ago));

    private async Task<string> GrantAsync(TestMember member) => (await Hub.AuthorizeAsync("portal", await Hub.SignInAsync(member.UserId), member.MembershipId))!.GrantId;

    private async Task<(Role, PermissionLevel?)> StandsAsync(TestMember member)
    {
        var view = await Hub.MembershipAsync(member);
        return (view.Role, view.PermissionLevel);
    }

    private async Task<string[]> SweptAsync(TimeSpan later)
    {
        Hub.Time.Advance(later);
        return await Hub.TellsAsync(() => Hub.WriteAsync(PrimaryTransfer.SweepAsync));
    }

    private string[] Actions(string like) => [.. ((string)Hub.Scalar($"SELECT group_concat(Action) FROM (SELECT Action FROM Audit WHERE Action LIKE '{like}' ORDER BY Action)")!).Split(',')];
}
