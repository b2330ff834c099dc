using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityHub.AdminUi.Pages.Console.Me;

/// <summary>The person's own password.</summary>
[Callers(Caller.Person)]
internal sealed class PasswordModel(OwnPassword passwords) : OwnPage
{
    public string? PresentWrong { get; private set; }

    public string? NextWrong { get; private set; }

    public bool EndOthers { get; private set; } = true;

    public async Task<IActionResult> OnPostAsync(string? present, string? next, bool endOthers)
    {
        EndOthers = endOthers;
        switch (await passwords.ChangeAsync((Actor.Person)Actor, present, next, Person.SessionId, endOthers, Aborted))
        {
            case OwnPassword.Result.Changed changed:
                Flash("Your password was changed." + (changed.SessionsEnded > 0 ? $" {Times.Count(changed.SessionsEnded, "other session")} ended." : ""));
                return RedirectToPage();
            case OwnPassword.Result.NotAllowed refused:
                NextWrong = refused.Why;
                return Again(StatusCodes.Status400BadRequest);
            case OwnPassword.Result.Busy:
                PresentWrong = "Too many attempts, or too much to do just now. Wait a few minutes and try again.";
                return Again(StatusCodes.Status429TooManyRequests);
            case OwnPassword.Result.None:
                PresentWrong = "There is no password to change here.";
                return Again(StatusCodes.Status400BadRequest);
            default:
                PresentWrong = "This is not your present password.";
                return Again(StatusCodes.Status400BadRequest);
        }
    }

    private PageResult Again(int status)
    {
        Response.StatusCode = status;
        return Page();
    }
}
