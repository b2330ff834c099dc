using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Hub;

/// <summary>Every account of the hub, and the form that opens another.</summary>
[Callers(Caller.Operator)]
internal sealed class AccountsModel : OperatorPage
{
    public const int PageSize = 50;

    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Text { get; set; }

    [BindProperty(SupportsGet = true)]
    public AccountStatus? Status { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public IReadOnlyList<AccountLine> Accounts { get; private set; } = [];

    /// <summary>Where the next page begins; null on the last.</summary>
    public string? Next { get; private set; }

    public string? Id { get; private set; }

    public string? Name { get; private set; }

    public string? Email { get; private set; }

    public string? GivenName { get; private set; }

    public string? FamilyName { get; private set; }

    /// <summary>What is wrong, by field.</summary>
    public Dictionary<string, string> Wrong { get; } = [];

    public async Task OnGetAsync()
    {
        var found = await ReadAsync(reader => AccountList.FindAsync(reader, Text, Status, After, PageSize + 1));
        Accounts = [.. found.Take(PageSize)];
        Next = found.Count > PageSize ? Accounts[^1].Id : null;
    }

    public async Task<IActionResult> OnPostOpenAsync(string? id, string? name, string? email, string? givenName, string? familyName)
    {
        (Id, Name, Email, GivenName, FamilyName) = (id?.Trim() ?? "", name ?? "", email, givenName, familyName);
        var (opened, appointed) = await WriteAsync(async transaction =>
        {
            var result = await AccountLifecycle.OpenAsync(transaction, Id, Name);
            if (result != AccountLifecycle.OpenResult.Opened || string.IsNullOrWhiteSpace(email))
            {
                return (result, (FirstAdministrator.Result?)null);
            }

            var first = await FirstAdministrator.AppointAsync(transaction, Id, new(givenName, familyName, email), Options.Issuer);
            return first is FirstAdministrator.Result.Invited or FirstAdministrator.Result.Asked ? (result, first) : transaction.RollBack((result, (FirstAdministrator.Result?)first));
        });
        switch (opened)
        {
            case AccountLifecycle.OpenResult.IdTaken:
                Wrong["id"] = "Another account has this id.";
                break;
            case AccountLifecycle.OpenResult.IdInvalid:
                Wrong["id"] = $"Use 1 to {AccountLifecycle.MaxIdLength} lower-case letters, digits and hyphens, with no hyphen at either end.";
                break;
            case AccountLifecycle.OpenResult.NameInvalid:
                Wrong["name"] = $"Give a name of 1 to {AccountLifecycle.MaxNameLength} characters.";
                break;
            case AccountLifecycle.OpenResult.Opened when appointed is not (null or FirstAdministrator.Result.Invited or FirstAdministrator.Result.Asked):
                Wrong["email"] = "This is not an e-mail address.";
                break;
            default:
                Flash($"The account was opened.{Words(appointed)}");
                return LocalRedirect($"~/admin/hub/accounts/{Id}");
        }

        await OnGetAsync();
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }

    internal static string Words(FirstAdministrator.Result? appointed) => appointed switch
    {
        FirstAdministrator.Result.Invited => " Its first administrator has a link by mail with which to choose a password.",
        FirstAdministrator.Result.Asked => " Who you named signs in here already: they are asked at their next sign-in whether they accept.",
        _ => "",
    };

    /// <returns>The words and the look of a status.</returns>
    internal static (string Words, string Look) Badge(AccountStatus status) => status switch
    {
        AccountStatus.Open => ("open", "good"),
        AccountStatus.Suspended => ("suspended", "warn"),
        _ => ("closed", "bad"),
    };
}
