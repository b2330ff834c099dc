using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Me;

/// <summary>Where the person is signed in, and how they end it.</summary>
[Callers(Caller.Person)]
internal sealed class SessionsModel : OwnPage
{
    public IReadOnlyList<OwnSession> Sessions { get; private set; } = [];

    public async Task OnGetAsync() => Sessions = await ReadAsync(reader => OwnSessions.ListAsync(reader, Person.UserId, Person.SessionId));

    public async Task<IActionResult> OnPostEndAsync(string? session)
    {
        if (await WriteAsync(transaction => OwnSessions.EndAsync(transaction, Person.UserId, session ?? "")))
        {
            Flash("That session is over, and its apps are told.");
        }
        else
        {
            FlashError("That session was over already.");
        }

        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostOthersAsync()
    {
        var count = await WriteAsync(transaction => OwnSessions.EndOthersAsync(transaction, Person.UserId, Person.SessionId));
        Flash(count == 0 ? "There was no other session." : $"{Times.Count(count, "other session")} ended, and {(count == 1 ? "its" : "their")} apps are told.");
        return RedirectToPage();
    }

    /// <returns>RFC 8176's values in words.</returns>
    public static string How(string amr)
    {
        var methods = Assurance.Methods(amr);
        var words = new[]
        {
            methods.Contains("pwd") ? "password" : null,
            methods.Contains("otp") ? "authenticator app" : null,
            methods.Contains("mca") ? "code by e-mail" : null,
            methods.Contains("hwk") || methods.Contains("swk") ? "passkey" : null,
        }.OfType<string>().ToList();
        return words.Count == 0 ? "unknown" : string.Join(" and ", words);
    }
}
