using System.Net;
using System.Text.Json.Nodes;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Groups;

/// <summary>/Groups over HTTP.</summary>
public sealed class GroupResourceTests(ScimHub hub) : IClassFixture<ScimHub>
{
    private ScimCaller Hr => hub.NorthCaller;

    private static IEnumerable<string> Members(JsonObject? group) => (group?["members"]?.AsArray() ?? []).Select(member => member!["value"]!.GetValue<string>()).Order(StringComparer.Ordinal);

    private static string[] Sorted(params string[] ids) => [.. ids.Order(StringComparer.Ordinal)];

    private async Task<string[]> UsersAsync(string name, int count)
    {
        var ids = new string[count];
        for (var i = 0; i < count; i++)
        {
            ids[i] = (await Hr.AddUserAsync($"{name}{i}@north.example")).Id;
        }

        return ids;
    }

    [Fact, Spec("RFC 7644", "3.3"), Spec("RFC 7643", "8.4")]
    public async Task The_example_of_a_group()
    {
        var users = await UsersAsync("example", 2);
        var made = (await Hr.PostAsync("/Groups", $$"""
            {
              "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
              "id": "e9e30dba-f08f-4109-8486-d5c6a331660a",
              "displayName": "Tour Guides",
              "members": [
                { "value": "{{users[0]}}", "$ref": "https://example.com/v2/Users/{{users[0]}}", "display": "Babs Jensen" },
                { "value": "{{users[1]}}", "$ref": "https://example.com/v2/Users/{{users[1]}}", "display": "Mandy Pepperidge" }
              ],
              "meta": { "resourceType": "Group", "created": "2010-01-23T04:56:22Z", "lastModified": "2011-05-13T04:42:34Z", "version": "W\/\"3694e05e9dff592\"",
                "location": "https://example.com/v2/Groups/e9e30dba-f08f-4109-8486-d5c6a331660a" }
            }
            """)).Created();

        Assert.NotEqual("e9e30dba-f08f-4109-8486-d5c6a331660a", made.Id);
        Assert.Equal(Sorted(users), Members(made.Body));
        var first = made["members"]!.AsArray().Single(member => member!["value"]!.GetValue<string>() == users[0])!;
        Assert.Equal($$"""{"value":"{{users[0]}}","$ref":"{{hub.Hub.Issuer}}/scim/v2/Users/{{users[0]}}","display":"example0@north.example","type":"User"}""", first.ToJsonString());
        Assert.Equal($"{hub.Hub.Issuer}/scim/v2/Groups/{made.Id}", made.Location);
        Assert.Equal(made.ETag, made["meta"]!["version"]!.GetValue<string>());
        Assert.Equal(made.Text, (await Hr.GetAsync("/Groups/" + made.Id)).Ok().Text);
        var user = (await Hr.GetAsync("/Users/" + users[0])).Ok();
        Assert.Equal($$"""[{"value":"{{made.Id}}","$ref":"{{hub.Hub.Issuer}}/scim/v2/Groups/{{made.Id}}","display":"Tour Guides","type":"direct"}]""", user["groups"]!.ToJsonString());
        (await Hr.PatchAsync("/Users/" + users[0], """{"op":"remove","path":"groups"}""")).Is(HttpStatusCode.BadRequest, "mutability");
        Assert.Equal(user.Text, (await Hr.PutAsync("/Users/" + users[0], ScimCaller.User("example0@north.example", """ "groups":[] """))).Ok().Text);
    }

