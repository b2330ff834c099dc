using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace IdentityHub.Domain.Tests.Jobs;

public sealed class BulkTests : JobTests
{
    [Fact]
    public async Task A_preview_says_who_would_be_changed_and_changes_nothing()
    {
        var members = await AddMembersAsync(20);
        await Hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, members[0].MembershipId, Role.Administrator));
        var before = Directory();

        var id = await PrepareAsync(new JobAction.ChangeRole(Role.Administrator), [.. members, Boss]);
        await RunAsync();

        Assert.Equal(before, Directory());
        var job = await JobAsync(id);
        Assert.Equal((JobStatus.Preview, 21, new JobCounts(19, 0, 0, 1, 1, 0)), (job.Status, job.Total, job.Counts));
        Assert.Equal((21, JobOutcome.Skipped), ((await ItemsAsync(id))[^1].Ordinal, (await ItemsAsync(id))[^1].Outcome));
        Assert.Contains("Primary User", (await ItemsAsync(id))[^1].Note, StringComparison.Ordinal);
        Assert.Equal("user000", (await ItemsAsync(id, JobOutcome.Unchanged)).Single().UserName);
        Assert.False(await NewRunner().TakeTurnsAsync());
    }

    public static TheoryData<string, string> Kinds() => new()
    {
        { "role", "Role = 'Administrator'" },
        { "level", "PermissionLevel = 'SUPPORT'" },
        { "require", "TwoFactorRequired" },
        { "deactivate", "Status = 'Inactive'" },
        { "give", "Id IN (SELECT MembershipId FROM SeatAssignments)" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Each_kind_changes_everyone_who_was_named_and_nobody_else(string kind, string sql)
    {
        var members = await AddMembersAsync(5);
        var id = await StartAsync(
            kind switch
            {
                "role" => new JobAction.ChangeRole(Role.Administrator),
                "level" => new JobAction.ChangeLevel(PermissionLevel.Support),
                "require" => new JobAction.RequireTwoFactor(true),
                "deactivate" => new JobAction.Deactivate(),
                _ => new JobAction.GiveSeat(TestDirectory.Console),
            },
            members.Take(3));
        await RunAsync();

        var job = await JobAsync(id);
        Assert.Equal((JobStatus.Done, new JobCounts(0, 3, 0, 0, 0, 0)), (job.Status, job.Counts));
        Assert.Equal(
            members.Take(3).Select(member => member.MembershipId).Order(StringComparer.Ordinal),
            members.Select(member => member.MembershipId).Where(member => Hub.Count("Memberships", $"Id = '{member}' AND ({sql})") == 1).Order(StringComparer.Ordinal));
        Assert.Equal(3, Hub.Count("Audit", $"ActorId = '{Ada.UserId}' AND SubjectUserId IS NOT NULL AND Action IN ('member.changed', 'member.deactivated', 'seat.assigned')"));
    }

    [Fact]
    public async Task What_was_deactivated_is_activated_again_and_a_seat_is_taken()
    {
        var members = await AddMembersAsync(3);
        await StartAsync(new JobAction.GiveSeat(TestDirectory.Console), members);
        await RunAsync();
        await StartAsync(new JobAction.TakeSeat(TestDirectory.Console), members[0]);
        await RunAsync();
        Assert.Equal(2L, Hub.Scalar("SELECT Used FROM SeatPools"));

        await StartAsync(new JobAction.Deactivate(), members);
        await RunAsync();
        Assert.Equal(0L, Hub.Scalar("SELECT Used FROM SeatPools"));
        await StartAsync(new JobAction.Reactivate(), members);
        await RunAsync();
        Assert.Equal(0, Hub.Count("Memberships", "Status <> 'Active'"));
    }

    [Fact]
    public async Task Who_is_deleted_leaves_nothing_in_the_job_but_that_it_happened()
    {
        var members = await AddMembersAsync(3);
        var id = await StartAsync(new JobAction.Delete(), members);
        await RunAsync();

        Assert.Equal((JobStatus.Done, 3), ((await JobAsync(id)).Status, (await JobAsync(id)).Counts.Changed));
        Assert.All(await ItemsAsync(id), item => Assert.Equal((null, null, JobOutcome.Changed), (item.MembershipId, item.UserName, item.Outcome)));
        Assert.All(members, member => Assert.DoesNotContain(Hub.Everything(), row =>
            row.Contains(member.MembershipId, StringComparison.Ordinal) || (row.Contains(member.UserId, StringComparison.Ordinal) && !row.StartsWith("Outbox", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Whoever_was_deleted_meanwhile_is_skipped()
    {
        var members = await AddMembersAsync(2);
        var id = await StartAsync(new JobAction.RequireTwoFactor(true), members);
        await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, members[0].MembershipId));
        await RunAsync();

        Assert.Equal([JobOutcome.Skipped, JobOutcome.Changed], (await ItemsAsync(id)).Select(item => item.Outcome));
    }

    [Fact]
    public async Task The_last_seats_go_to_the_first_and_the_preview_says_so()
    {
        var members = await AddMembersAsync(40);
        var id = await PrepareAsync(new JobAction.GiveSeat(TestDirectory.Console), members);
        await RunAsync();
        Assert.Equal(new(3, 0, 0, 0, 37, 0), (await JobAsync(id)).Counts);

        await Hub.WriteAsync(transaction => Domain.Seats.Seats.AssignAsync(transaction, Boss.MembershipId, TestDirectory.Console));
        await ConfirmAsync(id);
        await RunAsync();

        Assert.Equal(new(0, 2, 0, 0, 38, 0), (await JobAsync(id)).Counts);
        Assert.Equal(3L, Hub.Scalar("SELECT Used FROM SeatPools"));
        Assert.Contains("No seat", (await ItemsAsync(id))[2].Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_takes_their_own_ground_from_under_a_job()
    {
        var other = await Hub.AddMemberAsync("other", North);
        foreach (var action in new JobAction[] { new JobAction.Deactivate(), new JobAction.Delete(), new JobAction.ChangeRole(Role.User) })
        {
            var id = await PrepareAsync(action, Ada, other);
            await RunAsync();

            var items = await ItemsAsync(id);
            Assert.Equal(JobOutcome.Skipped, items[0].Outcome);
            Assert.Contains("yo", items[0].Note, StringComparison.Ordinal);
            await CancelAsync(id);
        }
    }

    [Fact]
    public async Task Members_of_other_accounts_are_not_in_it()
    {
        await Hub.AddAccountAsync("south");
        var foreign = await Hub.AddMemberAsync("foreign", "south");
        var own = await Hub.AddMemberAsync("own", North);

        var id = await StartAsync(new JobAction.Deactivate(), foreign, own);
        await RunAsync();

        Assert.Equal(1, (await JobAsync(id)).Total);
        Assert.Equal(MembershipStatus.Active, (await Hub.MembershipAsync(foreign)).Status);
        Assert.Null(await Hub.ReadAsync(reader => JobReading.FindAsync(reader, "south", id)));
        Assert.Empty(await Hub.ReadAsync(reader => JobReading.ItemsAsync(reader, "south", id, null, 0, 10)));
        Assert.Equal(Domain.Jobs.Jobs.StepResult.NoSuchJob, await Hub.Store.WriteAsync(Actor, transaction => Domain.Jobs.Jobs.CancelAsync(transaction, "south", id)));
    }

    [Fact]
    public async Task All_who_match_are_found_and_found_once_though_the_runner_dies()
    {
        await AddMembersAsync(260);
        var id = await PrepareAsync(new JobAction.RequireTwoFactor(true), new Domain.Jobs.Jobs.Selection.Matching(new() { Find = "user" }));
        await Assert.ThrowsAsync<StoreFailedException>(() => RunAsync(NewRunner(new DyingStore(Hub.Store, 2))));
        Assert.Equal(250, Hub.Count("JobItems"));

        Hub.Time.Advance(TimeSpan.FromSeconds(11));
        await RunAsync();

        var job = await JobAsync(id);
        Assert.Equal((JobStatus.Preview, 260, 260), (job.Status, job.Total, job.Counts.Waiting));
        Assert.Equal(260L, Hub.Scalar("SELECT count(DISTINCT MembershipId) FROM JobItems"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(17)]
    [InlineData(18)]
    [InlineData(30)]
    public async Task A_runner_that_dies_loses_nothing_and_repeats_nothing(int writes)
    {
        var members = await AddMembersAsync(60);
        await Hub.WriteAsync(transaction => Memberships.RequireTwoFactorAsync(transaction, members[3].MembershipId, true));
        var id = await StartAsync(new JobAction.RequireTwoFactor(true), members);
        var audited = Hub.Count("Audit", "Action = 'member.changed'");
        await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(NewRunner(new DyingStore(Hub.Store, writes))));
        Assert.Equal(JobStatus.Running, (await JobAsync(id)).Status);

        var next = NewRunner();
        Assert.False(await next.TakeTurnsAsync());
        Hub.Time.Advance(TimeSpan.FromSeconds(11));
        await RunAsync(next);

        Assert.Equal((JobStatus.Done, new JobCounts(0, 59, 0, 1, 0, 0)), ((await JobAsync(id)).Status, (await JobAsync(id)).Counts));
        Assert.Equal(59, Hub.Count("Audit", "Action = 'member.changed'") - audited);
    }

    [Fact]
    public async Task Two_runners_never_do_the_same()
    {
        var members = await AddMembersAsync(100);
        var id = await StartAsync(new JobAction.RequireTwoFactor(true), members);
        var (one, other) = (NewRunner(), NewRunner());
        var both = new[] { one, other }.Select(runner => Task.Run(async () =>
        {
            // The clock runs so fast that each takes the job from the other again and again.
            for (var i = 0; i < 200 && (await JobAsync(id)).Status != JobStatus.Done; i++)
            {
                await runner.TakeTurnsAsync();
                Hub.Time.Advance(TimeSpan.FromSeconds(11));
            }
        }));
        await Task.WhenAll(both);

        Assert.Equal((JobStatus.Done, 100), ((await JobAsync(id)).Status, (await JobAsync(id)).Counts.Changed));
        Assert.Equal(100, Hub.Count("Audit", $"Action = 'member.changed' AND ActorId = '{Ada.UserId}'"));
    }

    [Fact]
    public async Task A_job_that_is_cancelled_stops_and_what_was_done_stays()
    {
        var id = await StartAsync(new JobAction.RequireTwoFactor(true), await AddMembersAsync(60));
        var runner = NewRunner();
        await runner.TakeTurnsAsync();
        Assert.Equal(Domain.Jobs.Jobs.StepResult.Done, await CancelAsync(id));
        await RunAsync(runner);

        var job = await JobAsync(id);
        Assert.Equal((JobStatus.Cancelled, 60), (job.Status, job.Counts.Changed + job.Counts.Waiting));
        Assert.InRange(job.Counts.Changed, 1, 59);
        Assert.Equal(job.Counts.Changed, Hub.Count("Memberships", "TwoFactorRequired"));
        Assert.Equal(Domain.Jobs.Jobs.StepResult.WrongStatus, await CancelAsync(id));
        Assert.Equal(Domain.Jobs.Jobs.StepResult.WrongStatus, await ConfirmAsync(id));
    }

    [Theory]
    [InlineData("role")]
    [InlineData("deactivated")]
    [InlineData("deleted")]
    public async Task A_job_stops_when_the_person_may_no_longer(string how)
    {
        var id = await StartAsync(new JobAction.RequireTwoFactor(true), await AddMembersAsync(60));
        var runner = NewRunner();
        await runner.TakeTurnsAsync();
        var done = Hub.Count("Memberships", "TwoFactorRequired");
        await Hub.WriteAsync(async transaction =>
        {
            _ = how switch
            {
                "role" => await Memberships.ChangeRoleAsync(transaction, Ada.MembershipId, Role.User) is Memberships.ChangeResult.Changed,
                "deactivated" => await UserLifecycle.DeactivateAsync(transaction, Ada.MembershipId) == UserLifecycle.StatusResult.Changed,
                _ => await UserLifecycle.DeleteAsync(transaction, Ada.MembershipId) == UserLifecycle.StatusResult.Changed,
            };
        });
        await RunAsync(runner);

        var job = await JobAsync(id);
        Assert.Equal(JobStatus.Failed, job.Status);
        Assert.Contains("may no longer", job.Note, StringComparison.Ordinal);
        Assert.Equal(done, Hub.Count("Memberships", "TwoFactorRequired"));
        Assert.Equal(60 - done, job.Counts.Waiting);
    }

    [Fact]
    public async Task One_that_fails_fails_alone()
    {
        var members = await AddMembersAsync(20);
        await Hub.WriteAsync(transaction => transaction.Db.UserKeys.Where(key => key.UserId == members[7].UserId)
            .ExecuteUpdateAsync(update => update.SetProperty(key => key.SealedKey, new byte[] { 0 })));
        var id = await PrepareAsync(new JobAction.RequireTwoFactor(true), members);
        await RunAsync();
        Assert.Equal(new(19, 0, 0, 0, 0, 1), (await JobAsync(id)).Counts);
        await ConfirmAsync(id);
        await RunAsync();

        Assert.Equal(new(0, 19, 0, 0, 0, 1), (await JobAsync(id)).Counts);
        Assert.Equal(8, (await ItemsAsync(id, JobOutcome.Failed)).Single().Ordinal);
        Assert.Equal(19, Hub.Count("Memberships", "TwoFactorRequired"));
    }

    [Fact]
    public async Task Only_who_looked_at_a_preview_confirms_it()
    {
        var id = await PrepareAsync(new JobAction.Deactivate(), await AddMembersAsync(1));
        Assert.Equal(Domain.Jobs.Jobs.StepResult.WrongStatus, await ConfirmAsync(id));
        await RunAsync();
        Assert.Equal(Domain.Jobs.Jobs.StepResult.WrongStatus, await ConfirmAsync(id, new Actor.Person(Boss.UserId)));
        Assert.Equal(Domain.Jobs.Jobs.StepResult.Done, await ConfirmAsync(id));
        Assert.Equal(Domain.Jobs.Jobs.StepResult.WrongStatus, await ConfirmAsync(id));
    }

    [Fact]
    public async Task An_account_has_so_many_unfinished_jobs_and_no_more()
    {
        for (var i = 0; i < Domain.Jobs.Jobs.MostUnfinished; i++)
        {
            await PrepareAsync(new JobAction.Deactivate(), Boss);
        }

        var result = await Hub.Store.WriteAsync(Actor, transaction => Domain.Jobs.Jobs.PrepareAsync(transaction, North, new JobAction.Delete(), new Domain.Jobs.Jobs.Selection.Matching(MemberFilter.All)));
        Assert.IsType<Domain.Jobs.Jobs.PrepareResult.TooManyUnfinished>(result);
        Assert.Equal(Domain.Jobs.Jobs.MostUnfinished, (await Hub.ReadAsync(reader => JobReading.RecentAsync(reader, North))).Count);
    }

    [Fact]
    public async Task Jobs_go_after_a_month_and_previews_that_nobody_confirmed_after_a_day()
    {
        var members = await AddMembersAsync(600);
        var done = await StartAsync(new JobAction.RequireTwoFactor(true), members);
        await RunAsync();
        var preview = await PrepareAsync(new JobAction.Deactivate(), members[0]);
        await RunAsync();
        var housekeeping = new Housekeeping(Hub.Store, Hub.Time, NullLogger<Housekeeping>.Instance);

        Hub.Time.Advance(TimeSpan.FromHours(25));
        await housekeeping.SweepAsync(default);
        Assert.Equal([done], (await Hub.ReadAsync(reader => JobReading.RecentAsync(reader, North))).Select(job => job.Id));
        Assert.NotEqual(done, preview);

        Hub.Time.Advance(TimeSpan.FromDays(30));
        await housekeeping.SweepAsync(default);
        Assert.Equal((0, 0), (Hub.Count("Jobs"), Hub.Count("JobItems")));
    }
}
