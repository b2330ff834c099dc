using System.Net;
using IdentityHub.Domain.Accounts;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Scim.Tests.Pipeline;

/// <summary>Who may call: provisioning tokens and access tokens, and how often.</summary>
public sealed class AuthorizationTests(ScimHub hub) : IClassFixture<ScimHub>
{
    private async Task RefusedAsync(string? token)
    {
        var reply = (await hub.CallerOf(token).GetAsync("/Users")).Is(HttpStatusCode.Unauthorized);
        Assert.StartsWith("Bearer", reply.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        (await hub.CallerOf(token).PostAsync("/Users", "not even JSON")).Is(HttpStatusCode.Unauthorized);
    }

    [Theory, Spec("RFC 7644", "2")]
    [InlineData(null), InlineData(""), InlineData("  "), InlineData("rubbish"), InlineData("eyJhbGciOiJub25lIn0.e30."), InlineData(ScimHub.NorthToken + "x"), InlineData("HR-NORTH-0123456789abcdef0123456789abcdef"), InlineData("\"" + ScimHub.NorthToken + "\"")]
    public Task Without_a_good_token_nothing_is_said(string? token) => RefusedAsync(token);

    [Theory]
    [InlineData("Basic aHI6aHI="), InlineData("Bearer"), InlineData(ScimHub.NorthToken), InlineData("Token " + ScimHub.NorthToken)]
    public async Task Other_schemes_are_no_key(string header) => (await hub.CallerOf(null).GetAsync("/Users", ("Authorization", header))).Is(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task The_scheme_is_read_in_any_case_and_two_tokens_are_none()
    {
        (await hub.CallerOf(null).GetAsync("/Users", ("Authorization", "bearer " + ScimHub.NorthToken))).Ok();
        (await hub.CallerOf(ScimHub.NorthToken).GetAsync("/Users", ("Authorization", "Bearer " + ScimHub.SouthToken))).Is(HttpStatusCode.Unauthorized);
        (await hub.CallerOf(null).GetAsync("/Users?access_token=" + ScimHub.NorthToken)).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_expires_and_is_revoked_and_rotated()
    {
        await using var own = await StartOwnAsync();
        var made = await own.Scim.MakeTokenAsync(ScimHub.North, "made", own.Hub.Time.Now + TimeSpan.FromDays(1));
        (await own.Scim.CallerOf(made.Token).GetAsync("/Users")).Ok();
        Assert.DoesNotContain(made.Token, string.Join('\n', own.Scim.Rows("""SELECT * FROM "ProvisioningTokens" """)), StringComparison.Ordinal);

        var next = Assert.IsType<ProvisioningTokens.MakeResult.Made>(
            await own.Hub.WriteAsync(transaction => ProvisioningTokens.RotateAsync(transaction, ScimHub.North, made.Id, TimeSpan.FromHours(1), null)));
        (await own.Scim.CallerOf(made.Token).GetAsync("/Users")).Ok();
        (await own.Scim.CallerOf(next.Token).GetAsync("/Users")).Ok();
        own.Hub.Time.Advance(TimeSpan.FromMinutes(61));
        (await own.Scim.CallerOf(made.Token).GetAsync("/Users")).Is(HttpStatusCode.Unauthorized);
        (await own.Scim.CallerOf(next.Token).GetAsync("/Users")).Ok();
        Assert.False(await own.Hub.WriteAsync(transaction => ProvisioningTokens.RevokeAsync(transaction, ScimHub.South, next.Id)));
        (await own.Scim.CallerOf(next.Token).GetAsync("/Users")).Ok();
        Assert.True(await own.Hub.WriteAsync(transaction => ProvisioningTokens.RevokeAsync(transaction, ScimHub.North, next.Id)));
        (await own.Scim.CallerOf(next.Token).GetAsync("/Users")).Is(HttpStatusCode.Unauthorized);

        var shortLived = await own.Scim.MakeTokenAsync(ScimHub.North, "short", own.Hub.Time.Now + TimeSpan.FromMinutes(1));
        (await own.Scim.CallerOf(shortLived.Token).GetAsync("/Users")).Ok();
        own.Hub.Time.Advance(TimeSpan.FromMinutes(1));
        (await own.Scim.CallerOf(shortLived.Token).GetAsync("/Users")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_last_use_is_noted_to_the_minute()
    {
        await using var own = await StartOwnAsync();
        var made = await own.Scim.MakeTokenAsync(ScimHub.North, "used");
        var caller = own.Scim.CallerOf(made.Token);
        string Used() => own.Scim.Rows("""SELECT "LastUsedAt" FROM "ProvisioningTokens" WHERE "Id" = @id""", ("@id", made.Id))[0];
        async Task UsedAtAsync(DateTimeOffset moment)
        {
            for (var i = 0; i < 200 && Used() != moment.ToUnixTimeMilliseconds().ToString(); i++)
            {
                await Task.Delay(10);
            }

            Assert.Equal(moment.ToUnixTimeMilliseconds().ToString(), Used());
        }

        Assert.Equal("NULL", Used());
        var first = own.Hub.Time.Now;
        (await caller.GetAsync("/Users")).Ok();
        await UsedAtAsync(first);
        own.Hub.Time.Advance(TimeSpan.FromSeconds(59));
        (await caller.GetAsync("/Users")).Ok();
        await caller.AddUserAsync("used@north.example");
        await UsedAtAsync(first);
        own.Hub.Time.Advance(TimeSpan.FromSeconds(1));
        (await caller.GetAsync("/Users")).Ok();
        await UsedAtAsync(own.Hub.Time.Now);
    }

    [Fact]
    public async Task A_client_of_the_account_does_what_its_scope_says()
    {
        var writer = hub.CallerOf(await hub.ClientTokenAsync("of-north", "scim"));
        var made = await writer.AddUserAsync("by-client@north.example");
        Assert.Equal(made.Text, (await hub.NorthCaller.GetAsync("/Users/" + made.Id)).Ok().Text);
        (await hub.SouthCaller.GetAsync("/Users/" + made.Id)).Is(HttpStatusCode.NotFound);
        (await writer.GetAsync("/Me")).Is(HttpStatusCode.NotImplemented);

        var reader = hub.CallerOf(await hub.ClientTokenAsync("of-north", "scim.read"));
        (await reader.GetAsync("/Users/" + made.Id)).Ok();
        (await reader.PostAsync("/Users/.search", $$"""{"schemas":["{{Urns.Search}}"]}""")).Ok();
        (await reader.GetAsync("/Groups")).Ok();
        var before = hub.Everything();
        (await reader.PostAsync("/Users", ScimCaller.User("x@north.example"))).Is(HttpStatusCode.Forbidden);
        (await reader.PutAsync("/Users/" + made.Id, ScimCaller.User("x@north.example"))).Is(HttpStatusCode.Forbidden);
        (await reader.PatchAsync("/Users/" + made.Id, """{"op":"add","path":"title","value":"x"}""")).Is(HttpStatusCode.Forbidden);
        (await reader.DeleteAsync("/Users/" + made.Id)).Is(HttpStatusCode.Forbidden);
        (await reader.PostAsync("/Groups", ScimCaller.Group("x"))).Is(HttpStatusCode.Forbidden);
        Assert.Equal(before, hub.Everything());

        (await hub.CallerOf(await hub.ClientTokenAsync("of-north-without", null)).GetAsync("/Users")).Is(HttpStatusCode.Forbidden);
        (await hub.CallerOf(await hub.ClientTokenAsync("of-all", "scim")).GetAsync("/Users")).Is(HttpStatusCode.Forbidden);
    }

    [Fact, Spec("RFC 7644", "3.11")]
    public async Task A_persons_token_reaches_that_person_and_nobody_else()
    {
        var id = await ScimHub.IdOfAsync(hub.NorthCaller, ScimHub.Pat);
        using var browser = hub.Hub.NewBrowser();
        var app = hub.Portal;
        var tokens = await app.RedeemAsync((await app.SignInAsync(browser, ScimHub.Pat, ScimHub.Password, changes: [("scope", "openid account scim")]))["code"]);
        var pat = hub.CallerOf(tokens.Text("access_token"));

        var me = (await pat.GetAsync("/Me")).Ok();
        Assert.Equal(id, me.Id);
        Assert.EndsWith("/Users/" + id, me.Location, StringComparison.Ordinal);
        Assert.Equal(["schemas", "id", "userName"], (await pat.GetAsync("/Me?attributes=userName")).Ok().Body!.Select(member => member.Key));
        (await pat.GetAsync("/Users/" + id)).Is(HttpStatusCode.Forbidden);
        (await pat.GetAsync("/Users")).Is(HttpStatusCode.Forbidden);
        (await pat.GetAsync("/")).Is(HttpStatusCode.Forbidden);
        (await pat.PatchAsync("/Users/" + id, """{"op":"add","path":"title","value":"x"}""")).Is(HttpStatusCode.Forbidden);
        (await pat.PostAsync("/Groups", ScimCaller.Group("x"))).Is(HttpStatusCode.Forbidden);
        Assert.NotEqual(HttpStatusCode.OK, (await pat.PatchAsync("/Me", """{"op":"add","path":"title","value":"x"}""")).Status);
        (await hub.NorthCaller.GetAsync("/Me")).Is(HttpStatusCode.NotImplemented);

        var without = await app.RedeemAsync((await app.SignInAsync(browser, ScimHub.Pat, ScimHub.Password, changes: [("scope", "openid account")]))["code"]);
        (await hub.CallerOf(without.Text("access_token")).GetAsync("/Me")).Is(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Too_many_requests_are_told_to_wait_and_another_token_is_not()
    {
        await using var own = await StartOwnAsync(options => options with { RequestBurst = 5, RequestsPerSecond = 10 });
        var replies = new List<ScimReply>();
        for (var i = 0; i < 30 && replies.LastOrDefault()?.Status != HttpStatusCode.TooManyRequests; i++)
        {
            replies.Add(await own.Scim.NorthCaller.GetAsync("/Users?count=0"));
        }

        var last = replies[^1].Is(HttpStatusCode.TooManyRequests);
        Assert.InRange(int.Parse(last.Response.Headers.RetryAfter!.ToString()), 1, 10);
        Assert.All(replies, reply => Assert.Equal("\"token\";q=10;w=1, \"burst\";q=5;w=1", reply.Response.Headers.GetValues("RateLimit-Policy").Single()));
        (await own.Scim.SouthCaller.GetAsync("/Users?count=0")).Ok();
        await Task.Delay(1500);
        (await own.Scim.NorthCaller.GetAsync("/Users?count=0")).Ok();
    }

    private static async Task<Own> StartOwnAsync(Func<ScimOptions, ScimOptions>? options = null) => new(await ScimHub.OwnAsync(options));

    private sealed class Own(ScimHub scim) : IAsyncDisposable
    {
        public ScimHub Scim => scim;

        public RunningHub Hub => scim.Hub;

        public async ValueTask DisposeAsync() => await scim.DisposeAsync();
    }
}
