using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Keys;

/// <summary>The signing keys that the hub has and had. Their private parts are sealed; phases follow from the clock (<see cref="SigningKey.PhaseAt"/>).</summary>
public static class SigningKeys
{
    private const string Purpose = "signing-key";

    /// <summary>How long the public part of a key that is gone still verifies an <c>id_token_hint</c>.</summary>
    private static readonly TimeSpan HintLifetime = TimeSpan.FromDays(90);

    /// <summary>A signing key as it is used: with its private part where it still has one.</summary>
    public sealed record Opened(SigningKey Key, byte[]? PrivateKey);

    public abstract record ReadResult
    {
        private ReadResult() { }

        public sealed record Read(IReadOnlyList<Opened> Keys) : ReadResult;

        /// <summary>This key does not open under the root key that the hub was started with.</summary>
        public sealed record Unreadable(string KeyId) : ReadResult;
    }

    public static async Task<ReadResult> ReadAsync(HubReader reader)
    {
        var keys = new List<Opened>();
        foreach (var key in await reader.Db.SigningKeys.AsNoTracking().OrderBy(key => key.SignsFrom).ToListAsync())
        {
            byte[]? privateKey = null;
            if (key.SealedPrivateKey is { } sealedKey && (privateKey = reader.Sealer.Open(Purpose, key.Id, sealedKey)) is null)
            {
                return new ReadResult.Unreadable(key.Id);
            }

            keys.Add(new(key, privateKey));
        }

        return new ReadResult.Read(keys);
    }

    /// <summary>Whether there is a key of this algorithm that has no end yet.</summary>
    public static Task<bool> AnyAsync(HubReader reader, string algorithm) =>
        reader.Db.SigningKeys.AnyAsync(key => key.Algorithm == algorithm && key.RetiresAt == null);

    /// <summary>Adds a key that signs from a moment on, and has the present one of its algorithm retire then.</summary>
    /// <param name="transaction">The transaction and who acts.</param>
    /// <param name="kid">The new key's id.</param>
    /// <param name="algorithm">ES256 or RS256.</param>
    /// <param name="privateKey">PKCS #8.</param>
    /// <param name="publicKey">SubjectPublicKeyInfo.</param>
    /// <param name="signsFrom">When it takes over.</param>
    /// <param name="publishedAfter">How long the former key stays published after it retires.</param>
    /// <returns>False when a key of this algorithm is already waiting to take over: nothing was changed.</returns>
    public static async Task<bool> AddAsync(
        HubTransaction transaction, string kid, string algorithm, byte[] privateKey, byte[] publicKey, DateTimeOffset signsFrom, TimeSpan publishedAfter)
    {
        var others = await transaction.Db.SigningKeys.Where(key => key.Algorithm == algorithm && key.RetiresAt == null).ToListAsync();
        if (others.Any(key => key.SignsFrom > transaction.Now))
        {
            return false;
        }

        foreach (var former in others)
        {
            former.RetiresAt = signsFrom;
            former.GoneAt = signsFrom + publishedAfter;
        }

        transaction.Db.SigningKeys.Add(new()
        {
            Id = kid,
            Algorithm = algorithm,
            SealedPrivateKey = transaction.Sealer.Seal(Purpose, kid, privateKey),
            PublicKey = publicKey,
            AnnouncedAt = transaction.Now,
            SignsFrom = signsFrom,
        });
        await transaction.AuditAsync("signing-key.added", details: new { kid, algorithm });
        return true;
    }

    /// <summary>Erases the private part of keys that sign no more, and forgets keys that verify nothing any more.</summary>
    public static async Task PurgeAsync(HubTransaction transaction)
    {
        await transaction.Db.SigningKeys.Where(key => key.GoneAt <= transaction.Now && key.SealedPrivateKey != null)
            .ExecuteUpdateAsync(update => update.SetProperty(key => key.SealedPrivateKey, (byte[]?)null));
        await transaction.Db.SigningKeys.Where(key => key.GoneAt <= transaction.Now - HintLifetime).ExecuteDeleteAsync();
    }
}
