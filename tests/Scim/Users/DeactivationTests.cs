using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Users;

/// <summary>From the answer on, nobody who was taken out gets in or stays in, whichever way HR took; and every way tells the same.</summary>
public sealed class DeactivationTests(ScimHub hub) : IClassFixture<ScimHub>
{
    private ScimCaller Hr => hub.NorthCaller;

    private const string Patch = "PATCH", EntraPatch = "PATCH as Entra sends it", OktaPatch = "PATCH without a path", Put = "PUT", Delete = "DELETE", BulkPatch = "a PATCH in a Bulk request";

    private static readonly string[] All = [Patch, EntraPatch, OktaPatch, Put, BulkPatch, Delete];

    public static TheoryData<string> Ways => [.. All];

    private Task<ScimReply> TakeOutAsync(string way, string userName, string id) => way switch
    {
        Patch => Hr.PatchAsync("/Users/" + id, """{"op":"replace","path":"active","value":false}"""),
        EntraPatch => Hr.PatchAsync("/Users/" + id, """{"op":"Replace","path":"active","value":"False"}"""),
        OktaPatch => Hr.PatchAsync("/Users/" + id, """{"op":"replace","value":{"active":false}}"""),
        Put => Hr.PutAsync("/Users/" + id, ScimCaller.User(userName, $$""" "emails":[{"value":"{{userName}}","type":"work","primary":true}],"active":false """)),
        BulkPatch => Hr.PostAsync("/Bulk", $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"PATCH","path":"/Users/{{id}}","data":
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]} }]}
            """),
        Delete => Hr.DeleteAsync("/Users/" + id),
        _ => throw new ArgumentOutOfRangeException(nameof(way), way, null),
    };

    private async Task<string> NewUserAsync(string userName) => (await Hr.AddUserAsync(
        userName, $$""" "password":"{{ScimHub.Password}}","emails":[{"value":"{{userName}}","type":"work","primary":true}],"entitlements":[{"value":"console"}] """)).Id;

    private static async Task<JsonAnswer> TokensAsync(RelyingApp app, Browser browser, string userName)
    {
        var answer = await app.RedeemAsync((await app.SignInAsync(browser, userName, ScimHub.Password, changes: [("scope", "openid account offline_access"), ("prompt", "consent")]))["code"]);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body.ToString());
        return answer;
    }

    private static async Task<bool> IsActiveAsync(RelyingApp app, string token) => (await app.IntrospectAsync(token)).Body.GetProperty("active").GetBoolean();

    [Theory, MemberData(nameof(Ways))]
    public async Task Who_is_taken_out_is_out_at_once(string way)
    {
        var userName = $"out-{way.Length}@north.example";
        var id = await NewUserAsync(userName);
        var app = hub.Portal;
        using var browser = hub.Hub.NewBrowser();
        var tokens = await TokensAsync(app, browser, userName);
        Assert.True(await IsActiveAsync(app, tokens.Text("access_token")));
        var refreshed = await app.RefreshAsync(tokens.Text("refresh_token"));
        Assert.True(await IsActiveAsync(app, refreshed.Text("refresh_token")));
        var code = (await app.SignInAsync(browser, userName, ScimHub.Password, changes: [("scope", "openid account")]))["code"];
        var used = hub.Count("SeatAssignments");

        Assert.True((await TakeOutAsync(way, userName, id)).Response.IsSuccessStatusCode);

        Assert.False(await IsActiveAsync(app, tokens.Text("access_token")));
        Assert.False(await IsActiveAsync(app, refreshed.Text("access_token")));
        Assert.False(await IsActiveAsync(app, refreshed.Text("refresh_token")));
        Assert.Equal("invalid_grant", (await app.RefreshAsync(refreshed.Text("refresh_token"))).Error);
        Assert.Equal("invalid_grant", (await app.RedeemAsync(code)).Error);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.UserInfoAsync(refreshed.Text("access_token"))).Status);
        Assert.Equal("login_required", (await browser.GoAsync(app.AuthorizeAddress(("prompt", "none")))) is { LeftFor: not null } ? RelyingApp.Callback(browser)["error"] : browser.Page!.Text);
        using var again = hub.Hub.NewBrowser();
        await again.GoAsync(app.AuthorizeAddress());
        await again.SubmitAsync(("username", userName), ("current-password", ScimHub.Password));
        Assert.NotNull(again.Page?.Alert);
        Assert.Equal(used - 1, hub.Count("SeatAssignments"));
    }

    [Fact]
    public async Task Every_way_tells_the_same()
    {
        var told = new Dictionary<string, (string[] Audit, string[] Outbox)>();
        foreach (var way in All)
        {
            var userName = $"told-{way.Length}@north.example";
            var id = await NewUserAsync(userName);
            using var browser = hub.Hub.NewBrowser();
            await TokensAsync(hub.Portal, browser, userName);
            var (audit, outbox) = (hub.Rows("""SELECT max("Sequence") FROM "Audit" """)[0], hub.Rows("""SELECT coalesce(max("Sequence"), 0) FROM "Outbox" """)[0]);

            Assert.True((await TakeOutAsync(way, userName, id)).Response.IsSuccessStatusCode);

            told[way] = (
                [.. hub.Rows($"""SELECT "Action", "ActorKind" FROM "Audit" WHERE "Sequence" > {audit} ORDER BY "Action" """)],
                [.. hub.Rows($"""SELECT "Kind" FROM "Outbox" WHERE "Sequence" > {outbox} ORDER BY "Kind" """)]);
        }

        Assert.Contains("backchannel-logout", told[Patch].Outbox);
        Assert.Contains("mail", told[Patch].Outbox);
        Assert.Contains(told[Patch].Audit, line => line.StartsWith("member.deactivated |", StringComparison.Ordinal));
        foreach (var way in (string[])[EntraPatch, OktaPatch, Put, BulkPatch])
        {
            Assert.Equal(told[Patch].Audit, told[way].Audit);
            Assert.Equal(told[Patch].Outbox, told[way].Outbox);
        }

        // A deletion tells of itself in place of the deactivation that it begins with, and of what it took out of the audit.
        Assert.Equal(
            ["audit.erased | provisioning", .. told[Patch].Audit.Select(line => line.Replace("member.deactivated", "member.deleted", StringComparison.Ordinal))], told[Delete].Audit);
        Assert.Equal([.. told[Patch].Outbox, "mail-erasure"], told[Delete].Outbox);
    }
}
