using System.Globalization;
using IdentityHub.AdminUi.Reports;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Reports;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Reports;

/// <summary>The report of a whole account, and for how long it keeps reports.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ReportsOfOthers)]
internal sealed class AccountModel : AccountPage
{
    /// <summary>So many people of a name are shown to choose from.</summary>
    public const int MostFound = 20;

    public ReportView View { get; private set; } = null!;

    /// <summary>What was typed to find somebody.</summary>
    public string Words { get; private set; } = "";

    /// <summary>Who is called so; null where nobody was looked for.</summary>
    public IReadOnlyList<MemberRow>? Found { get; private set; }

    /// <summary>As kept, or as typed.</summary>
    public string Days { get; private set; } = "";
    public string? DaysWrong { get; private set; }
    public bool Sure { get; private set; }
    public string? SureWrong { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? person)
    {
        Words = person?.Trim() ?? "";
        await ShowAsync();
        return Found is [var only] ? LocalRedirect($"~/admin/accounts/{Uri.EscapeDataString(AccountId)}/reports/{only.Id}") : Page();
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        await ShowAsync();
        return View.Query is { } query ? StreamedFile.Of(Store, query, View.Now, AccountId) : Page();
    }

    public async Task<IActionResult> OnPostAsync(string? days, bool sure)
    {
        await ShowAsync();
        var before = int.Parse(Days, CultureInfo.InvariantCulture);
        (Days, Sure) = (days?.Trim() ?? "", sure);
        if (!int.TryParse(Days, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) || wanted is < ReportRetention.FewestDays or > ReportRetention.MostDays)
        {
            DaysWrong = $"Choose a whole number from {ReportRetention.FewestDays} to {ReportRetention.MostDays}.";
            return Page();
        }

        if (wanted < before && !sure)
        {
            SureWrong = $"Connections older than {wanted} days would be deleted for good. Tick this if that is what you want.";
            return Page();
        }

        if (await WriteAsync(transaction => ReportRetention.SetAsync(transaction, AccountId, wanted)) == ReportRetention.SetResult.Changed)
        {
            Flash($"Reports are kept for {wanted} days from now on.");
        }

        return LocalRedirect($"~/admin/accounts/{Uri.EscapeDataString(AccountId)}/reports");
    }

    private async Task ShowAsync() => await ReadAsync(async reader =>
    {
        View = ReportView.Read(reader, Request, AccountId, membershipId: null);
        Days = (await ReportRetention.OfAsync(reader, AccountId))?.ToString(CultureInfo.InvariantCulture) ?? "";
        if (Words.Length > 0)
        {
            Found = await MemberList.ReadChunkAsync(reader, AccountId, new() { Find = Words }, after: null, MostFound);
        }

        return true;
    });
}
