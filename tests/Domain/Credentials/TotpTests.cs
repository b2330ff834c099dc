using System.Text;
using IdentityHub.Domain.Credentials;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Credentials;

public sealed class TotpTests : HubTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    [Theory] // RFC 6238 appendix B, SHA-1: the last six of the eight digits there.
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void The_vectors_of_the_standard_hold(long seconds, string code)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(seconds);
        Assert.Equal(code, Totp.CodeAt(Secret, Totp.StepAt(now)));
        Assert.Equal(Totp.StepAt(now), Totp.Match(Secret, code, now));
    }

    [Fact]
    public void A_code_is_good_one_step_early_and_late_and_no_further()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1234567890);
        var step = Totp.StepAt(now);
        Assert.Equal(
            [null, step - 1, step, step + 1, null],
            Enumerable.Range(-2, 5).Select(offset => Totp.Match(Secret, Totp.CodeAt(Secret, step + offset), now)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("28708")]
    [InlineData("2870820")]
    [InlineData("287082 ")]
    [InlineData("\u0662\u0668\u0667\u0660\u0668\u0662")]
    public void Nothing_but_six_digits_matches(string code) => Assert.Null(Totp.Match(Secret, code, DateTimeOffset.FromUnixTimeSeconds(59)));

    [Fact]
    public async Task A_code_is_used_once_even_by_64_at_the_same_time_and_an_older_one_not_after_it()
    {
        await Hub.AddAccountAsync("a");
        var member = await Hub.AddMemberAsync("pat", "a");
        await Hub.WriteAsync(transaction => SecondFactors.PutTotpAsync(transaction, member.UserId, Secret));
        var step = Totp.StepAt(Hub.Time.Now);

        var uses = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ =>
            Hub.WriteAsync(transaction => SecondFactors.TryUseTotpAsync(transaction, member.UserId, Totp.CodeAt(Secret, step)))));

        Assert.Single(uses, used => used);
        Assert.False(await Hub.WriteAsync(transaction => SecondFactors.TryUseTotpAsync(transaction, member.UserId, Totp.CodeAt(Secret, step - 1))));
        Assert.True(await Hub.WriteAsync(transaction => SecondFactors.TryUseTotpAsync(transaction, member.UserId, Totp.CodeAt(Secret, step + 1))));
    }
}
