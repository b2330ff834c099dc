using IdentityHub.Domain.Accounts;

namespace IdentityHub.AdminUi.Pages.Console.Agreement;

/// <summary>What the pages say of plan, seats and billing.</summary>
internal static class AgreementWords
{
    public static string What(Plans.ChangeView change) => change.Kind switch
    {
        PlanChangeKind.Plan => "Plan",
        PlanChangeKind.Seats => $"Seats of {change.ApplicationName}",
        _ => "Billing details",
    };

    /// <summary>What of it, in words.</summary>
    public static string Change(Plans.ChangeView change) => change.Kind == PlanChangeKind.Billing
        ? string.Join(", ", (change.After ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => Enum.TryParse<Billing.Field>(name, out var field) ? Of(field) : name))
        : $"{change.Before ?? "none"} → {change.After ?? "none"}";

    public static string By(Plans.ChangeView change) => change.ByName ?? (change.ByUserId is null ? "the hub" : "somebody who is no member");

    public static string Of(Billing.Field field) => field switch
    {
        Billing.Field.ContactName => "Contact name",
        Billing.Field.ContactEmail => "Contact e-mail",
        Billing.Field.AddressLine1 => "Address",
        Billing.Field.AddressLine2 => "Address, second line",
        Billing.Field.PostalCode => "Postal code",
        Billing.Field.City => "City",
        Billing.Field.Country => "Country",
        _ => "Tax number or reference",
    };

    public static string Of(Billing.Field field, Billing.Problem problem) => problem switch
    {
        Billing.Problem.TooLong => field switch
        {
            Billing.Field.PostalCode => $"Up to {Billing.MaxPostalCodeLength} characters.",
            Billing.Field.Reference => $"Up to {Billing.MaxReferenceLength} characters.",
            _ => $"Up to {Billing.MaxLength} characters.",
        },
        Billing.Problem.NotPlain => "This holds a character that cannot stand here, such as a line break.",
        Billing.Problem.NotAnAddress => "This is no e-mail address. It looks like name@example.org.",
        Billing.Problem.NoSuchCountry => "Choose a country of the list.",
        _ => "An address needs its first line, a city and a country. Leave all of it empty for none.",
    };
}
