using System.Buffers.Binary;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Audit;

/// <summary>Where the chain began, sealed under the root key: what is older was never bound, and nobody can have what was bound pass for older.</summary>
/// <param name="IsKept">Whether anything is kept of it.</param>
/// <param name="Sequence">The first entry of the chain; null when nothing is kept, or what is kept does not open.</param>
internal readonly record struct AuditBeginning(bool IsKept, long? Sequence)
{
    private const string Name = "audit-chain-beginning";

    private static readonly Statement Newest = new("""SELECT max("Sequence") FROM "Audit" """);

    /// <summary>Keeps the newest entry as the first of the chain. What was kept before stays: a chain begins once.</summary>
    public static void Keep(HubTransaction transaction)
    {
        var number = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, NewestIn(transaction));
        HubSecrets.PutOnce(transaction, Name, number);
    }

    public static AuditBeginning Read(HubReader reader) => HubSecrets.Find(reader, Name) switch
    {
        null => default,
        { Length: 8 } number => new(true, BinaryPrimitives.ReadInt64BigEndian(number)),
        _ => new(true, null),
    };

    /// <returns>The number of the newest entry; 0 where there is none.</returns>
    public static long NewestIn(HubReader reader) => reader.Connection.Scalar(Newest) as long? ?? 0;
}
