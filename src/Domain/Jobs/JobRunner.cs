using System.Threading.Channels;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityHub.Domain.Jobs;

/// <summary>Does what jobs ask for, in bites: looks members through for a preview, and changes them once somebody confirmed it. Goes on where another runner stopped, however it stopped.</summary>
/// <remarks>
/// Each item is a transaction of its own, in which its outcome is written too: a crash repeats nothing and loses nothing, and what fails fails alone. The items of a bite
/// are handed over together, so that they share a commit; whoever else writes has their turn before the next bite.
/// A preview does the very same and has it undone, so it cannot say anything else than what would happen.
/// </remarks>
public sealed partial class JobRunner(IHubStore store, TimeProvider time, ILogger<JobRunner> logger) : BackgroundService
{
    private const int GatheredAtOnce = 250;
    private const int SmallestBite = 4;
    private const int LargestBite = 50;

    private const string NoRight = "Stopped: the person who started it may no longer manage users here.";
    private const string Fault = "Something went wrong inside the hub, and nothing was changed. Try this one again; the operator's log says more.";

    private static readonly Actor Self = new Actor.Hub("jobs");
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long others who write may have to wait for a bite.</summary>
    private static readonly TimeSpan LongestBite = TimeSpan.FromMilliseconds(50);

    /// <summary>What was discarded longer ago, <see cref="Housekeeping"/> finds.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromHours(1);

    private readonly string holder = RandomId.New();
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int bite = 16;

    /// <summary>What became of one item in one turn.</summary>
    private abstract record Turn(ItemRow Item)
    {
        public sealed record Settled(ItemRow Item, ItemResult Result) : Turn(Item);

        /// <summary>The job was cancelled or taken over. Nothing was changed.</summary>
        public sealed record Lost(ItemRow Item) : Turn(Item);

        /// <summary>Whose job it is may not go on. Nothing was changed.</summary>
        public sealed record Forbidden(ItemRow Item) : Turn(Item);
    }

    /// <summary>Has the runner look for work at once: something was asked for or confirmed.</summary>
    public void Wake() => wake.Writer.TryWrite(true);

