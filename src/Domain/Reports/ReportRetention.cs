using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Reports;

/// <summary>For how long an account keeps its reports.</summary>
public static class ReportRetention
{
    public const int FewestDays = 30;
    public const int MostDays = 3650;
    public const int DefaultDays = 365;

    internal static readonly TimeSpan Default = TimeSpan.FromDays(DefaultDays);

    public enum SetResult
    {
        /// <summary>From the next housekeeping on, what is older is gone for good.</summary>
        Changed,
        Unchanged,
        NoSuchAccount,

        /// <summary>Less than <see cref="FewestDays"/> or more than <see cref="MostDays"/>. Nothing was changed.</summary>
        OutOfRange,
    }

    /// <summary>Says for how many days an account keeps its reports.</summary>
    public static async Task<SetResult> SetAsync(HubTransaction transaction, string accountId, int days)
    {
        if (days is < FewestDays or > MostDays)
        {
            return SetResult.OutOfRange;
        }

        if (await transaction.Db.Accounts.SingleOrDefaultAsync(row => row.Id == accountId) is not { } account)
        {
            return SetResult.NoSuchAccount;
        }

        if (account.ReportRetentionDays == days)
        {
            return SetResult.Unchanged;
        }

        var before = account.ReportRetentionDays;
        account.ReportRetentionDays = days;
        await transaction.AuditAsync("account.changed", accountId, details: new { reportRetentionDays = new[] { before, days } });
        return SetResult.Changed;
    }

    /// <returns>For how many days the account keeps its reports; null when there is no such account.</returns>
    public static Task<int?> OfAsync(HubReader reader, string accountId) =>
        reader.Db.Accounts.Where(row => row.Id == accountId).Select(row => (int?)row.ReportRetentionDays).SingleOrDefaultAsync();
}
