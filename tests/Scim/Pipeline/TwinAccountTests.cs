using System.Net;
using System.Text.Json.Nodes;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Pipeline;

/// <summary>Every request that one account makes, replayed with the other's token: nothing happens, and nothing tells that the thing exists.</summary>
public sealed class TwinAccountTests(ScimHub hub) : IClassFixture<ScimHub>
{
    /// <summary>A request that names things of an account.</summary>
    private sealed record Request(string Name, HttpMethod Method, string Path, string? Body = null, params (string, string)[] Headers);

    /// <summary>What an account has, and what the other must not learn of.</summary>
    private sealed record Things(string User, string Manager, string Group, string UserTag);

    private static string Search(string filter) => new JsonObject { ["schemas"] = new JsonArray(Urns.Search), ["filter"] = filter }.ToJsonString();

    private static string PatchBody(string operations) => $$"""{"schemas":["{{Urns.Patch}}"],"Operations":[{{operations}}]}""";

    /// <param name="things">Which things are meant.</param>
    /// <param name="ownUser">A user of whoever asks.</param>
    /// <param name="ownGroup">A group of whoever asks.</param>
    private static IEnumerable<Request> Requests(Things things, string ownUser, string ownGroup)
    {
        var (user, manager, group, tag) = things;
        foreach (var (type, id) in ((string, string)[])[("/Users", user), ("/Groups", group), ("/Users", group), ("/Groups", user)])
        {
            var body = type == "/Users" ? ScimCaller.User($"twin-{id}@north.example") : ScimCaller.Group("Twin " + id);
            yield return new("read", HttpMethod.Get, $"{type}/{id}");
            yield return new("read parts", HttpMethod.Get, $"{type}/{id}?attributes=displayName");
            yield return new("read if changed", HttpMethod.Get, $"{type}/{id}", null, ("If-None-Match", tag));
            yield return new("read if there", HttpMethod.Get, $"{type}/{id}", null, ("If-None-Match", "*"));
            yield return new("replace", HttpMethod.Put, $"{type}/{id}", body);
            yield return new("replace if unchanged", HttpMethod.Put, $"{type}/{id}", body, ("If-Match", tag));
            yield return new("replace if there", HttpMethod.Put, $"{type}/{id}", body, ("If-Match", "*"));
            yield return new("replace with nothing", HttpMethod.Put, $"{type}/{id}", "{}");
            yield return new("replace with a password", HttpMethod.Put, $"{type}/{id}", ScimCaller.User("x@north.example", """ "password":"a long password" """));
            yield return new("patch", HttpMethod.Patch, $"{type}/{id}", PatchBody("""{"op":"replace","path":"displayName","value":"X"}"""));
            yield return new("patch the password", HttpMethod.Patch, $"{type}/{id}", PatchBody("""{"op":"replace","path":"password","value":"a long password"}"""));
            yield return new("patch nothing", HttpMethod.Patch, $"{type}/{id}", PatchBody(""));
            yield return new("patch badly", HttpMethod.Patch, $"{type}/{id}", """{"Operations":7}""");
            yield return new("patch what is not there", HttpMethod.Patch, $"{type}/{id}", PatchBody("""{"op":"remove","path":"shoe size"}"""));
            yield return new("delete if unchanged", HttpMethod.Delete, $"{type}/{id}", null, ("If-Match", tag));
            yield return new("delete", HttpMethod.Delete, $"{type}/{id}");
            foreach (var (method, data) in ((string, string)[])[("PUT", body), ("PATCH", PatchBody("""{"op":"replace","path":"displayName","value":"X"}""")), ("DELETE", "null")])
            {
                yield return new("bulk " + method, HttpMethod.Post, "/Bulk", Bulk($$"""{"method":"{{method}}","path":"{{type}}/{{id}}","data":{{data}} }"""));
            }
        }

        foreach (var filter in (string[])
            [
                $"id eq \"{user}\"", $"id eq \"{group}\"", $"id sw \"{user[..20]}\"", $"meta.location co \"{user}\"", $"not (id ne \"{user}\")", $"id eq \"{user}\" or id eq \"{group}\"", $"id ge \"{user}\" and id le \"{user}\"",
            ])
        {
            foreach (var type in (string[])["/Users", "/Groups", ""])
            {
                yield return new("filter " + filter, HttpMethod.Get, $"{type}?filter={Uri.EscapeDataString(filter)}");
                yield return new("filter by cursor " + filter, HttpMethod.Get, $"{type}?cursor=&filter={Uri.EscapeDataString(filter)}");
                yield return new("search " + filter, HttpMethod.Post, $"{type}/.search", Search(filter));
            }
        }

        foreach (var filter in (string[])[$"groups.value eq \"{group}\"", $"groups[value eq \"{group}\"]", $"{Urns.Enterprise}:manager.value eq \"{manager}\"", $"{Urns.Enterprise}:manager.$ref co \"{manager}\""])
        {
            yield return new("filter " + filter, HttpMethod.Get, $"/Users?filter={Uri.EscapeDataString(filter)}");
            yield return new("search " + filter, HttpMethod.Post, "/Users/.search", Search(filter));
        }

        foreach (var filter in (string[])[$"members.value eq \"{user}\"", $"members eq \"{user}\"", $"members[value eq \"{user}\"]", $"id eq \"{group}\" and members eq \"{user}\"", $"members.$ref co \"{user}\""])
        {
            yield return new("filter " + filter, HttpMethod.Get, $"/Groups?filter={Uri.EscapeDataString(filter)}");
            yield return new("search " + filter, HttpMethod.Post, "/Groups/.search", Search(filter));
        }

        foreach (var id in (string[])[user, group])
        {
            yield return new("a group of", HttpMethod.Post, "/Groups", ScimCaller.Group("Twins of " + id, id));
            yield return new("a group becomes", HttpMethod.Put, "/Groups/" + ownGroup, ScimCaller.Group("Twins", ownUser, id));
            yield return new("add to a group", HttpMethod.Patch, "/Groups/" + ownGroup, PatchBody($$"""{"op":"add","path":"members","value":[{"value":"{{id}}"}]}"""));
            yield return new("add to a group by address", HttpMethod.Patch, "/Groups/" + ownGroup, PatchBody($$"""{"op":"add","path":"members","value":[{"value":"{{id}}","$ref":"https://hub.example/scim/v2/Users/{{id}}"}]}"""));
            yield return new("replace in a group", HttpMethod.Patch, "/Groups/" + ownGroup, PatchBody($$"""{"op":"replace","path":"members","value":[{"value":"{{id}}"}]}"""));
            yield return new("remove from a group", HttpMethod.Patch, "/Groups/" + ownGroup, PatchBody($$"""{"op":"remove","path":"members[value eq \"{{id}}\"]"}"""));
            yield return new("remove from a group by value", HttpMethod.Patch, "/Groups/" + ownGroup, PatchBody($$"""{"op":"remove","path":"members","value":[{"value":"{{id}}"}]}"""));
            yield return new("add by filter", HttpMethod.Patch, "/Groups/" + ownGroup, PatchBody($$"""{"op":"add","path":"members[value eq \"{{id}}\"]","value":{"value":"{{id}}"} }"""));
            yield return new("a manager", HttpMethod.Post, "/Users", ScimCaller.User($"led-by-{id}@north.example", $$""" "{{Urns.Enterprise}}":{"manager":{"value":"{{id}}"} } """));
            yield return new("a manager by string", HttpMethod.Patch, "/Users/" + ownUser, PatchBody($$"""{"op":"Add","path":"{{Urns.Enterprise}}:manager","value":"{{id}}"}"""));
            yield return new("a manager by address", HttpMethod.Patch, "/Users/" + ownUser, PatchBody($$"""{"op":"add","path":"{{Urns.Enterprise}}:manager","value":{"$ref":"../Users/{{id}}"} }"""));
            yield return new("a manager by PUT", HttpMethod.Put, "/Users/" + ownUser, ScimCaller.User("own@south.example", $$""" "{{Urns.Enterprise}}":{"manager":{"value":"{{id}}"} } """));
        }
    }

