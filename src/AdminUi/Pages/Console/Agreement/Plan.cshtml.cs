using System.Globalization;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Seats;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Agreement;

/// <summary>The account's plan, how many seats it has of each application, and what was changed of both. Another number of seats is shown before it is made.</summary>
[Callers(Caller.Administrator), Needs(PermissionMatrix.ManagePlan)]
internal sealed class PlanModel : AccountPage
{
    private const int HistoryPage = 20;

    public Plan? Plan { get; private set; }

    public IReadOnlyList<Plan> Offered { get; private set; } = [];

    public IReadOnlyList<Seats.PoolOfAccount> Pools { get; private set; } = [];

    public IReadOnlyList<Plans.ChangeView> History { get; private set; } = [];

    public bool HasMore { get; private set; }

    /// <summary>The application whose seats are about to change, and what was typed.</summary>
    public string? Application { get; private set; }

    public string? Typed { get; private set; }

    /// <summary>What the typed number would mean; null while none is typed, or it is none.</summary>
    public Seats.Preview? Preview { get; private set; }

    /// <param name="application">The application whose seats are to change.</param>
    /// <param name="capacity">How many there shall be, as typed.</param>
    /// <param name="before">Where an earlier page of the history ended.</param>
    public async Task<IActionResult> OnGetAsync(string? application, string? capacity, long? before)
    {
        (Application, Typed) = (application, Request.Query.ContainsKey(nameof(capacity)) ? capacity ?? "" : null);
        var wanted = CountOf(capacity);
        await ReadAsync(async reader =>
        {
            await LoadAsync(reader, before);
            Preview = application is not null && wanted is { } count ? await Seats.PreviewAsync(reader, AccountId, application, count) : null;
            return true;
        });
        if (application is not null && !Pools.Any(pool => pool.ApplicationId == application))
        {
            return await NothingHereAsync();
        }

        if (application is not null && Request.Query.ContainsKey(nameof(capacity)) && wanted is null)
        {
            ModelState.AddModelError("capacity", $"Type a whole number from 0 to {Seats.MaxCapacity.ToString("N0", CultureInfo.InvariantCulture)}.");
        }

        return Page();
    }

    public async Task<IActionResult> OnPostPlanAsync(string? plan)
    {
        switch (plan is null ? Plans.ChooseResult.NoSuchPlan : await WriteAsync(transaction => Plans.ChooseAsync(transaction, AccountId, plan)))
        {
            case Plans.ChooseResult.Chosen:
                Flash("The plan is changed.");
                return RedirectToPage();
            case Plans.ChooseResult.Unchanged:
                Flash("This is the plan already. Nothing was changed.");
                return RedirectToPage();
            case Plans.ChooseResult.Retired:
                ModelState.AddModelError("plan", "This plan is offered no more. Choose another one.");
                break;
            default:
                ModelState.AddModelError("plan", "Choose one of the plans.");
                break;
        }

        await ReadAsync(async reader =>
        {
            await LoadAsync(reader, null);
            return true;
        });
        return Page();
    }

    /// <param name="application">The application.</param>
    /// <param name="capacity">How many seats there shall be.</param>
    /// <param name="seen">How many there were when it was shown what that would mean.</param>
    public async Task<IActionResult> OnPostSeatsAsync(string? application, int? capacity, int? seen)
    {
        if (capacity is not (>= 0 and <= Seats.MaxCapacity) || application is null)
        {
            return await NothingHereAsync();
        }

        var result = await WriteAsync<object?>(async transaction => await Seats.PreviewAsync(transaction, AccountId, application, capacity.Value) is not { } preview ? null
            : preview.Before != seen ? preview
            : await Seats.ResizeAsync(transaction, AccountId, application, capacity.Value));
        switch (result)
        {
            case null:
                return await NothingHereAsync();
            case Seats.Preview:
                FlashError("Nothing was changed: somebody else changed the number of seats meanwhile. This is how it is now.");
                return RedirectToPage(new { application, capacity });
            case Seats.ResizeResult.InUse:
                return RedirectToPage("Free", new { account = AccountId, application, capacity });
            case Seats.ResizeResult.Resized:
                Flash(string.Create(CultureInfo.InvariantCulture, $"{AccountName} has {capacity} seats now."));
                return RedirectToPage();
            default:
                Flash("That is how many there are already. Nothing was changed.");
                return RedirectToPage();
        }
    }

    /// <returns>The number that was typed; null when it is none that there could be.</returns>
    internal static int? CountOf(string? text) =>
        int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= Seats.MaxCapacity ? count : null;

    private async Task LoadAsync(HubReader reader, long? before)
    {
        Plan = await Plans.OfAccountAsync(reader, AccountId);
        Offered = await Plans.ListAsync(reader, withRetired: false);
        Pools = await Seats.BuyableAsync(reader, AccountId);
        var history = await Plans.HistoryAsync(reader, AccountId, HistoryPage + 1, before);
        HasMore = history.Count > HistoryPage;
        History = [.. history.Take(HistoryPage)];
    }
}
