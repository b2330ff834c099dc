using IdentityHub.Domain.Accounts;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Accounts;

public sealed class ProvisioningLogTests : HubTests
{
    [Fact]
    public async Task An_accounts_log_is_read_page_by_page_by_outcome_and_with_names()
    {
        await Hub.AddAccountAsync("a");
        await Hub.AddAccountAsync("b");
        var member = await Hub.AddMemberAsync("pat", "a");
        var stranger = await Hub.AddMemberAsync("strange", "b");
        var token = (ProvisioningTokens.MakeResult.Made)await Hub.WriteAsync(transaction => ProvisioningTokens.MakeAsync(transaction, "a", "HR system", null));
        await Hub.WriteAsync(transaction =>
        {
            ProvisioningLog.Write(transaction, new("a", token.Id, "POST", "User", member.MembershipId, 201, "userName"));
            ProvisioningLog.Write(transaction, new("a", "gone", "PATCH", "User", stranger.MembershipId, 404, null));
            ProvisioningLog.Write(transaction, new("b", "gone", "POST", "User", null, 409, "uniqueness"));
            ProvisioningLog.Write(transaction, new("a", token.Id, "DELETE", "Group", "group", 204, null));
            return Task.CompletedTask;
        });

        var all = await Hub.ReadAsync(reader => ProvisioningLog.LatestNamedAsync(reader, "a", 10));
        Assert.Equal([("DELETE", "HR system", null), ("PATCH", null, null), ("POST", "HR system", "pat")], all.Select(line => (line.Entry.Method, line.CallerName, line.MemberName)));
        Assert.Equal([404], (await ReadAsync(ProvisioningLog.Outcome.Refused)).Select(line => line.Status));
        Assert.Equal([204, 201], (await ReadAsync(ProvisioningLog.Outcome.Done)).Select(line => line.Status));
        Assert.Equal([404, 201], (await ReadAsync(ProvisioningLog.Outcome.Any, all[0].Entry.Sequence)).Select(line => line.Status));
        Assert.Equal([201], (await ReadAsync(ProvisioningLog.Outcome.Done, all[0].Entry.Sequence)).Select(line => line.Status));
    }

    [Fact]
    public void Refusals_are_found_by_an_index_of_their_own()
    {
        var plan = (string)Hub.Scalar("""SELECT group_concat(sql) FROM sqlite_master WHERE name = 'IX_ProvisioningLog_Refused'""")!;
        Assert.Contains("WHERE \"Status\" >= 400", plan, StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<ProvisioningLogEntry>> ReadAsync(ProvisioningLog.Outcome outcome, long? before = null) =>
        Hub.ReadAsync(reader => ProvisioningLog.LatestAsync(reader, "a", 10, before, outcome));
}
