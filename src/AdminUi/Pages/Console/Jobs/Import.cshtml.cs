using IdentityHub.AdminUi.Jobs;
using IdentityHub.AdminUi.Reports;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Csv;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Jobs;

/// <summary>Takes a file of users. The largest that may be sent to any page; nothing of it is ever written to disk as it is.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageUsers)]
[RequestSizeLimit(LargestBody)]
[RequestFormLimits(MultipartBodyLengthLimit = LargestBody, MemoryBufferThreshold = LargestBody)]
internal sealed class ImportModel : JobPage
{
    /// <summary>A little more than a file may have, so that a file that is a little too large is told so in words.</summary>
    private const int LargestBody = 12 * 1024 * 1024;

    /// <summary>What is wrong with the file.</summary>
    public string? Wrong { get; private set; }

    /// <summary>The line of the file where it is wrong.</summary>
    public int? WrongLine { get; private set; }

    public IActionResult OnGetTemplate()
    {
        var writer = new CsvWriter();
        writer.Row([.. ImportColumns.Template.Select(column => column.Heading)]);
        writer.Row("ada@example.org", "Ada", "Lovelace", "User", "SUPPORT", "active", string.Join("; ", SeatPools.Take(2).Select(pool => pool.ApplicationId)), "no");
        return new StreamedFile("users-template.csv", "text/csv", new[] { CsvWriter.ByteOrderMark + writer.Take() }.ToAsyncEnumerable());
    }

    public async Task<IActionResult> OnPostAsync(IFormFile? file)
    {
        if (file is null || file.Length == 0)
        {
            Wrong = file is null ? "Choose a file." : "This file is empty.";
            return Page();
        }

        await using var content = file.OpenReadStream();
        switch (await Imports.ReadAsync(Store, (Actor.Person)Actor, AccountId, Options.Issuer, content, Aborted))
        {
            case Imports.ReadResult.Read read:
                return Redirect($"{Root}/import/{read.JobId}");
            case Imports.ReadResult.Unreadable unreadable:
                (Wrong, WrongLine) = (unreadable.Why, unreadable.Line);
                return Page();
            default:
                Wrong = $"There are {Domain.Jobs.Jobs.MostUnfinished} unfinished jobs in this account. Finish or discard some of them first.";
                return Page();
        }
    }
}
