using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Hub;

/// <summary>The signing keys, and how others take over from them.</summary>
[Callers(Caller.Operator)]
internal sealed class KeysModel : OperatorPage
{
    public IReadOnlyList<SigningKeyLine> Keys { get; private set; } = [];

    public async Task OnGetAsync() => Keys = await ReadAsync(KeyRotation.ListAsync);

    public async Task<IActionResult> OnPostAsync()
    {
        if (await RequireFreshAsync() is { } first)
        {
            return first;
        }

        if (await KeyRotation.RotateAllAsync(Store, Actor, KeyRotation.AnnouncedByCommand, Aborted))
        {
            Flash($"New keys are announced, and take over in {Times.Length(KeyRotation.AnnouncedByCommand)}.");
        }
        else
        {
            FlashError("Keys that were announced before are still waiting to take over. Nothing was changed.");
        }

        return RedirectToPage();
    }

    /// <returns>The words and the look of a phase.</returns>
    public static (string Words, string Look) Badge(SigningKeyPhase phase) => phase switch
    {
        SigningKeyPhase.Announced => ("announced", "warn"),
        SigningKeyPhase.Signing => ("signs", "good"),
        SigningKeyPhase.Retired => ("verifies only", ""),
        _ => ("gone", "plain"),
    };
}
