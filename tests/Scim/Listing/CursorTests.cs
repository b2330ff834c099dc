using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Listing;

/// <summary>Cursor-based pagination over HTTP (RFC 9865).</summary>
[Spec("RFC 9865", "2")]
public sealed class CursorTests(ListedHub hub) : IClassFixture<ListedHub>
{
    private ScimCaller Hr => hub.Hr;

    private static string? Next(ScimReply reply) => reply["nextCursor"]?.GetValue<string>();

    [Fact]
    public async Task An_empty_cursor_is_the_first_page_and_the_last_has_none()
    {
        var first = (await Hr.GetAsync("/Users?cursor=&count=5")).Ok();
        Assert.Equal(["schemas", "totalResults", "itemsPerPage", "nextCursor", "Resources"], first.Body!.Select(member => member.Key));
        Assert.Equal(12, first.Total);
        Assert.Matches("^[A-Za-z0-9._~-]+$", Next(first));

        var second = (await Hr.GetAsync("/Users?count=5&cursor=" + Next(first))).Ok();
        var third = (await Hr.GetAsync("/Users?count=5&cursor=" + Next(second))).Ok();
        Assert.Null(Next(third));
        Assert.Equal(hub.Ids, first.Resources.Concat(second.Resources).Concat(third.Resources).Select(user => user["id"]!.GetValue<string>()));
        Assert.Equal(second.Names, (await Hr.GetAsync("/Users?count=5&cursor=" + Next(first))).Names);
        Assert.Equal(7, (await Hr.GetAsync("/Users?count=100&attributes=userName&cursor=" + Next(first))).Ok().Resources.Count);
        Assert.Null(Next((await Hr.GetAsync("/Users?cursor=&count=12")).Ok()));
    }

    [Fact]
    public async Task A_count_of_zero_gives_nobody_and_stays_where_it_is()
    {
        var none = (await Hr.GetAsync("/Users?cursor=&count=0")).Ok();
        Assert.Empty(none.Resources);
        Assert.Equal(12, (await Hr.GetAsync("/Users?cursor=" + Next(none))).Ok().Resources.Count);
    }

    [Fact]
    public async Task Searches_and_groups_have_cursors_too()
    {
        var first = (await Hr.PostAsync("/Users/.search", $$"""{"schemas":["{{Urns.Search}}"],"cursor":"","count":4,"filter":"title pr"}""")).Ok();
        var second = (await Hr.PostAsync("/Users/.search", $$"""{"schemas":["{{Urns.Search}}"],"cursor":"{{Next(first)}}","count":40,"filter":"title pr"}""")).Ok();
        Assert.Equal(9, first.Resources.Count + second.Resources.Count);
        Assert.Null(Next(second));
        var groups = (await Hr.GetAsync("/Groups?cursor=&count=1")).Ok();
        Assert.Equal(["group Two"], (await Hr.GetAsync("/Groups?count=1&cursor=" + Next(groups))).Ok().Names);
        (await Hr.GetAsync("/Users?cursor=" + Next(groups))).Is(HttpStatusCode.BadRequest, "invalidCursor");
        Assert.Equal(HttpStatusCode.BadRequest, (await Hr.GetAsync("/?cursor=")).Status);
    }

    [Fact]
    public async Task A_cursor_is_good_for_one_question_of_one_account()
    {
        var cursor = Next((await Hr.GetAsync("/Users?cursor=&count=5")).Ok());

        foreach (var other in (string[])["&filter=title%20pr", "&sortBy=userName", "&sortOrder=descending", "&filter=userName%20sw%20%22a%22"])
        {
            (await Hr.GetAsync($"/Users?cursor={cursor}{other}")).Is(HttpStatusCode.BadRequest, "invalidCursor");
        }

        (await hub.Scim.SouthCaller.GetAsync("/Users?cursor=" + cursor)).Is(HttpStatusCode.BadRequest, "invalidCursor");
        (await Hr.GetAsync($"/Users?cursor={cursor![..^2]}AA")).Is(HttpStatusCode.BadRequest, "invalidCursor");
        (await Hr.GetAsync($"/Users?cursor={new string('A', 4000)}")).Is(HttpStatusCode.BadRequest, "invalidCursor");
        (await Hr.GetAsync("/Users?cursor=" + cursor)).Ok();
    }

    [Fact]
    public async Task A_cursor_expires()
    {
        await using var own = (await ScimHub.OwnAsync()).Hub;
        var hr = new ScimCaller(own.NewClient(), ScimHub.NorthToken);
        var cursor = Next((await hr.GetAsync("/Users?cursor=&count=1")).Ok());

        own.Time.Advance(TimeSpan.FromMinutes(59));
        (await hr.GetAsync("/Users?cursor=" + cursor)).Ok();
        own.Time.Advance(TimeSpan.FromMinutes(2));
        (await hr.GetAsync("/Users?cursor=" + cursor)).Is(HttpStatusCode.BadRequest, "expiredCursor");
    }

    [Theory]
    [InlineData(""), InlineData("&sortBy=userName"), InlineData("&sortBy=userName&sortOrder=descending"), InlineData("&filter=userName%20co%20%22a%22")]
    public async Task Pages_are_complete_and_free_of_duplicates_while_others_write(string question)
    {
        await using var own = (await ScimHub.OwnAsync()).Hub;
        var hr = new ScimCaller(own.NewClient(), ScimHub.NorthToken);
        var (stay, go) = (new List<string>(), new Queue<string>());
        for (var i = 0; i < 60; i++)
        {
            own.Time.Advance(TimeSpan.FromMilliseconds(i % 3));
            var id = (await hr.AddUserAsync($"stay{i * 7 % 60:00}a@north.example")).Id;
            if (i % 3 == 0)
            {
                go.Enqueue(id);
            }
            else
            {
                stay.Add(id);
            }
        }

        using var stop = new CancellationTokenSource();
        var others = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested && i < 500; i++)
            {
                await hr.AddUserAsync($"{(char)('a' + (i % 26))}late{i}@north.example");
                (await hr.PatchAsync("/Users/" + stay[i % stay.Count], $$"""{"op":"replace","path":"title","value":"T{{i}}"}""")).Ok();
                if (go.TryDequeue(out var gone))
                {
                    (await hr.DeleteAsync("/Users/" + gone)).Is(HttpStatusCode.NoContent);
                }
            }
        });

        for (var round = 0; round < 5; round++)
        {
            var (seen, cursor) = (new List<string>(), (string?)"");
            while (cursor is not null)
            {
                var page = (await hr.GetAsync($"/Users?count=7&cursor={cursor}{question}")).Ok();
                seen.AddRange(page.Resources.Select(user => user["id"]!.GetValue<string>()));
                cursor = Next(page);
            }

            Assert.Equal(seen.Count, seen.Distinct().Count());
            Assert.Empty(stay.Except(seen));
        }

        await stop.CancelAsync();
        await others;
    }
}
