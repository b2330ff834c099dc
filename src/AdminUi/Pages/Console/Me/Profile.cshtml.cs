using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Me;

/// <summary>Who the person is to the hub, who may change that, and what they choose themself.</summary>
[Callers(Caller.Person)]
internal sealed class ProfileModel : OwnPage
{
    private static readonly IReadOnlyList<(string, string)> AllZones =
    [
        ("", "No choice (times are shown in UTC)"), ("UTC", "UTC"),
        .. TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).Where(id => id != "UTC" && id.Contains('/', StringComparison.Ordinal) && Preferences.ZoneOf(id) is not null)
            .Order(StringComparer.Ordinal).Select(id => (id, id.Replace('_', ' '))),
    ];

    public OwnProfile.View Profile { get; private set; } = null!;

    public UserPreferences Chosen { get; private set; } = null!;

    public static IReadOnlyList<(string Value, string Words)> Zones => AllZones;

    public string? GivenName { get; private set; }

    public string? FamilyName { get; private set; }

    public string? NamesWrong { get; private set; }

    public string? LocaleWrong { get; private set; }

    public string? ZoneWrong { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        await LoadAsync();
        return Page();
    }

    public async Task<IActionResult> OnPostPreferencesAsync(string? locale, string? zone, Theme theme)
    {
        var wanted = new UserPreferences(locale, zone, Enum.IsDefined(theme) ? theme : Theme.System);
        var result = await WriteAsync(transaction => Preferences.SetAsync(transaction, Person.UserId, wanted));
        if (result is Preferences.SetResult.Changed or Preferences.SetResult.Unchanged)
        {
            Flash(result == Preferences.SetResult.Changed ? "Your choices were saved." : "Nothing was changed.");
            return RedirectToPage();
        }

        await LoadAsync();
        Chosen = wanted;
        LocaleWrong = result == Preferences.SetResult.LocaleUnknown ? "Write a language tag such as en, en-GB, de or zh-Hant-TW, or leave it empty." : null;
        ZoneWrong = result == Preferences.SetResult.ZoneUnknown ? "Choose one of the time zones in the list." : null;
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }

    public async Task<IActionResult> OnPostNamesAsync(string? givenName, string? familyName)
    {
        switch (await WriteAsync(transaction => OwnProfile.RenameAsync(transaction, Person.UserId, givenName, familyName)))
        {
            case OwnProfile.RenameResult.NameInvalid:
                await LoadAsync();
                (GivenName, FamilyName) = (givenName, familyName);
                NamesWrong = $"A name has {OwnProfile.MaxNameLength} characters at most, without line breaks.";
                Response.StatusCode = StatusCodes.Status400BadRequest;
                return Page();
            case OwnProfile.RenameResult.NotTheirs:
                FlashError("Your names are kept by your home account: nothing was changed.");
                return RedirectToPage();
            case OwnProfile.RenameResult.Changed:
                Flash("Your names were changed.");
                return RedirectToPage();
            default:
                Flash("Nothing was changed.");
                return RedirectToPage();
        }
    }

    private async Task LoadAsync()
    {
        (Profile, Chosen) = await ReadAsync(async reader => ((await OwnProfile.OfAsync(reader, Person.UserId))!, (await Preferences.OfAsync(reader, Person.UserId))!));
        (GivenName, FamilyName) = (Profile.GivenName, Profile.FamilyName);
    }
}
