using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Listing;

/// <summary>How large a page becomes, and how much of groups is looked at for it.</summary>
public sealed class PageSizeTests
{
    [Theory]
    [InlineData("/Users"), InlineData("/Users?sortBy=title"), InlineData("/Users?filter=title%20co%20%22x%22"), InlineData("")]
    public async Task A_page_by_index_ends_where_it_is_large_enough_and_the_next_goes_on(string path)
    {
        var hub = await FilledAsync();
        var (seen, start, pages) = (new List<string>(), 1L, 0);
        while (true)
        {
            var page = (await hub.NorthCaller.GetAsync($"{(path.Length == 0 ? "/" : path)}{(path.Contains('?') ? '&' : '?')}count=50&startIndex={start}")).Ok();
            seen.AddRange(page.Names);
            start += page["itemsPerPage"]!.GetValue<int>();
            pages++;
            if (start > page.Total || page.Resources.Count == 0)
            {
                break;
            }
        }

        Assert.True(pages > 3);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(8, seen.Count(name => name.StartsWith("large", StringComparison.Ordinal)));
        await hub.DisposeAsync();
    }

    [Theory]
    [InlineData("/Users"), InlineData("/Users?sortBy=title"), InlineData("/Users?filter=title%20co%20%22x%22")]
    public async Task A_page_by_cursor_too(string path)
    {
        var hub = await FilledAsync();
        var (seen, pages) = (new List<string>(), 0);
        for (var cursor = ""; ; pages++)
        {
            var page = (await hub.NorthCaller.GetAsync($"{path}{(path.Contains('?') ? '&' : '?')}count=50&cursor={Uri.EscapeDataString(cursor)}")).Ok();
            seen.AddRange(page.Names);
            if (page["nextCursor"]?.GetValue<string>() is not { } next)
            {
                break;
            }

            cursor = next;
        }

        Assert.True(pages > 2);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(8, seen.Count(name => name.StartsWith("large", StringComparison.Ordinal)));
        await hub.DisposeAsync();
    }

    [Fact]
    public async Task A_list_leaves_the_members_of_a_large_group_out_and_the_group_itself_does_not()
    {
        var hub = await ScimHub.OwnAsync();
        var (hr, ids) = (hub.NorthCaller, new List<string>());
        for (var i = 0; i < 1_001; i++)
        {
            ids.Add((await hr.AddUserAsync($"m{i}@north.example")).Id);
        }

        var large = (await hr.PostAsync("/Groups", ScimCaller.Group("Large", [.. ids]))).Created();
        (await hr.PostAsync("/Groups", ScimCaller.Group("Small", [.. ids.Take(1_000)]))).Created();

        var listed = (await hr.GetAsync("/Groups")).Ok().Resources.ToDictionary(group => group["displayName"]!.GetValue<string>());

        Assert.Null(listed["Large"]["members"]);
        Assert.Equal(1_000, listed["Small"]["members"]!.AsArray().Count);
        Assert.Equal(1_001, (await hr.GetAsync("/Groups/" + large.Id))["members"]!.AsArray().Count);
        Assert.Equal(["Large"], (await hr.FilterAsync("/Groups", "members.value eq \"" + ids[1_000] + "\"")).Ok().Names);
        Assert.Equal(["Large"], (await hr.FilterAsync("/Groups", "members.display eq \"m1000@north.example\"")).Ok().Names);
        for (var i = 0; i < 48; i++)
        {
            (await hr.PostAsync("/Groups?excludedAttributes=members", ScimCaller.Group($"G{i}", [.. ids]))).Created();
        }

        (await hr.FilterAsync("/Groups", "members.display eq \"m1000@north.example\"")).Is(HttpStatusCode.BadRequest, "tooMany");
        (await hr.FilterAsync("/Groups", "members.display eq \"m1000@north.example\"", "&cursor=")).Is(HttpStatusCode.BadRequest, "tooMany");
        Assert.Equal(["Large"], (await hr.FilterAsync("/Groups", "displayName co \"arg\"", "&excludedAttributes=members")).Ok().Names);
        await hub.DisposeAsync();
    }

    private static async Task<ScimHub> FilledAsync()
    {
        var hub = await ScimHub.OwnAsync(options => options with { MaxPageBytes = 20_000 });
        for (var i = 0; i < 8; i++)
        {
            await hub.NorthCaller.AddUserAsync($"large{i}@north.example", $"\"title\":\"{new string('x', 8_000)}\"");
        }

        return hub;
    }
}