    [Fact, Spec("RFC 7644", "3.5.2.1"), Spec("RFC 7644", "3.5.2.2"), Spec("RFC 7644", "3.5.2.3")]
    public async Task Members_come_and_go_in_every_form()
    {
        var u = await UsersAsync("forms", 5);
        var path = "/Groups/" + (await Hr.PostAsync("/Groups", ScimCaller.Group("Forms", u[0]))).Created().Id;
        async Task IsAsync(string operations, params string[] expected)
        {
            Assert.Equal(Sorted(expected), Members((await Hr.PatchAsync(path, operations)).Ok().Body));
            Assert.Equal(Sorted(expected), Members((await Hr.GetAsync(path)).Ok().Body));
        }

        await IsAsync($$"""{"op":"add","path":"members","value":[{"display":"Babs","$ref":"https://example.com/v2/Users/{{u[1]}}","value":"{{u[1]}}"}]}""", u[0], u[1]);
        await IsAsync($$"""{"op":"Add","path":"members","value":[{"$ref":null,"value":"{{u[1]}}"},{"$ref":null,"value":"{{u[2]}}"}]}""", u[0], u[1], u[2]);
        await IsAsync($$"""{"op":"Remove","path":"members","value":[{"$ref":null,"value":"{{u[0]}}"},{"value":"{{u[4]}}"}]}""", u[1], u[2]);
        await IsAsync($$"""{"op":"remove","path":"members[value eq \"{{u[1]}}\"]"},{"op":"add","path":"members","value":[{"value":"{{u[3]}}","display":"b@x"}]}""", u[2], u[3]);
        await IsAsync($$$"""{"op":"add","value":{"members":[{"value":"{{{u[4]}}}"}]}}""", u[2], u[3], u[4]);
        await IsAsync($$"""{"op":"replace","path":"members","value":[{"value":"{{u[0]}}"},{"value":"{{u[4]}}"}]}""", u[0], u[4]);
        await IsAsync($$"""{"op":"remove","path":"members[value eq \"nobody\"]"},{"op":"Add","path":"Members","value":"{{u[1]}}"}""", u[0], u[1], u[4]);
        await IsAsync("""{"op":"replace","path":"members","value":[]}""");
        await IsAsync($$"""{"op":"add","path":"members","value":{"value":"{{u[0]}}"} }""", u[0]);
        await IsAsync("""{"op":"remove","path":"members"}""");
        await IsAsync($$"""{"op":"replace","value":{"id":"{{path[8..]}}","displayName":"Formed"} }""");
        Assert.Equal("Formed", (await Hr.GetAsync(path))["displayName"]!.GetValue<string>());
        await IsAsync("");
    }

