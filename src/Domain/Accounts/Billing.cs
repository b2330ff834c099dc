using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>An account's billing contact and address: read, checked, saved.</summary>
public static class Billing
{
    public const int MaxLength = 200;
    public const int MaxPostalCodeLength = 20;
    public const int MaxReferenceLength = 100;

    private static readonly Statement ForgetContactOf = new(
        """
        UPDATE "BillingDetails" SET "ContactName" = NULL, "ContactEmail" = NULL, "Version" = "Version" + 1, "UpdatedAt" = @now
        WHERE "AccountId" IN (SELECT "AccountId" FROM "Memberships" WHERE "UserId" = @user)
            AND lower("ContactEmail") = (SELECT lower("Email") FROM "Users" WHERE "Id" = @user)
        """,
        "@user", "@now");

    public enum Field
    {
        ContactName,
        ContactEmail,
        AddressLine1,
        AddressLine2,
        PostalCode,
        City,
        Country,
        Reference,
    }

    public enum Problem
    {
        TooLong,

        /// <summary>It holds a control character.</summary>
        NotPlain,

        /// <summary>No mail could be written to it.</summary>
        NotAnAddress,
        NoSuchCountry,

        /// <summary>An address is whole or not there: a first line, a city and a country belong together.</summary>
        Missing,
    }

    /// <summary>What is typed. Empty is the same as absent.</summary>
    public sealed record Form(
        string? ContactName, string? ContactEmail, string? AddressLine1, string? AddressLine2, string? PostalCode, string? City, string? Country, string? Reference);

    public abstract record SaveResult
    {
        private SaveResult() { }

        public sealed record Saved : SaveResult;
        public sealed record Unchanged : SaveResult;
        public sealed record NoSuchAccount : SaveResult;

        /// <summary>Nothing was changed.</summary>
        public sealed record Invalid(IReadOnlyDictionary<Field, Problem> Problems) : SaveResult;

        /// <summary>Somebody else saved since the version that was seen. Nothing was changed.</summary>
        public sealed record ChangedMeanwhile(BillingDetails Now) : SaveResult;
    }

    /// <returns>The account's billing details; null when none were given yet.</returns>
    public static Task<BillingDetails?> FindAsync(HubReader reader, string accountId) =>
        reader.Db.BillingDetails.AsNoTracking().SingleOrDefaultAsync(row => row.AccountId == accountId);

    /// <summary>Saves the account's billing details.</summary>
    /// <param name="transaction">The transaction and who acts.</param>
    /// <param name="accountId">Whose.</param>
    /// <param name="form">All of them.</param>
    /// <param name="seenVersion">The version that the form was filled in from; 0 when there were none.</param>
    public static async Task<SaveResult> SaveAsync(HubTransaction transaction, string accountId, Form form, int seenVersion)
    {
        var wanted = Clean(form);
        if (Check(wanted) is { Count: > 0 } problems)
        {
            return new SaveResult.Invalid(problems);
        }

        var billing = await transaction.Db.BillingDetails.SingleOrDefaultAsync(row => row.AccountId == accountId);
        if (billing is null && !await Accounts.ExistsAsync(transaction, accountId))
        {
            return new SaveResult.NoSuchAccount();
        }

        var before = billing is null ? new Form(null, null, null, null, null, null, null, null) : Of(billing);
        if (before == wanted)
        {
            return new SaveResult.Unchanged();
        }

        if (billing is not null && billing.Version != seenVersion)
        {
            return new SaveResult.ChangedMeanwhile(billing);
        }

        if (billing is null)
        {
            billing = new() { AccountId = accountId, UpdatedAt = transaction.Now };
            transaction.Db.BillingDetails.Add(billing);
        }

        Write(billing, wanted);
        billing.Version++;
        billing.UpdatedAt = transaction.Now;

        // Which fields, and not what stood in them: the contact is a person, whom no erasure would find there.
        var fields = string.Join(' ', Values(before).Zip(Values(wanted)).Where(pair => pair.First.Value != pair.Second.Value).Select(pair => pair.First.Field));
        Plans.Record(transaction, accountId, PlanChangeKind.Billing, null, null, fields);
        await transaction.AuditAsync("billing.changed", accountId, details: new { fields });
        return new SaveResult.Saved();
    }

    /// <summary>Takes the contact out of the billing details of the accounts that the user is a member of, where it is the user by e-mail address.</summary>
    internal static void ForgetContact(HubTransaction transaction, string userId) =>
        transaction.Connection.Execute(ForgetContactOf, userId, transaction.Now.ToUnixTimeMilliseconds());

    public static Form Of(BillingDetails billing) => new(
        billing.ContactName, billing.ContactEmail, billing.AddressLine1, billing.AddressLine2, billing.PostalCode, billing.City, billing.Country, billing.Reference);

    private static Dictionary<Field, Problem> Check(Form form)
    {
        var problems = new Dictionary<Field, Problem>();
        foreach (var (field, value) in Values(form).Where(pair => pair.Value is not null))
        {
            if (value!.Length > field switch { Field.PostalCode => MaxPostalCodeLength, Field.Reference => MaxReferenceLength, _ => MaxLength })
            {
                problems[field] = Problem.TooLong;
            }
            else if (value.Any(char.IsControl))
            {
                problems[field] = Problem.NotPlain;
            }
        }

        if (form.ContactEmail is { } address && !EmailAddress.IsPlausible(address))
        {
            problems.TryAdd(Field.ContactEmail, Problem.NotAnAddress);
        }

        if (form.Country is { } country && Countries.NameOf(country) is null)
        {
            problems.TryAdd(Field.Country, Problem.NoSuchCountry);
        }

        if ((form.AddressLine1 ?? form.AddressLine2 ?? form.PostalCode ?? form.City ?? form.Country) is not null)
        {
            foreach (var (field, _) in Values(form).Where(pair => pair.Value is null && pair.Field is Field.AddressLine1 or Field.City or Field.Country))
            {
                problems.TryAdd(field, Problem.Missing);
            }
        }

        return problems;
    }

    private static Form Clean(Form form) => new(
        Clean(form.ContactName), Clean(form.ContactEmail), Clean(form.AddressLine1), Clean(form.AddressLine2), Clean(form.PostalCode), Clean(form.City),
        Clean(form.Country)?.ToUpperInvariant(), Clean(form.Reference));

    private static string? Clean(string? text) => text?.Trim() is { Length: > 0 } kept ? kept : null;

    private static IEnumerable<(Field Field, string? Value)> Values(Form form) =>
    [
        (Field.ContactName, form.ContactName), (Field.ContactEmail, form.ContactEmail), (Field.AddressLine1, form.AddressLine1), (Field.AddressLine2, form.AddressLine2),
        (Field.PostalCode, form.PostalCode), (Field.City, form.City), (Field.Country, form.Country), (Field.Reference, form.Reference),
    ];

    private static void Write(BillingDetails billing, Form form)
    {
        (billing.ContactName, billing.ContactEmail, billing.AddressLine1, billing.AddressLine2) = (form.ContactName, form.ContactEmail, form.AddressLine1, form.AddressLine2);
        (billing.PostalCode, billing.City, billing.Country, billing.Reference) = (form.PostalCode, form.City, form.Country, form.Reference);
    }
}
