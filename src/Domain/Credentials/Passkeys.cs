using System.Text;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.SecurityEvents;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Credentials;

/// <summary>A passkey as its owner sees it.</summary>
/// <param name="Id">The credential id, base64url without padding.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Synced">Whether it may be on several devices of its owner.</param>
/// <param name="CreatedAt">When it was enrolled.</param>
/// <param name="LastUsedAt">When it last signed in; null for never.</param>
public sealed record PasskeyView(string Id, string Name, bool Synced, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

/// <summary>What verifying a passkey needs to know of it.</summary>
public sealed record StoredPasskey(
    string Id, string UserId, byte[] PublicKey, long SignCount, string Transports, bool BackupEligible, bool BackedUp, DateTimeOffset CreatedAt);

/// <summary>Users' passkeys. The ceremonies are WebAuthn's and belong to the provider; here is what is kept.</summary>
public static class Passkeys
{
    public const int MaxPerUser = 20;
    public const int MaxNameLength = 64;
    private const string Place = "passkey-name|";

    /// <returns>The user's passkeys, the oldest first.</returns>
    public static async Task<IReadOnlyList<PasskeyView>> ListOfAsync(HubReader reader, string userId)
    {
        var rows = await reader.Db.Passkeys.AsNoTracking().Where(row => row.UserId == userId).OrderBy(row => row.CreatedAt).ThenBy(row => row.Id).ToListAsync();
        var key = rows.Count == 0 ? null : await UserSealing.OpenKeyAsync(reader, userId);
        return [.. rows.Select(row => new PasskeyView(row.Id, NameOf(key, row), row.BackupEligible, row.CreatedAt, row.LastUsedAt))];
    }

    /// <returns>The passkey of this credential id; null when nobody has it.</returns>
    public static async Task<StoredPasskey?> FindAsync(HubReader reader, string id) => await Stored(reader.Db.Passkeys.Where(row => row.Id == id)).SingleOrDefaultAsync();

    /// <returns>The user's passkeys, as a ceremony needs them.</returns>
    public static async Task<IReadOnlyList<StoredPasskey>> StoredOfAsync(HubReader reader, string userId) =>
        await Stored(reader.Db.Passkeys.Where(row => row.UserId == userId)).ToListAsync();

    /// <summary>Adds a passkey to those of a user who is signed in. The caller has verified it and sees to what else changes with it.</summary>
    /// <returns>False when the credential is known already, here or elsewhere, or the user has too many. Nothing was changed.</returns>
    public static async Task<bool> TryAddAsync(HubTransaction transaction, StoredPasskey passkey, string name)
    {
        ArgumentNullException.ThrowIfNull(passkey);
        await transaction.FlushAsync();
        if (await transaction.Db.Passkeys.AnyAsync(row => row.Id == passkey.Id)
            || await transaction.Db.Passkeys.CountAsync(row => row.UserId == passkey.UserId) >= MaxPerUser)
        {
            return false;
        }

        transaction.Db.Passkeys.Add(new()
        {
            Id = passkey.Id,
            UserId = passkey.UserId,
            PublicKey = passkey.PublicKey,
            SealedName = Seal(transaction, passkey.UserId, passkey.Id, name),
            SignCount = passkey.SignCount,
            Transports = passkey.Transports,
            BackupEligible = passkey.BackupEligible,
            BackedUp = passkey.BackedUp,
            CreatedAt = transaction.Now,
        });
        await Signals.CredentialChangedAsync(transaction, passkey.UserId, CredentialTypes.Passkey(passkey.Transports), CredentialEvent.Create);
        await transaction.AuditAsync("second-factor.enrolled", subjectUserId: passkey.UserId, details: new { method = "passkey" });
        return true;
    }

    /// <summary>
    /// Notes a use, in one statement: a count that does not move on is a copied key, and changes nothing (WebAuthn Level 3 §7.2 step 22). Its owner is told, and keeps the
    /// passkey: which of the two is theirs, only they know.
    /// </summary>
    /// <returns>False when the passkey is gone, or its count did not move on.</returns>
    public static async Task<bool> TryUseAsync(HubTransaction transaction, string id, long signCount, bool backedUp)
    {
        await transaction.FlushAsync();
        if (await transaction.Db.Passkeys.Where(row => row.Id == id && ((row.SignCount == 0 && signCount == 0) || row.SignCount < signCount))
            .ExecuteUpdateAsync(update => update
                .SetProperty(row => row.SignCount, signCount).SetProperty(row => row.BackedUp, backedUp).SetProperty(row => row.LastUsedAt, transaction.Now)) == 1)
        {
            return true;
        }

        if (await transaction.Db.Passkeys.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id) is { } row)
        {
            await transaction.AuditAsync("passkey.counter-went-back", subjectUserId: row.UserId);
            await PasskeyNotices.QueueCopiedAsync(transaction, row.UserId, NameOf(await UserSealing.OpenKeyAsync(transaction, row.UserId), row));
        }

        return false;
    }

    /// <returns>False when the user has no such passkey.</returns>
    public static async Task<bool> RenameAsync(HubTransaction transaction, string userId, string id, string name)
    {
        if (await transaction.Db.Passkeys.SingleOrDefaultAsync(row => row.Id == id && row.UserId == userId) is not { } row)
        {
            return false;
        }

        row.SealedName = Seal(transaction, userId, id, name);
        await transaction.AuditAsync("second-factor.renamed", subjectUserId: userId, details: new { method = "passkey" });
        return true;
    }

    /// <returns>The name as it is kept: one line, cut to <see cref="MaxNameLength"/>; "Passkey" where there is none.</returns>
    public static string NameFrom(string? typed)
    {
        var line = new string([.. (typed ?? "").Where(character => !char.IsControl(character))]).Trim();
        return line.Length == 0 ? "Passkey" : line[..Math.Min(line.Length, MaxNameLength)];
    }

    private static byte[] Seal(HubTransaction transaction, string userId, string id, string name) =>
        UserSealing.Seal(transaction, userId, Place + id, Encoding.UTF8.GetBytes(NameFrom(name)));

    private static string NameOf(byte[]? key, PasskeyCredential row) =>
        key is not null && UserSealing.Open(key, Place + row.Id, row.SealedName) is { } plain ? Encoding.UTF8.GetString(plain) : "Passkey";

    private static IQueryable<StoredPasskey> Stored(IQueryable<PasskeyCredential> rows) => rows.AsNoTracking().Select(row =>
        new StoredPasskey(row.Id, row.UserId, row.PublicKey, row.SignCount, row.Transports, row.BackupEligible, row.BackedUp, row.CreatedAt));
}
