using System.Net;
using System.Text.Json.Nodes;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Clients;

/// <summary>What the clients really send, replayed whole: test connection, create, update, disable, re-enable, push a group, delete.</summary>
public sealed class RecordedClientTests(ScimHub hub) : IClassFixture<ScimHub>
{
    private ScimCaller Hr => hub.NorthCaller;

    private static readonly (string, string)[] OktaHeaders = [("Accept", "application/scim+json"), ("Accept-Charset", "utf-8"), ("User-Agent", "Okta SCIM Client 1.0.0")];

    private static string Message(string operations) => $$"""{"schemas":["{{Urns.Patch}}"],"Operations":[{{operations}}]}""";

    private Task<ScimReply> SendAsync(HttpMethod method, string path, string? json, string type, params (string, string)[] headers) =>
        Hr.SendAsync(method, path, json is null ? null : ScimCaller.Content(json, type), headers);

    private static IEnumerable<string> Members(ScimReply group) => (group["members"]?.AsArray() ?? []).Select(member => member!["value"]!.GetValue<string>());

    [Fact]
    public async Task Entra_as_it_is()
    {
        const string Type = "application/scim+json; charset=utf-8";
        Task<ScimReply> PatchAsync(string path, string operations) => SendAsync(HttpMethod.Patch, path, Message(operations), Type);

        foreach (var probe in (string[])["userName eq \"1d5bc3b5-3b1f-4a9d-95b2-ecf5b1f6c7d0\"", "externalId eq \"1d5bc3b5\"", "emails[type eq \"work\"].value eq \"1d5bc3b5@x.example\""])
        {
            var empty = (await Hr.FilterAsync("/Users", probe)).Ok();
            Assert.Equal(0, empty.Total);
            Assert.Empty(empty.Resources);
        }

        var created = (await SendAsync(HttpMethod.Post, "/Users", """
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"externalId":"entra1","userName":"Entra.One@north.example","active":true,
             "displayName":"BillG","emails":[{"primary":true,"type":"work","value":"entra.one@north.example"}],"meta":{"resourceType":"User"},
             "name":{"formatted":"One Entra","familyName":"Entra","givenName":"One"},"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Eng"},"title":"Dr","roles":[]}
            """, Type)).Created();
        (await SendAsync(HttpMethod.Post, "/Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"entra.one@north.example"}""", Type)).Is(HttpStatusCode.Conflict, "uniqueness");
        var manager = await Hr.AddUserAsync("entra.boss@north.example");
        var path = "/Users/" + created.Id;
        Assert.Equal(1, (await Hr.FilterAsync("/Users", "userName eq \"ENTRA.ONE@NORTH.EXAMPLE\"")).Ok().Total);
        Assert.Equal(1, (await Hr.FilterAsync("/Users", "externalId eq \"entra1\"")).Ok().Total);

        var updated = (await PatchAsync(path, $$"""
            {"op":"Add","path":"emails[type eq \"work\"].value","value":"a@x.example"},
            {"op":"Replace","path":"name.familyName","value":"V"},
            {"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"{{manager.Id}}"},
            {"op":"Replace","path":"addresses[type eq \"work\"].formatted","value":"Main Street"},
            {"op":"Replace","path":"addresses[type eq \"work\"].locality","value":"Berlin"},
            {"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"+1 555"}
            """)).Ok();
        Assert.Equal("a@x.example", Assert.Single(updated["emails"]!.AsArray())!["value"]!.GetValue<string>());
        Assert.Equal("""[{"type":"work","formatted":"Main Street","locality":"Berlin"}]""", updated["addresses"]!.ToJsonString());
        Assert.Equal(manager.Id, updated[Urns.Enterprise]!["manager"]!["value"]!.GetValue<string>());
        Assert.Null((await PatchAsync(path, """{"op":"Replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":""}""")).Ok()[Urns.Enterprise]!["manager"]);
        (await PatchAsync(path, "")).Ok();

        Assert.False((await PatchAsync(path, """{"op":"Replace","path":"active","value":"False"}""")).Ok()["active"]!.GetValue<bool>());
        Assert.Equal(1, (await Hr.FilterAsync("/Users", "externalId eq \"entra1\" and active eq \"False\"")).Ok().Total);
        Assert.True((await PatchAsync(path, """{"op":"Replace","path":"active","value":"True"}""")).Ok()["active"]!.GetValue<bool>());

        var group = (await SendAsync(HttpMethod.Post, "/Groups", """
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],"externalId":"entra-g","displayName":"Entra group","meta":{"resourceType":"Group"}}
            """, Type)).Created();
        Assert.Equal(1, (await Hr.FilterAsync("/Groups", "displayName eq \"Entra group\"", "&excludedAttributes=members")).Ok().Total);
        (await PatchAsync("/Groups/" + group.Id, $$"""{"op":"Add","path":"members","value":[{"$ref":null,"value":"{{created.Id}}"},{"$ref":null,"value":"{{manager.Id}}"}]}""")).Ok();
        (await PatchAsync("/Groups/" + group.Id, $$"""{"op":"Remove","path":"members","value":[{"$ref":null,"value":"{{created.Id}}"}]}""")).Ok();
        Assert.Equal([manager.Id], Members(await Hr.GetAsync("/Groups/" + group.Id)));
        Assert.Equal(0, (await Hr.FilterAsync("/Groups", $"id eq \"{group.Id}\" and members eq \"{created.Id}\"")).Ok().Total);
        Assert.Equal("Renamed", (await PatchAsync("/Groups/" + group.Id, """{"op":"Replace","path":"displayName","value":"Renamed"}""")).Ok()["displayName"]!.GetValue<string>());

        (await Hr.DeleteAsync(path)).Is(HttpStatusCode.NoContent);
        (await Hr.DeleteAsync(path)).Is(HttpStatusCode.NotFound);
        (await Hr.DeleteAsync("/Groups/" + group.Id)).Is(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Entra_with_its_flag()
    {
        const string Flag = "?aadOptscim062020";
        Assert.Equal(0, (await Hr.GetAsync("/Users" + Flag + "&filter=userName+eq+%22nobody%22")).Ok().Total);
        var user = (await Hr.PostAsync("/Users" + Flag, """
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"externalId":"flag1","userName":"flag@north.example","active":true,"emails":[{"primary":true,"type":"work","value":"flag@north.example"}],"meta":{"resourceType":"User"},"name":{"familyName":"F","givenName":"G"} }
            """)).Created();
        var path = $"/Users/{user.Id}{Flag}";

        var updated = (await Hr.PatchAsync(path, """
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"displayName":"Bjfe","name.givenName":"Kkom","name.familyName":"Unua","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber":"Aklq"}},
             {"op":"add","path":"emails[type eq \"work\"].value","value":"x@y.example"}]}
            """)).Ok();
        Assert.Equal("Bjfe Kkom Unua Aklq x@y.example", $"{updated["displayName"]} {updated["name"]!["givenName"]} {updated["name"]!["familyName"]} {updated[Urns.Enterprise]!["employeeNumber"]} {updated["emails"]![0]!["value"]}");
        Assert.False((await Hr.PatchAsync(path, """{"op":"replace","path":"active","value":false}""")).Ok()["active"]!.GetValue<bool>());
        Assert.True((await Hr.PatchAsync(path, """{"op":"replace","path":"active","value":true}""")).Ok()["active"]!.GetValue<bool>());
        var group = (await Hr.PostAsync("/Groups" + Flag, """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"externalId":"fg","displayName":"Flag group"}""")).Created();
        (await Hr.PatchAsync($"/Groups/{group.Id}{Flag}", $$"""{"op":"add","path":"members","value":[{"value":"{{user.Id}}"}]}""")).Ok();
        Assert.Empty(Members((await Hr.PatchAsync($"/Groups/{group.Id}{Flag}", $$"""{"op":"remove","path":"members[value eq \"{{user.Id}}\"]"}""")).Ok()));
        (await Hr.DeleteAsync(path)).Is(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Okta_of_the_integration_wizard_with_PUT()
    {
        const string Type = "application/scim+json; charset=utf-8";
        Assert.Equal(0, (await Hr.GetAsync("/Users?filter=userName%20eq%20%22isaac.brock@north.example%22&startIndex=1&count=100", OktaHeaders)).Ok().Total);
        Assert.NotEmpty((await Hr.GetAsync("/Users?startIndex=1&count=2", OktaHeaders)).Ok().Resources);
        var made = (await SendAsync(HttpMethod.Post, "/Users", """
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"isaac.brock@north.example","name":{"givenName":"Isaac","familyName":"Brock"},"emails":[{"primary":true,"value":"isaac.brock@north.example","type":"work"}],
             "displayName":"Isaac Brock","locale":"en-US","externalId":"00ujl29u0le5T6Aj10h7","groups":[],"password":"1mz050nq","active":true}
            """, Type, OktaHeaders)).Created();
        (await SendAsync(HttpMethod.Post, "/Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"isaac.brock@north.example","active":true}""", Type, OktaHeaders)).Is(HttpStatusCode.Conflict, "uniqueness");
        var path = "/Users/" + made.Id;
        var group = (await Hr.PostAsync("/Groups", ScimCaller.Group("Okta pushed", made.Id))).Created();

        foreach (var active in (bool[])[false, true])
        {
            var body = (await Hr.GetAsync(path, OktaHeaders)).Ok().Body!;
            body["active"] = active;
            body["name"]!["familyName"] = "Brock " + active;
            var put = (await SendAsync(HttpMethod.Put, path, body.ToJsonString(), Type, OktaHeaders)).Ok();
            Assert.Equal(active, put["active"]!.GetValue<bool>());
            Assert.Equal("Brock " + active, put["name"]!["familyName"]!.GetValue<string>());
            Assert.Equal(group.Id, put["groups"]![0]!["value"]!.GetValue<string>());
        }

        Assert.Equal([made.Id], Members(await Hr.GetAsync("/Groups/" + group.Id)));
        Assert.NotEmpty((await Hr.GetAsync("/Groups?startIndex=1&count=100", OktaHeaders)).Ok().Resources);
    }

    [Fact]
    public async Task Okta_of_the_network_with_PATCH()
    {
        var (one, two) = (await Hr.AddUserAsync("okta1@north.example"), await Hr.AddUserAsync("okta2@north.example"));
        Assert.False((await Hr.PatchAsync("/Users/" + one.Id, """{"op":"replace","value":{"active":false}}""", OktaHeaders)).Ok()["active"]!.GetValue<bool>());
        Assert.True((await Hr.PatchAsync("/Users/" + one.Id, """{"op":"replace","value":{"active":true}}""", OktaHeaders)).Ok()["active"]!.GetValue<bool>());
        var group = (await Hr.PostAsync("/Groups", $$"""{"schemas":["{{Urns.Group}}"],"displayName":"Test SCIMv2","members":[]}""")).Created();
        var path = "/Groups/" + group.Id;

        Assert.Equal("Test SCIMv2 again", (await Hr.PatchAsync(path, $$"""{"op":"replace","value":{"id":"{{group.Id}}","displayName":"Test SCIMv2 again"} }""", OktaHeaders)).Ok()["displayName"]!.GetValue<string>());
        (await Hr.PatchAsync(path, $$"""{"op":"add","path":"members","value":[{"value":"{{one.Id}}","display":"a@x"}]}""", OktaHeaders)).Ok();
        Assert.Equal([two.Id], Members((await Hr.PatchAsync(path, $$"""{"op":"remove","path":"members[value eq \"{{one.Id}}\"]"},{"op":"add","path":"members","value":[{"value":"{{two.Id}}","display":"b@x"}]}""", OktaHeaders)).Ok()));
        Assert.Empty(Members((await Hr.PatchAsync(path, """{"op":"replace","path":"members","value":[]}""", OktaHeaders)).Ok()));
        (await Hr.DeleteAsync(path, OktaHeaders)).Is(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task OneLogin_JumpCloud_Google_and_SailPoint()
    {
        // OneLogin: a customer's template, the whole list of members at once.
        var users = new[] { (await Hr.AddUserAsync("ol1@north.example")).Id, (await Hr.AddUserAsync("ol2@north.example")).Id };
        (await Hr.PostAsync("/Users", """{"userName":"template@north.example"}""")).Is(HttpStatusCode.BadRequest, "invalidValue");
        var group = (await Hr.PostAsync("/Groups", ScimCaller.Group("OneLogin"))).Created();
        (await Hr.PatchAsync("/Groups/" + group.Id, $$"""{"Operations":[{"op":"replace","path":"members","value":[{"value":"{{users[0]}}"},{"value":"{{users[1]}}"}]}]}""")).Ok();
        Assert.Equal(2, Members(await Hr.GetAsync("/Groups/" + group.Id)).Count());
        (await Hr.PatchAsync("/Users/" + users[0], """{"Operations":[{"op":"replace","path":"active","value":false}]}""")).Ok();

        // JumpCloud: probes, then a test user; one operation for each attribute.
        Assert.Single((await Hr.GetAsync("/Users?count=1&startIndex=1")).Ok().Resources);
        (await Hr.GetAsync("/Groups")).Ok();
        var test = await Hr.AddUserAsync("jumpcloud-test@north.example", """ "name":{"givenName":"Test","familyName":"User"},"active":true """);
        Assert.Equal("""{"givenName":"New","familyName":"Name"}""", (await Hr.PatchAsync("/Users/" + test.Id, """{"op":"replace","path":"name.givenName","value":"New"},{"op":"replace","path":"name.familyName","value":"Name"}""")).Ok()["name"]!.ToJsonString());
        (await Hr.DeleteAsync("/Users/" + test.Id)).Is(HttpStatusCode.NoContent);

        // Google: application/json both ways.
        (string, string)[] google = [("User-Agent", "Google-Auto-Provisioning"), ("Accept", "application/json")];
        (await Hr.GetAsync("/Users?count=1", google)).Ok();
        var made = (await SendAsync(HttpMethod.Post, "/Users", """
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"google@north.example","name":{"givenName":"G","familyName":"W"},"emails":[{"value":"google@north.example","primary":true}],"active":true}
            """, "application/json; charset=UTF-8", google)).Created();
        var suspended = (await SendAsync(HttpMethod.Put, "/Users/" + made.Id, """
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"google@north.example","name":{"givenName":"G","familyName":"W"},"emails":[{"value":"google@north.example","primary":true}],"active":false}
            """, "application/json; charset=UTF-8", google)).Ok();
        Assert.False(suspended["active"]!.GetValue<bool>());
        (await Hr.DeleteAsync("/Users/" + made.Id, google)).Is(HttpStatusCode.NoContent);

        // SailPoint: replaces what was never set.
        var sail = await Hr.AddUserAsync("sailpoint@north.example");
        var replaced = (await Hr.PatchAsync("/Users/" + sail.Id, """
            {"op":"replace","path":"name","value":{"givenName":"S","familyName":"P"}},{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User","value":{"department":"D"}},
            {"op":"replace","path":"emails","value":[{"type":"work","value":"sailpoint@north.example","primary":true}]}
            """)).Ok();
        Assert.Equal("D", replaced[Urns.Enterprise]!["department"]!.GetValue<string>());
        Assert.Equal("P", replaced["name"]!["familyName"]!.GetValue<string>());
    }
}
