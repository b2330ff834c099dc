using System.Net;
using Xunit;

namespace IdentityHub.Scim.Tests.Users;

/// <summary>Many at once: one wins where one can, and nobody sees a fault.</summary>
public sealed class RaceTests(ScimHub hub) : IClassFixture<ScimHub>
{
    private ScimCaller Hr => hub.NorthCaller;

    private static async Task<Dictionary<HttpStatusCode, int>> TogetherAsync(int count, Func<int, Task<ScimReply>> send) =>
        (await Task.WhenAll(Enumerable.Range(0, count).Select(send))).CountBy(reply => reply.Status).ToDictionary();

    [Fact]
    public async Task One_userName_is_made_once()
    {
        var answers = await TogetherAsync(12, i => Hr.PostAsync("/Users", ScimCaller.User(i % 2 == 0 ? "race@north.example" : "RACE@north.example")));

        Assert.Equal((1, 11), (answers[HttpStatusCode.Created], answers[HttpStatusCode.Conflict]));
        Assert.Equal(1, hub.Count("Users", "\"UserNameKey\" = 'race@north.example'"));
    }

    [Fact]
    public async Task One_displayName_is_made_once()
    {
        var answers = await TogetherAsync(12, _ => Hr.PostAsync("/Groups", ScimCaller.Group("Race")));

        Assert.Equal((1, 11), (answers[HttpStatusCode.Created], answers[HttpStatusCode.Conflict]));
    }

    [Fact]
    public async Task The_last_seat_is_given_once()
    {
        var ids = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            ids.Add((await Hr.AddUserAsync($"seat-race{i}@north.example")).Id);
        }

        var answers = await TogetherAsync(8, i => Hr.PatchAsync("/Users/" + ids[i], """{"op":"add","path":"entitlements","value":[{"value":"desk"}]}"""));

        Assert.Equal((1, 7), (answers[HttpStatusCode.OK], answers[HttpStatusCode.Conflict]));
        Assert.Equal("1", hub.Rows("""SELECT "Used" FROM "SeatPools" WHERE "AccountId" = 'north' AND "ApplicationId" = 'desk'""")[0]);
    }

    [Fact]
    public async Task Two_administrators_cannot_take_each_other_out()
    {
        var sol = await ScimHub.IdOfAsync(hub.SouthCaller, ScimHub.Sol);
        var second = (await hub.SouthCaller.AddUserAsync("second-admin@south.example", """ "roles":[{"value":"Administrator"}] """)).Id;

        var answers = await TogetherAsync(2, i => hub.SouthCaller.PatchAsync("/Users/" + (i == 0 ? sol : second), """{"op":"replace","path":"active","value":false}"""));

        Assert.Equal((1, 1), (answers[HttpStatusCode.OK], answers[HttpStatusCode.Conflict]));
    }

    [Fact]
    public async Task With_If_Match_one_writer_wins()
    {
        var made = await Hr.AddUserAsync("if-match@north.example");

        var answers = await TogetherAsync(10, i => Hr.PatchAsync("/Users/" + made.Id, $$"""{"op":"replace","path":"title","value":"T{{i}}"}""", ("If-Match", made.ETag!)));

        Assert.Equal((1, 9), (answers[HttpStatusCode.OK], answers[HttpStatusCode.PreconditionFailed]));
    }

    [Fact]
    public async Task Members_added_at_once_are_all_in()
    {
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add((await Hr.AddUserAsync($"member-race{i}@north.example")).Id);
        }

        var path = "/Groups/" + (await Hr.PostAsync("/Groups", ScimCaller.Group("Members at once"))).Created().Id;
        await TogetherAsync(20, i => Hr.PatchAsync(path, $$"""{"op":"add","path":"members","value":[{"value":"{{ids[i]}}"}]}"""));

        Assert.Equal(20, (await Hr.GetAsync(path)).Ok()["members"]!.AsArray().Count);
    }
}
