using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Jobs;

/// <summary>Asking for a job, confirming it, ending it. What it does, the <see cref="JobRunner"/> does.</summary>
public static class Jobs
{
    /// <summary>How many jobs of an account may be unfinished at a time, those that nobody confirmed among them.</summary>
    public const int MostUnfinished = 20;

    /// <summary>How many members can be named one by one: more are chosen by a filter.</summary>
    public const int MostNamed = 1000;

    private static readonly JobStatus[] Unfinished = [JobStatus.Reading, JobStatus.Draft, JobStatus.Preparing, JobStatus.Preview, JobStatus.Waiting, JobStatus.Running];

    public abstract record PrepareResult
    {
        private PrepareResult() { }

        /// <summary>A runner finds out now what would happen. Nothing does before it is confirmed.</summary>
        public sealed record Preparing(string JobId) : PrepareResult;

        /// <summary>See <see cref="MostUnfinished"/>.</summary>
        public sealed record TooManyUnfinished : PrepareResult;
    }

    public enum StepResult
    {
        Done,

        /// <summary>The account has no such job.</summary>
        NoSuchJob,

        /// <summary>The job is beyond that, or not there yet. Nothing was changed.</summary>
        WrongStatus,
    }

    /// <summary>Imports of the accounts of a user whose lines say of nobody yet whom they name.</summary>
    private static readonly Statement UnplannedImports = new(
        """
        SELECT j."Id" FROM "Memberships" m JOIN "Jobs" j ON j."AccountId" = m."AccountId"
        WHERE m."UserId" = @user AND j."Kind" = 'Import' AND j."Status" IN ('Reading', 'Draft', 'Preparing')
        """,
        "@user");

    /// <summary>Which members a job is about.</summary>
    public abstract record Selection
    {
        private Selection() { }

        /// <summary>These, as far as they are members of the account.</summary>
        public sealed record Named(IReadOnlyCollection<string> MembershipIds) : Selection;

        /// <summary>All whom the list shows under this filter.</summary>
        public sealed record Matching(MemberFilter Filter) : Selection;
    }

    /// <summary>Has a job looked through: who would be changed, who would be skipped and why.</summary>
    public static async Task<PrepareResult> PrepareAsync(HubTransaction transaction, string accountId, JobAction action, Selection selection)
    {
        if (await HasTooManyAsync(transaction, accountId))
        {
            return new PrepareResult.TooManyUnfinished();
        }

        var job = New(transaction, accountId, JobStatus.Preparing, new(action, (selection as Selection.Matching)?.Filter, null));
        job.Gathering = selection is Selection.Matching;
        transaction.Db.Jobs.Add(job);
        await transaction.FlushAsync();
        if (selection is Selection.Named named)
        {
            job.Total = await JobItems.AddMembersAsync(transaction, job.Id, accountId, [.. named.MembershipIds.Distinct().Take(MostNamed)], 0);
        }

        await transaction.FlushAsync();
        return new PrepareResult.Preparing(job.Id);
    }

    /// <summary>Has a job begun that was looked at.</summary>
    public static async Task<StepResult> ConfirmAsync(HubTransaction transaction, string accountId, string jobId)
    {
        if (await FindAsync(transaction, accountId, jobId) is not { } job)
        {
            return StepResult.NoSuchJob;
        }

        // By whoever looked at it: the right that it runs by is theirs.
        if (job.Status != JobStatus.Preview || job.ActorUserId != (transaction.Actor as Actor.Person)?.UserId)
        {
            return StepResult.WrongStatus;
        }

        job.Status = JobStatus.Waiting;
        job.StartedAt = transaction.Now;
        job.SealedParameters = (Parameters(transaction, job) with { From = (transaction.Actor as Actor.Person)?.From }).Seal(transaction.Sealer, job.Id);
        await transaction.AuditAsync("job.started", accountId, details: new { job.Id, job.Kind, job.Counts.Waiting });
        return StepResult.Done;
    }

    /// <summary>Ends a job where it is. What was done stays done; of one that never began nothing is kept but that it was.</summary>
    public static async Task<StepResult> CancelAsync(HubTransaction transaction, string accountId, string jobId)
    {
        if (await FindAsync(transaction, accountId, jobId) is not { } job)
        {
            return StepResult.NoSuchJob;
        }

        if (!Unfinished.Contains(job.Status))
        {
            return StepResult.WrongStatus;
        }

        await CancelAsync(transaction, job, null);
        return StepResult.Done;
    }

