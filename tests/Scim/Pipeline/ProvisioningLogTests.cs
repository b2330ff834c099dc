using System.Net;
using IdentityHub.Domain.Accounts;
using Xunit;

namespace IdentityHub.Scim.Tests.Pipeline;

/// <summary>What an account's administrators read of what its HR system did: who, what, with what outcome, which attributes; never a value.</summary>
public sealed class ProvisioningLogTests(ScimHub hub) : IClassFixture<ScimHub>
{
    private async Task<ProvisioningLogEntry> LastAsync() => (await hub.Hub.ReadAsync(reader => ProvisioningLog.LatestAsync(reader, ScimHub.North, 1))).Single();

    private async Task IsAsync(ScimReply reply, string method, string type, string? id, string? detail)
    {
        var line = await LastAsync();
        Assert.Equal((method, type, id, (int)reply.Status, detail), (line.Method, line.ResourceType, line.ResourceId, line.Status, line.Detail));
        Assert.Equal(hub.Hub.Time.Now, line.At);
        Assert.Equal(hub.Rows("""SELECT "Id" FROM "ProvisioningTokens" WHERE "AccountId" = 'north'""")[0], line.CallerId);
    }

    [Fact]
    public async Task Every_write_leaves_a_line_and_no_value()
    {
        var hr = hub.NorthCaller;
        var made = await hr.PostAsync("/Users", ScimCaller.User("logged@north.example", """ "title":"Secret title","password":"a secret password","entitlements":[{"value":"console"}] """));
        await IsAsync(made, "POST", "User", made.Id, (await LastAsync()).Detail);
        Assert.Equal(["entitlements", "title", "userName"], (await LastAsync()).Detail!.Split(' ').Where(name => name != "password").Order(StringComparer.Ordinal));
        var path = "/Users/" + made.Id;

        await IsAsync(await hr.PatchAsync(path, """{"op":"replace","path":"title","value":"Another secret"},{"op":"replace","path":"active","value":false}"""), "PATCH", "User", made.Id, "title active entitlements account");
        await IsAsync(await hr.PatchAsync(path, """{"op":"replace","path":"password","value":"yet another secret"}"""), "PATCH", "User", made.Id, "password");
        await IsAsync(await hr.PutAsync(path, ScimCaller.User("logged@north.example", $$""" "{{Urns.Enterprise}}":{"department":"Secret"},"active":true """)), "PUT", "User", made.Id, "schemas title active enterprise");
        await IsAsync(await hr.PatchAsync(path, """{"op":"replace","path":"title","value":7}"""), "PATCH", "User", made.Id, "invalidValue");
        await IsAsync(await hr.PatchAsync(path, """{"Operations":7}"""), "PATCH", "User", made.Id, "invalidSyntax");
        await IsAsync(await hr.PatchAsync(path, "", ("If-Match", "\"x\"")), "PATCH", "User", made.Id, "refused");
        await IsAsync(await hr.PostAsync("/Users", ScimCaller.User("logged@north.example")), "POST", "User", null, "uniqueness");
        await IsAsync(await hr.PostAsync("/Users", "{}"), "POST", "User", null, "invalidValue");
        await IsAsync(await hr.PatchAsync("/Users/secret-id", """{"Operations":7}"""), "PATCH", "User", null, "invalidSyntax");
        await IsAsync(await hr.PatchAsync("/Users/secret-id", """{"op":"replace","path":"title","value":"x"}"""), "PATCH", "User", null, "refused");
        var group = await hr.PostAsync("/Groups", ScimCaller.Group("Secret group", made.Id));
        await IsAsync(group, "POST", "Group", group.Id, "displayName members");
        await IsAsync(await hr.PatchAsync("/Groups/" + group.Id, """{"op":"replace","path":"externalId","value":"Secret"}"""), "PATCH", "Group", group.Id, "externalId");
        await IsAsync(await hr.PutAsync("/Groups/" + group.Id, ScimCaller.Group("Secret group", "nobody")), "PUT", "Group", group.Id, "invalidValue");
        await IsAsync(await hr.DeleteAsync("/Groups/" + group.Id), "DELETE", "Group", null, null);
        var before = hub.Count("ProvisioningLog");
        (await hr.GetAsync(path)).Ok();
        Assert.Equal(before, hub.Count("ProvisioningLog"));

        await IsAsync((await hr.DeleteAsync(path)).Is(HttpStatusCode.NoContent), "DELETE", "User", null, null);
        var all = string.Join('\n', hub.Rows("""SELECT * FROM "ProvisioningLog" """));
        Assert.All((string[])[made.Id, "secret", "Secret", "logged@"], text => Assert.DoesNotContain(text, all, StringComparison.Ordinal));
        Assert.Empty(await hub.Hub.ReadAsync(reader => ProvisioningLog.LatestAsync(reader, ScimHub.South, 10)));
    }
}
