using System.Text;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;
using Operations = IdentityHub.Domain.Accounts.AccountLifecycle;

namespace IdentityHub.Domain.Tests.Jobs;

/// <summary>What is left of jobs that come to nothing, and which of them do.</summary>
public sealed class EndedJobTests : JobTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_a_file_that_is_discarded_nothing_can_be_read_at_once_and_soon_nothing_is_there(bool planned)
    {
        var file = "email,secret name\n" + string.Concat(Enumerable.Range(0, 700).Select(i => $"u{i}@mail.example,User {i}\n"));
        var id = planned ? await TryAsync(file) : await DraftAsync(file);
        Assert.Equal(700, Hub.Count("JobItems", "SealedLine IS NOT NULL"));

        Assert.Equal(Domain.Jobs.Jobs.StepResult.Done, await CancelAsync(id));

        Assert.InRange(Hub.Count("JobItems"), 1, 699);
        Assert.Empty(await ItemsAsync(id));
        Assert.Empty(await Hub.ReadAsync(reader => Task.FromResult(JobReading.Sample(reader, North, id, 3))));
        await RunAsync();
        Assert.Equal(0, Hub.Count("JobItems"));
        var job = await JobAsync(id);
        Assert.Equal((JobStatus.Cancelled, true, new JobCounts(0, 0, 0, 0, 0, 0)), (job.Status, job.IsDiscarded, job.Counts));
        Assert.Empty(Assert.IsType<JobAction.Import>(job.Action).Header);
    }

    [Fact]
    public async Task What_a_discarded_job_looked_for_is_forgotten()
    {
        var id = await PrepareAsync(new JobAction.Deactivate(), new Domain.Jobs.Jobs.Selection.Matching(MemberFilter.All with { Find = "somebody" }));
        Assert.Equal("somebody", (await ParametersAsync(id)).Filter?.Find);
        await CancelAsync(id);
        Assert.Null((await ParametersAsync(id)).Filter);
    }

    [Fact]
    public async Task A_preview_that_may_not_go_on_leaves_nothing_of_its_file()
    {
        var id = await DraftAsync("email\na@mail.example\n");
        await ChooseColumnsAsync(id);
        await Hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, Ada.MembershipId, Role.User));
        await RunAsync();
        Assert.Equal((JobStatus.Failed, 0), ((await JobAsync(id)).Status, Hub.Count("JobItems")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_is_erased_is_in_no_file_that_was_not_looked_through_yet(bool columnsKnown)
    {
        var old = await Hub.AddMemberAsync("old@mail.example", North);
        var id = await DraftAsync("email,name\nold@mail.example,Olga Old\n");
        if (columnsKnown)
        {
            await ChooseColumnsAsync(id);
        }

        await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, old.MembershipId));

        Assert.Equal((JobStatus.Cancelled, 0), ((await JobAsync(id)).Status, Hub.Count("JobItems")));
        Assert.Contains("deleted", (await JobAsync(id)).Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_is_erased_while_a_file_is_read_is_not_kept_with_it()
    {
        var old = await Hub.AddMemberAsync("old@mail.example", North);
        using var file = new InterruptedStream(
            string.Concat(Enumerable.Range(0, 2000).Select(i => i == 0 ? "email\n" : $"u{i}@mail.example\n")),
            "old@mail.example\n",
            () => Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, old.MembershipId)));

        var result = Assert.IsType<Imports.ReadResult.Unreadable>(await ReadAsync(file));

        Assert.True(file.WasInterrupted);
        Assert.Contains("Import it again", result.Why, StringComparison.Ordinal);
        Assert.Equal((0, 0), (Hub.Count("Jobs"), Hub.Count("JobItems")));
    }

    [Fact]
    public async Task A_line_of_which_nobody_can_say_whose_it_is_is_not_kept()
    {
        var id = await DraftAsync("email\na@mail.example\n");
        await ChooseColumnsAsync(id);
        await Hub.WriteAsync(transaction => transaction.Db.Set<JobItem>().ExecuteUpdateAsync(update => update.SetProperty(item => item.SealedLine, new byte[64])));
        await RunAsync();
        Assert.Equal((1, 0), ((await JobAsync(id)).Counts.Failed, Hub.Count("JobItems", "SealedLine IS NOT NULL")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_jobs_of_an_account_end_when_it_is_shut(bool forGood)
    {
        var running = await StartAsync(new JobAction.RequireTwoFactor(true), await AddMembersAsync(60));
        var runner = NewRunner();
        await runner.TakeTurnsAsync();
        var draft = await DraftAsync("email\na@mail.example\n");

        Assert.Equal(Operations.ChangeResult.Changed, await Hub.WriteAsync(transaction =>
            forGood ? Operations.CloseAsync(transaction, North, "Account north") : Operations.SuspendAsync(transaction, North)));
        var changed = Hub.Count("Memberships", "TwoFactorRequired");
        await RunAsync(runner);

        Assert.Equal((JobStatus.Cancelled, JobStatus.Cancelled), ((await JobAsync(running)).Status, (await JobAsync(draft)).Status));
        Assert.InRange(changed, 1, 59);
        Assert.Equal(changed, Hub.Count("Memberships", "TwoFactorRequired"));
        Assert.Equal(0, Hub.Count("JobItems", "SealedLine IS NOT NULL"));
        Assert.Equal(1, Hub.Count("Audit", "Action = 'job.cancelled'"));
    }

    [Fact]
    public async Task No_job_goes_on_in_an_account_that_is_not_open()
    {
        var id = await StartAsync(new JobAction.Deactivate(), await AddMembersAsync(3));
        await Hub.WriteAsync(transaction => transaction.Db.Accounts.Where(account => account.Id == North).ExecuteUpdateAsync(update => update.SetProperty(account => account.Status, AccountStatus.Suspended)));
        await RunAsync();
        Assert.Equal((JobStatus.Failed, 0), ((await JobAsync(id)).Status, (await JobAsync(id)).Counts.Changed));
    }

    [Fact]
    public void A_job_of_nobody_is_never_the_hubs_own()
    {
        var work = new JobWork("job", North, null, JobStatus.Running, false, new(new JobAction.Delete(), null, null), "runner");
        Assert.Throws<InvalidOperationException>(() => work.Actor);
    }

    [Fact]
    public async Task Whom_a_file_adds_beyond_what_an_account_may_mail_is_added_and_not_invited()
    {
        await Hub.WriteAsync(transaction => Task.FromResult(Enumerable.Range(0, 1999).All(_ => MailLimits.Allows(transaction, MailLimits.InvitationsOfAccount, North))));

        var id = await ImportAsync("email,name\na@mail.example,Ann\nb@mail.example,Bob\n");

        Assert.Equal(new(0, 0, 2, 0, 0, 0), (await JobAsync(id)).Counts);
        var items = await ItemsAsync(id);
        Assert.Equal("Invited by mail.", items[0].Note);
        Assert.Contains("without an invitation", items[1].Note, StringComparison.Ordinal);
        Assert.Equal((2, 1), (Hub.Count("Users", "UserName IN ('a@mail.example', 'b@mail.example')"), Hub.Count("Invitations")));
    }

    private Task<JobParameters> ParametersAsync(string id) => Hub.ReadAsync(async reader => Domain.Jobs.Jobs.Parameters(reader, await reader.Db.Jobs.SingleAsync(job => job.Id == id)));

    /// <summary>A file between two parts of which something happens.</summary>
    private sealed class InterruptedStream(string first, string second, Func<Task> between) : Stream
    {
        private readonly MemoryStream before = new(Encoding.UTF8.GetBytes(first));
        private readonly MemoryStream after = new(Encoding.UTF8.GetBytes(second));

        public bool WasInterrupted { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (await before.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                return read;
            }

            if (!WasInterrupted)
            {
                WasInterrupted = true;
                await between();
            }

            return await after.ReadAsync(buffer, cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            before.Dispose();
            after.Dispose();
            base.Dispose(disposing);
        }
    }
}
