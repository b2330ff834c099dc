using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Seats;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Hub;

/// <summary>The applications that people sign in to.</summary>
[Callers(Caller.Operator)]
internal sealed class ApplicationsModel : OperatorPage
{
    public IReadOnlyList<Applications.Line> All { get; private set; } = [];

    public string? Id { get; private set; }

    public string? Name { get; private set; }

    public bool Seated { get; private set; } = true;

    /// <summary>What is wrong, by field.</summary>
    public Dictionary<string, string> Wrong { get; } = [];

    /// <param name="id">The application to change; null for another.</param>
    public async Task OnGetAsync(string? id)
    {
        All = await ReadAsync(Applications.ListAsync);
        if (All.FirstOrDefault(one => one.Id == id) is { } chosen)
        {
            (Id, Name, Seated) = (chosen.Id, chosen.Name, chosen.Seated);
        }
    }

    public async Task<IActionResult> OnPostAsync(string? application, string? name, bool seated)
    {
        var result = await WriteAsync(transaction => Applications.PutAsync(transaction, application?.Trim() ?? "", name ?? "", seated));
        switch (result)
        {
            case Applications.PutResult.Made or Applications.PutResult.Changed or Applications.PutResult.Unchanged:
                Flash(result == Applications.PutResult.Made ? "The application was added." : result == Applications.PutResult.Changed ? "The application was changed." : "Nothing was changed.");
                return Redirect(Request.PathBase + "/admin/hub/applications");
            case Applications.PutResult.IdInvalid:
                Wrong["application"] = $"Use 1 to {AccountLifecycle.MaxIdLength} lower-case letters, digits and hyphens, with no hyphen at either end.";
                break;
            case Applications.PutResult.NameInvalid:
                Wrong["name"] = $"Give a name of 1 to {AccountLifecycle.MaxNameLength} characters.";
                break;
            default:
                Wrong["seated"] = "Accounts have seats of it, or clients ask for one. It stays an application with seats.";
                break;
        }

        await OnGetAsync(null);
        (Id, Name, Seated) = (application, name, seated);
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }
}
