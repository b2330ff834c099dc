using IdentityHub.AdminUi.SignIn;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console;

/// <summary>Signs out here and at every app of this browser. The provider says so on its own page.</summary>
[Callers(Caller.Person)]
internal sealed class SignOutModel(ConsoleSessions sessions) : ConsolePage
{
    public IActionResult OnGet() => LocalRedirect("~/admin");

    public async Task<IActionResult> OnPostAsync()
    {
        await sessions.SignOutAsync(HttpContext, Person);
        return Redirect(Options.Issuer + "/end-session");
    }
}
