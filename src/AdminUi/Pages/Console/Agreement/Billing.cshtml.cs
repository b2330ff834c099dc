using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Agreement;

/// <summary>Whom the organisation wants bills sent to, and where. The second of two who save at the same time is shown the first's change.</summary>
[Callers(Caller.Administrator), Needs(PermissionMatrix.ManageBilling)]
internal sealed class BillingModel : AccountPage
{
    /// <summary>What is typed, field by field.</summary>
    [BindProperty]
    public Dictionary<Billing.Field, string?> Typed { get; set; } = [];

    /// <summary>The version that the form was filled in from.</summary>
    [BindProperty]
    public int Version { get; set; }

    /// <summary>What somebody else saved meanwhile, where it is another than what is typed.</summary>
    public IReadOnlyList<(Billing.Field Field, string? Value)> Meanwhile { get; private set; } = [];

    public DateTimeOffset? UpdatedAt { get; private set; }

    public async Task OnGetAsync()
    {
        if (await ReadAsync(reader => Billing.FindAsync(reader, AccountId)) is not { } billing)
        {
            return;
        }

        (Typed, Version, UpdatedAt) = (Values(Billing.Of(billing)), billing.Version, billing.UpdatedAt);
    }

    public async Task<IActionResult> OnPostAsync()
    {
        var form = new Billing.Form(
            Of(Billing.Field.ContactName), Of(Billing.Field.ContactEmail), Of(Billing.Field.AddressLine1), Of(Billing.Field.AddressLine2), Of(Billing.Field.PostalCode),
            Of(Billing.Field.City), Of(Billing.Field.Country), Of(Billing.Field.Reference));
        switch (await WriteAsync(transaction => Billing.SaveAsync(transaction, AccountId, form, Version)))
        {
            case Billing.SaveResult.Saved:
                Flash("The billing details are saved.");
                return RedirectToPage();
            case Billing.SaveResult.Unchanged:
                Flash("Nothing was changed.");
                return RedirectToPage();
            case Billing.SaveResult.Invalid invalid:
                foreach (var (field, problem) in invalid.Problems)
                {
                    ModelState.AddModelError(KeyOf(field), AgreementWords.Of(field, problem));
                }

                return Page();
            case Billing.SaveResult.ChangedMeanwhile meanwhile:
                // What is typed stays; saved once more, it goes over the other's.
                Meanwhile = [.. Values(Billing.Of(meanwhile.Now)).Where(pair => (pair.Value ?? "") != (Of(pair.Key)?.Trim() ?? "")).Select(pair => (pair.Key, pair.Value))];
                (Version, UpdatedAt) = (meanwhile.Now.Version, meanwhile.Now.UpdatedAt);
                ModelState.Remove(nameof(Version));
                return Page();
            default:
                return await NothingHereAsync();
        }
    }

    public string? Of(Billing.Field field) => Typed.GetValueOrDefault(field);

    public static string KeyOf(Billing.Field field) => $"Typed[{field}]";

    private static Dictionary<Billing.Field, string?> Values(Billing.Form form) => new()
    {
        [Billing.Field.ContactName] = form.ContactName, [Billing.Field.ContactEmail] = form.ContactEmail, [Billing.Field.AddressLine1] = form.AddressLine1,
        [Billing.Field.AddressLine2] = form.AddressLine2, [Billing.Field.PostalCode] = form.PostalCode, [Billing.Field.City] = form.City,
        [Billing.Field.Country] = form.Country, [Billing.Field.Reference] = form.Reference,
    };
}
