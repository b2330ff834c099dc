using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace IdentityHub.Domain.Sealing;

/// <summary>Seals bytes under the hub's root key with AES-256-GCM. A sealed value opens only for the purpose and the place that it was sealed for.</summary>
/// <remarks>Form: version (1 byte, 1), nonce (12), tag (16), cipher text. A key per purpose is derived with HKDF-SHA-256 (RFC 5869).</remarks>
public sealed class Sealer(byte[] rootKey) : IDisposable
{
    public const int KeyLength = 32;
    private const byte Version = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeaderLength = 1 + NonceLength + TagLength;

    private readonly byte[] rootKey = rootKey.Length == KeyLength
        ? rootKey
        : throw new ArgumentException($"The root key is {KeyLength} bytes long.", nameof(rootKey));

    /// <summary>Ciphers that nobody is using, by purpose. One works for one caller at a time: its state in the operating system's library is shared by its calls.</summary>
    private readonly ConcurrentDictionary<string, ConcurrentBag<AesGcm>> idle = new(StringComparer.Ordinal);

    /// <param name="purpose">What the value is for: a fixed word of the code, never input.</param>
    /// <param name="place">Where it stands, usually the row's identifier: a sealed value moved to another row does not open.</param>
    /// <param name="plain">What to seal.</param>
    public byte[] Seal(string purpose, string place, ReadOnlySpan<byte> plain)
    {
        var pool = PoolOf(purpose);
        var cipher = Take(pool, purpose);
        try
        {
            return Seal(cipher, place, plain);
        }
        finally
        {
            pool.Add(cipher);
        }
    }

    /// <returns>Null when it was not sealed under this key, for this purpose and place.</returns>
    public byte[]? Open(string purpose, string place, ReadOnlySpan<byte> sealedBytes)
    {
        var pool = PoolOf(purpose);
        var cipher = Take(pool, purpose);
        try
        {
            return Open(cipher, place, sealedBytes);
        }
        finally
        {
            pool.Add(cipher);
        }
    }

    /// <summary>A key of 32 bytes that follows from the root key and the purpose alone.</summary>
    public byte[] DeriveKey(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, rootKey, KeyLength, info: Encoding.UTF8.GetBytes(purpose));

    public static byte[] Seal(AesGcm cipher, string place, ReadOnlySpan<byte> plain)
    {
        var result = new byte[HeaderLength + plain.Length];
        result[0] = Version;
        RandomNumberGenerator.Fill(result.AsSpan(1, NonceLength));
        cipher.Encrypt(result.AsSpan(1, NonceLength), plain, result.AsSpan(HeaderLength), result.AsSpan(1 + NonceLength, TagLength), Encoding.UTF8.GetBytes(place));
        return result;
    }

    public static byte[]? Open(AesGcm cipher, string place, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < HeaderLength || sealedBytes[0] != Version)
        {
            return null;
        }

        var plain = new byte[sealedBytes.Length - HeaderLength];
        try
        {
            cipher.Decrypt(sealedBytes.Slice(1, NonceLength), sealedBytes[HeaderLength..], sealedBytes.Slice(1 + NonceLength, TagLength), plain, Encoding.UTF8.GetBytes(place));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    public static AesGcm CipherOf(byte[] key) => new(key, TagLength);

    private ConcurrentBag<AesGcm> PoolOf(string purpose) => idle.GetOrAdd(purpose, static _ => []);

    private AesGcm Take(ConcurrentBag<AesGcm> pool, string purpose) => pool.TryTake(out var cipher) ? cipher : CipherOf(DeriveKey(purpose));

    public void Dispose()
    {
        foreach (var cipher in idle.Values.SelectMany(pool => pool))
        {
            cipher.Dispose();
        }
    }
}