    /// <summary>Has a job looked through whose file was read before, now that it is known what its columns are.</summary>
    public static async Task<StepResult> ChooseColumnsAsync(HubTransaction transaction, string accountId, string jobId, IReadOnlyList<ImportField> columns)
    {
        if (await FindAsync(transaction, accountId, jobId) is not { } job)
        {
            return StepResult.NoSuchJob;
        }

        var parameters = Parameters(transaction, job);
        if (job.Status != JobStatus.Draft || job.ActorUserId != (transaction.Actor as Actor.Person)?.UserId || parameters.Action is not JobAction.Import import)
        {
            return StepResult.WrongStatus;
        }

        job.SealedParameters = (parameters with { Action = import with { Columns = columns } }).Seal(transaction.Sealer, job.Id);
        job.Status = JobStatus.Preparing;
        await transaction.FlushAsync();
        return StepResult.Done;
    }

    /// <summary>Ends every job of an account that is shut.</summary>
    internal static async Task EndAllAsync(HubTransaction transaction, string accountId)
    {
        foreach (var job in await transaction.Db.Jobs.Where(job => job.AccountId == accountId && Unfinished.Contains(job.Status)).ToListAsync())
        {
            await CancelAsync(transaction, job, "Stopped: the account was shut.");
        }
    }

    /// <summary>Blanks every line of a file that has the name of this user, who is about to be erased. Where it is not known yet what the lines name, none of them is kept.</summary>
    internal static async Task ForgetAsync(HubTransaction transaction, string userId)
    {
        await JobItems.ForgetAsync(transaction, userId);
        if (transaction.Connection.Texts(UnplannedImports, userId) is { Count: > 0 } ids)
        {
            foreach (var job in await transaction.Db.Jobs.Where(job => ids.Contains(job.Id)).ToListAsync())
            {
                await CancelAsync(transaction, job, "Stopped: somebody was deleted meanwhile whom the file may name. Import it again without them.");
            }
        }
    }

    /// <summary>Whether the account has so many unfinished jobs that no other is begun.</summary>
    internal static async Task<bool> HasTooManyAsync(HubReader reader, string accountId) =>
        await reader.Db.Jobs.CountAsync(job => job.AccountId == accountId && Unfinished.Contains(job.Status)) >= MostUnfinished;

    internal static Job New(HubTransaction transaction, string accountId, JobStatus status, JobParameters parameters)
    {
        var id = RandomId.New();
        return new()
        {
            Id = id, AccountId = accountId, ActorUserId = (transaction.Actor as Actor.Person)?.UserId, Kind = parameters.Action.GetType().Name, Status = status,
            SealedParameters = parameters.Seal(transaction.Sealer, id), CreatedAt = transaction.Now,
        };
    }

    internal static JobParameters Parameters(HubReader reader, Job job) => JobParameters.Open(reader.Sealer, job.Id, job.SealedParameters);

    /// <summary>A tracked job ends here, with its items counted. Of one that never began they go: at once as far as a bite reaches, the rest with the runner's next rounds.</summary>
    internal static void End(HubTransaction transaction, Job job, JobStatus status, string? note)
    {
        var parameters = Parameters(transaction, job) with { Filter = null, From = null };
        if (job.StartedAt is null && parameters.Action is JobAction.Import import)
        {
            parameters = parameters with { Action = import with { Header = [], Columns = [] } };
        }

        job.SealedParameters = parameters.Seal(transaction.Sealer, job.Id);
        job.Status = status;
        job.Note = note;
        job.FinishedAt = transaction.Now;
        job.Holder = null;
        job.LeasedUntil = null;
        job.Gathering = false;
        job.Counts = job.StartedAt is null ? new(0, 0, 0, 0, 0, 0) : JobItems.Count(transaction, job.Id);
        if (job.StartedAt is null)
        {
            JobRemoval.BiteItems(transaction, job.Id);
        }
    }

    private static async Task CancelAsync(HubTransaction transaction, Job job, string? note)
    {
        var hasBegun = job.StartedAt is not null;
        End(transaction, job, JobStatus.Cancelled, note);
        await transaction.FlushAsync();
        if (hasBegun)
        {
            await transaction.AuditAsync("job.cancelled", job.AccountId, details: new { job.Id, job.Kind, job.Counts.Finished });
        }
    }

    private static Task<Job?> FindAsync(HubTransaction transaction, string accountId, string jobId) =>
        transaction.Db.Jobs.SingleOrDefaultAsync(job => job.Id == jobId && job.AccountId == accountId);
}
