using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Primary;

/// <summary>Where somebody who shall become Primary User says yes or no. Saying yes takes a fresh sign-in.</summary>
[Callers(Caller.Person)]
internal sealed class OwnModel : OwnPage
{
    public IReadOnlyList<PrimaryRequests.View> Requests { get; private set; } = [];

    /// <summary>The request that is about to be accepted; null before that.</summary>
    public PrimaryRequests.View? Accepting { get; private set; }

    public string? Why { get; private set; }

    /// <param name="accept">The request that is to be accepted: shown once the sign-in is fresh.</param>
    public async Task<IActionResult> OnGetAsync(string? accept)
    {
        Requests = await ReadAsync(reader => PrimaryRequests.ForCandidateAsync(reader, Person.UserId));
        if (accept is null)
        {
            return Page();
        }

        Accepting = Requests.FirstOrDefault(view => view.Id == accept && view.State == PrimaryRequestState.Confirmed);
        if (Accepting is null)
        {
            FlashError("This request cannot be accepted: it is not confirmed yet, somebody acted on it, or its time is over.");
            return RedirectToPage();
        }

        if (await RequireFreshAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        Why = await ReadAsync(reader => PrimaryRequests.WhyAsync(reader, Accepting.AccountId, Accepting.Id));
        return Page();
    }

    public async Task<IActionResult> OnPostAcceptAsync(string? request)
    {
        if (!IsFresh)
        {
            // The sign-in is asked for there, a factor that is owed too.
            return RedirectToPage(new { accept = request });
        }

        switch (await WriteAsync(transaction => PrimaryTransfer.AcceptAsync(transaction, request ?? "", Person.AuthTime)))
        {
            case PrimaryTransfer.StepResult.NoSuchRequest:
                return await NothingHereAsync();
            case PrimaryTransfer.StepResult.SignInTooOld:
                return RedirectToPage(new { accept = request });
            case PrimaryTransfer.StepResult.Done:
                Flash("You are the Primary User now.");
                break;
            case var refused:
                FlashError(PrimaryWords.Refusal(refused)!);
                break;
        }

        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostDeclineAsync(string? request)
    {
        // Only what was asked of them: nobody else's request is theirs to decline here.
        var requests = await ReadAsync(reader => PrimaryRequests.ForCandidateAsync(reader, Person.UserId));
        if (requests.FirstOrDefault(view => view.Id == request) is not { } own)
        {
            return await NothingHereAsync();
        }

        var result = await WriteAsync(transaction => PrimaryTransfer.DeclineAsync(transaction, own.AccountId, own.Id));
        if (PrimaryWords.Refusal(result) is { } refusal)
        {
            FlashError(refusal);
        }
        else
        {
            Flash("Declined. Everything stays as it is.");
        }

        return RedirectToPage();
    }
}
