using System.Globalization;
using IdentityHub.AdminUi.Jobs;
using IdentityHub.AdminUi.Reports;
using IdentityHub.Domain.Csv;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Jobs;

/// <summary>A job: what would happen, how far it is, what came of each user. Is confirmed and ended here.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageUsers)]
internal sealed class JobModel : JobPage
{
    private const int PageSize = 50;

    public JobView Job { get; private set; } = null!;

    public IReadOnlyList<JobItemView> Items { get; private set; } = [];

    /// <summary>Only items of this outcome are shown.</summary>
    public JobOutcome? Only { get; private set; }

    /// <summary>Behind which item this page begins.</summary>
    public int After { get; private set; }

    public bool HasMore { get; private set; }

    /// <summary>What is wrong with the number that was typed.</summary>
    public string? Wrong { get; private set; }

    public string Title => JobWords.TitleOf(Job.Action, SeatPools);

    /// <summary>Whether the person is the one who may start it.</summary>
    public bool IsTheirs => Job.ActorUserId == Person.UserId;

    public bool NeedsNumber => Job.Action is JobAction.Delete;

    /// <summary>What cannot be undone, and what makes administrators: a file does where it says roles at all.</summary>
    private static bool NeedsFresh(JobView job) => job.Status == JobStatus.Preview
        && (job.Action is JobAction.Delete or JobAction.ChangeRole || job.Action is JobAction.Import import && import.Columns.Contains(ImportField.Role));

    public async Task<IActionResult> OnGetAsync(string id, string? show, int after = 0)
    {
        if (await FindAsync(id) is not { } job)
        {
            return await NothingHereAsync();
        }

        // It is confirmed by who has just shown who they are: asked for before the number is typed, not after.
        if (job is { Action: JobAction.Delete, Counts.Waiting: > 0 } && NeedsFresh(job) && job.ActorUserId == Person.UserId && await RequireFreshAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        return job.Status == JobStatus.Draft ? Redirect($"{Root}/import/{job.Id}") : await ShowAsync(job, show, after);
    }

    public async Task<IActionResult> OnPostConfirmAsync(string id, string? typed)
    {
        if (await FindAsync(id) is not { } job)
        {
            return await NothingHereAsync();
        }

        if (NeedsFresh(job) && await RequireFreshAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        if (job is { Action: JobAction.Delete, Status: JobStatus.Preview } && typed?.Trim() != job.Counts.Waiting.ToString(CultureInfo.InvariantCulture))
        {
            Wrong = $"Type {job.Counts.Waiting}, the number of users to be deleted.";
            return await ShowAsync(job, null, 0);
        }

        if (await WriteAsync(transaction => Domain.Jobs.Jobs.ConfirmAsync(transaction, AccountId, id)) != Domain.Jobs.Jobs.StepResult.Done)
        {
            FlashError("This job cannot be started any more, or by you. Nothing was changed by that.");
            return Redirect($"{Root}/jobs/{job.Id}");
        }

        return await GoOnAsync(job.Id);
    }

    public async Task<IActionResult> OnPostCancelAsync(string id)
    {
        if (await FindAsync(id) is not { } job)
        {
            return await NothingHereAsync();
        }

        var before = job.Status is JobStatus.Waiting or JobStatus.Running;
        if (await WriteAsync(transaction => Domain.Jobs.Jobs.CancelAsync(transaction, AccountId, id)) == Domain.Jobs.Jobs.StepResult.Done)
        {
            Flash(before ? "The job was stopped. What was done until then stays." : "The job was discarded. Nothing was changed.");
        }
        else
        {
            FlashError("This job has ended already.");
        }

        return Redirect(before ? $"{Root}/jobs/{job.Id}" : $"{Root}/jobs");
    }

    public async Task<IActionResult> OnGetCsvAsync(string id)
    {
        if (await FindAsync(id) is not { } job)
        {
            return await NothingHereAsync();
        }

        return new StreamedFile($"job-results-{ReportWords.Iso(Today)}.csv", "text/csv", WriteAsync(job));
    }

    private async IAsyncEnumerable<string> WriteAsync(JobView job)
    {
        var writer = new CsvWriter();
        writer.Row("Number", "Line", "User name", "Name", "Result", "Reason");
        yield return CsvWriter.ByteOrderMark + writer.Take();
        for (var after = 0; ;)
        {
            var items = await ReadAsync(reader => JobReading.ItemsAsync(reader, AccountId, job.Id, null, after, JobReading.LargestPage));
            foreach (var item in items)
            {
                Write(writer, item, job);
            }

            yield return writer.Take();
            if (items.Count < JobReading.LargestPage)
            {
                yield break;
            }

            after = items[^1].Ordinal;
        }
    }

    /// <summary>The address of this page with other items shown.</summary>
    public string With(JobOutcome? only, int after = 0)
    {
        var query = new List<string>();
        if (only is { } outcome)
        {
            query.Add("show=" + outcome.ToString().ToLowerInvariant());
        }

        if (after > 0)
        {
            query.Add("after=" + after.ToString(CultureInfo.InvariantCulture));
        }

        return $"{Root}/jobs/{Job.Id}{(query.Count > 0 ? "?" : "")}{string.Join('&', query)}";
    }

    private async Task<IActionResult> ShowAsync(JobView job, string? show, int after)
    {
        Job = job;
        Only = Enum.TryParse<JobOutcome>(show, ignoreCase: true, out var only) && Enum.IsDefined(only) ? only : null;
        After = Math.Max(0, after);
        var items = await ReadAsync(reader => JobReading.ItemsAsync(reader, AccountId, job.Id, Only, After, PageSize + 1));
        HasMore = items.Count > PageSize;
        Items = [.. items.Take(PageSize)];
        return Page();
    }

    private static void Write(CsvWriter writer, JobItemView item, JobView job) => writer.Row(
        item.Ordinal.ToString(CultureInfo.InvariantCulture), item.Line?.ToString(CultureInfo.InvariantCulture), item.UserName, item.DisplayName, JobWords.Of(item, job), item.Note);
}
