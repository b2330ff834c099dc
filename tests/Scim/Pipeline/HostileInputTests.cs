using System.Diagnostics;
using System.Net;
using System.Text;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Pipeline;

/// <summary>What nobody means well with: the right error within moments, nothing changed, and the hub stays up.</summary>
public sealed class HostileInputTests(ScimHub hub) : IClassFixture<ScimHub>
{
    private ScimCaller Hr => hub.NorthCaller;

    private static string Search(string filter) => new System.Text.Json.Nodes.JsonObject { ["schemas"] = new System.Text.Json.Nodes.JsonArray(Urns.Search), ["filter"] = filter }.ToJsonString();

    private async Task RefusedAsync(Func<Task<ScimReply>> send, params HttpStatusCode[] statuses)
    {
        var before = hub.Everything();
        var started = Stopwatch.GetTimestamp();
        var reply = await send();
        Assert.True(statuses.Contains(reply.Status), $"{(int)reply.Status} {reply.Text}");
        Assert.True(reply.Text.Length < 2_000, "the answer sends back what it was sent");
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5), "it took too long");
        Assert.Equal(before, hub.Everything());
        (await Hr.GetAsync("/Users?count=1")).Ok();
    }

    public static TheoryData<string, string> Filters => new()
    {
        { "parentheses", new string('(', 900_000) }, { "closed parentheses", new string('(', 400_000) + "title pr" + new string(')', 400_000) },
        { "terms", string.Join(" or ", Enumerable.Repeat("title eq 1", 60_000)) }, { "nots", string.Concat(Enumerable.Repeat("not (", 150_000)) }, { "brackets", string.Concat(Enumerable.Repeat("emails[", 100_000)) },
        { "a long word", "userName eq \"" + new string('a', 900_000) + "\"" }, { "a long name", new string('a', 900_000) + " pr" }, { "dots", string.Concat(Enumerable.Repeat("a.", 400_000)) + "a pr" },
        { "digits", "title eq " + new string('9', 900_000) }, { "spaces", new string(' ', 900_000) + "(" }, { "quotes", new string('"', 900_000) }, { "backslashes", "title eq \"" + new string('\\', 800_000) },
        { "and", string.Concat(Enumerable.Repeat("and ", 200_000)) },
    };

    [Theory, MemberData(nameof(Filters))]
    public Task A_filter_without_end_is_refused(string what, string filter)
    {
        Assert.NotEmpty(what);
        return RefusedAsync(() => Hr.PostAsync("/Users/.search", Search(filter)), HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory, MemberData(nameof(Filters))]
    public async Task A_path_without_end_is_refused(string what, string path)
    {
        var id = (await Hr.AddUserAsync($"path-{what.Replace(' ', '-')}@north.example")).Id;
        await RefusedAsync(
            () => Hr.PatchAsync("/Users/" + id, new System.Text.Json.Nodes.JsonObject { ["op"] = "remove", ["path"] = path }.ToJsonString()), HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_body_over_a_mebibyte_is_refused_sized_or_not()
    {
        var large = ScimCaller.User("large@north.example", $"\"title\":\"{new string('x', 1024 * 1024)}\"");
        await RefusedAsync(() => Hr.PostAsync("/Users", large), HttpStatusCode.RequestEntityTooLarge);
        await RefusedAsync(() => Hr.SendAsync(HttpMethod.Post, "/Users", new Chunked(Encoding.UTF8.GetBytes(large))), HttpStatusCode.RequestEntityTooLarge);
        await RefusedAsync(() => Hr.PostAsync("/Users", new string(' ', 10 * 1024 * 1024)), HttpStatusCode.RequestEntityTooLarge);
        await RefusedAsync(() => Hr.SendAsync(HttpMethod.Post, "/Users", new Chunked(new byte[10 * 1024 * 1024])), HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("\"a\\u0000b\""), InlineData("\"\\ud800\""), InlineData("\"\\udc00\\ud800\""), InlineData("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"), InlineData("1e999999"), InlineData("{\"a\":1,\"A\":2}"), InlineData("\"\u0001\""), InlineData("nul"), InlineData("01")]
    public async Task Text_and_numbers_that_are_none_are_refused(string value)
    {
        await RefusedAsync(() => Hr.PostAsync("/Users", ScimCaller.User("none@north.example", $"\"title\":{value}")), HttpStatusCode.BadRequest);
        await RefusedAsync(() => Hr.PostAsync("/Groups", $$"""{"schemas":["{{Urns.Group}}"],"displayName":{{value}}}"""), HttpStatusCode.BadRequest);
        await RefusedAsync(() => Hr.PostAsync("/Users/.search", $$"""{"schemas":["{{Urns.Search}}"],"filter":"title pr and","x":{{value}}}"""), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        foreach (var bytes in (byte[][])[[0xFF, 0xFE, 0x7B, 0x00], [.. "{\"userName\":\""u8, 0xC3, 0x28, .. "\"}"u8], [0x00], [.. "{\"a\":\"\xED"u8, 0xA0, 0x80, .. "\"}"u8]])
        {
            await RefusedAsync(() => Hr.SendAsync(HttpMethod.Post, "/Users", new ByteArrayContent(bytes) { Headers = { { "Content-Type", "application/scim+json" } } }), HttpStatusCode.BadRequest);
        }
    }

    [Theory]
    [InlineData("/Users/%2F..%2F..%2Fetc"), InlineData("/Users/a%2Fb"), InlineData("/Users/%ff%fe"), InlineData("/Users/..%5c.."), InlineData("/Groups/%e2%80%ae"), InlineData("/Users/'%20OR%201=1--"), InlineData("/Users/%F0%9F%92%A9"), InlineData("/Users/%20")]
    public async Task Odd_ids_are_nobody(string path)
    {
        await RefusedAsync(() => Hr.GetAsync(path), HttpStatusCode.NotFound, HttpStatusCode.BadRequest);
        await RefusedAsync(() => Hr.PatchAsync(path, """{"op":"add","path":"displayName","value":"x"}"""), HttpStatusCode.NotFound, HttpStatusCode.BadRequest);
        await RefusedAsync(() => Hr.DeleteAsync(path), HttpStatusCode.NotFound, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Long_ids_headers_and_cursors_are_nobodys()
    {
        await RefusedAsync(() => Hr.GetAsync("/Users/" + new string('a', 5_000)), HttpStatusCode.NotFound);
        await RefusedAsync(() => Hr.PatchAsync("/Users/" + new string('a', 5_000), "7"), HttpStatusCode.BadRequest, HttpStatusCode.NotFound);
        await RefusedAsync(() => Hr.PostAsync("/Users/.search", $$"""{"schemas":["{{Urns.Search}}"],"cursor":"{{new string('A', 900_000)}}"}"""), HttpStatusCode.BadRequest);
        await RefusedAsync(() => Hr.GetAsync("/Users?cursor=" + new string('-', 3_000)), HttpStatusCode.BadRequest);
        await RefusedAsync(() => Hr.GetAsync("/Users?startIndex=999999999999999999999"), HttpStatusCode.BadRequest);
        await RefusedAsync(() => Hr.GetAsync("/Users?filter=userName%20eq%20%22%00%22%20and"), HttpStatusCode.BadRequest);
        (await Hr.GetAsync("/Users?filter=userName%20eq%20%22%EF%BF%BD%22")).Ok();
        var id = (await Hr.AddUserAsync("headers@north.example")).Id;
        foreach (var tag in (string[])["", ",", "W/", "\"", "W/\"\",W/", new string('x', 5_000)])
        {
            var reply = await Hr.DeleteAsync("/Users/" + id, ("If-Match", tag));
            Assert.True(reply.Status is HttpStatusCode.PreconditionFailed or HttpStatusCode.BadRequest || tag.Length == 0, reply.Text);
            var read = await Hr.GetAsync("/Users/" + id, ("If-None-Match", tag));
            Assert.True(read.Status == HttpStatusCode.OK || tag.Length == 0, read.Text);
        }
    }

    [Fact]
    public async Task A_NUL_in_the_address_is_refused_by_the_server_and_the_hub_stays_up()
    {
        foreach (var path in (string[])["/scim/v2/Users/a%00b", "/scim/v2/Users/%00", "/scim/v2/%00"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + ScimHub.NorthToken);
            Assert.InRange((int)(await hub.Hub.NewClient().SendAsync(request)).StatusCode, 400, 499);
        }

        (await Hr.GetAsync("/Users?count=1")).Ok();
    }

    [Theory]
    [InlineData("'; DROP TABLE Users; --"), InlineData("%' OR '1'='1"), InlineData("_%_"), InlineData("\\u202e"), InlineData("a\\\"b"), InlineData("𝔘ser"), InlineData("İ"), InlineData("ß")]
    public async Task Odd_names_are_names(string name)
    {
        var made = (await Hr.PostAsync("/Users", ScimCaller.User(name + "@odd.example", $$""" "externalId":"{{name}}","emails":[{"value":"x@odd.example","display":"{{name}}"}] """))).Created();

        Assert.Equal(1, (await Hr.FilterAsync("/Users", $"userName eq \"{name}@odd.example\"")).Ok().Total);
        Assert.Equal(made.Id, (await Hr.FilterAsync("/Users", $"externalId eq \"{name}\"")).Ok().Resources.Single()["id"]!.GetValue<string>());
        Assert.Equal(1, (await Hr.FilterAsync("/Users", $"externalId sw \"{name}\"")).Ok().Total);
        Assert.Equal(1, (await Hr.FilterAsync("/Users", $"emails.display eq \"{name}\" and id eq \"{made.Id}\"")).Ok().Total);
    }

    /// <summary>A body whose length nobody says.</summary>
    private sealed class Chunked : HttpContent
    {
        private readonly byte[] bytes;

        public Chunked(byte[] bytes)
        {
            this.bytes = bytes;
            Headers.ContentType = new("application/scim+json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context) => await stream.WriteAsync(bytes);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
