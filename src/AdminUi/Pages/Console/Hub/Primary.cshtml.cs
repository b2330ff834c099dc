using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Hub;

/// <summary>The requests for another Primary User, of every account: what waits and for how long.</summary>
[Callers(Caller.Operator)]
internal sealed class PrimaryModel : OperatorPage
{
    public const int PageSize = 50;

    [BindProperty(SupportsGet = true)]
    public long? After { get; set; }

    public IReadOnlyList<PrimaryRequests.Waiting> Waiting { get; private set; } = [];

    /// <summary>Why each was asked for, by the request's id; without those of which nobody can read it any more.</summary>
    public IReadOnlyDictionary<string, string> Why { get; private set; } = new Dictionary<string, string>();

    /// <summary>Where the next page begins; null on the last.</summary>
    public long? Next { get; private set; }

    public async Task OnGetAsync()
    {
        var after = After is > 0 and < 253402300799999 ? DateTimeOffset.FromUnixTimeMilliseconds(After.Value) : (DateTimeOffset?)null;
        (Waiting, Why) = await ReadAsync(async reader =>
        {
            var waiting = await PrimaryRequests.WaitingAsync(reader, PageSize, after);
            return (waiting, await PrimaryReasons.OfAsync(reader, [.. waiting.Select(one => one.Request.Id)]));
        });
        Next = Waiting.Count == PageSize ? Waiting[^1].Request.CreatedAt.ToUnixTimeMilliseconds() : null;
    }

    public async Task<IActionResult> OnPostConfirmAsync(string? account, string? request) =>
        await RequireFreshAsync() ?? Done(
            await WriteAsync(transaction => PrimaryTransfer.ConfirmAsync(transaction, account ?? "", request ?? "")), "It is confirmed. The new Primary User is asked to accept, after signing in afresh.");

    public async Task<IActionResult> OnPostDeclineAsync(string? account, string? request) =>
        await RequireFreshAsync() ?? Done(await WriteAsync(transaction => PrimaryTransfer.DeclineAsync(transaction, account ?? "", request ?? "")), "It is declined, and everyone concerned is told.");

    private RedirectToPageResult Done(PrimaryTransfer.StepResult result, string sentence)
    {
        if (result == PrimaryTransfer.StepResult.Done)
        {
            Flash(sentence);
        }
        else
        {
            FlashError(result switch
            {
                PrimaryTransfer.StepResult.MayNot => "Who is to become Primary User cannot confirm that themself. Nothing was changed.",
                PrimaryTransfer.StepResult.NoSuchRequest => "There is no such request. Nothing was changed.",
                _ => "The request is at another step by now, or over. Nothing was changed.",
            });
        }

        return RedirectToPage();
    }
}
