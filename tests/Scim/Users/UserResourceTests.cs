using System.Net;
using System.Text.Json.Nodes;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Users;

/// <summary>/Users over HTTP as RFC 7644 §3 has it, with the representations that RFC 7643 §8 prints.</summary>
public sealed class UserResourceTests(ScimHub hub) : IClassFixture<ScimHub>
{
    private ScimCaller Hr => hub.NorthCaller;

    [Fact, Spec("RFC 7644", "3.3"), Spec("RFC 7643", "8.1")]
    public async Task A_minimal_user_is_made_with_a_new_id_and_an_address()
    {
        var made = (await Hr.PostAsync("/Users", RfcBodies.MinimalUser)).Created();

        Assert.NotEqual("2819c223-7f76-453a-919d-413861904646", made.Id);
        Assert.Equal($"{hub.Hub.Issuer}/scim/v2/Users/{made.Id}", made.Location);
        Assert.Equal(made.Location, made["meta"]!["location"]!.GetValue<string>());
        Assert.Equal(made.ETag, made["meta"]!["version"]!.GetValue<string>());
        Assert.Equal("User", made["meta"]!["resourceType"]!.GetValue<string>());
        Assert.Equal("2030-01-02T03:04:05.000Z", made["meta"]!["created"]!.GetValue<string>());
        Assert.Equal("bjensen@example.com", made["userName"]!.GetValue<string>());
        Assert.True(made["active"]!.GetValue<bool>());
        var read = (await Hr.GetAsync("/Users/" + made.Id)).Ok();
        Assert.Equal(made.Text, read.Text);
        Assert.Equal(made.ETag, read.ETag);
        Assert.Equal(made.Location, read.Location);
    }

    [Fact, Spec("RFC 7644", "3.3")]
    public async Task The_example_of_a_creation()
    {
        var made = (await Hr.PostAsync("/Users", RfcBodies.PostedUser)).Created();

        Assert.Equal("bjensen", made["externalId"]!.GetValue<string>());
        Assert.Equal("Ms. Barbara J Jensen III", made["name"]!["formatted"]!.GetValue<string>());
    }

    [Fact, Spec("RFC 7643", "8.2"), Spec("RFC 7643", "8.3")]
    public async Task A_full_user_comes_back_whole_but_for_what_is_the_hubs_to_say()
    {
        var manager = (await Hr.AddUserAsync("jsmith@example.com", "\"displayName\":\"Mr. John Smith\"")).Id;
        var made = (await Hr.PostAsync("/Users", RfcBodies.EnterpriseUser("full@example.com", manager))).Created();

        AssertHolds(JsonNode.Parse("{" + RfcBodies.FullAttributes + "}")!.AsObject(), made.Body!);
        Assert.Null(made["password"]);
        Assert.Null(made["groups"]);
        var enterprise = made[Urns.Enterprise]!.AsObject();
        Assert.Equal(["employeeNumber", "costCenter", "organization", "division", "department", "manager"], enterprise.Select(member => member.Key));
        Assert.Equal("Mr. John Smith", enterprise["manager"]!["displayName"]!.GetValue<string>());
        Assert.Equal($"{hub.Hub.Issuer}/scim/v2/Users/{manager}", enterprise["manager"]!["$ref"]!.GetValue<string>());
        Assert.Contains(Urns.Enterprise, made["schemas"]!.AsArray().Select(urn => urn!.GetValue<string>()));
        Assert.DoesNotContain("t1meMa$heen", string.Join('\n', hub.Everything()), StringComparison.Ordinal);
    }

    [Fact, Spec("RFC 7644", "3.5.1"), Spec("RFC 7643", "8.3")]
    public async Task PUT_replaces_the_whole_and_takes_back_what_it_gave()
    {
        var manager = (await Hr.AddUserAsync("boss-of-put@example.com")).Id;
        var made = (await Hr.PostAsync("/Users", RfcBodies.EnterpriseUser("put@example.com", manager))).Created();

        var echoed = (await Hr.PutAsync("/Users/" + made.Id, made.Text)).Ok();
        Assert.Equal(made.Text, echoed.Text);
        var replaced = (await Hr.PutAsync("/Users/" + made.Id, ScimCaller.User("put@example.com", """
            "id":"somebody-else","name":{"familyName":"Other"},"emails":[{"value":"other@example.com"}]
            """))).Ok();
        Assert.Equal(made.Id, replaced.Id);
        Assert.Equal(["schemas", "id", "userName", "name", "emails", "active", "roles", Urns.Account, "meta"], replaced.Body!.Select(member => member.Key));
        Assert.NotEqual(made.ETag, replaced.ETag);
        Assert.Equal($"{hub.Hub.Issuer}/scim/v2/Users/{made.Id}", replaced.Location);
        Assert.Equal(replaced.Text, (await Hr.GetAsync("/Users/" + made.Id)).Text);
    }

