using System.Security.Cryptography;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Keys;

/// <summary>A signing key as the operator sees it: never its private part.</summary>
/// <param name="Id">The <c>kid</c>.</param>
/// <param name="Algorithm"><c>ES256</c> or <c>RS256</c>.</param>
/// <param name="Phase">Where it is in its life.</param>
/// <param name="AnnouncedAt">When it was made and published.</param>
/// <param name="SignsFrom">When it began to sign, or will.</param>
/// <param name="RetiresAt">When it signs no more; null while no successor was made.</param>
/// <param name="GoneAt">When it is published no more; null while no successor was made.</param>
public sealed record SigningKeyLine(
    string Id, string Algorithm, SigningKeyPhase Phase, DateTimeOffset AnnouncedAt, DateTimeOffset SignsFrom, DateTimeOffset? RetiresAt, DateTimeOffset? GoneAt);

/// <summary>Makes signing keys that take over from the present ones. Running hubs notice by themselves.</summary>
public static class KeyRotation
{
    /// <summary>How long a key that signs no more is still published: longer than what it signed lives, and than anyone caches it.</summary>
    public static readonly TimeSpan PublishedAfter = TimeSpan.FromHours(48);

    /// <summary>How soon a key made by command takes over: twice what the key set may be cached.</summary>
    public static readonly TimeSpan AnnouncedByCommand = TimeSpan.FromMinutes(10);

    /// <summary>Makes a new key of every algorithm, which takes over after <paramref name="announced"/>.</summary>
    /// <returns>Whether keys were made; false when successors were already waiting.</returns>
    public static async Task<bool> RotateAllAsync(IHubStore store, Actor actor, TimeSpan announced, CancellationToken cancellationToken)
    {
        var made = false;
        foreach (var algorithm in ClientRules.SigningAlgorithms)
        {
            made |= await RotateAsync(store, actor, algorithm, announced, onlyIfNone: false, cancellationToken);
        }

        return made;
    }

    /// <inheritdoc cref="RotateAllAsync"/>
    /// <param name="store">Where to.</param>
    /// <param name="actor">Who acts.</param>
    /// <param name="algorithm">Of one algorithm: <c>ES256</c> or <c>RS256</c>.</param>
    /// <param name="announced">After how long the key takes over.</param>
    /// <param name="onlyIfNone">Makes one only where there is none yet.</param>
    /// <param name="cancellationToken">Gives up waiting for the turn.</param>
    public static async Task<bool> RotateAsync(
        IHubStore store, Actor actor, string algorithm, TimeSpan announced, bool onlyIfNone, CancellationToken cancellationToken)
    {
        // Outside the transaction: an RSA key takes a while to find.
        var (privateKey, publicKey) = await Task.Run(() => Generate(algorithm), cancellationToken);
        return await store.WriteAsync(
            actor,
            async transaction =>
                !(onlyIfNone && await SigningKeys.AnyAsync(transaction, algorithm))
                && await SigningKeys.AddAsync(transaction, RandomId.New()[..16], algorithm, privateKey, publicKey, transaction.Now + announced, PublishedAfter),
            cancellationToken);
    }

    /// <returns>Every key that the hub has, the newest first.</returns>
    public static async Task<IReadOnlyList<SigningKeyLine>> ListAsync(HubReader reader)
    {
        var keys = await reader.Db.SigningKeys.AsNoTracking().OrderByDescending(key => key.SignsFrom).ThenBy(key => key.Algorithm).ToListAsync();
        return [.. keys.Select(key => new SigningKeyLine(key.Id, key.Algorithm, key.PhaseAt(reader.Now), key.AnnouncedAt, key.SignsFrom, key.RetiresAt, key.GoneAt))];
    }

    /// <returns>A fresh key pair: PKCS #8 and SubjectPublicKeyInfo.</returns>
    private static (byte[] PrivateKey, byte[] PublicKey) Generate(string algorithm)
    {
        if (algorithm == "ES256")
        {
            using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return (ecdsa.ExportPkcs8PrivateKey(), ecdsa.ExportSubjectPublicKeyInfo());
        }

        using var rsa = RSA.Create(2048);
        return (rsa.ExportPkcs8PrivateKey(), rsa.ExportSubjectPublicKeyInfo());
    }
}
