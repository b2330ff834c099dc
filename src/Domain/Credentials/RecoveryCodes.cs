using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.SecurityEvents;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Credentials;

/// <summary>Fresh recovery codes and what is kept of them.</summary>
/// <param name="Codes">As they are shown, once: two groups of Base32 with a hyphen.</param>
/// <param name="Salt">For the slow hash.</param>
/// <param name="Hashes">One for each code.</param>
public sealed record FreshRecoveryCodes(IReadOnlyList<string> Codes, byte[] Salt, IReadOnlyList<string> Hashes);

/// <summary>Codes for the day on which the authenticator app is lost: ten, each good once. They stand in for the app and for nothing stronger.</summary>
public static class RecoveryCodes
{
    public const int Count = 10;

    /// <summary>Characters of Base32: 65 bits (NIST SP 800-63B-4 §4.2.1.1: at least 64).</summary>
    private const int Length = 13;

    /// <summary>ASVS 5.0, 6.5.2: a code of fewer than 112 bits is kept under a slow hash.</summary>
    private const int Iterations = 220_000;

    /// <summary>Makes codes. Ten slow hashes: through the <see cref="HashGate"/>, outside any transaction.</summary>
    public static FreshRecoveryCodes Make()
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var codes = Enumerable.Range(0, Count).Select(_ => Base32.Encode(RandomNumberGenerator.GetBytes(9))[..Length]).ToList();
        return new([.. codes.Select(code => $"{code[..6]}-{code[6..]}")], salt, [.. codes.Select(code => HashOf(salt, code))]);
    }

    /// <summary>Whether what was typed has the form of a recovery code, so that nobody hashes slowly for a code of six digits.</summary>
    public static bool LooksLikeOne(string? typed) => Normal(typed).Length == Length;

    /// <summary>The slow hash of what was typed. Through the <see cref="HashGate"/>, outside any transaction.</summary>
    public static string HashOf(byte[] salt, string typed) =>
        Convert.ToHexStringLower(Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(Normal(typed)), salt, Iterations, HashAlgorithmName.SHA512, 32));

    /// <returns>The salt of the user's codes; null when they have none.</returns>
    public static Task<byte[]?> SaltOfAsync(HubReader reader, string userId) =>
        reader.Db.RecoveryCodeSets.Where(row => row.UserId == userId).Select(row => (byte[]?)row.Salt).SingleOrDefaultAsync();

    /// <summary>Replaces the user's codes.</summary>
    public static async Task ReplaceAsync(HubTransaction transaction, string userId, FreshRecoveryCodes fresh)
    {
        ArgumentNullException.ThrowIfNull(fresh);
        var were = await SaltOfAsync(transaction, userId) is not null;
        await RemoveAsync(transaction, userId);
        transaction.Noting.OfUser(userId).Factor(were ? "recovery codes were replaced" : "recovery codes were made");
        transaction.Db.RecoveryCodeSets.Add(new() { UserId = userId, Salt = fresh.Salt, CreatedAt = transaction.Now });
        transaction.Db.RecoveryCodes.AddRange(fresh.Hashes.Select(hash => new RecoveryCode { UserId = userId, Hash = hash }));
        await Signals.CredentialChangedAsync(transaction, userId, CredentialTypes.RecoveryCodes, CredentialEvent.Update);
        await transaction.AuditAsync("recovery-codes.replaced", subjectUserId: userId);
    }

    /// <summary>Uses a code, once: of any number of uses at a time one deletes the row. Their owner is told at all their addresses.</summary>
    public static async Task<bool> TryUseAsync(HubTransaction transaction, string userId, string hash)
    {
        await transaction.FlushAsync();
        if (await transaction.Db.RecoveryCodes.Where(row => row.UserId == userId && row.Hash == hash).ExecuteDeleteAsync() != 1)
        {
            return false;
        }

        await transaction.AuditAsync("recovery-code.used", subjectUserId: userId);
        await RecoveryNotices.QueueAsync(transaction, userId, await transaction.Db.RecoveryCodes.CountAsync(row => row.UserId == userId));
        return true;
    }

    /// <summary>Takes the codes away with the last factor that they stand in for.</summary>
    internal static async Task RemoveAsync(HubTransaction transaction, string userId)
    {
        await transaction.FlushAsync();
        await transaction.Db.RecoveryCodes.Where(row => row.UserId == userId).ExecuteDeleteAsync();
        await transaction.Db.RecoveryCodeSets.Where(row => row.UserId == userId).ExecuteDeleteAsync();
    }

    private static string Normal(string? typed) => new([.. (typed ?? "").Where(char.IsAsciiLetterOrDigit).Take(Length + 1).Select(char.ToUpperInvariant)]);
}
