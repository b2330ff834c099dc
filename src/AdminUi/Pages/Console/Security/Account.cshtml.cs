using System.Globalization;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Security;

/// <summary>What the account asks of its members' sign-ins, and who is still to follow.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageSecondFactors)]
internal sealed class AccountModel : AccountPage
{
    /// <summary>What it is now.</summary>
    public SecuritySettings Settings { get; private set; } = null!;

    /// <summary>What the fields hold.</summary>
    public SecurityForm Form { get; private set; } = new();

    public IReadOnlyDictionary<string, string> Wrong { get; private set; } = new Dictionary<string, string>();

    public bool IsStale { get; private set; }

    /// <summary>Of how many members a second factor is asked that they have not set up.</summary>
    public int Pending { get; private set; }

    /// <summary>Resets that wait for somebody who agrees.</summary>
    public IReadOnlyList<WaitingReset> Resets { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync()
    {
        await LoadAsync();
        Form = SecurityForm.Of(Settings);
        return Page();
    }

    /// <summary>For who means to change something: before anything is typed.</summary>
    public async Task<IActionResult> OnGetFreshAsync() => await RequireFreshAsync() ?? RedirectToPage(new { account = AccountId });

    public async Task<IActionResult> OnPostAsync(SecurityForm form)
    {
        if (await RequireFreshAsync() is { } first)
        {
            return first;
        }

        await LoadAsync();
        Form = form;
        if (form.Read() is not { } wanted)
        {
            Wrong = form.Strange();
            return Again(StatusCodes.Status422UnprocessableEntity);
        }

        switch (await WriteAsync(transaction => AccountSecurity.ChangeAsync(transaction, AccountId, wanted, SecurityForm.Seen(form.Version) ?? wanted)))
        {
            case AccountSecurity.Result.Changed changed:
                Flash("Saved." + (changed.SignedOut ? " More is asked than before, so everybody signs in to the apps of this account again: who has given enough is not asked for anything." : ""));
                return RedirectToPage(new { account = AccountId });
            case AccountSecurity.Result.Unchanged:
                Flash("Nothing to change: it is so already.");
                return RedirectToPage(new { account = AccountId });
            case AccountSecurity.Result.Stale:
                IsStale = true;
                return Again(StatusCodes.Status409Conflict);
            case AccountSecurity.Result.Invalid invalid:
                Wrong = invalid.Faults.ToDictionary(fault => fault.Field, fault => fault.Sentence, StringComparer.Ordinal);
                return Again(StatusCodes.Status422UnprocessableEntity);
            default:
                FlashError("Only an administrator of this account may do this. Nothing was changed.");
                return RedirectToPage(new { account = AccountId });
        }
    }

    private Microsoft.AspNetCore.Mvc.RazorPages.PageResult Again(int status)
    {
        Response.StatusCode = status;
        return Page();
    }

    private async Task LoadAsync() => (Settings, Pending, Resets) = await ReadAsync(async reader => (
        (await AccountSecurity.FindAsync(reader, AccountId))!,
        await MemberList.CountAsync(reader, AccountId, new() { TwoFactor = TwoFactorStanding.Missing, Status = MembershipStatus.Active }),
        await FactorResets.WaitingInAsync(reader, AccountId)));
}

/// <summary>What an administrator types of the account's sign-in security, as the fields hold it.</summary>
public sealed class SecurityForm
{
    private const string NotANumber = "Write a whole number.";

    public string? TwoFactor { get; set; }
    public bool EmailCodesCount { get; set; }
    public string? GraceDays { get; set; }
    public string? RememberedDays { get; set; }
    public string? IdleMinutes { get; set; }
    public string? LifetimeMinutes { get; set; }

    /// <summary>What was shown when the form was opened: see <see cref="VersionOf"/>.</summary>
    public string? Version { get; set; }

    internal static SecurityForm Of(SecuritySettings settings) => new()
    {
        TwoFactor = settings.TwoFactor.ToString(), EmailCodesCount = settings.EmailCodesCount, GraceDays = Text(settings.GraceDays), RememberedDays = Text(settings.RememberedDays),
        IdleMinutes = Text(settings.IdleMinutes), LifetimeMinutes = Text(settings.LifetimeMinutes), Version = VersionOf(settings),
    };

    internal static string VersionOf(SecuritySettings settings) => string.Join('|', new[]
    {
        settings.TwoFactor.ToString(), settings.EmailCodesCount.ToString(), Text(settings.GraceDays), Text(settings.RememberedDays), Text(settings.IdleMinutes), Text(settings.LifetimeMinutes),
    });

    /// <returns>Null when it is nothing that was ever shown.</returns>
    internal static SecuritySettings? Seen(string? version) => version?.Split('|') is [var twoFactor, var count, var grace, var remembered, var idle, var lifetime]
        ? new SecurityForm { TwoFactor = twoFactor, EmailCodesCount = count == bool.TrueString, GraceDays = grace, RememberedDays = remembered, IdleMinutes = idle, LifetimeMinutes = lifetime }.Read()
        : null;

    /// <returns>Null when a field holds nothing that could be meant: see <see cref="Strange"/>.</returns>
    internal SecuritySettings? Read() => Strange().Count > 0
        ? null
        : new(Enum.Parse<TwoFactorPolicy>(TwoFactor!), EmailCodesCount, Number(GraceDays)!.Value, Number(RememberedDays)!.Value, Number(IdleMinutes), Number(LifetimeMinutes));

    internal Dictionary<string, string> Strange()
    {
        var wrong = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!Enum.GetNames<TwoFactorPolicy>().Contains(TwoFactor))
        {
            wrong[nameof(TwoFactor)] = "Choose of whom a second factor is asked.";
        }

        foreach (var (field, typed, mayBeEmpty) in new[] { (nameof(GraceDays), GraceDays, false), (nameof(RememberedDays), RememberedDays, false), (nameof(IdleMinutes), IdleMinutes, true), (nameof(LifetimeMinutes), LifetimeMinutes, true) })
        {
            if (Number(typed) is null && !(mayBeEmpty && string.IsNullOrWhiteSpace(typed)))
            {
                wrong[field] = NotANumber;
            }
        }

        return wrong;
    }

    private static int? Number(string? typed) => int.TryParse(typed, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
