using System.Text;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Keys;

/// <summary>Small secrets of the hub's own, sealed under the root key.</summary>
public static class HubSecrets
{
    private const string Purpose = "hub-secret";
    private const string Canary = "canary";
    private static readonly Statement FindByName = new("""SELECT "Sealed" FROM "HubSecrets" WHERE "Name" = @name""", "@name");

    private static readonly Statement InsertOnce = new(
        """INSERT INTO "HubSecrets" ("Name", "Sealed") VALUES (@name, @sealed) ON CONFLICT ("Name") DO NOTHING""", "@name", "@sealed");

    private static readonly byte[] CanaryText = Encoding.ASCII.GetBytes("this opens");

    /// <summary>Whether what this database holds opens under the root key that the hub was started with. On a fresh database: writes what the next start tests.</summary>
    public static async Task<bool> TestRootKeyAsync(HubTransaction transaction)
    {
        if (await transaction.Db.HubSecrets.AsNoTracking().SingleOrDefaultAsync(row => row.Name == Canary) is { } row)
        {
            return transaction.Sealer.Open(Purpose, Canary, row.Sealed) is { } opened && opened.AsSpan().SequenceEqual(CanaryText);
        }

        await PutAsync(transaction, Canary, CanaryText);
        return true;
    }

    /// <summary>The secrets whose names begin with this, opened. What does not open is left out.</summary>
    public static async Task<IReadOnlyList<byte[]>> ReadAsync(HubReader reader, string namePrefix)
    {
        var rows = await reader.Db.HubSecrets.AsNoTracking().Where(row => row.Name.StartsWith(namePrefix)).OrderBy(row => row.Name).ToListAsync();
        return [.. rows.Select(row => reader.Sealer.Open(Purpose, row.Name, row.Sealed)).OfType<byte[]>()];
    }

    public static async Task PutAsync(HubTransaction transaction, string name, byte[] secret)
    {
        var sealedSecret = transaction.Sealer.Seal(Purpose, name, secret);
        if (await transaction.Db.HubSecrets.SingleOrDefaultAsync(row => row.Name == name) is { } present)
        {
            present.Sealed = sealedSecret;
        }
        else
        {
            transaction.Db.HubSecrets.Add(new() { Name = name, Sealed = sealedSecret });
        }

        await transaction.Db.SaveChangesAsync();
    }

    /// <summary>Keeps a secret under a name that has none yet; otherwise the former one stays.</summary>
    internal static void PutOnce(HubTransaction transaction, string name, byte[] secret) =>
        transaction.Connection.Execute(InsertOnce, name, transaction.Sealer.Seal(Purpose, name, secret));

    /// <returns>The secret of this name: null when there is none, and nothing when it does not open.</returns>
    internal static byte[]? Find(HubReader reader, string name) =>
        reader.Connection.Scalar(FindByName, name) is byte[] sealedSecret ? reader.Sealer.Open(Purpose, name, sealedSecret) ?? [] : null;

    public static Task RemoveAsync(HubTransaction transaction, string name) =>
        transaction.Db.HubSecrets.Where(row => row.Name == name).ExecuteDeleteAsync();
}
