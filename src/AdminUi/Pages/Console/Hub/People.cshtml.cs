using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Hub;

/// <summary>One person of any account, found by their whole user name: where they are signed in, whether they are frozen out; and the resets of second factors that wait.</summary>
[Callers(Caller.Operator)]
internal sealed class PeopleModel : OperatorPage
{
    [BindProperty(SupportsGet = true)]
    public string? Find { get; set; }

    /// <summary>Null where nobody was looked for, or nobody has the name.</summary>
    public User? Found { get; private set; }

    public IReadOnlyList<MemberSession> Sessions { get; private set; } = [];

    public IReadOnlyList<MembershipView> Places { get; private set; } = [];

    public EnrolledFactors Factors { get; private set; } = EnrolledFactors.None;

    public IReadOnlyList<WaitingReset> Resets { get; private set; } = [];

    /// <summary>A code to hand over, shown this once.</summary>
    public FactorResets.Result.Reset? Code { get; private set; }

    public async Task OnGetAsync() => await LoadAsync();

    public async Task<IActionResult> OnPostEndAsync(string? user, string? session)
    {
        var name = await NameOfAsync(user);
        if (name is not null && await WriteAsync(transaction => MemberSessions.EndByOperatorAsync(transaction, user!, session ?? "")))
        {
            Flash("That session is over, and its apps are told.");
        }
        else
        {
            FlashError("That session was over already.");
        }

        return RedirectToPage(new { find = name });
    }

    public async Task<IActionResult> OnPostAllAsync(string? user)
    {
        var name = await NameOfAsync(user);
        if (name is null)
        {
            FlashError("There is no such user any more. Nothing was changed.");
        }
        else
        {
            await WriteAsync(async transaction =>
            {
                await MemberSessions.EndAllByOperatorAsync(transaction, user!);
                return true;
            });
            Flash("Signed out everywhere. Apps were told.");
        }

        return RedirectToPage(new { find = name });
    }

    public async Task<IActionResult> OnPostThawAsync(string? user)
    {
        if (await RequireFreshAsync() is { } first)
        {
            return first;
        }

        var name = await NameOfAsync(user);
        var result = name is null
            ? new MemberAccess.Result.Refused("There is no such user any more.")
            : await WriteAsync(transaction => MemberAccess.ThawAsync(transaction, user!, Options.Issuer));
        if (result is MemberAccess.Result.LetIn letIn)
        {
            // A page and no redirect: the code is kept nowhere from which it could be shown later.
            (Code, Find) = (new(letIn.Code, letIn.Until), name);
            await LoadAsync();
            return Page();
        }

        if (result is MemberAccess.Result.Refused refused)
        {
            FlashError(refused.Sentence);
        }
        else
        {
            Flash("They can sign in again, with the password that they choose by the link in the mail which is on its way.");
        }

        return RedirectToPage(new { find = name });
    }

    public async Task<IActionResult> OnPostApproveAsync(string? request)
    {
        if (await RequireFreshAsync() is { } first)
        {
            return first;
        }

        switch (await WriteAsync(transaction => FactorResets.ApproveAsync(transaction, null, request ?? "", Person.Amr)))
        {
            case FactorResets.Result.Reset reset:
                // A page and no redirect: the code is kept nowhere from which it could be shown later.
                Code = reset;
                await LoadAsync();
                return Page();
            case FactorResets.Result.NeedsPasskey when Person.Reach >= AssuranceLevel.PhishingResistant:
                return await SignInWithPasskeyAsync();
            case FactorResets.Result.NeedsPasskey:
                FlashError(PasskeyNeeded);
                break;
            case FactorResets.Result.Refused refused:
                FlashError(refused.Sentence);
                break;
            default:
                FlashError("That request is over already, or was never made. Nothing was changed.");
                break;
        }

        return RedirectToPage(new { find = Find });
    }

    public async Task<IActionResult> OnPostRefuseAsync(string? request)
    {
        if (await RequireFreshAsync() is { } first)
        {
            return first;
        }

        if (await WriteAsync(transaction => FactorResets.RefuseAsync(transaction, null, request ?? "")) is FactorResets.Result.Ended)
        {
            Flash("The request is over. Nothing was reset, and everyone concerned is told.");
        }
        else
        {
            FlashError("That request is over already, or was never made. Nothing was changed.");
        }

        return RedirectToPage(new { find = Find });
    }

    private Task<string?> NameOfAsync(string? user) => ReadAsync(async reader => user is null ? null : (await Domain.Users.Users.FindAsync(reader, user))?.UserName);

    private async Task LoadAsync()
    {
        Resets = await ReadAsync(FactorResets.WaitingAsync);
        if (Find is null || CanonicalName.Of(Find) is not { } key)
        {
            return;
        }

        Found = await ReadAsync(reader => Domain.Users.Users.FindByNameAsync(reader, key));
        if (Found is { } found)
        {
            (Sessions, Places, Factors) = await ReadAsync(async reader => (
                await MemberSessions.OfUserAsync(reader, found.Id), await Memberships.OfUserAsync(reader, found.Id), await SecondFactors.OfAsync(reader, found.Id)));
        }
    }
}