    [Fact, Spec("RFC 7644", "3.5.1")]
    public async Task PUT_makes_nothing()
    {
        (await Hr.PutAsync("/Users/2819c223", ScimCaller.User("nobody@example.com"))).Is(HttpStatusCode.NotFound);
        Assert.Equal(0, (await Hr.FilterAsync("/Users", "userName eq \"nobody@example.com\"")).Total);
    }

    [Fact, Spec("RFC 7644", "3.5.2.1"), Spec("RFC 7644", "3.5.2.3")]
    public async Task The_examples_of_PATCH()
    {
        var made = (await Hr.PostAsync("/Users", RfcBodies.EnterpriseUser("patched@example.com", (await Hr.AddUserAsync("boss-of-patch@example.com")).Id))).Created();
        var path = "/Users/" + made.Id;

        var added = (await Hr.PatchAsync(path, """
            {"op":"add","value":{"emails":[{"value":"babs@jensen.org","type":"home"}],"nickName":"Babsie"}}
            """)).Ok();
        Assert.Equal("Babsie", added["nickName"]!.GetValue<string>());
        Assert.Equal(2, added["emails"]!.AsArray().Count);
        var replaced = (await Hr.PatchAsync(path, """
            {"op":"replace","path":"addresses[type eq \"work\"]","value":{"type":"work","streetAddress":"911 Universal City Plaza","locality":"Hollywood","region":"CA","postalCode":"91608","country":"US","formatted":"911 Universal City Plaza\nHollywood, CA 91608 US","primary":true}}
            """)).Ok();
        Assert.Contains("911 Universal City Plaza", replaced.Text, StringComparison.Ordinal);
        Assert.Equal(2, replaced["addresses"]!.AsArray().Count);
        var street = (await Hr.PatchAsync(path, """{"op":"replace","path":"addresses[type eq \"work\"].streetAddress","value":"1010 Broadway Ave"}""")).Ok();
        Assert.Equal("1010 Broadway Ave", street["addresses"]![0]!["streetAddress"]!.GetValue<string>());
        var whole = (await Hr.PatchAsync(path, """
            {"op":"replace","value":{"emails":[{"value":"bjensen@example.com","type":"work","primary":true},{"value":"babs@jensen.org","type":"home"}],"nickName":"Babs"}}
            """)).Ok();
        Assert.Equal("Babs", whole["nickName"]!.GetValue<string>());
        var removed = (await Hr.PatchAsync(path, """{"op":"remove","path":"emails[type eq \"work\" and value ew \"example.com\"]"}""")).Ok();
        Assert.Equal("babs@jensen.org", Assert.Single(removed["emails"]!.AsArray())!["value"]!.GetValue<string>());
        Assert.Equal(removed.Text, (await Hr.GetAsync(path)).Text);
        Assert.Equal(removed.ETag, removed["meta"]!["version"]!.GetValue<string>());
    }

    [Fact, Spec("RFC 7644", "3.6")]
    public async Task DELETE_answers_without_a_body_and_then_there_is_nothing()
    {
        var id = (await Hr.AddUserAsync("deleted@example.com")).Id;

        (await Hr.DeleteAsync("/Users/" + id)).Is(HttpStatusCode.NoContent);

        (await Hr.GetAsync("/Users/" + id)).Is(HttpStatusCode.NotFound);
        (await Hr.PatchAsync("/Users/" + id, """{"op":"replace","path":"title","value":"x"}""")).Is(HttpStatusCode.NotFound);
        (await Hr.PutAsync("/Users/" + id, ScimCaller.User("deleted@example.com"))).Is(HttpStatusCode.NotFound);
        (await Hr.DeleteAsync("/Users/" + id)).Is(HttpStatusCode.NotFound);
        Assert.Empty((await Hr.FilterAsync("/Users", "userName eq \"deleted@example.com\"")).Resources);
        Assert.NotEqual(id, (await Hr.AddUserAsync("deleted@example.com")).Id);
    }

