using System.Security.Cryptography;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Sealing;
using Xunit;

namespace IdentityHub.Domain.Tests.Grants;

public sealed class RefreshTokenTests
{
    private const string Base64UrlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static readonly Sealer Sealer = new(RandomNumberGenerator.GetBytes(Sealer.KeyLength));
    private readonly RefreshToken tokens = new(Sealer);
    private readonly string grantId = RandomId.New();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void A_token_reads_back_as_its_grant_and_generation_and_is_the_same_each_time(int generation)
    {
        Assert.Equal((grantId, generation), tokens.Read(tokens.Of(grantId, generation)));
        Assert.Equal(tokens.Of(grantId, generation), tokens.Of(grantId, generation));
        Assert.NotEqual(tokens.Of(grantId, generation), tokens.Of(RandomId.New(), generation));
    }

    [Fact]
    public void Every_other_character_at_every_place_is_refused()
    {
        var token = tokens.Of(grantId, 7);
        for (var i = 0; i < token.Length; i++)
        {
            foreach (var other in Base64UrlAlphabet + "=+/ \n\0\u00E9")
            {
                if (other != token[i])
                {
                    Assert.Null(tokens.Read(token[..i] + other + token[(i + 1)..]));
                }
            }
        }
    }

    [Fact]
    public void Truncated_and_lengthened_tokens_are_refused()
    {
        var token = tokens.Of(grantId, 7);
        for (var length = 0; length < token.Length; length++)
        {
            Assert.Null(tokens.Read(token[..length]));
            Assert.Null(tokens.Read(token[..length].PadRight(token.Length, '=')));
            Assert.Null(tokens.Read(token[..length].PadRight(token.Length, ' ')));
        }

        Assert.Null(tokens.Read(token + "A"));
        Assert.Null(tokens.Read(token + "=="));
        Assert.Null(tokens.Read(" " + token));
    }

    [Fact]
    public void Another_hub_does_not_know_it()
    {
        using var other = new Sealer(RandomNumberGenerator.GetBytes(Sealer.KeyLength));
        Assert.Null(new RefreshToken(other).Read(tokens.Of(grantId, 0)));
    }
}
