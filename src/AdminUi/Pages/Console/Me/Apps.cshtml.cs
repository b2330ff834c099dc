using System.Collections.Frozen;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Me;

/// <summary>The apps at which the person is signed in, what they were granted, and how it is taken back.</summary>
[Callers(Caller.Person)]
internal sealed class AppsModel : OwnPage
{
    private static readonly FrozenDictionary<string, string> Words = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["openid"] = "know who you are",
        ["profile"] = "see your names, language and time zone",
        ["email"] = "see your e-mail address",
        ["phone"] = "see your phone number",
        ["address"] = "see your address",
        ["account"] = "see your account, role, level and seats",
        ["accounts"] = "see the other accounts that you are in",
        ["offline_access"] = "go on when you are not there",
        [ProvisioningCaller.ScimScope] = "read and change users of your account, as far as you may",
        [ProvisioningCaller.ScimReadScope] = "read users of your account, as far as you may",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public IReadOnlyList<ConnectedApp> Apps { get; private set; } = [];

    public async Task OnGetAsync() => Apps = await ReadAsync(reader => Task.FromResult(ConnectedApps.ListOf(reader, Person.UserId)));

    public async Task<IActionResult> OnPostAsync(string? app)
    {
        if (app is null or ConsoleRegistration.ClientId || !await WriteAsync(transaction => ConnectedApps.DisconnectAsync(transaction, Person.UserId, app)))
        {
            FlashError("That app held nothing of yours any more.");
        }
        else
        {
            Flash("That app holds nothing of yours any more, and is told.");
        }

        return RedirectToPage();
    }

    public static string Says(ConnectedApp app) => string.Join("; ", app.Scopes.Select(scope => Words.GetValueOrDefault(scope, scope)));

    public static bool IsConsole(ConnectedApp app) => app.ClientId == ConsoleRegistration.ClientId;
}
