using System.Security.Cryptography;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Sealing;
using Xunit;

namespace IdentityHub.Domain.Tests.Clients;

public sealed class ClientSecretTests
{
    private static readonly Sealer Sealer = new(RandomNumberGenerator.GetBytes(Sealer.KeyLength));
    private readonly ClientSecret secrets = new(Sealer);

    [Theory]
    [InlineData("s")]
    [InlineData("portal-secret-0123456789abcdef0123456789")]
    [InlineData("gr\u00FCn \uD83D\uDE00")]
    public void A_secret_verifies_against_its_own_hash_only(string secret)
    {
        var hash = secrets.Hash(secret);
        Assert.True(secrets.Verify(secret, hash));
        Assert.False(secrets.Verify(secret + " ", hash));
        Assert.False(secrets.Verify("", hash));
        Assert.NotEqual(hash, secrets.Hash(secret));
        Assert.DoesNotContain("secret", hash, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(495)]
    [InlineData(496)]
    [InlineData(497)]
    [InlineData(100_000)]
    public void Long_secrets_count_to_the_last_character(int length)
    {
        var hash = secrets.Hash(new('x', length));
        Assert.True(secrets.Verify(new('x', length), hash));
        Assert.False(secrets.Verify(new string('x', length - 1) + "y", hash));
        Assert.False(secrets.Verify(new('x', length - 1), hash));
    }

    [Fact]
    public void Another_hub_cannot_use_the_hash()
    {
        using var other = new Sealer(RandomNumberGenerator.GetBytes(Sealer.KeyLength));
        Assert.False(new ClientSecret(other).Verify("secret", secrets.Hash("secret")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("plain$secret$secret")]
    public void What_is_no_hash_verifies_nothing(string hash) => Assert.False(secrets.Verify("secret", hash));
}