    private static string Bulk(string operation) => $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{operation}}]}""";

    /// <summary>What one operation of a Bulk request was answered; null for anything else.</summary>
    private static string? BulkStatus(ScimReply answer) => answer.Body?["Operations"]?[0]?["status"]?.GetValue<string>();

    private static async Task<Things> FillAsync(ScimCaller caller, string account)
    {
        var manager = await caller.AddUserAsync($"twin-manager@{account}.example");
        var user = await caller.AddUserAsync($"twin@{account}.example", $$""" "displayName":"Twin","{{Urns.Enterprise}}":{"manager":{"value":"{{manager.Id}}"} } """);
        var group = (await caller.PostAsync("/Groups", ScimCaller.Group("Twin group", user.Id))).Created();
        return new(user.Id, manager.Id, group.Id, (await caller.GetAsync("/Users/" + user.Id)).ETag!);
    }

    private static Task<ScimReply> SendAsync(ScimCaller caller, Request request) =>
        caller.SendAsync(request.Method, request.Path, request.Body is null ? null : ScimCaller.Content(request.Body), request.Headers);

    /// <summary>What an answer says, but for the ids that the request itself named.</summary>
    private static string Shape(ScimReply reply, Things named, string? other = null)
    {
        var headers = reply.Response.Headers.Where(header => header.Key is not "Date").OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
        var text = $"{(int)reply.Status}\n{string.Join('\n', headers)}\n{reply.Text}";
        foreach (var (id, name) in ((string, string)[])[(named.User, "<user>"), (named.Manager, "<manager>"), (named.Group, "<group>"), (other ?? "<none>", "<other>")])
        {
            text = text.Replace(id, name, StringComparison.Ordinal);
        }

        return text;
    }

    [Fact]
    public async Task The_other_accounts_things_are_as_if_they_had_never_been()
    {
        var theirs = await FillAsync(hub.NorthCaller, "north");
        var ghosts = new Things(Domain.RandomId.New(), Domain.RandomId.New(), Domain.RandomId.New(), "W/\"000000000000000000000000\"");
        var ownUser = (await hub.SouthCaller.AddUserAsync("own@south.example")).Id;
        var ownGroup = (await hub.SouthCaller.PostAsync("/Groups", ScimCaller.Group("Own", ownUser))).Created().Id;
        var (before, count) = (hub.Everything(), 0);

        foreach (var (real, ghost) in Requests(theirs, ownUser, ownGroup).Zip(Requests(ghosts, ownUser, ownGroup)))
        {
            var what = $"{real.Name}: {real.Method} {real.Path} {real.Body}";
            var (answer, nothing) = (await SendAsync(hub.SouthCaller, real), await SendAsync(hub.SouthCaller, ghost));
            Assert.True(Shape(nothing, ghosts) == Shape(answer, theirs), $"{what}\n{answer.Text}\n{nothing.Text}");
            Assert.True(
                answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest
                    || (answer.Status == HttpStatusCode.OK && (answer["Resources"] is JsonArray { Count: 0 } || answer["id"]?.GetValue<string>() == ownGroup || BulkStatus(answer) is "404")),
                $"{what}\n{answer.Text}");
            count++;
        }

        Assert.Equal(before, hub.Everything());
        Assert.True(count > 150, $"only {count} requests");
        Assert.All((string[])[theirs.User, theirs.Manager, theirs.Group, ghosts.User, ghosts.Group], id =>
            Assert.DoesNotContain(id, string.Join('\n', hub.Rows("""SELECT * FROM "ProvisioningLog" WHERE "AccountId" = 'south' """)), StringComparison.Ordinal));

        // The same requests are good ones: with the account's own token they do what they say.
        var own = (await FillAsync(hub.LenientCaller, "lenient")) with { };
        var worked = 0;
        foreach (var request in Requests(own, own.User, own.Group).Where(request => request.Method != HttpMethod.Delete && request.Method != HttpMethod.Put))
        {
            worked += (await SendAsync(hub.LenientCaller, request)).Status is HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.NoContent or HttpStatusCode.NotModified ? 1 : 0;
        }

        Assert.True(worked > 80, $"only {worked} of the requests work with the account's own token");
    }

    [Fact]
    public async Task A_guests_membership_is_another_thing_than_the_home_membership()
    {
        var home = await hub.SouthCaller.AddUserAsync("guest-twin@south.example", """ "title":"Secret","displayName":"At home" """);
        var guest = await hub.NorthCaller.AddUserAsync("guest-twin@south.example");

        Assert.NotEqual(home.Id, guest.Id);
        (await hub.NorthCaller.GetAsync("/Users/" + home.Id)).Is(HttpStatusCode.NotFound);
        (await hub.SouthCaller.GetAsync("/Users/" + guest.Id)).Is(HttpStatusCode.NotFound);
        Assert.DoesNotContain("Secret", guest.Text, StringComparison.Ordinal);
        Assert.Null(guest["displayName"]);
        Assert.DoesNotContain("south", guest.Text.Replace("@south.example", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
