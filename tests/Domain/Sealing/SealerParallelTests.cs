using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Sealing;
using Xunit;

namespace IdentityHub.Domain.Tests.Sealing;

public sealed class SealerParallelTests
{
    [Fact]
    public void Many_threads_seal_and_open_at_once_and_each_gets_its_own_back()
    {
        using var sealer = new Sealer(RandomNumberGenerator.GetBytes(Sealer.KeyLength));
        var nonces = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        Parallel.For(0, 20_000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, number =>
        {
            var plain = Encoding.ASCII.GetBytes($"value {number} of many that are sealed at once");
            var sealedBytes = sealer.Seal("test", "place", plain);
            Assert.True(nonces.TryAdd(Convert.ToHexString(sealedBytes.AsSpan(1, 12)), true));
            Assert.Equal(plain, sealer.Open("test", "place", sealedBytes));
        });
    }

    [Fact]
    public void A_value_opens_only_for_its_purpose_and_place_and_unchanged()
    {
        using var sealer = new Sealer(RandomNumberGenerator.GetBytes(Sealer.KeyLength));
        var sealedBytes = sealer.Seal("test", "place", "value"u8);
        Assert.Null(sealer.Open("other", "place", sealedBytes));
        Assert.Null(sealer.Open("test", "elsewhere", sealedBytes));
        sealedBytes[^1] ^= 1;
        Assert.Null(sealer.Open("test", "place", sealedBytes));
    }
}
