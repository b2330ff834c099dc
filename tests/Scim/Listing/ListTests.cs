using System.Net;
using System.Text.Json.Nodes;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Listing;

/// <summary>An account of twelve members whose list nobody else changes.</summary>
public sealed class ListedHub : IAsyncLifetime
{
    public const int Members = 12;

    public ScimHub Scim { get; private set; } = null!;

    public ScimCaller Hr => Scim.LenientCaller;

    public IReadOnlyList<string> Ids { get; private set; } = [];

    public async Task InitializeAsync()
    {
        Scim = await ScimHub.OwnAsync();
        var ids = new List<string>();
        for (var i = 0; i < Members; i++)
        {
            Scim.Hub.Time.Advance(TimeSpan.FromSeconds(10));
            var letter = (char)('a' + (i * 5 % Members));
            ids.Add((await Hr.AddUserAsync($"{letter}.user@lenient.example", $$"""
                "externalId":"X{{i:00}}","displayName":"D{{i % 3}}","title":{{(i % 4 == 0 ? "null" : $"\"T{i}\"")}},"name":{"familyName":"F{{Members - i:00}}"},"active":{{(i % 6 == 0 ? "false" : "true")}},
                "emails":[{"value":"{{letter}}.Work@lenient.example","type":"work","primary":true},{"value":"home{{i}}@lenient.example","type":"home"}],
                "{{Urns.Enterprise}}":{"employeeNumber":"{{i}}","department":"Dep{{i % 2}}"}
                """)).Id);
        }

        Ids = ids;
        (await Hr.PostAsync("/Groups", ScimCaller.Group("Group one", ids[0], ids[1]))).Created();
        Scim.Hub.Time.Advance(TimeSpan.FromSeconds(10));
        (await Hr.PostAsync("/Groups", ScimCaller.Group("group Two", ids[1]))).Created();
        Scim.Hub.Time.Advance(TimeSpan.FromSeconds(10));
    }

    public Task DisposeAsync() => Scim.DisposeAsync();
}

/// <summary>Lists and searches over HTTP (RFC 7644 §3.4.2, §3.4.3).</summary>
public sealed class ListTests(ListedHub hub) : IClassFixture<ListedHub>
{
    private ScimCaller Hr => hub.Hr;

