using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Csv;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Jobs;

/// <summary>Reads a file into a job, line by line. What its columns are is said next (<see cref="Jobs.ChooseColumnsAsync"/>); then it is tried, looked at and confirmed like any other.</summary>
public static class Imports
{
    private const int WrittenAtOnce = 250;

    public abstract record ReadResult
    {
        private ReadResult() { }

        /// <summary>Every line is kept, sealed. Nobody was added or changed.</summary>
        public sealed record Read(string JobId) : ReadResult;

        /// <summary>Nothing of the file was kept.</summary>
        /// <param name="Line">The line of the file, from 1.</param>
        /// <param name="Why">A sentence for the person whose file it is.</param>
        public sealed record Unreadable(int Line, string Why) : ReadResult;

        /// <summary>See <see cref="Jobs.MostUnfinished"/>.</summary>
        public sealed record TooManyUnfinished : ReadResult;
    }

    /// <param name="store">Where to keep it: in many small transactions, because files are long.</param>
    /// <param name="actor">Who imports.</param>
    /// <param name="accountId">Into which account.</param>
    /// <param name="issuer">The hub's issuer without trailing slash: with it the links of invitations begin.</param>
    /// <param name="file">The file; read to its end or its first fault.</param>
    /// <param name="cancellationToken">Ends the reading. Nothing of the file is kept then.</param>
    public static async Task<ReadResult> ReadAsync(IHubStore store, Actor.Person actor, string accountId, string issuer, Stream file, CancellationToken cancellationToken = default)
    {
        string? jobId = null;
        var total = 0;
        CsvEntry.Fault? fault = null;
        IReadOnlyList<string>? header = null;
        var waiting = new List<CsvEntry.Row>(WrittenAtOnce);
        try
        {
            await foreach (var entry in CsvReader.ReadAsync(file, cancellationToken: cancellationToken))
            {
                if (entry is CsvEntry.Fault found)
                {
                    fault = found;
                }
                else if (header is null)
                {
                    header = ((CsvEntry.Row)entry).Cells;
                    if ((jobId = await store.WriteAsync(actor, transaction => BeginAsync(transaction, accountId, new(header, [], issuer)), cancellationToken)) is null)
                    {
                        return new ReadResult.TooManyUnfinished();
                    }
                }
                else
                {
                    waiting.Add((CsvEntry.Row)entry);
                    if (waiting.Count == WrittenAtOnce)
                    {
                        total = await WriteAsync(store, actor, jobId!, waiting, total, cancellationToken);
                    }
                }
            }

            fault ??= header is null ? new(1, "The file is empty.") : total + waiting.Count == 0 ? new(1, "The file has a heading and nothing below it.") : null;
            if (fault is null)
            {
                total = await WriteAsync(store, actor, jobId!, waiting, total, cancellationToken);
                if (await store.WriteAsync(actor, transaction => FinishAsync(transaction, jobId!, total), cancellationToken))
                {
                    return new ReadResult.Read(jobId!);
                }

                fault = new(1, "The account changed while the file was read, so nothing of it was kept. Import it again.");
            }
        }
        catch
        {
            await RemoveAsync(store, actor, jobId);
            throw;
        }

        await RemoveAsync(store, actor, jobId);
        return new ReadResult.Unreadable(fault.Line, fault.Why);
    }

    private static async Task<string?> BeginAsync(HubTransaction transaction, string accountId, JobAction.Import import)
    {
        if (await Jobs.HasTooManyAsync(transaction, accountId))
        {
            return null;
        }

        var job = Jobs.New(transaction, accountId, JobStatus.Reading, new(import, null, null));
        transaction.Db.Jobs.Add(job);
        await transaction.FlushAsync();
        return job.Id;
    }

    private static async Task<int> WriteAsync(IHubStore store, Actor actor, string jobId, List<CsvEntry.Row> rows, int last, CancellationToken cancellationToken)
    {
        var to = await store.WriteAsync(
            actor,
            transaction =>
            {
                var ordinal = last;
                foreach (var row in rows)
                {
                    ordinal++;
                    JobItems.AddLine(transaction, jobId, ordinal, row.Line, ImportLines.Seal(transaction, jobId, ordinal, [.. row.Cells.Select(CsvFormulas.Restore)]));
                }

                return Task.FromResult(ordinal);
            },
            cancellationToken);
        rows.Clear();
        return to;
    }

    private static async Task<bool> FinishAsync(HubTransaction transaction, string jobId, int total) => await transaction.Db.Jobs.Where(job => job.Id == jobId && job.Status == JobStatus.Reading)
        .ExecuteUpdateAsync(update => update.SetProperty(job => job.Status, JobStatus.Draft).SetProperty(job => job.Total, total)) == 1;

    private static async Task RemoveAsync(IHubStore store, Actor actor, string? jobId)
    {
        while (jobId is not null && await store.WriteAsync(actor, transaction => Task.FromResult(JobRemoval.Bite(transaction, jobId)), CancellationToken.None))
        {
            await Task.Yield();
        }
    }
}
