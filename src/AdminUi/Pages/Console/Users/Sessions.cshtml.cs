using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Users;

/// <summary>Where one user is signed in: every browser of a member at home, of a guest the apps of this account.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageUsers)]
internal sealed class MemberSessionsModel : OneMemberPage
{
    public IReadOnlyList<MemberSession> Sessions { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string member)
    {
        if (!await FindAsync(member))
        {
            return await NothingHereAsync();
        }

        Sessions = await ReadAsync(reader => MemberSessions.ListAsync(reader, Member));
        return Page();
    }

    public async Task<IActionResult> OnPostEndAsync(string member, string? session) =>
        await AnswerAsync(member, await WriteAsync(transaction => MemberSessions.EndAsync(transaction, AccountId, member, session ?? "")), "That session is over, and its apps are told.");

    public async Task<IActionResult> OnPostAllAsync(string member) =>
        await AnswerAsync(member, await WriteAsync(transaction => MemberActs.SignOutEverywhereAsync(transaction, AccountId, member)), "Signed out everywhere. Apps were told.");

    private async Task<IActionResult> AnswerAsync(string member, MemberActResult result, string done)
    {
        switch (result)
        {
            case MemberActResult.NoSuchMember:
                return await NothingHereAsync();
            case MemberActResult.Refused refused:
                FlashError(refused.Reason.Sentence);
                break;
            default:
                Flash(done);
                break;
        }

        return LocalRedirect(PathOf(member, "/sessions"));
    }
}