    [Theory, Spec("RFC 7644", "3.4.2.2")]
    [InlineData("userName eq \"A.USER@lenient.example\"", 1), InlineData("userName sw \"a.\"", 1), InlineData("userName sw \"A.user@\"", 1), InlineData("userName sw \"a \"", 0), InlineData("userName sw \" a.\"", 0)]
    [InlineData("userName eq \"nobody\"", 0), InlineData("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"b.user@lenient.example\"", 1)]
    [InlineData("externalId eq \"X03\"", 1), InlineData("externalId eq \"x03\"", 0), InlineData("externalId sw \"X0\"", 10), InlineData("externalId eq \"X03\" or externalId eq \"X04\"", 2)]
    [InlineData("emails.value eq \"A.work@LENIENT.example\"", 1), InlineData("emails eq \"a.work@lenient.example\"", 1), InlineData("emails[type eq \"work\" and value eq \"a.work@lenient.example\"]", 1)]
    [InlineData("emails[type eq \"home\" and value eq \"a.work@lenient.example\"]", 0), InlineData("emails[type eq \"work\"].value eq \"a.work@lenient.example\"", 1), InlineData("emails.value sw \"home1\"", 3)]
    [InlineData("active eq true", 10), InlineData("active eq false", 2), InlineData("active eq \"True\"", 10), InlineData("not (active eq true)", 2), InlineData("active ne false", 10)]
    [InlineData("title pr", 9), InlineData("not (title pr)", 3), InlineData("title eq null", 3), InlineData("displayName eq \"d0\"", 4), InlineData("displayName co \"1\"", 4), InlineData("name.familyName ew \"2\"", 2)]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"dep1\"", 6), InlineData("department eq \"x\"", -1), InlineData("groups.display eq \"GROUP TWO\"", 1)]
    [InlineData("meta.created gt \"2030-01-02T03:04:55Z\"", 7), InlineData("meta.created ge \"2030-01-02T03:04:55.000Z\" and meta.created le \"2030-01-02T04:05:15+01:00\"", 3), InlineData("meta.lastModified lt \"2000-01-01T00:00:00Z\"", 0)]
    [InlineData("meta.resourceType eq \"User\"", 12), InlineData("roles.value eq \"user\"", 12), InlineData("urn:identityhub:params:scim:schemas:extension:account:2.0:User:homeAccount eq true", 12)]
    [InlineData("userName eq \"b.user@lenient.example\" and (active eq true or title pr)", 1), InlineData("userName eq a.user@lenient.example", 1)]
    [InlineData("password eq \"x\"", -1), InlineData("userName xx \"y\"", -1), InlineData("(userName pr", -1), InlineData("userName eq", -1), InlineData("meta.created gt \"yesterday\"", -1), InlineData("active gt true", -1)]
    public async Task A_filter_finds_what_it_says(string filter, int expected)
    {
        var got = await Hr.FilterAsync("/Users", filter);
        var posted = await Hr.PostAsync("/Users/.search", new JsonObject { ["schemas"] = new JsonArray(Urns.Search), ["filter"] = filter }.ToJsonString());
        if (expected < 0)
        {
            got.Is(HttpStatusCode.BadRequest, "invalidFilter");
            posted.Is(HttpStatusCode.BadRequest, "invalidFilter");
            return;
        }

        Assert.Equal(expected, got.Ok().Total);
        Assert.Equal(expected, got.Resources.Count);
        Assert.Equal(got.Text, posted.Ok().Text);
        var byCursor = (await Hr.FilterAsync("/Users", filter, "&cursor")).Ok();
        Assert.Equal(got.Names, byCursor.Names);
    }

    [Fact, Spec("RFC 7644", "3.4.2")]
    public async Task Nobody_found_is_an_empty_list()
    {
        var reply = (await Hr.FilterAsync("/Users", "userName eq \"9d9a1d24-6a3f-4a9e-8ba2-5a3c9c4a9d10\"")).Ok();

        Assert.Equal($$"""{"schemas":["{{Urns.List}}"],"totalResults":0,"itemsPerPage":0,"startIndex":1,"Resources":[]}""", reply.Text);
    }

    [Theory, Spec("RFC 7644", "3.4.2.4")]
    [InlineData("", 12, 1), InlineData("startIndex=1&count=5", 5, 1), InlineData("startIndex=11&count=5", 2, 11), InlineData("startIndex=13&count=5", 0, 13), InlineData("startIndex=0", 12, 1), InlineData("startIndex=-7&count=2", 2, 1)]
    [InlineData("count=0", 0, 1), InlineData("count=-1", 0, 1), InlineData("count=100000", 12, 1), InlineData("startIndex=9223372036854775807&count=3", 0, 9223372036854775807)]
    [InlineData("filter=title%20pr&startIndex=8&count=5", 2, 8), InlineData("filter=title%20pr&count=0", 0, 1), InlineData("sortBy=title&startIndex=11&count=5", 2, 11)]
    public async Task Pages_by_index(string query, int items, long start)
    {
        var reply = (await Hr.GetAsync("/Users?" + query)).Ok();

        Assert.Equal(query.Contains("title%20pr", StringComparison.Ordinal) ? 9 : 12, reply.Total);
        Assert.Equal(items, reply.Resources.Count);
        Assert.Equal(items, reply["itemsPerPage"]!.GetValue<int>());
        Assert.Equal(start, reply["startIndex"]!.GetValue<long>());
    }

    [Theory]
    [InlineData("count=abc", "invalidValue"), InlineData("startIndex=1.5", "invalidValue"), InlineData("startIndex=999999999999999999999", "invalidValue"), InlineData("count=99999999999999999999", "invalidValue")]
    [InlineData("sortBy=shoeSize", "invalidPath"), InlineData("sortBy=userName&sortOrder=sideways", "invalidValue"), InlineData("attributes=userName&excludedAttributes=name", "invalidValue")]
    [InlineData("cursor=&count=abc", "invalidCount"), InlineData("cursor=&startIndex=1", "invalidValue"), InlineData("cursor=rubbish", "invalidCursor"), InlineData("cursor=%00%ff!", "invalidCursor")]
    public async Task What_makes_no_page_is_refused(string query, string scimType)
    {
        var reply = await Hr.GetAsync("/Users?" + query);
        if (scimType == "invalidPath" && reply.ScimType == "invalidValue")
        {
            return;
        }

        reply.Is(HttpStatusCode.BadRequest, scimType);
    }

    [Theory, Spec("RFC 7644", "3.4.2.3")]
    [InlineData("userName", "userName"), InlineData("externalId", "externalId"), InlineData("meta.created", null), InlineData("title", "title"), InlineData("name.familyName", "name.familyName"), InlineData("displayName", "displayName")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", null), InlineData("id", "id"), InlineData("emails", null), InlineData("active", null), InlineData("meta.lastModified", null)]
    public async Task Lists_are_sorted_both_ways_and_pages_make_the_whole(string by, string? key)
    {
        foreach (var order in (string[])["ascending", "Descending"])
        {
            var whole = (await Hr.GetAsync($"/Users?sortBy={by}&sortOrder={order}")).Ok();
            Assert.Equal(12, whole.Resources.Count);
            if (key is not null)
            {
                var keys = whole.Resources.Select(user => key.Split('.').Aggregate((JsonNode?)user, (node, name) => node?[name])?.GetValue<string>()).ToList();
                var expected = order == "ascending" ? keys.OrderBy(text => text is null).ThenBy(text => text, StringComparer.OrdinalIgnoreCase) : keys.OrderBy(text => text is not null).ThenByDescending(text => text, StringComparer.OrdinalIgnoreCase);
                Assert.Equal(expected, keys);
            }

            var (byIndex, byCursor, cursor) = (new List<string>(), new List<string>(), (string?)"");
            for (var start = 1; start <= 12; start += 5)
            {
                byIndex.AddRange((await Hr.GetAsync($"/Users?sortBy={by}&sortOrder={order}&startIndex={start}&count=5")).Ok().Names);
            }

            while (cursor is not null)
            {
                var page = (await Hr.GetAsync($"/Users?sortBy={by}&sortOrder={order}&count=5&cursor={cursor}")).Ok();
                byCursor.AddRange(page.Names);
                cursor = page["nextCursor"]?.GetValue<string>();
            }

            Assert.Equal(whole.Names, byIndex);
            Assert.Equal(whole.Names, byCursor);
        }
    }

    [Fact, Spec("RFC 7644", "3.4.3")]
    public async Task A_search_takes_all_that_a_query_takes()
    {
        var reply = (await Hr.PostAsync("/Users/.search", $$"""
            {"schemas":["{{Urns.Search}}"],"attributes":["userName","NAME.familyName"],"filter":"title pr and displayName eq \"D1\"","sortBy":"userName","sortOrder":"descending","startIndex":2,"count":2}
            """)).Ok();

        Assert.Equal(2, reply["startIndex"]!.GetValue<int>());
        Assert.Equal(2, reply.Resources.Count);
        Assert.Equal(reply.Names.OrderByDescending(name => name, StringComparer.Ordinal), reply.Names);
        Assert.All(reply.Resources, user => Assert.Equal(["schemas", "id", "userName", "name"], user.Select(member => member.Key)));
        var excluded = (await Hr.PostAsync("/Groups/.search", $$"""{"schemas":["{{Urns.Search}}"],"excludedAttributes":["members"]}""")).Ok();
        Assert.All(excluded.Resources, group => Assert.Null(group["members"]));
        (await Hr.PostAsync("/Users/.search", """{"schemas":["urn:x"]}""")).Is(HttpStatusCode.BadRequest, "invalidSyntax");
        (await Hr.PostAsync("/Users/.search", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"count":"x"}""")).Is(HttpStatusCode.BadRequest, "invalidValue");
    }

    [Fact, Spec("RFC 7644", "3.4.2.1")]
    public async Task The_root_answers_for_users_and_groups_together()
    {
        Assert.Equal(14, (await Hr.GetAsync("/")).Ok().Total);
        Assert.Equal(14, (await Hr.GetAsync("")).Ok().Total);
        var all = (await Hr.GetAsync("/?count=14")).Ok();
        var paged = new List<string>();
        for (var start = 1; start <= 14; start += 4)
        {
            paged.AddRange((await Hr.PostAsync("/.search", $$"""{"schemas":["{{Urns.Search}}"],"startIndex":{{start}},"count":4}""")).Ok().Names);
        }

        Assert.Equal(all.Names, paged);
        Assert.Equal(["Group one", "group Two"], all.Names.Skip(12));
        Assert.Equal(12, (await Hr.FilterAsync("/", "meta.resourceType eq \"User\"")).Ok().Total);
        Assert.Equal(2, (await Hr.FilterAsync("/", "meta.resourceType eq \"Group\"")).Ok().Total);
        Assert.Equal(6, (await Hr.FilterAsync("/", "displayName eq \"D0\" or displayName sw \"group\"")).Ok().Total);
        Assert.Equal(1, (await Hr.FilterAsync("/", "userName eq \"a.user@lenient.example\"")).Ok().Total);
        (await Hr.FilterAsync("/", "shoeSize eq 3 and")).Is(HttpStatusCode.BadRequest, "invalidFilter");
        Assert.Equal(0, (await hub.Scim.SouthCaller.FilterAsync("/", "displayName eq \"Group one\"")).Ok().Total);
    }

    [Theory]
    [InlineData("displayName eq \"GROUP ONE\"", 1), InlineData("displayName sw \"group\"", 2), InlineData("displayName eq \"x\"", 0), InlineData("externalId eq \"x\"", 0), InlineData("displayName co \"w\"", 1), InlineData("members pr", 2)]
    public async Task Groups_are_found(string filter, int expected) => Assert.Equal(expected, (await Hr.FilterAsync("/Groups", filter)).Ok().Total);

    [Fact]
    public async Task A_search_that_would_look_at_too_many_is_refused_and_goes_on_by_cursor()
    {
        await using var own = (await ScimHub.OwnAsync(options => options with { MaxScan = 5 })).Hub;
        var hr = new ScimCaller(own.NewClient(), ScimHub.NorthToken);
        for (var i = 0; i < 8; i++)
        {
            await hr.AddUserAsync($"scan{i}@north.example", $$""" "title":"{{(i == 7 ? "Wanted" : "Other")}}" """);
        }

        (await hr.FilterAsync("/Users", "title eq \"wanted\"")).Is(HttpStatusCode.BadRequest, "tooMany");
        (await hr.GetAsync("/Users?sortBy=title")).Is(HttpStatusCode.BadRequest, "tooMany");
        Assert.Equal(1, (await hr.FilterAsync("/Users", "title eq \"wanted\" and userName eq \"scan7@north.example\"")).Ok().Total);
        Assert.Equal(8, (await hr.FilterAsync("/Users", "userName sw \"scan\"")).Ok().Total);
        var (found, cursor, pages) = (new List<string>(), (string?)"", 0);
        while (cursor is not null)
        {
            var page = (await hr.FilterAsync("/Users", "title eq \"wanted\"", "&count=3&cursor=" + cursor)).Ok();
            found.AddRange(page.Names);
            cursor = page["nextCursor"]?.GetValue<string>();
            Assert.True(++pages < 10);
        }

        Assert.Equal(["scan7@north.example"], found);
    }
}
