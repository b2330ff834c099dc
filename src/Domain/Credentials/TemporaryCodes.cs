using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Credentials;

/// <summary>Codes that administrators hand over after a reset of somebody's second factors: good once, for a quarter of an hour, for enrolling another factor and for nothing else.</summary>
public static class TemporaryCodes
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>Characters of Base32: 50 bits, behind the limits of every code.</summary>
    private const int Length = 10;

    /// <summary>Makes a code for a user who must enrol; the former one is no good any more.</summary>
    /// <returns>The code as it is shown, once; null when the user has not been reset.</returns>
    public static async Task<string?> IssueAsync(HubTransaction transaction, string userId)
    {
        await transaction.FlushAsync();
        if (!await transaction.Db.Users.AnyAsync(user => user.Id == userId && user.MustEnrol))
        {
            return null;
        }

        var code = Base32.Encode(RandomNumberGenerator.GetBytes(7))[..Length];
        await transaction.Db.TemporaryCodes.Where(row => row.UserId == userId).ExecuteDeleteAsync();
        transaction.Db.TemporaryCodes.Add(new() { UserId = userId, Hash = HashOf(transaction, userId, code), ExpiresAt = transaction.Now + Lifetime });
        await transaction.AuditAsync("temporary-code.issued", subjectUserId: userId);
        return $"{code[..5]}-{code[5..]}";
    }

    /// <summary>Uses the code, once. The caller has counted the attempt.</summary>
    public static async Task<bool> TryUseAsync(HubTransaction transaction, string userId, string? typed)
    {
        await transaction.FlushAsync();
        var hash = HashOf(transaction, userId, new string([.. (typed ?? "").Where(char.IsAsciiLetterOrDigit).Take(Length + 1).Select(char.ToUpperInvariant)]));
        if (await transaction.Db.TemporaryCodes.Where(row => row.UserId == userId && row.Hash == hash && row.ExpiresAt > transaction.Now).ExecuteDeleteAsync() != 1)
        {
            return false;
        }

        await transaction.AuditAsync("temporary-code.used", subjectUserId: userId);
        return true;
    }

    private static string HashOf(HubTransaction transaction, string userId, string code) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(transaction.Sealer.KeyFor("temporary-code"), Encoding.UTF8.GetBytes($"{userId}|{code}")));
}
