using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Seats;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Hub;

/// <summary>One account in the operator's hands: its name, plan, seats, first administrator, and whether it lets anybody in.</summary>
[Callers(Caller.Operator)]
internal sealed class AccountModel : OperatorPage
{
    [FromRoute]
    public string Id { get; set; } = "";

    public AccountLine Account { get; private set; } = null!;

    public IReadOnlyList<Seats.PoolOfAccount> Pools { get; private set; } = [];

    public IReadOnlyList<Application> Seated { get; private set; } = [];

    public IReadOnlyList<Plan> OfferedPlans { get; private set; } = [];

    public Plan? Plan { get; private set; }

    public string? Name { get; private set; }

    public string? Email { get; private set; }

    /// <summary>What is wrong, by field.</summary>
    public Dictionary<string, string> Wrong { get; } = [];

    public async Task<IActionResult> OnGetAsync() => await LoadAsync() ? Page() : await NothingHereAsync();

    public async Task<IActionResult> OnPostRenameAsync(string? name)
    {
        var result = await WriteAsync(transaction => AccountLifecycle.RenameAsync(transaction, Id, name ?? ""));
        if (result == AccountLifecycle.ChangeResult.NameInvalid)
        {
            return await AgainAsync("name", $"Give a name of 1 to {AccountLifecycle.MaxNameLength} characters.", () => Name = name);
        }

        return await DoneAsync(result, "The account was renamed.");
    }

    public async Task<IActionResult> OnPostSuspendAsync() =>
        await RequireFreshAsync() ?? await DoneAsync(
            await WriteAsync(transaction => AccountLifecycle.SuspendAsync(transaction, Id)), "The account is suspended: nobody is in it any more, and its apps are told.");

    public async Task<IActionResult> OnPostResumeAsync() =>
        await RequireFreshAsync() ?? await DoneAsync(
            await WriteAsync(transaction => AccountLifecycle.ResumeAsync(transaction, Id)), "The account is open again. Its people sign in anew.");

    public async Task<IActionResult> OnPostCloseAsync(string? confirm)
    {
        if (await RequireFreshAsync() is { } first)
        {
            return first;
        }

        var result = await WriteAsync(transaction => AccountLifecycle.CloseAsync(transaction, Id, confirm ?? ""));
        return result == AccountLifecycle.ChangeResult.NotConfirmed
            ? await AgainAsync("confirm", "This is not the account's name. Nothing was changed.")
            : await DoneAsync(result, "The account is closed for good. Its data stay until they are deleted by command.");
    }

    public async Task<IActionResult> OnPostFirstAsync(string? email, string? givenName, string? familyName)
    {
        var result = await WriteAsync(transaction => FirstAdministrator.AppointAsync(transaction, Id, new(givenName, familyName, email ?? ""), Options.Issuer));
        switch (result)
        {
            case FirstAdministrator.Result.Invited or FirstAdministrator.Result.Asked:
                Flash("They are the account's administrator now." + AccountsModel.Words(result));
                return Back();
            case FirstAdministrator.Result.NoSuchAccount:
                return await NothingHereAsync();
            case FirstAdministrator.Result.AddressInvalid:
                return await AgainAsync("email", "This is not an e-mail address.", () => Email = email);
            default:
                FlashError(result switch
                {
                    FirstAdministrator.Result.NotOpen => "The account is not open. Nothing was changed.",
                    FirstAdministrator.Result.AlreadyMember => "They are in the account already. Nothing was changed.",
                    _ => "The account has an administrator by now, who adds the others. Nothing was changed.",
                });
                return Back();
        }
    }

    public async Task<IActionResult> OnPostSeatsAsync(string? application, int? capacity)
    {
        if (!await LoadAsync())
        {
            return await NothingHereAsync();
        }

        if (Seated.FirstOrDefault(one => one.Id == application) is not { } chosen)
        {
            return await AgainAsync("application", "Choose one of the applications with seats.");
        }

        if (capacity is not (>= 0 and <= Seats.MaxCapacity))
        {
            return await AgainAsync("capacity", $"Give a whole number from 0 to {Times.Count(Seats.MaxCapacity, "seat")}.");
        }

        switch (await WriteAsync(transaction => Seats.ResizeAsync(transaction, Id, chosen.Id, capacity.Value)))
        {
            case Seats.ResizeResult.InUse inUse:
                return await AgainAsync("capacity", $"{Times.Count(inUse.Used, "seat")} of {chosen.Name} {(inUse.Used == 1 ? "is" : "are")} taken. An administrator of the account has to free some first.");
            case Seats.ResizeResult.Resized resized:
                Flash($"The account has {Times.Count(resized.Capacity, "seat")} of {chosen.Name} now.");
                return Back();
            default:
                Flash("Nothing was changed.");
                return Back();
        }
    }

    public async Task<IActionResult> OnPostPlanAsync(string? plan)
    {
        switch (await WriteAsync(transaction => Plans.ChooseAsync(transaction, Id, plan ?? "")))
        {
            case Plans.ChooseResult.NoSuchAccount:
                return await NothingHereAsync();
            case Plans.ChooseResult.NoSuchPlan or Plans.ChooseResult.Retired:
                return await AgainAsync("plan", "Choose one of the plans that are offered.");
            case Plans.ChooseResult.Chosen:
                Flash("The account has another plan now.");
                return Back();
            default:
                Flash("Nothing was changed.");
                return Back();
        }
    }

    private RedirectResult Back() => Redirect($"{Request.PathBase}/admin/hub/accounts/{Id}");

    private async Task<IActionResult> DoneAsync(AccountLifecycle.ChangeResult result, string sentence)
    {
        switch (result)
        {
            case AccountLifecycle.ChangeResult.NoSuchAccount:
                return await NothingHereAsync();
            case AccountLifecycle.ChangeResult.Changed:
                Flash(sentence);
                return Back();
            case AccountLifecycle.ChangeResult.Closed:
                FlashError("The account is closed for good. Nothing was changed.");
                return Back();
            default:
                Flash("Nothing was changed.");
                return Back();
        }
    }

    private async Task<IActionResult> AgainAsync(string field, string sentence, Action? keep = null)
    {
        if (!await LoadAsync())
        {
            return await NothingHereAsync();
        }

        Wrong[field] = sentence;
        keep?.Invoke();
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }

    private async Task<bool> LoadAsync()
    {
        var found = await ReadAsync(async reader => await AccountList.OneAsync(reader, Id) is { } account
            ? (account, Seats.PoolsOf(reader, Id), await Applications.SeatedAsync(reader), await Plans.ListAsync(reader, withRetired: false), await Plans.OfAccountAsync(reader, Id))
            : ((AccountLine, IReadOnlyList<Seats.PoolOfAccount>, IReadOnlyList<Application>, IReadOnlyList<Plan>, Plan?)?)null);
        if (found is not { } loaded)
        {
            return false;
        }

        (Account, Pools, Seated, OfferedPlans, Plan) = loaded;
        Name = Account.Name;
        return true;
    }
}
