using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Sealing;
using Xunit;

namespace IdentityHub.Domain.Tests.Sealing;

public sealed class SealerTests
{
    private static readonly byte[] Plain = Encoding.ASCII.GetBytes("what is sealed");
    private readonly Sealer sealer = new(RandomNumberGenerator.GetBytes(Sealer.KeyLength));

    [Fact]
    public void What_is_sealed_opens_at_its_place_for_its_purpose()
    {
        var sealedBytes = sealer.Seal("totp", "pat", Plain);
        Assert.Equal(Plain, sealer.Open("totp", "pat", sealedBytes));
        Assert.Empty(sealer.Open("totp", "pat", sealer.Seal("totp", "pat", []))!);
        Assert.NotEqual(sealedBytes, sealer.Seal("totp", "pat", Plain));
    }

    [Fact]
    public void It_opens_nowhere_else()
    {
        var sealedBytes = sealer.Seal("totp", "pat", Plain);
        using var other = new Sealer(RandomNumberGenerator.GetBytes(Sealer.KeyLength));
        Assert.Null(sealer.Open("totp", "sam", sealedBytes));
        Assert.Null(sealer.Open("outbox", "pat", sealedBytes));
        Assert.Null(other.Open("totp", "pat", sealedBytes));
    }

    [Fact]
    public void One_flipped_bit_or_one_byte_less_and_it_does_not_open()
    {
        var sealedBytes = sealer.Seal("totp", "pat", Plain);
        for (var bit = 0; bit < sealedBytes.Length * 8; bit++)
        {
            var changed = (byte[])sealedBytes.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(sealer.Open("totp", "pat", changed));
        }

        for (var length = 0; length < sealedBytes.Length; length++)
        {
            Assert.Null(sealer.Open("totp", "pat", sealedBytes.AsSpan(0, length)));
        }

        Assert.Null(sealer.Open("totp", "pat", [.. sealedBytes, 0]));
    }

    [Fact]
    public void Keys_follow_from_root_key_and_purpose_alone()
    {
        var root = RandomNumberGenerator.GetBytes(Sealer.KeyLength);
        using var one = new Sealer([.. root]);
        using var again = new Sealer([.. root]);
        Assert.Equal(one.DeriveKey("a"), again.DeriveKey("a"));
        Assert.NotEqual(one.DeriveKey("a"), one.DeriveKey("b"));
        Assert.Throws<ArgumentException>(() => new Sealer(new byte[31]));
    }
}
