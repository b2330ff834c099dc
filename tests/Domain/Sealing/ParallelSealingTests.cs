using System.Security.Cryptography;
using IdentityHub.Domain.Sealing;
using Xunit;

namespace IdentityHub.Domain.Tests.Sealing;

public sealed class ParallelSealingTests
{
    [Fact]
    public void What_many_threads_seal_at_once_opens_for_each_of_them()
    {
        using var sealer = new Sealer(RandomNumberGenerator.GetBytes(Sealer.KeyLength));
        var nonces = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        Parallel.For(0, 20_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, number =>
        {
            var plain = BitConverter.GetBytes(number);
            var place = (number % 7).ToString();
            var sealedBytes = sealer.Seal("purpose", place, plain);
            Assert.True(nonces.TryAdd(Convert.ToHexString(sealedBytes.AsSpan(1, 12)), true));
            Assert.Equal(plain, sealer.Open("purpose", place, sealedBytes));
            Assert.Null(sealer.Open("purpose", place + "x", sealedBytes));
            Assert.Null(sealer.Open("other purpose", place, sealedBytes));
        });
    }
}
