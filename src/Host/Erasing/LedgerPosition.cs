using System.Buffers.Binary;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Host.Erasing;

/// <summary>How much of the ledger of erasures a database knows: a restored one knows less than there is.</summary>
internal static class LedgerPosition
{
    private const string Name = "erasure-ledger";

    public static async Task<long> ReadAsync(HubReader reader) =>
        await HubSecrets.ReadAsync(reader, Name) is [{ Length: sizeof(long) } bytes] ? BinaryPrimitives.ReadInt64BigEndian(bytes) : 0;

    /// <summary>Moves on; never back.</summary>
    public static async Task MoveToAsync(HubTransaction transaction, long position)
    {
        if (await ReadAsync(transaction) >= position)
        {
            return;
        }

        await SetAsync(transaction, position);
    }

    public static Task SetAsync(HubTransaction transaction, long position)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, position);
        return HubSecrets.PutAsync(transaction, Name, bytes);
    }
}