    [Fact, Spec("RFC 7644", "3.14")]
    public async Task A_stale_version_changes_nothing_and_a_current_one_does()
    {
        var made = await Hr.AddUserAsync("tagged@example.com");
        var path = "/Users/" + made.Id;
        (await Hr.GetAsync(path, ("If-None-Match", made.ETag!))).Is(HttpStatusCode.NotModified);
        Assert.Equal(made.ETag, (await Hr.GetAsync(path, ("If-None-Match", "W/\"x\", " + made.ETag))).ETag);
        (await Hr.GetAsync(path, ("If-None-Match", "*"))).Is(HttpStatusCode.NotModified);
        (await Hr.GetAsync(path, ("If-None-Match", "W/\"x\""))).Ok();

        var patched = (await Hr.PatchAsync(path, """{"op":"add","path":"title","value":"One"}""", ("If-Match", made.ETag!))).Ok();
        Assert.NotEqual(made.ETag, patched.ETag);
        var before = hub.Everything();
        (await Hr.PatchAsync(path, """{"op":"add","path":"title","value":"Two"}""", ("If-Match", made.ETag!))).Is(HttpStatusCode.PreconditionFailed);
        (await Hr.PutAsync(path, ScimCaller.User("tagged@example.com"), ("If-Match", made.ETag!))).Is(HttpStatusCode.PreconditionFailed);
        (await Hr.DeleteAsync(path, ("If-Match", made.ETag!))).Is(HttpStatusCode.PreconditionFailed);
        (await Hr.DeleteAsync(path, ("If-Match", "rubbish\", ,,W/"))).Is(HttpStatusCode.PreconditionFailed);
        Assert.Equal(before, hub.Everything());
        (await Hr.PutAsync(path, ScimCaller.User("tagged@example.com"), ("If-Match", "\"other\", " + patched.ETag))).Ok();
        (await Hr.DeleteAsync(path, ("If-Match", "*"))).Is(HttpStatusCode.NoContent);
    }

    [Fact, Spec("RFC 7644", "3.9")]
    public async Task Attributes_are_chosen_on_every_answer()
    {
        const string Chosen = "?attributes=userName,name.familyName";
        string[] expected = ["schemas", "id", "userName", "name"];
        var body = ScimCaller.User("chosen@example.com", """ "name":{"familyName":"C","givenName":"D"},"title":"T" """);

        var made = (await Hr.PostAsync("/Users" + Chosen, body)).Created();
        var path = "/Users/" + made.Id;
        ScimReply[] replies =
        [
            made, await Hr.GetAsync(path + Chosen), await Hr.PutAsync(path + Chosen, body), await Hr.PatchAsync(path + Chosen, """{"op":"add","path":"nickName","value":"N"}"""),
        ];
        Assert.All(replies, reply =>
        {
            Assert.Equal(expected, reply.Body!.Select(member => member.Key));
            Assert.Equal("""{"familyName":"C"}""", reply["name"]!.ToJsonString());
            Assert.NotNull(reply.ETag);
            Assert.NotNull(reply.Location);
        });
        var excluded = (await Hr.GetAsync(path + "?excludedAttributes=meta,id,roles,active,emails," + Urns.Account)).Ok();
        Assert.Equal(["schemas", "id", "userName", "name", "nickName", "title"], excluded.Body!.Select(member => member.Key).Order(StringComparer.Ordinal).OrderBy(name => Array.IndexOf(["schemas", "id", "userName", "name", "nickName", "title"], name)));
        Assert.Null((await Hr.GetAsync(path + "?attributes=password,userName")).Ok()["password"]);
        Assert.Equal(["schemas", "id", Urns.Account], (await Hr.GetAsync(path + "?attributes=" + Urns.Account + ":role")).Ok().Body!.Select(member => member.Key));
        (await Hr.GetAsync(path + "?attributes=userName&excludedAttributes=name")).Is(HttpStatusCode.BadRequest, "invalidValue");
    }

