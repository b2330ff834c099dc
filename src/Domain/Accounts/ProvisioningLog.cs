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

    /// <summary>Which lines are meant.</summary>
    public enum Outcome
    {
        Any,

        /// <summary>What was asked was done.</summary>
        Done,

        /// <summary>It was refused, or failed.</summary>
        Refused,
    }

    /// <summary>A line as it is shown.</summary>
    /// <param name="Entry">The line.</param>
    /// <param name="CallerName">The name of the token or client that asked; null when there is no such one any more.</param>
    /// <param name="MemberName">The name of the member whom it was about, as the account knows them; null for groups, and for who is gone.</param>
    public sealed record LineView(ProvisioningLogEntry Entry, string? CallerName, string? MemberName);

    /// <returns>The newest lines of an account's log, before a sequence number where one is given.</returns>
    public static async Task<IReadOnlyList<ProvisioningLogEntry>> LatestAsync(HubReader reader, string accountId, int count, long? before = null, Outcome outcome = Outcome.Any) =>
        await (outcome switch
        {
            Outcome.Done => reader.Db.ProvisioningLog.Where(row => row.Status < 400),
            Outcome.Refused => reader.Db.ProvisioningLog.Where(row => row.Status >= 400),
            _ => reader.Db.ProvisioningLog,
        }).AsNoTracking().Where(row => row.AccountId == accountId && (before == null || row.Sequence < before))
            .OrderByDescending(row => row.Sequence).Take(count).ToListAsync();

    /// <returns>The same lines with names, by four questions however many there are.</returns>
    public static async Task<IReadOnlyList<LineView>> LatestNamedAsync(HubReader reader, string accountId, int count, long? before = null, Outcome outcome = Outcome.Any)
    {
        var lines = await LatestAsync(reader, accountId, count, before, outcome);
        var callers = lines.Select(line => line.CallerId).Distinct().ToArray();
        var tokens = await reader.Db.ProvisioningTokens.Where(row => row.AccountId == accountId && callers.Contains(row.Id)).Select(row => new { row.Id, row.Name }).ToListAsync();
        var clients = await reader.Db.Clients.Where(row => callers.Contains(row.Id)).Select(row => new { row.Id, Name = row.Name ?? row.Id }).ToListAsync();
        var names = tokens.Concat(clients).DistinctBy(caller => caller.Id).ToDictionary(caller => caller.Id, caller => caller.Name, StringComparer.Ordinal);
        var subjects = lines.Select(line => line.ResourceId).OfType<string>().Distinct().ToArray();
        var members = (await MemberList.ReadOnesAsync(reader, accountId, subjects)).ToDictionary(row => row.Id, row => row.DisplayName, StringComparer.Ordinal);
        return [.. lines.Select(line => new LineView(line, names.GetValueOrDefault(line.CallerId), line.ResourceId is { } id ? members.GetValueOrDefault(id) : null))];
    }
}
