using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Seats;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Agreement;

/// <summary>Fewer seats than are in use: here one chooses who gives theirs up. Both happen in one step, or neither.</summary>
[Callers(Caller.Administrator), Needs(PermissionMatrix.ManagePlan)]
internal sealed class FreeModel : AccountPage
{
    private const int PageSize = 50;

    /// <summary>The application.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Application { get; set; }

    /// <summary>How many seats there shall be.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Capacity { get; set; }

    /// <summary>What is typed to find somebody.</summary>
    [BindProperty]
    public string? Find { get; set; }

    /// <summary>The memberships chosen so far.</summary>
    [BindProperty]
    public string[]? Chosen { get; set; }

    public Seats.Preview Preview { get; private set; } = null!;

    public MemberPage Holders { get; private set; } = null!;

    /// <summary>Who is chosen and not on this page of the list.</summary>
    public IReadOnlyList<MemberRow> ChosenElsewhere { get; private set; } = [];

    public IReadOnlySet<string> ChosenIds { get; private set; } = new HashSet<string>();

    public async Task<IActionResult> OnGetAsync()
    {
        if (Application is null || PlanModel.CountOf(Capacity) is null)
        {
            // Nothing is chosen yet, or no number: the plan page says so beside its field.
            return RedirectToPage("Plan", new { account = AccountId, application = Application, capacity = Capacity });
        }

        return await LoadAsync(1) ? Page() : await NothingHereAsync();
    }

    /// <summary>Another page of the list, or another search; what is chosen stays so.</summary>
    /// <param name="to">Which page.</param>
    public async Task<IActionResult> OnPostChooseAsync(int? to) => await LoadAsync(to ?? 1) ? Page() : await NothingHereAsync();

    public async Task<IActionResult> OnPostAsync()
    {
        if (PlanModel.CountOf(Capacity) is not { } capacity || Application is not { } application || Chosen is { Length: > Seats.MostFreedAtOnce })
        {
            return await NothingHereAsync();
        }

        switch (await WriteAsync(transaction => Seats.ShrinkAsync(transaction, AccountId, application, capacity, Chosen ?? [])))
        {
            case Seats.ShrinkResult.Done done:
                Flash($"{(done.Freed == 1 ? "One seat was" : $"{done.Freed} seats were")} taken away. {AccountName} has {done.Capacity} now.");
                return RedirectToPage("Plan", new { account = AccountId });
            case Seats.ShrinkResult.InUse inUse:
                ModelState.AddModelError(nameof(Chosen), $"Choose {inUse.StillToFree} more. Nothing was changed yet.");
                break;
            case Seats.ShrinkResult.MayNot mayNot:
                var name = (await ReadAsync(reader => MemberList.ReadOnesAsync(reader, AccountId, [mayNot.MembershipId]))).SingleOrDefault()?.DisplayName;
                ModelState.AddModelError(nameof(Chosen), $"{name}: {mayNot.Sentence} Nothing was changed.");
                break;
            case Seats.ShrinkResult.NotAHolder:
                ModelState.AddModelError(nameof(Chosen), "Somebody whom you chose has no such seat any more. Nothing was changed; here is who holds one now.");
                break;
            default:
                return await NothingHereAsync();
        }

        return await LoadAsync(1) ? Page() : await NothingHereAsync();
    }

    private async Task<bool> LoadAsync(int page)
    {
        if (PlanModel.CountOf(Capacity) is not { } capacity || Application is not { } application)
        {
            return false;
        }

        return await ReadAsync(async reader =>
        {
            if (await Seats.PreviewAsync(reader, AccountId, application, capacity) is not { } preview)
            {
                return false;
            }

            Preview = preview;
            Holders = await MemberList.ReadAsync(reader, new(AccountId, new() { Find = Find, Seat = application }, new(MemberColumn.LastSignIn), page, PageSize));
            await KeepChosenAsync(reader, application);
            return true;
        });
    }

    /// <summary>Only who holds such a seat here can be chosen.</summary>
    private async Task KeepChosenAsync(HubReader reader, string application)
    {
        string[] ids = [.. (Chosen ?? []).Distinct(StringComparer.Ordinal).Take(Seats.MostFreedAtOnce)];
        var chosen = (await MemberList.ReadOnesAsync(reader, AccountId, ids)).Where(row => row.Seats.Contains(application)).ToList();
        ChosenIds = chosen.Select(row => row.Id).ToHashSet();
        ChosenElsewhere = [.. chosen.Where(row => Holders.Rows.All(holder => holder.Id != row.Id))];
    }

}