    [Theory, Spec("RFC 7644", "3.12")]
    [InlineData("GET", "/Nothing", 404), InlineData("GET", "/Users/x/y", 404), InlineData("POST", "/Nothing", 404), InlineData("POST", "/Users/x", 405), InlineData("DELETE", "/Users", 405)]
    [InlineData("PUT", "/Users", 405), InlineData("PATCH", "/Groups", 405), InlineData("GET", "/Users/x", 404), InlineData("POST", "/Me", 405), InlineData("TRACE", "/Users", 405)]
    public async Task What_is_not_there_is_told_in_SCIMs_shape(string method, string path, int status) =>
        (await Hr.SendAsync(new HttpMethod(method), path, null)).Is((HttpStatusCode)status);

    [Theory, Spec("RFC 7644", "3.1")]
    [InlineData("application/scim+json"), InlineData("application/json"), InlineData("Application/SCIM+JSON; charset=UTF-8"), InlineData("application/json;charset=\"utf-8\""), InlineData(null)]
    public async Task Both_media_types_are_read(string? type) =>
        (await Hr.SendAsync(HttpMethod.Post, "/Users", ScimCaller.Content(ScimCaller.User($"media{System.Security.Cryptography.RandomNumberGenerator.GetHexString(8)}@example.com"), type))).Created();

    [Theory, Spec("RFC 7644", "3.12")]
    [InlineData("text/plain"), InlineData("application/x-www-form-urlencoded"), InlineData("application/xml"), InlineData("application/json; charset=utf-16"), InlineData("application/jsonp"), InlineData("rubbish")]
    public async Task Other_media_types_are_refused(string type)
    {
        (await Hr.SendAsync(HttpMethod.Post, "/Users", ScimCaller.Content(ScimCaller.User("media@example.com"), type))).Is(HttpStatusCode.UnsupportedMediaType);
        (await Hr.SendAsync(HttpMethod.Post, "/Users/.search", ScimCaller.Content("{}", type))).Is(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Paths_and_query_keys_are_read_in_any_case_and_with_a_slash_at_the_end()
    {
        var id = (await Hr.PostAsync("/USERS/?aadOptscim062020", ScimCaller.User("case@example.com"))).Created().Id;

        (await Hr.GetAsync("/users/" + id + "/")).Ok();
        Assert.Equal(1, (await Hr.GetAsync("/uSERS/?FILTER=userName%20eq%20%22case@example.com%22&aadOptscim062020")).Ok().Total);
        (await Hr.PatchAsync("/USERS/" + id + "/?aadOptscim062020", """{"op":"add","path":"title","value":"x"}""")).Ok();
        (await Hr.PostAsync("/USERS/.SEARCH/", $$"""{"schemas":["{{Urns.Search}}"]}""")).Ok();
        (await Hr.GetAsync("/Users/" + id.ToUpperInvariant() + "x")).Is(HttpStatusCode.NotFound);
        (await Hr.DeleteAsync("/users/" + id + "/")).Is(HttpStatusCode.NoContent);
    }

    [Theory, Spec("RFC 7644", "3.12")]
    [InlineData("""{}""", "invalidValue")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"userName":"x"}""", "invalidValue")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}""", "invalidValue")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":""}""", "invalidValue")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"   "}""", "invalidValue")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a\u0007b"}""", "invalidValue")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":42}""", "invalidValue")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x@example.com","emails":[{"value":"no address","primary":true}]}""", "invalidValue")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x@example.com","password":"short"}""", "invalidValue")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x@example.com","active":"maybe"}""", "invalidValue")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x@example.com","roles":["King"]}""", "invalidValue")]
    [InlineData("""[]""", "invalidSyntax"), InlineData("", "invalidSyntax"), InlineData("""{"userName":"x","USERNAME":"y"}""", "invalidSyntax"), InlineData("""{"a":1,}""", "invalidSyntax")]
    public async Task A_body_that_makes_no_user_is_refused(string body, string scimType)
    {
        var before = hub.Everything();
        (await Hr.PostAsync("/Users", body)).Is(HttpStatusCode.BadRequest, scimType);
        Assert.Equal(before, hub.Everything());
    }

    /// <summary>Everything of the one is in the other, arrays whole.</summary>
    private static void AssertHolds(JsonObject expected, JsonObject actual) => Assert.All(expected, member =>
        Assert.True(JsonNode.DeepEquals(member.Value, actual[member.Key]), $"{member.Key}: {actual[member.Key]?.ToJsonString()} instead of {member.Value?.ToJsonString()}"));
}