    /// <summary>Gives each job at hand one turn, and has some of what was discarded go.</summary>
    /// <returns>False when there was nothing to do.</returns>
    public async Task<bool> TakeTurnsAsync(CancellationToken cancellationToken = default)
    {
        var (jobs, wasSwept) = await store.WriteAsync(
            Self, async transaction => (await JobLeases.TakeAsync(transaction, holder), JobRemoval.SweepDiscarded(transaction, transaction.Now - Lately)), cancellationToken);
        foreach (var work in jobs)
        {
            await (work.Status == JobStatus.Running ? RunAsync(work) : work.Gathering ? GatherAsync(work) : PlanAsync(work));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return jobs.Count > 0 || wasSwept;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await TakeTurnsAsync(stoppingToken))
                {
                    await WaitAsync(stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                // What was not recorded is found again: each item's own transaction knows whether it was done.
                Log.RoundFailed(logger, fault);
                await Task.Delay(PollInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await ReleaseAsync();
    }

    private async Task ReleaseAsync()
    {
        try
        {
            await store.WriteAsync(Self, transaction => JobLeases.ReleaseAsync(transaction, holder), CancellationToken.None);
        }
        catch (Exception fault)
        {
            // Then the leases run out by themselves.
            Log.NotReleased(logger, fault);
        }
    }

    private async Task WaitAsync(CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(PollInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
        try
        {
            await wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // Nobody woke it: looks all the same, for jobs that another process was asked for.
        }
    }

    /// <summary>Writes down all who match. Whoever was written down before a crash is not written down again.</summary>
    private async Task GatherAsync(JobWork work)
    {
        var ids = await store.ReadAsync(reader => MemberList.IdsAsync(reader, work.AccountId, work.Parameters.Filter ?? MemberFilter.All));
        foreach (var chunk in ids.Chunk(GatheredAtOnce))
        {
            if (!await store.WriteAsync(Self, transaction => AddAsync(transaction, work, chunk)))
            {
                return;
            }
        }

        await store.WriteAsync(Self, async transaction =>
        {
            if (await JobLeases.HeldAsync(transaction, work) is { } job)
            {
                job.Gathering = false;
                job.SealedParameters = (work.Parameters with { Filter = null }).Seal(transaction.Sealer, job.Id);
                await transaction.FlushAsync();
            }

            return true;
        });
    }

    private static async Task<bool> AddAsync(HubTransaction transaction, JobWork work, string[] membershipIds)
    {
        if (await JobLeases.HeldAsync(transaction, work) is not { } job)
        {
            return false;
        }

        job.Total = await JobItems.AddMembersAsync(transaction, work.Id, work.AccountId, membershipIds, job.Total);
        job.LeasedUntil = transaction.Now + JobLeases.Lease;
        await transaction.FlushAsync();
        return true;
    }

    /// <summary>Tries some items and writes down what would have come of it.</summary>
    private async Task PlanAsync(JobWork work)
    {
        var turns = await BiteAsync(work, JobOutcome.Unplanned);
        await store.WriteAsync(Self, async transaction =>
        {
            if (turns.Count == 0 || turns.Any(turn => turn is Turn.Forbidden))
            {
                await EndTurnAsync(transaction, work, turns, JobStatus.Preview);
            }
            else if (work.IsHeld(transaction))
            {
                var free = JobPlan.FreeSeats(transaction, work);
                foreach (var turn in turns.OfType<Turn.Settled>())
                {
                    free -= JobPlan.Record(transaction, work, turn.Item, turn.Result, free) ? 1 : 0;
                }
            }

            return true;
        });
    }

    /// <summary>Does some items. Those that were changed say so already; what came of the others is written here.</summary>
    private async Task RunAsync(JobWork work)
    {
        var turns = await BiteAsync(work, JobOutcome.Waiting);
        var forbidden = turns.Any(turn => turn is Turn.Forbidden);
        var open = turns.OfType<Turn.Settled>().Where(turn => !turn.Result.HasChanged).ToList();
        if (turns.Count > 0 && !forbidden && open.Count == 0)
        {
            return;
        }

        await store.WriteAsync(Self, async transaction =>
        {
            if (work.IsHeld(transaction))
            {
                foreach (var turn in open)
                {
                    JobItems.TrySet(transaction, work.Id, turn.Item.Ordinal, JobOutcome.Waiting, turn.Result);
                }
            }

            if (turns.Count == 0 || forbidden)
            {
                await EndTurnAsync(transaction, work, turns, JobStatus.Done);
            }

            return true;
        });
    }

    /// <summary>There are no more items, or whose job it is may not go on.</summary>
    private static async Task EndTurnAsync(HubTransaction transaction, JobWork work, IReadOnlyList<Turn> turns, JobStatus next)
    {
        if (await JobLeases.HeldAsync(transaction, work) is not { } job)
        {
            return;
        }

        if (turns.Count > 0)
        {
            Jobs.End(transaction, job, JobStatus.Failed, NoRight);
        }
        else if (next == JobStatus.Preview)
        {
            job.Status = JobStatus.Preview;
            job.Holder = null;
            job.LeasedUntil = null;
            job.Counts = JobItems.Count(transaction, job.Id);
        }
        else
        {
            Jobs.End(transaction, job, next, null);
        }

        await transaction.FlushAsync();
        if (job.Status != JobStatus.Preview)
        {
            await transaction.AuditAsync("job." + job.Status.ToString().ToLowerInvariant(), job.AccountId, details: new { job.Id, job.Kind, job.Counts });
        }
    }

    private async Task<IReadOnlyList<Turn>> BiteAsync(JobWork work, JobOutcome of)
    {
        var items = await store.ReadAsync(reader => Task.FromResult(JobItems.Take(reader, work.Id, of, bite)));
        var started = time.GetTimestamp();
        var turns = await Task.WhenAll(items.Select(item => TakeAsync(work, item, isTrial: of == JobOutcome.Unplanned)));
        if (items.Count == bite)
        {
            bite = time.GetElapsedTime(started) > LongestBite ? Math.Max(SmallestBite, bite / 2) : Math.Min(LargestBite, bite + (bite / 4));
        }

        return turns;
    }

    private async Task<Turn> TakeAsync(JobWork work, ItemRow item, bool isTrial)
    {
        if (work.ActorUserId is null)
        {
            return new Turn.Forbidden(item);
        }

        try
        {
            return await store.WriteAsync(work.Actor, transaction => TakeAsync(transaction, work, item, isTrial));
        }
        catch (Exception fault) when (fault is not (StoreBusyException or StoreFailedException))
        {
            Log.ItemFailed(logger, work.Id, item.Ordinal, fault);
            return new Turn.Settled(item, ItemResult.Failed(Fault));
        }
    }

    private static async Task<Turn> TakeAsync(HubTransaction transaction, JobWork work, ItemRow item, bool isTrial)
    {
        if (!work.IsHeld(transaction))
        {
            return transaction.RollBack<Turn>(new Turn.Lost(item));
        }

        if (!work.MayGoOn(transaction))
        {
            return transaction.RollBack<Turn>(new Turn.Forbidden(item));
        }

        var result = await JobChanges.ApplyAsync(transaction, work, item);
        if (isTrial || !result.HasChanged || transaction.IsRolledBack)
        {
            return transaction.RollBack<Turn>(new Turn.Settled(item, result));
        }

        await transaction.FlushAsync();
        return JobItems.TryFinish(transaction, work.Id, item.Ordinal, result) ? new Turn.Settled(item, result) : transaction.RollBack<Turn>(new Turn.Lost(item));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A round of jobs failed; trying again shortly.")]
        public static partial void RoundFailed(ILogger logger, Exception fault);

        [LoggerMessage(2, LogLevel.Error, "Item {Ordinal} of job {Job} failed.")]
        public static partial void ItemFailed(ILogger logger, string job, int ordinal, Exception fault);

        [LoggerMessage(3, LogLevel.Warning, "The jobs of this runner could not be given back; they go on once its lease has run out.")]
        public static partial void NotReleased(ILogger logger, Exception fault);
    }
}
