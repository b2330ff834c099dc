using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Users;

/// <summary>Deletes a user: says what is erased, asks for the name, and wants a fresh sign-in.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageUsers)]
internal sealed class DeleteModel : OneMemberPage
{
    /// <summary>What was typed; null before anything was.</summary>
    public string? Typed { get; private set; }

    /// <summary>What is wrong with it.</summary>
    public string? Wrong { get; private set; }

    public async Task<IActionResult> OnGetAsync(string member) =>
        !await FindAsync(member) ? await NothingHereAsync() : await RequireFreshAsync() ?? Page();

    public async Task<IActionResult> OnPostAsync(string member, string? name)
    {
        if (!await FindAsync(member))
        {
            return await NothingHereAsync();
        }

        if (await RequireFreshAsync() is { } first)
        {
            return first;
        }

        if (!IsName(name))
        {
            return Refuse(name, "This is not the name. Nobody was deleted.");
        }

        var (result, word) = await WriteAsync(async transaction =>
            (await MemberActs.DeleteAsync(transaction, AccountId, member), Deliveries.Follow(transaction, AccountId, Member.UserId)));
        switch (result)
        {
            case MemberActResult.Done:
                Flash(Member.Home ? $"{Member.DisplayName} was deleted, with everything that was kept about them." : $"{Member.DisplayName} is no guest of this account any more.");
                return await ReadAsync(reader => Deliveries.FollowedAsync(reader, AccountId, word)) is { Count: > 0 }
                    ? LocalRedirect($"~/admin/accounts/{AccountId}/users/told?of={word}")
                    : LocalRedirect($"~/admin/accounts/{AccountId}/users");
            case MemberActResult.Refused refused:
                return Refuse(name, refused.Reason.Sentence);
            default:
                return await NothingHereAsync();
        }
    }

    /// <summary>The display name or the user name, without regard to case, accents and what nobody sees: it is to be meant, not to be typed perfectly.</summary>
    private bool IsName(string? name) =>
        !string.IsNullOrWhiteSpace(name) && MemberNames.KeyOf(name) is var key && (key == MemberNames.KeyOf(Member.DisplayName) || key == MemberNames.KeyOf(Member.UserName));

    private Microsoft.AspNetCore.Mvc.RazorPages.PageResult Refuse(string? name, string sentence)
    {
        (Typed, Wrong) = (name, sentence);
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }
}
