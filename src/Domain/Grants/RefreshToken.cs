using System.Buffers.Text;
using System.Buffers.Binary;
using System.Security.Cryptography;
using IdentityHub.Domain.Sealing;

namespace IdentityHub.Domain.Grants;

/// <summary>A refresh token names its grant and generation and proves itself with a code over both. Nothing of it is stored, so nothing of it can be read from the database.</summary>
/// <remarks>Form: base64url of grant id (16 bytes), generation (4 bytes, big-endian), HMAC-SHA-256 over both (32 bytes): 256 bits to guess.</remarks>
public sealed class RefreshToken(Sealer sealer)
{
    private const int GrantLength = 16;
    private const int NamedLength = GrantLength + 4;
    private const int Length = NamedLength + 32;
    private readonly byte[] key = sealer.DeriveKey("refresh-token");

    /// <summary>The token of one generation: the same at each call, which makes a repeated rotation answer the same successor.</summary>
    public string Of(string grantId, int generation)
    {
        Span<byte> bytes = stackalloc byte[Length];
        Convert.FromHexString(grantId, bytes, out _, out _);
        BinaryPrimitives.WriteInt32BigEndian(bytes[GrantLength..], generation);
        HMACSHA256.HashData(key, bytes[..NamedLength], bytes[NamedLength..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <returns>Null when it is not a refresh token that this hub made. Compared in constant time.</returns>
    public (string GrantId, int Generation)? Read(string token)
    {
        Span<byte> bytes = stackalloc byte[Length + 3];
        if (token.Length != Base64Url.GetEncodedLength(Length)
            || !Base64Url.IsValid(token, out var length) || length != Length)
        {
            return null;
        }

        // The last character has spare bits: a token in which they differ decodes alike, but is not the one that was issued.
        Base64Url.DecodeFromChars(token, bytes);
        Span<char> spelling = stackalloc char[Base64Url.GetEncodedLength(Length)];
        Base64Url.EncodeToChars(bytes[..Length], spelling);
        if (!token.AsSpan().SequenceEqual(spelling))
        {
            return null;
        }

        Span<byte> proof = stackalloc byte[32];
        HMACSHA256.HashData(key, bytes[..NamedLength], proof);
        if (!CryptographicOperations.FixedTimeEquals(proof, bytes[NamedLength..Length]))
        {
            return null;
        }

        return (Convert.ToHexStringLower(bytes[..GrantLength]), BinaryPrimitives.ReadInt32BigEndian(bytes[GrantLength..]));
    }
}
