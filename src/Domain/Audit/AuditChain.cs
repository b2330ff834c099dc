using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace IdentityHub.Domain.Audit;

/// <summary>How an entry of the audit is bound to the one before: pure.</summary>
/// <remarks>
/// <para>The hash is HMAC-SHA-256, under a key that follows from the root key, over the hash before (zeros for the first), the moment (8 bytes, big-endian milliseconds), and action,
/// kind of actor and account (each with its length in 4 bytes before it; -1 and nothing for null), and then the four digests: 128 bytes. Whoever can write to the database, but has
/// not the root key, cannot make it fit again after a change.</para>
/// <para>A digest is SHA-256, and 32 zeros for what is not there: of a person's id after 16 random bytes that are kept beside it and erased with it; of any other actor's id alone; of
/// sealed bytes as they stand.</para>
/// </remarks>
internal static class AuditChain
{
    public const string KeyPurpose = "audit-chain";
    public const int DigestLength = 32;
    public const int SaltLength = 16;

    /// <summary>What of an entry is in the chain.</summary>
    public readonly record struct Link(long At, string Action, string ActorKind, string? AccountId, byte[] Digests);

    public static byte[] HashOf(byte[] key, byte[]? previous, Link link)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(previous ?? new byte[DigestLength]);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, link.At);
        mac.AppendData(number);
        Append(mac, link.Action);
        Append(mac, link.ActorKind);
        Append(mac, link.AccountId);
        mac.AppendData(link.Digests);
        return mac.GetHashAndReset();
    }

    /// <returns>The four digests, one after the other.</returns>
    public static byte[] DigestsOf(AuditEntry entry)
    {
        var digests = new byte[4 * DigestLength];
        Digest(entry.ActorSalt, entry.ActorId, digests.AsSpan(0, DigestLength));
        Digest(entry.SubjectSalt, entry.SubjectUserId, digests.AsSpan(DigestLength, DigestLength));
        Digest(entry.SealedDetails, digests.AsSpan(2 * DigestLength, DigestLength));
        Digest(entry.SealedOrigin, digests.AsSpan(3 * DigestLength));
        return digests;
    }

    /// <summary>Whether what an entry still says is what it said when its digests were made. Parts that were taken out altogether pass: see <paramref name="erased"/>.</summary>
    /// <param name="entry">With digests.</param>
    /// <param name="erased">Once each: whether who did it, or whom it was done to, is gone and was there.</param>
    public static bool Agrees(AuditEntry entry, out AuditErasure erased)
    {
        var stored = entry.Digests!;
        var present = DigestsOf(entry);
        erased = default;
        for (var part = 0; part < 4; part++)
        {
            if (stored.AsSpan(part * DigestLength, DigestLength).SequenceEqual(present.AsSpan(part * DigestLength, DigestLength)))
            {
                continue;
            }

            // Only what belongs to a person is ever taken out, and a salt goes with its id.
            var gone = part switch
            {
                0 => entry is { ActorKind: Actor.PersonKind, ActorId: null, ActorSalt: null },
                1 => entry is { SubjectUserId: null, SubjectSalt: null },
                2 => entry is { SealedDetails: null, SubjectUserId: null } && IsPresent(stored, 1),
                _ => entry is { SealedOrigin: null, ActorId: null, ActorKind: Actor.PersonKind },
            };
            if (!gone)
            {
                return false;
            }

            erased = part is 0 or 3 ? erased with { AsActor = 1 } : erased with { AsSubject = 1 };
        }

        return true;
    }

    /// <summary>Whether the entry was about a person, who may be erased since. Of what is older than the chain nobody can tell.</summary>
    public static bool HadSubject(AuditEntry entry) => entry.Digests is { } digests && IsPresent(digests, 1);

    private static bool IsPresent(byte[] digests, int part) => digests.AsSpan(part * DigestLength, DigestLength).IndexOfAnyExcept((byte)0) >= 0;

    private static void Append(IncrementalHash mac, string? text)
    {
        Span<byte> length = stackalloc byte[4];
        var bytes = text is null ? [] : Encoding.UTF8.GetBytes(text);
        BinaryPrimitives.WriteInt32BigEndian(length, text is null ? -1 : bytes.Length);
        mac.AppendData(length);
        mac.AppendData(bytes);
    }

    private static void Digest(byte[]? salt, string? id, Span<byte> digest)
    {
        if (id is not null)
        {
            SHA256.HashData([.. salt ?? [], .. Encoding.UTF8.GetBytes(id)], digest);
        }
    }

    private static void Digest(byte[]? sealedBytes, Span<byte> digest)
    {
        if (sealedBytes is not null)
        {
            SHA256.HashData(sealedBytes, digest);
        }
    }
}
