using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Jobs;

/// <summary>Who runs which job. A lease only keeps two runners from the same work: that nothing is done twice, each item's own transaction sees to.</summary>
internal static class JobLeases
{
    /// <summary>How long a job rests when its runner was killed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    /// <summary>So many jobs have a turn in one round.</summary>
    private const int MostAtOnce = 8;

    /// <summary>Leases jobs that nobody has, and renews those that this runner has; those first that have waited longest for a turn.</summary>
    public static async Task<IReadOnlyList<JobWork>> TakeAsync(HubTransaction transaction, string holder)
    {
        var jobs = await transaction.Db.Jobs
            .Where(job => (job.Status == JobStatus.Preparing || job.Status == JobStatus.Waiting || job.Status == JobStatus.Running)
                && (job.LeasedUntil == null || job.LeasedUntil < transaction.Now || job.Holder == holder))
            .OrderBy(job => job.LeasedUntil).ThenBy(job => job.CreatedAt).Take(MostAtOnce).ToListAsync();
        foreach (var job in jobs)
        {
            job.Holder = holder;
            job.LeasedUntil = transaction.Now + Lease;
            job.Status = job.Status == JobStatus.Waiting ? JobStatus.Running : job.Status;
        }

        await transaction.FlushAsync();
        return [.. jobs.Select(job => new JobWork(job.Id, job.AccountId, job.ActorUserId, job.Status, job.Gathering, Jobs.Parameters(transaction, job), holder))];
    }

    /// <summary>Gives back what a runner that ends has, so that another need not wait.</summary>
    public static Task<int> ReleaseAsync(HubTransaction transaction, string holder) => transaction.Db.Jobs.Where(job => job.Holder == holder)
        .ExecuteUpdateAsync(update => update.SetProperty(job => job.Holder, (string?)null).SetProperty(job => job.LeasedUntil, (DateTimeOffset?)null));

    /// <returns>The job's row, tracked, while the runner has it; else null.</returns>
    public static Task<Job?> HeldAsync(HubTransaction transaction, JobWork work) =>
        transaction.Db.Jobs.SingleOrDefaultAsync(job => job.Id == work.Id && job.Holder == work.Holder && job.Status == work.Status);
}
