using IdentityHub.AdminUi.Reports;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Reports;

/// <summary>A person's own report in the account in which they act. Nothing in the address says whose it is: it is never anybody else's.</summary>
[Callers(Caller.Person)]
internal sealed class OwnModel : OwnPage
{
    /// <summary>Null for who is in no account.</summary>
    public ReportView? View { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        await ShowAsync();
        return Page();
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        await ShowAsync();
        return View is { Query: { } query } ? StreamedFile.Of(Store, query, View.Now, "own") : Page();
    }

    private async Task ShowAsync()
    {
        if (Person.Place is { } place)
        {
            View = await ReadAsync(reader => Task.FromResult(ReportView.Read(reader, Request, place.AccountId, place.Id)));
        }
    }
}
