using IdentityHub.AdminUi.Reports;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Audit;

/// <summary>The audit of every account and of the hub itself, for who runs it.</summary>
[Callers(Caller.Operator)]
internal sealed class HubModel : OperatorPage
{
    public AuditView View { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync()
    {
        await ShowAsync();
        return Page();
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        await ShowAsync();
        return View.Query is { } query ? AuditFile.Csv(Store, query) : Page();
    }

    public async Task<IActionResult> OnGetJsonAsync()
    {
        await ShowAsync();
        return View.Query is { } query ? AuditFile.Json(Store, query) : Page();
    }

    private async Task ShowAsync() => View = await ReadAsync(reader => AuditView.ReadAsync(reader, Request, accountId: null));
}
