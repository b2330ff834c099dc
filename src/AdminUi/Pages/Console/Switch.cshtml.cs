using IdentityHub.AdminUi.SignIn;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console;

/// <summary>Switching the account: a sign-in at the provider with the account named, never a mere cookie.</summary>
[Callers(Caller.Person)]
internal sealed class SwitchModel(ConsoleSignIn signIn) : ConsolePage
{
    private const string OfAccounts = "/admin/accounts/";

    public IActionResult OnGet() => LocalRedirect("~/admin");

    public async Task<IActionResult> OnPostAsync(string? account, [FromForm(Name = "return")] string? returnTo)
    {
        if (Person.Places.FirstOrDefault(place => place.AccountId == account) is not { } target)
        {
            return await NothingHereAsync();
        }

        var may = PermissionMatrix.Allows(target.Role, target.PermissionLevel, PermissionMatrix.ManageUsers);
        await signIn.BeginAsync(HttpContext, new(Landing(returnTo, target.AccountId, may)) { Account = target.AccountId });
        return new EmptyResult();
    }

    /// <summary>The same section in the other account, where the person administers there too; never a page about somebody of the account that is left.</summary>
    private static string Landing(string? from, string account, bool mayAdminister)
    {
        if (from?.StartsWith("/me", StringComparison.Ordinal) == true)
        {
            return "/me";
        }

        var section = from?.StartsWith(OfAccounts, StringComparison.Ordinal) == true ? from[OfAccounts.Length..].Split('/').ElementAtOrDefault(1) : null;
        return mayAdminister && section is { Length: > 0 } && section.All(char.IsAsciiLetterLower) ? $"{OfAccounts}{account}/{section}" : "/admin";
    }
}
