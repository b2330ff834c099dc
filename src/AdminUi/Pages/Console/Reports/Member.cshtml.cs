using IdentityHub.AdminUi.Reports;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Reports;

/// <summary>The report of one member, active or not.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ReportsOfOthers)]
internal sealed class MemberModel : AccountPage
{
    public ReportView View { get; private set; } = null!;

    public MemberRow Member { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string member) => await FindAsync(member) ? Page() : await NothingHereAsync();

    public async Task<IActionResult> OnGetCsvAsync(string member)
    {
        if (!await FindAsync(member))
        {
            return await NothingHereAsync();
        }

        return View.Query is { } query ? StreamedFile.Of(Store, query, View.Now, Member.UserName) : Page();
    }

    /// <returns>False where this account has no such member.</returns>
    private Task<bool> FindAsync(string member) => ReadAsync(async reader =>
    {
        if (await MemberList.ReadOnesAsync(reader, AccountId, [member]) is not [var found])
        {
            return false;
        }

        Member = found;
        View = ReportView.Read(reader, Request, AccountId, found.Id);
        return true;
    });
}
