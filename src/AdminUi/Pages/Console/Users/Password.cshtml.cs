using IdentityHub.AdminUi.Users;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Users;

/// <summary>Gives a user a first password, which they must change when they sign in with it.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageUsers)]
internal sealed class PasswordModel(FirstPassword passwords) : OneMemberPage
{
    public string? Wrong { get; private set; }

    public async Task<IActionResult> OnGetAsync(string member) =>
        !await FindAsync(member) ? await NothingHereAsync() : await RequireFreshAsync() ?? Page();

    public async Task<IActionResult> OnPostAsync(string member, string? password)
    {
        if (!await FindAsync(member))
        {
            return await NothingHereAsync();
        }

        if (await RequireFreshAsync() is { } first)
        {
            return first;
        }

        // Asked before the hash too: nobody has the hub hash for what they may not do.
        Wrong = MemberAccess.Check(Acting, Member);
        if (Wrong is null)
        {
            (var hash, Wrong) = await passwords.TakeAsync(password, Member.UserName);
            if (hash is not null)
            {
                switch (await WriteAsync(transaction => MemberAccess.SetFirstPasswordAsync(transaction, AccountId, member, hash)))
                {
                    case MemberAccess.Result.Done:
                        Flash("The first password is set. Tell it to them yourself: it is not mailed. They choose their own when they sign in.");
                        return LocalRedirect(PathOf(member));
                    case MemberAccess.Result.Refused refused:
                        Wrong = refused.Sentence;
                        break;
                    default:
                        return await NothingHereAsync();
                }
            }
        }

        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }
}
