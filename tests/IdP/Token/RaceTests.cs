using System.Net;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Token;

/// <summary>Many requests at one moment, over real connections.</summary>
public sealed class RaceTests(SignedInHub fixture) : IClassFixture<SignedInHub>
{
    private const int Many = 64;

    /// <summary>Starts all at once, none before every one is ready.</summary>
    private static async Task<JsonAnswer[]> AtOnceAsync(int count, Func<int, Task<JsonAnswer>> request)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Enumerable.Range(0, count).Select(async number =>
        {
            await start.Task;
            return await request(number);
        }).ToArray();
        start.SetResult();
        return await Task.WhenAll(running);
    }

    private static void AssertNoFault(IEnumerable<JsonAnswer> answers) => Assert.All(answers, answer => Assert.True((int)answer.Status < 500, answer.Body.ToString()));

    [Theory]
    [InlineData("portal")]
    [InlineData("other")]
    [InlineData("native")]
    [Spec("RFC 6749", "4.1.2")]
    public async Task Of_many_redemptions_of_one_code_exactly_one_wins(string client)
    {
        var app = client switch { "portal" => fixture.Portal, "other" => fixture.Other, _ => fixture.Native };
        for (var round = 0; round < 4; round++)
        {
            var code = await fixture.CodeAsync(app);
            var answers = await AtOnceAsync(Many, _ => app.RedeemAsync(code));
            AssertNoFault(answers);
            var won = Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
            Assert.All(answers.Where(answer => answer != won), answer => Wire.AssertError(answer, HttpStatusCode.BadRequest, "invalid_grant"));

            // Somebody used it twice, so what it gave is dead.
            Assert.Equal("invalid_grant", (await app.RefreshAsync(won.Text("refresh_token"))).Error);
            Assert.Equal(HttpStatusCode.Unauthorized, (await app.UserInfoAsync(won.Text("access_token"))).Status);
        }
    }

    [Fact]
    [Spec("RFC 9700", "4.14.2")]
    public async Task Many_refreshes_of_one_token_give_one_successor()
    {
        var token = (await fixture.TokensAsync(fixture.Portal)).Text("refresh_token");
        for (var generation = 0; generation < 4; generation++)
        {
            var present = token;
            var answers = await AtOnceAsync(Many, _ => fixture.Portal.RefreshAsync(present));
            Assert.All(answers, answer => Assert.True(answer.Status == HttpStatusCode.OK, answer.Body.ToString()));
            token = Assert.Single(answers.Select(answer => answer.Text("refresh_token")).Distinct());
            Assert.NotEqual(present, token);
            Assert.Equal(Many, answers.Select(answer => answer.Text("access_token")).Distinct().Count());

            // The one successor is the family's present token: exactly one step was taken.
            Assert.True(await SignedInHub.IsActiveAsync(fixture.Portal, token));
            Assert.False(await SignedInHub.IsActiveAsync(fixture.Portal, present));
        }
    }

    [Fact]
    [Spec("RFC 7009", "2.1")]
    public async Task A_revocation_wins_over_refreshes_of_the_same_moment()
    {
        for (var round = 0; round < 8; round++)
        {
            var token = (await fixture.TokensAsync(fixture.Portal)).Text("refresh_token");
            var answers = await AtOnceAsync(16, number => number == 7 ? fixture.Portal.RevokeAsync(token) : fixture.Portal.RefreshAsync(token));
            AssertNoFault(answers);
            Assert.Equal(HttpStatusCode.OK, answers[7].Status);
            foreach (var refreshed in answers.Where((answer, number) => number != 7 && answer.Status == HttpStatusCode.OK))
            {
                Assert.Equal("invalid_grant", (await fixture.Portal.RefreshAsync(refreshed.Text("refresh_token"))).Error);
                Assert.False(await SignedInHub.IsActiveAsync(fixture.Portal, refreshed.Text("access_token")));
            }
        }
    }

    [Fact]
    public async Task Tokens_made_and_read_at_one_moment_are_all_good()
    {
        for (var round = 0; round < 5; round++)
        {
            var made = await AtOnceAsync(Many, _ => fixture.Other.TokenAsync(("grant_type", "client_credentials")));
            Assert.All(made, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
            var read = await AtOnceAsync(Many, number => fixture.Other.IntrospectAsync(made[number].Text("access_token")));
            Assert.All(read, answer => Assert.True(answer.Body.GetProperty("active").GetBoolean()));
        }
    }

    [Fact]
    public async Task Nothing_that_began_after_a_deactivation_s_answer_succeeds()
    {
        var families = new List<string>();
        for (var i = 0; i < 16; i++)
        {
            families.Add((await fixture.OfflineTokensAsync(fixture.Portal, SampleDirectory.Sam)).Text("refresh_token"));
        }

        var userId = RelyingApp.Payload((await fixture.TokensAsync(fixture.Portal, SampleDirectory.Sam)).Text("id_token")).GetProperty("sub").GetString()!;
        var membership = Assert.Single(await fixture.Hub.ReadAsync(reader => Memberships.OfUserAsync(reader, userId)));
        var answered = 0;
        var late = 0;
        var good = 0;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        // One family for each: two that share one could come two generations apart, which is theft.
        var refreshing = families.Select(async family =>
        {
            var token = family;
            while (!limit.IsCancellationRequested)
            {
                var afterAnswer = Volatile.Read(ref answered) == 1;
                var answer = await fixture.Portal.RefreshAsync(token);
                Assert.True((int)answer.Status < 500);
                if (answer.Status == HttpStatusCode.OK)
                {
                    token = answer.Text("refresh_token");
                    Interlocked.Increment(ref good);
                    Assert.False(afterAnswer, "A refresh succeeded that began after the deactivation was answered.");
                }
                else if (afterAnswer && Interlocked.Increment(ref late) > 0)
                {
                    return;
                }
            }
        }).ToArray();
        await Wire.EventuallyAsync(() => Task.FromResult(Volatile.Read(ref good) >= Many), "refreshes were going on");
        Assert.Equal(UserLifecycle.StatusResult.Changed, await fixture.Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, membership.Id)));
        Volatile.Write(ref answered, 1);
        await Task.WhenAll(refreshing);
        Assert.Equal(Many, late);
    }
}
