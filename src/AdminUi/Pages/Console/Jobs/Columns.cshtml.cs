using IdentityHub.AdminUi.Jobs;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Jobs;

/// <summary>What each column of an uploaded file is: guessed by its heading, put right by the person.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageUsers)]
internal sealed class ColumnsModel : JobPage
{
    private const int SampleLines = 3;

    public JobView Job { get; private set; } = null!;

    public JobAction.Import Import { get; private set; } = null!;

    public IReadOnlyList<ImportField> Columns { get; private set; } = [];

    /// <summary>The first lines of the file.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Sample { get; private set; } = [];

    public string? Wrong { get; private set; }

    public async Task<IActionResult> OnGetAsync(string id)
    {
        if (await StopAsync(id) is { } elsewhere)
        {
            return elsewhere;
        }

        Columns = ImportColumns.Guess(Import.Header);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string id, ImportField[] column)
    {
        if (await StopAsync(id) is { } elsewhere)
        {
            return elsewhere;
        }

        Columns = column;
        Wrong = ImportColumns.Check(Import.Header, column);
        if (Wrong is not null)
        {
            Columns = column.Length == Import.Header.Count ? column : ImportColumns.Guess(Import.Header);
            return Page();
        }

        if (await WriteAsync(transaction => Domain.Jobs.Jobs.ChooseColumnsAsync(transaction, AccountId, id, column)) != Domain.Jobs.Jobs.StepResult.Done)
        {
            FlashError("Only the person who uploaded this file can go on with it.");
            return Redirect($"{Root}/jobs");
        }

        return await GoOnAsync(id);
    }

    /// <returns>Where to go instead; null when there are columns to be named.</returns>
    private async Task<IActionResult?> StopAsync(string id)
    {
        if (await FindAsync(id) is not { Action: JobAction.Import import } job)
        {
            return await NothingHereAsync();
        }

        if (job.Status != JobStatus.Draft)
        {
            return Redirect($"{Root}/jobs/{job.Id}");
        }

        (Job, Import) = (job, import);

        // What a file says about people is shown to the one who uploaded it.
        Sample = job.ActorUserId == Person.UserId ? await ReadAsync(reader => Task.FromResult(JobReading.Sample(reader, AccountId, job.Id, SampleLines))) : [];
        return null;
    }
}
