using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Xunit;

namespace IdentityHub.Domain.Tests.Credentials;

public sealed class PasswordHashingTests
{
    private readonly PasswordHashing hashing = new();

    [Fact]
    public void A_password_verifies_against_its_own_hash_only()
    {
        var hash = hashing.Hash("correct horse");
        Assert.Equal(PasswordVerdict.Right, hashing.Verify(hash, "correct horse"));
        Assert.Equal(PasswordVerdict.Wrong, hashing.Verify(hash, "correct horsE"));
        Assert.Equal(PasswordVerdict.Wrong, hashing.Verify(hash, ""));
        Assert.NotEqual(hash, hashing.Hash("correct horse"));
    }

    [Fact]
    public void A_hash_made_with_fewer_iterations_is_right_but_outdated()
    {
        var former = new PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = 10_000 })).HashPassword(null!, "correct horse");
        Assert.Equal(PasswordVerdict.RightButOutdated, hashing.Verify(former, "correct horse"));
        Assert.Equal(PasswordVerdict.Wrong, hashing.Verify(former, "wrong"));
    }

    [Fact]
    public void For_an_unknown_user_every_password_is_wrong_and_takes_as_long()
    {
        var hash = hashing.Hash("correct horse");
        hashing.Verify(null, "warm up");
        var known = Fastest(() => hashing.Verify(hash, "wrong"));
        var unknown = Fastest(() => hashing.Verify(null, "wrong"));

        Assert.Equal(PasswordVerdict.Wrong, hashing.Verify(null, ""));
        Assert.InRange(unknown / known, 0.5, 2);
    }

    [Fact]
    public void Lone_surrogates_are_a_password_like_any_other() =>
        Assert.Equal(PasswordVerdict.Right, hashing.Verify(hashing.Hash("a\uD800"), "a\uD800"));

    private static double Fastest(Action work) => Enumerable.Range(0, 3).Min(_ =>
    {
        var start = TimeProvider.System.GetTimestamp();
        work();
        return TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
    });
}
