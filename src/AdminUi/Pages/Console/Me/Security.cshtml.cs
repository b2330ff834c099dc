using IdentityHub.AdminUi.SignIn;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityHub.AdminUi.Pages.Console.Me;

/// <summary>What besides the password the person signs in with, and who asks for it. Enrolling is done in the provider's own pages; taking away, naming and forgetting here.</summary>
[Callers(Caller.Person)]
internal sealed class SecurityModel : OwnPage
{
    public FactorOverview Factors { get; private set; } = null!;

    /// <summary>Requests of others to reset the person's factors.</summary>
    public IReadOnlyList<WaitingReset> Resets { get; private set; } = [];

    public async Task OnGetAsync() => (Factors, Resets) = await ReadAsync(async reader => (
        await FactorOverview.OfAsync(reader, Person.UserId), await FactorResets.WaitingForAsync(reader, Person.UserId)));

    /// <summary>For who means to change something: before anything is typed.</summary>
    public async Task<IActionResult> OnGetFreshAsync() => await RequireFreshAsync("/me/security") ?? RedirectToPage();

    /// <summary>Off to the provider, which asks who they are again, enrols, and sends them back here.</summary>
    public async Task<IActionResult> OnPostEnrolAsync(string? what)
    {
        if (what is not ("totp" or "email" or "passkey" or "recovery-codes"))
        {
            FlashError("There is nothing of that kind to set up. Nothing was changed.");
            return RedirectToPage();
        }

        await HttpContext.RequestServices.GetRequiredService<ConsoleSignIn>().BeginAsync(
            HttpContext, new("/me/security") { Account = Person.Place?.AccountId, MaxAge = (int)Fresh.TotalSeconds, Enrol = what });
        return new EmptyResult();
    }

    public async Task<IActionResult> OnPostRemoveAsync(FactorKind? kind, string? passkey, bool endOthers)
    {
        if (await RequireFreshAsync() is { } first)
        {
            return first;
        }

        var result = kind is { } one && Enum.IsDefined(one)
            ? await WriteAsync(transaction => OwnFactors.RemoveAsync(transaction, Person.UserId, one, passkey, Person.SessionId, endOthers))
            : new OwnFactors.RemoveResult.NoSuchFactor();
        switch (result)
        {
            case OwnFactors.RemoveResult.Removed removed:
                Flash("It was removed." + (removed.SessionsEnded > 0 ? $" {Times.Count(removed.SessionsEnded, "other session")} ended." : ""));
                break;
            case OwnFactors.RemoveResult.RequiredBy required:
                FlashError($"{required.AccountName} asks you for a second factor, and what would be left is not enough. Set up another one first. Nothing was changed.");
                break;
            default:
                FlashError("You have no such second factor any more. Nothing was changed.");
                break;
        }

        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostRenameAsync(string? passkey, string? name)
    {
        if (await RequireFreshAsync() is { } first)
        {
            return first;
        }

        if (string.IsNullOrWhiteSpace(name) || name.Trim().Length > Passkeys.MaxNameLength)
        {
            FlashError($"A name has 1 to {Passkeys.MaxNameLength} characters. Nothing was changed.");
        }
        else if (await WriteAsync(transaction => Passkeys.RenameAsync(transaction, Person.UserId, passkey ?? "", name)))
        {
            Flash("The passkey has its new name.");
        }
        else
        {
            FlashError("You have no such passkey any more. Nothing was changed.");
        }

        return RedirectToPage();
    }

    /// <param name="device">Which browser; empty for every one.</param>
    public async Task<IActionResult> OnPostForgetAsync(string? device)
    {
        if (await RequireFreshAsync() is { } first)
        {
            return first;
        }

        var count = await WriteAsync(transaction => RememberedDevices.ForgetAsync(transaction, Person.UserId, string.IsNullOrEmpty(device) ? null : device));
        if (count == 0)
        {
            FlashError("That browser was forgotten already.");
        }
        else
        {
            Flash(count == 1 ? "The browser is forgotten: you are asked there again." : $"{Times.Count(count, "browser")} are forgotten: you are asked there again.");
        }

        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostRefuseAsync(string? request)
    {
        // Only what is about them: nobody else's is theirs to refuse here.
        var own = await ReadAsync(reader => FactorResets.WaitingForAsync(reader, Person.UserId));
        if (own.Any(one => one.Id == request) && await WriteAsync(transaction => FactorResets.RefuseAsync(transaction, null, request!)) is FactorResets.Result.Ended)
        {
            Flash("Refused. Your second factors stay as they are, and whoever asked is told.");
        }
        else
        {
            FlashError("That request is over already.");
        }

        return RedirectToPage();
    }
}
