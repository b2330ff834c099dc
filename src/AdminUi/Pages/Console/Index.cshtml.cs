using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console;

/// <summary>The way into the administration: the users of the account in which the person acts.</summary>
[Callers(Caller.Person)]
internal sealed class IndexModel : ConsolePage
{
    public IActionResult OnGet()
    {
        if (Person.May(PermissionMatrix.ManageUsers))
        {
            return LocalRedirect($"~/admin/accounts/{Person.Place!.AccountId}/users");
        }

        if (Person.Operator)
        {
            return LocalRedirect("~/admin/hub");
        }

        Response.StatusCode = StatusCodes.Status403Forbidden;
        return Page();
    }
}