    [Fact]
    public async Task A_displayName_is_unique_in_the_account_without_case()
    {
        var made = (await Hr.PostAsync("/Groups", ScimCaller.Group("Unique"))).Created();
        var other = (await Hr.PostAsync("/Groups", ScimCaller.Group("Other"))).Created();
        var before = hub.Everything();

        (await Hr.PostAsync("/Groups", ScimCaller.Group("UNIQUE"))).Is(HttpStatusCode.Conflict, "uniqueness");
        (await Hr.PatchAsync("/Groups/" + other.Id, """{"op":"replace","path":"displayName","value":" unique "}""")).Is(HttpStatusCode.Conflict, "uniqueness");
        (await Hr.PutAsync("/Groups/" + other.Id, ScimCaller.Group("unique"))).Is(HttpStatusCode.Conflict, "uniqueness");
        (await Hr.PostAsync("/Groups", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]}""")).Is(HttpStatusCode.BadRequest, "invalidValue");
        (await Hr.PostAsync("/Groups", ScimCaller.Group(""))).Is(HttpStatusCode.BadRequest, "invalidValue");
        Assert.Equal(before, hub.Everything());
        (await hub.SouthCaller.PostAsync("/Groups", ScimCaller.Group("Unique"))).Created();
        Assert.Equal("UNIQUE", (await Hr.PatchAsync("/Groups/" + made.Id, """{"op":"replace","path":"displayName","value":"UNIQUE"}""")).Ok()["displayName"]!.GetValue<string>());
    }

    [Fact]
    public async Task Who_is_no_member_of_the_account_is_refused_or_dropped_as_the_account_says()
    {
        var users = await UsersAsync("known", 1);
        var made = (await Hr.PostAsync("/Groups", ScimCaller.Group("Known", users))).Created();
        var stranger = (await hub.SouthCaller.AddUserAsync("stranger@south.example")).Id;
        var before = hub.Everything();

        foreach (var unknown in (string[])[stranger, "nobody"])
        {
            (await Hr.PostAsync("/Groups", ScimCaller.Group("New", users[0], unknown))).Is(HttpStatusCode.BadRequest, "invalidValue");
            (await Hr.PutAsync("/Groups/" + made.Id, ScimCaller.Group("Renamed", unknown))).Is(HttpStatusCode.BadRequest, "invalidValue");
            (await Hr.PatchAsync("/Groups/" + made.Id, $$"""{"op":"replace","path":"displayName","value":"R"},{"op":"add","path":"members","value":[{"value":"{{unknown}}"}]}""")).Is(HttpStatusCode.BadRequest, "invalidValue");
        }

        Assert.Equal(before, hub.Everything());
        var own = (await hub.LenientCaller.AddUserAsync("lenient@lenient.example")).Id;
        var lenient = (await hub.LenientCaller.PostAsync("/Groups", ScimCaller.Group("New", "nobody", own, stranger))).Created();
        Assert.Equal([own], Members(lenient.Body));
        (await hub.LenientCaller.PatchAsync("/Groups/" + lenient.Id, $$"""{"op":"add","path":"members","value":[{"value":"{{stranger}}"}]}""")).Is(HttpStatusCode.NoContent);
        Assert.Equal([own], Members((await hub.LenientCaller.GetAsync("/Groups/" + lenient.Id)).Body));
    }

    [Fact]
    public async Task Groups_in_groups_are_refused()
    {
        var inner = (await Hr.PostAsync("/Groups", ScimCaller.Group("Inner"))).Created().Id;
        var outer = (await Hr.PostAsync("/Groups", ScimCaller.Group("Outer"))).Created().Id;
        var before = hub.Everything();

        (await Hr.PatchAsync("/Groups/" + outer, $$"""{"op":"add","path":"members","value":[{"value":"{{inner}}","type":"Group"}]}""")).Is(HttpStatusCode.BadRequest, "invalidValue");
        (await Hr.PatchAsync("/Groups/" + outer, $$"""{"op":"add","path":"members","value":[{"value":"{{inner}}"}]}""")).Is(HttpStatusCode.BadRequest, "invalidValue");
        (await Hr.PostAsync("/Groups", ScimCaller.Group("Third", inner))).Is(HttpStatusCode.BadRequest, "invalidValue");
        Assert.Equal(before, hub.Everything());
    }

    [Fact, Spec("RFC 7644", "3.5.1")]
    public async Task PUT_empties_a_group_only_where_it_says_so()
    {
        var users = await UsersAsync("put", 3);
        var made = (await Hr.PostAsync("/Groups", $$"""{"schemas":["{{Urns.Group}}"],"displayName":"Put","externalId":"E","members":[{"value":"{{users[0]}}"},{"value":"{{users[1]}}"}]}""")).Created();
        var path = "/Groups/" + made.Id;
        Assert.Equal("E", made["externalId"]!.GetValue<string>());

        var silent = (await Hr.PutAsync(path, $$"""{"schemas":["{{Urns.Group}}"],"displayName":"Put again"}""")).Ok();
        Assert.Equal(Sorted(users[0], users[1]), Members(silent.Body));
        Assert.Null(silent["externalId"]);
        Assert.NotEqual(made.ETag, silent.ETag);
        Assert.Equal(silent.Text, (await Hr.PutAsync(path, silent.Text)).Ok().Text);
        Assert.Equal(Sorted(users[1], users[2]), Members((await Hr.PutAsync(path, ScimCaller.Group("Put again", users[1], users[2]))).Ok().Body));
        Assert.Empty(Members((await Hr.PutAsync(path, ScimCaller.Group("Put again"))).Ok().Body));
        (await Hr.PutAsync("/Groups/nothing", ScimCaller.Group("Nothing"))).Is(HttpStatusCode.NotFound);
    }

    [Fact, Spec("RFC 7644", "3.6"), Spec("RFC 7644", "3.14")]
    public async Task Versions_and_deletion()
    {
        var users = await UsersAsync("versions", 2);
        var made = (await Hr.PostAsync("/Groups", ScimCaller.Group("Versions", users))).Created();
        var path = "/Groups/" + made.Id;
        (await Hr.GetAsync(path, ("If-None-Match", made.ETag!))).Is(HttpStatusCode.NotModified);
        (await Hr.PatchAsync(path, """{"op":"add","path":"displayName","value":"V2"}""", ("If-Match", "W/\"999\""))).Is(HttpStatusCode.PreconditionFailed);
        var same = (await Hr.PatchAsync(path, $$"""{"op":"add","path":"members","value":[{"value":"{{users[0]}}"}]}""", ("If-Match", made.ETag!))).Ok();
        Assert.Equal(made.ETag, same.ETag);

        // A member who is deleted is out of the group, and whoever holds the group as it was is told.
        (await Hr.DeleteAsync("/Users/" + users[0])).Is(HttpStatusCode.NoContent);
        var without = (await Hr.GetAsync(path, ("If-None-Match", made.ETag!))).Ok();
        Assert.Equal([users[1]], Members(without.Body));
        Assert.NotEqual(made.ETag, without.ETag);

        // One who is only deactivated stays in it.
        (await Hr.PatchAsync("/Users/" + users[1], """{"op":"replace","path":"active","value":false}""")).Ok();
        Assert.Equal([users[1]], Members((await Hr.GetAsync(path)).Body));

        (await Hr.DeleteAsync(path, ("If-Match", made.ETag!))).Is(HttpStatusCode.PreconditionFailed);
        (await Hr.DeleteAsync(path, ("If-Match", without.ETag!))).Is(HttpStatusCode.NoContent);
        (await Hr.DeleteAsync(path)).Is(HttpStatusCode.NotFound);
        (await Hr.GetAsync(path)).Is(HttpStatusCode.NotFound);
        (await Hr.PatchAsync(path, """{"op":"add","path":"displayName","value":"V2"}""")).Is(HttpStatusCode.NotFound);
        Assert.Null((await Hr.GetAsync("/Users/" + users[1])).Ok()["groups"]);
        (await Hr.PostAsync("/Groups", ScimCaller.Group("Versions"))).Created();
    }

    [Fact, Spec("RFC 7644", "3.9")]
    public async Task Members_are_left_out_where_they_are_not_wanted()
    {
        var users = await UsersAsync("out", 2);
        var made = (await Hr.PostAsync("/Groups?excludedAttributes=members", ScimCaller.Group("Out", users))).Created();
        var path = "/Groups/" + made.Id;

        Assert.Null(made["members"]);
        Assert.Null((await Hr.GetAsync(path + "?excludedAttributes=members")).Ok()["members"]);
        Assert.Null((await Hr.FilterAsync("/Groups", "displayName eq \"Out\"", "&excludedAttributes=members")).Ok().Resources.Single()["members"]);
        Assert.Null((await Hr.PatchAsync(path + "?excludedAttributes=members", """{"op":"add","path":"externalId","value":"O"}""")).Ok()["members"]);
        Assert.Equal(["schemas", "id", "members"], (await Hr.GetAsync(path + "?attributes=members.value")).Ok().Body!.Select(member => member.Key));
        Assert.Equal($$"""{"value":"{{Sorted(users)[0]}}"}""", (await Hr.GetAsync(path + "?attributes=members.value"))["members"]![0]!.ToJsonString());
        Assert.Equal(1, (await Hr.FilterAsync("/Groups", $"id eq \"{made.Id}\" and members eq \"{users[0]}\"", "&excludedAttributes=members")).Ok().Total);
        Assert.Equal(1, (await Hr.FilterAsync("/Groups", $"members.value eq \"{users[1]}\"")).Ok().Total);
        Assert.Equal(0, (await Hr.FilterAsync("/Groups", $"members[value eq \"{users[1]}\"] and displayName eq \"Versions\"")).Ok().Total);
        Assert.Equal(2, (await Hr.FilterAsync("/Users", $"groups.value eq \"{made.Id}\"")).Ok().Total);
        Assert.Equal(2, (await Hr.FilterAsync("/Users", "groups.display eq \"Out\"")).Ok().Total);
    }

    [Fact]
    public async Task Ten_thousand_members_come_in_slices()
    {
        const int All = 10_000, Slice = 1_000;
        await using var own = (await ScimHub.OwnAsync()).Hub;
        var hr = new ScimCaller(own.NewClient(), ScimHub.NorthToken);
        var ids = await own.WriteAsync(async transaction =>
        {
            var made = new List<string>(All);
            for (var i = 0; i < All; i++)
            {
                var user = (Domain.Users.UserLifecycle.CreateResult.Created)await Domain.Users.UserLifecycle.CreateAsync(transaction, new($"many{i}@north.example", null, null, null, false, false));
                var added = (Domain.Accounts.Memberships.AddResult.Added)await Domain.Accounts.Memberships.AddAsync(
                    transaction, new(user.User.Id, ScimHub.North, Domain.Permissions.Role.User, null, Domain.Accounts.MembershipStatus.Active));
                made.Add(added.Membership.Id);
            }

            return made;
        });
        var path = "/Groups/" + (await hr.PostAsync("/Groups", ScimCaller.Group("Many"))).Created().Id;

        foreach (var slice in ids.Chunk(Slice))
        {
            var reply = (await hr.PatchAsync(path, $$"""{"op":"Add","path":"members","value":[{{string.Join(',', slice.Select(id => $$"""{"value":"{{id}}"}"""))}}]}""")).Ok();
            Assert.Equal(slice[0] == ids[0], reply["members"] is not null);
        }

        Assert.Equal(All, Members((await hr.GetAsync(path)).Ok().Body).Count());
        (await hr.PatchAsync(path, $$"""{"op":"Remove","path":"members","value":[{{string.Join(',', ids.Take(9_000).Select(id => $$"""{"value":"{{id}}"}"""))}}]}""")).Ok();
        Assert.Equal(ids.Skip(9_000).Order(StringComparer.Ordinal), Members((await hr.GetAsync(path)).Ok().Body));
        Assert.Equal(All, Members((await hr.PutAsync(path, ScimCaller.Group("Many", [.. ids]))).Ok().Body).Count());
    }
}
