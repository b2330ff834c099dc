using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Accounts;

/// <summary>What an account's HR system did, for the account's administrators to read. Names attributes, never their values.</summary>
public static class ProvisioningLog
{
    private const int MaxDetail = 500;

    private static readonly Statement Insert = new(
        """
        INSERT INTO "ProvisioningLog" ("AccountId", "At", "CallerId", "Method", "ResourceType", "ResourceId", "Status", "Detail")
        VALUES (@account, @at, @caller, @method, @type, @resource, @status, @detail)
        """,
        "@account", "@at", "@caller", "@method", "@type", "@resource", "@status", "@detail");

    /// <param name="AccountId">Whose log.</param>
    /// <param name="CallerId">The provisioning token's id, or the client's.</param>
    /// <param name="Method">What was asked.</param>
    /// <param name="ResourceType">Of what.</param>
    /// <param name="ResourceId">Which one; null where there is none, or none any more.</param>
    /// <param name="Status">The answer's HTTP status.</param>
    /// <param name="Detail">The names of what changed, or why nothing did.</param>
    public sealed record Line(string AccountId, string CallerId, string Method, string ResourceType, string? ResourceId, int Status, string? Detail);

    public static void Write(HubTransaction transaction, Line line) => transaction.Connection.Execute(
        Insert, line.AccountId, transaction.Now.ToUnixTimeMilliseconds(), line.CallerId, line.Method, line.ResourceType, line.ResourceId, line.Status,
        line.Detail is { Length: > MaxDetail } detail ? detail[..MaxDetail] : line.Detail);

    /// <returns>The newest lines of an account's log, before a sequence number where one is given.</returns>
    public static async Task<IReadOnlyList<ProvisioningLogEntry>> LatestAsync(HubReader reader, string accountId, int count, long? before = null) =>
        await reader.Db.ProvisioningLog.AsNoTracking().Where(row => row.AccountId == accountId && (before == null || row.Sequence < before))
            .OrderByDescending(row => row.Sequence).Take(count).ToListAsync();
}
