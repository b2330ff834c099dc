using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Primary;

/// <summary>Who an account's Primary User is, the request for another, and every request before.</summary>
[Callers(Caller.Administrator), Needs(PermissionMatrix.ManageUsers)]
internal sealed class AccountModel : AccountPage
{
    private const int MostFound = 10;
    private const int HistoryPage = 20;

    /// <summary>What is typed to find the member.</summary>
    [BindProperty]
    public string? Find { get; set; }

    /// <summary>The membership that shall become Primary User.</summary>
    [BindProperty]
    public string? Candidate { get; set; }

    [BindProperty]
    public string? Why { get; set; }

    public PrimaryRequests.Holder? Holder { get; private set; }

    public PrimaryRequests.View? Open { get; private set; }

    public string? WhyOpen { get; private set; }

    public IReadOnlyList<PrimaryRequests.View> History { get; private set; } = [];

    public bool HasMore { get; private set; }

    /// <summary>Whom one can choose; null before anybody was looked for.</summary>
    public IReadOnlyList<MemberRow>? Found { get; private set; }

    public bool FoundMore { get; private set; }

    public bool IsHolder => Holder?.UserId == Person.UserId;

    public bool IsCandidate => Open?.Candidate.UserId == Person.UserId;

    public bool MayCancel => Open?.RequestedBy.UserId == Person.UserId;

    /// <summary>The Primary User, or the operator, unless it is for themself.</summary>
    public bool MayDecide => Open is not null && (IsHolder || Person.Operator) && !IsCandidate;

    /// <param name="candidate">Chosen already, where another page leads here.</param>
    /// <param name="before">Where an earlier page of the history ended: Unix milliseconds.</param>
    public async Task<IActionResult> OnGetAsync(string? candidate, long? before)
    {
        Candidate = candidate;
        await LoadAsync(before is > 0 and < 253_402_300_799_000 ? DateTimeOffset.FromUnixTimeMilliseconds(before.Value) : null);
        return Page();
    }

    public async Task<IActionResult> OnPostFindAsync()
    {
        await LoadAsync(null);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        // To ask is to confirm, for whoever may: as weighty here as by itself.
        if (await ConfirmsByAskingAsync() && await RequireFreshAsync($"{Request.Path}{QueryString.Create("candidate", Candidate ?? "")}") is { } signIn)
        {
            return signIn;
        }

        switch (await WriteAsync(transaction => PrimaryTransfer.RequestAsync(transaction, AccountId, Candidate ?? "", Why ?? "")))
        {
            case PrimaryTransfer.RequestResult.Made made:
                Flash(made.Confirmed ? "The request is made and confirmed. It is done once the new Primary User accepts." : "The request is made. The Primary User, or the operator, confirms it next.");
                return RedirectToPage();
            case PrimaryTransfer.RequestResult.OneIsOpen:
                FlashError("Nothing was changed: a request is open already.");
                return RedirectToPage();
            case PrimaryTransfer.RequestResult.MayNot:
                FlashError("Nothing was changed: you may not manage users here any more.");
                return RedirectToPage();
            case PrimaryTransfer.RequestResult.WhyInvalid:
                ModelState.AddModelError(nameof(Why), $"Say why, in up to {PrimaryTransfer.MaxWhyLength} characters.");
                break;
            case PrimaryTransfer.RequestResult.AlreadyPrimary:
                ModelState.AddModelError(nameof(Candidate), "This member is the Primary User already.");
                break;
            case PrimaryTransfer.RequestResult.NotActive:
                ModelState.AddModelError(nameof(Candidate), "This member cannot sign in to the account yet, or not any more. Choose an active one.");
                break;
            default:
                ModelState.AddModelError(nameof(Candidate), "Choose a member: find them by name or user name.");
                break;
        }

        await LoadAsync(null);
        if (Open is not null)
        {
            // The form is not there any more, beside whose fields it could be said.
            FlashError("Nothing was changed: a request is open already.");
            return RedirectToPage();
        }

        return Page();
    }

    public async Task<IActionResult> OnPostConfirmAsync(string? request) =>
        await RequireFreshAsync() ?? await StepAsync(request, "Confirmed. It is done once the new Primary User accepts.", (transaction, id) => PrimaryTransfer.ConfirmAsync(transaction, AccountId, id));

    public async Task<IActionResult> OnPostDeclineAsync(string? request) =>
        await RequireFreshAsync() ?? await StepAsync(request, "Declined. Everything stays as it is.", (transaction, id) => PrimaryTransfer.DeclineAsync(transaction, AccountId, id));

    public Task<IActionResult> OnPostCancelAsync(string? request) =>
        StepAsync(request, "The request is taken back. Everything stays as it is.", (transaction, id) => PrimaryTransfer.CancelAsync(transaction, AccountId, id));

    private async Task<bool> ConfirmsByAskingAsync() => Person.Operator || (await ReadAsync(reader => PrimaryRequests.HolderAsync(reader, AccountId)))?.UserId == Person.UserId;

    private async Task<IActionResult> StepAsync(string? request, string done, Func<HubTransaction, string, Task<PrimaryTransfer.StepResult>> step)
    {
        var result = await WriteAsync(transaction => step(transaction, request ?? ""));
        if (result == PrimaryTransfer.StepResult.NoSuchRequest)
        {
            return await NothingHereAsync();
        }

        if (PrimaryWords.Refusal(result) is { } refusal)
        {
            FlashError(refusal);
        }
        else
        {
            Flash(done);
        }

        return RedirectToPage();
    }

    private Task<bool> LoadAsync(DateTimeOffset? before) => ReadAsync(async reader =>
    {
        Holder = await PrimaryRequests.HolderAsync(reader, AccountId);
        Open = await PrimaryRequests.OpenOfAsync(reader, AccountId);
        WhyOpen = Open is null ? null : await PrimaryRequests.WhyAsync(reader, AccountId, Open.Id);
        var history = await PrimaryRequests.HistoryAsync(reader, AccountId, HistoryPage + 1, before);
        HasMore = history.Count > HistoryPage;
        History = [.. history.Take(HistoryPage).Where(view => view.Id != Open?.Id)];
        if (Open is null)
        {
            await FindAsync(reader);
        }

        return true;
    });

    /// <summary>Whoever is chosen stays in sight, whatever is looked for next.</summary>
    private async Task FindAsync(HubReader reader)
    {
        var chosen = Candidate is { Length: > 0 } id ? await MemberList.ReadOnesAsync(reader, AccountId, [id]) : [];
        if (string.IsNullOrWhiteSpace(Find) && chosen.Count == 0)
        {
            return;
        }

        var found = string.IsNullOrWhiteSpace(Find)
            ? new([], 0, 1, 1)
            : await MemberList.ReadAsync(reader, new(AccountId, new() { Find = Find, Status = MembershipStatus.Active }, new(), PageSize: MostFound));
        Found = [.. chosen.Concat(found.Rows).Where(row => row.Level != PermissionLevel.Primary).DistinctBy(row => row.Id)];
        FoundMore = found.Total > found.Rows.Count;
    }
}
