using System.Net;
using System.Text.Json.Nodes;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Users;

/// <summary>A change is thought out before its transaction: what others change meanwhile must neither be lost nor slip past If-Match.</summary>
public sealed class RacingChangeTests(ScimHub hub) : IClassFixture<ScimHub>
{
    private ScimCaller Hr => hub.NorthCaller;

    private static IEnumerable<string> Numbers(ScimReply user) => (user["phoneNumbers"]?.AsArray() ?? []).Select(phone => phone!["value"]!.GetValue<string>());

    [Fact, Spec("RFC 7644", "3.5.2")]
    public async Task Thirty_at_once_all_come_through()
    {
        var id = (await Hr.AddUserAsync("raced@north.example")).Id;

        var replies = await Task.WhenAll(Enumerable.Range(0, 30).Select(i =>
            Hr.PatchAsync("/Users/" + id, $$"""{"op":"add","path":"phoneNumbers","value":[{"value":"+{{i}}"}]}""")));

        Assert.All(replies, reply => reply.Ok());
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"+{i}").Order(), Numbers(await Hr.GetAsync("/Users/" + id)).Order());
    }

    [Fact]
    public async Task What_is_long_to_think_out_is_not_thought_out_while_others_wait()
    {
        var id = (await Hr.AddUserAsync("slow@north.example", $"\"emails\":[{string.Join(',', Enumerable.Range(0, 150).Select(i => $$"""{"value":"{{new string('a', 100)}}{{i}}@x.example"}"""))}]")).Id;
        var slow = string.Join(',', Enumerable.Range(0, 60).Select(i => $$"""{"op":"replace","path":"emails[value ew \"a{{i}}@x.example\"].display","value":"D{{i}}"}"""));

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => i % 4 == 0
            ? Hr.PatchAsync("/Users/" + id, slow)
            : Hr.PatchAsync("/Users/" + id, $$"""{"op":"add","path":"phoneNumbers","value":[{"value":"+{{i}}"}]}""")));

        Assert.All(replies.Where((_, i) => i % 4 != 0), reply => reply.Ok());
        Assert.All(replies.Where((_, i) => i % 4 == 0), reply => Assert.True(reply.Status is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, reply.Text));
        Assert.Equal(15, Numbers(await Hr.GetAsync("/Users/" + id)).Count());
    }

    [Fact, Spec("RFC 7644", "3.14")]
    public async Task Of_those_who_name_the_version_one_comes_through()
    {
        var made = await Hr.AddUserAsync("versioned@north.example");

        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            Hr.PatchAsync("/Users/" + made.Id, $$"""{"op":"replace","path":"title","value":"T{{i}}"}""", ("If-Match", made.ETag!))));

        Assert.Single(replies, reply => reply.Status == HttpStatusCode.OK);
        Assert.All(replies.Where(reply => reply.Status != HttpStatusCode.OK), reply => reply.Is(HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task The_PATCH_that_stopped_every_write_is_refused_soon()
    {
        var id = (await Hr.AddUserAsync("stopper@north.example", $"\"emails\":[{string.Join(',', Enumerable.Range(0, 190).Select(i => $$"""{"value":"{{(i == 0 ? "a" : new string('a', 250))}}{{i}}@x.example"}"""))}]")).Id;
        var filter = string.Join(" or ", Enumerable.Repeat("value co \\\"aaaaaaaaaaab\\\"", 30));
        var stopper = Hr.PatchAsync("/Users/" + id, string.Join(',', Enumerable.Repeat($$"""{"op":"remove","path":"emails[{{filter}}]"}""", 300)));

        (await stopper).Is(HttpStatusCode.BadRequest, "tooMany");
    }
}
