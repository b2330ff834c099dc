using IdentityHub.Domain.Credentials;
using Xunit;

namespace IdentityHub.Domain.Tests.Credentials;

public sealed class ThrottlesTests : HubTests
{
    private static readonly Limit Limit = new("password", Burst: 5, Interval: TimeSpan.FromSeconds(10));

    [Fact]
    public async Task Parallel_attempts_never_exceed_the_burst()
    {
        var attempts = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => ReserveAsync()));
        Assert.Equal(5, attempts.Count(allowed => allowed));
    }

    [Fact]
    public async Task One_comes_back_with_each_interval_and_never_more_than_the_burst()
    {
        await UseUpAsync();
        Hub.Time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(await ReserveAsync());
        Hub.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(await ReserveAsync());
        Assert.False(await ReserveAsync());

        Hub.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(5, await UseUpAsync());
    }

    [Fact]
    public async Task A_refused_attempt_costs_nothing_and_one_given_back_can_be_used_again()
    {
        await UseUpAsync();
        for (var i = 0; i < 10; i++)
        {
            Assert.False(await ReserveAsync());
        }

        await Hub.WriteAsync(transaction =>
        {
            Throttles.GiveBack(transaction, Limit, "pat");
            return Task.CompletedTask;
        });
        Assert.True(await ReserveAsync());
        Assert.False(await ReserveAsync());
    }

    [Fact]
    public async Task Subjects_and_limits_are_apart_and_stand_nowhere_in_the_clear()
    {
        await UseUpAsync();
        Assert.True(await ReserveAsync("sam"));
        Assert.True(await Hub.WriteAsync(transaction => Task.FromResult(Throttles.TryReserve(transaction, Limit with { Name = "code" }, "pat"))));
        Assert.DoesNotContain(Hub.Rows("Throttles"), row => row.Contains("pat", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_empty_again_is_dropped()
    {
        await UseUpAsync();
        Assert.Equal(0, await PurgeAsync());
        Hub.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await PurgeAsync());
    }

    private Task<bool> ReserveAsync(string subject = "pat") =>
        Hub.WriteAsync(transaction => Task.FromResult(Throttles.TryReserve(transaction, Limit, subject)));

    private Task<int> PurgeAsync() => Hub.WriteAsync(transaction => Task.FromResult(Throttles.Purge(transaction)));

    private async Task<int> UseUpAsync()
    {
        var used = 0;
        while (await ReserveAsync())
        {
            used++;
        }

        return used;
    }
}
