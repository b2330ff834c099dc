using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace IdentityHub.Domain.Credentials;

public enum PasswordVerdict
{
    Wrong,
    Right,

    /// <summary>Right, and the hash was made with parameters that have moved on: keep a new one.</summary>
    RightButOutdated,
}

/// <summary>The framework's password hasher at OWASP's iterations for PBKDF2-HMAC-SHA512. Its hashes name their own parameters.</summary>
public sealed class PasswordHashing
{
    /// <summary>OWASP Password Storage Cheat Sheet.</summary>
    public const int Iterations = 220_000;

    private readonly PasswordHasher<User> hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private readonly string nobodys = HashOfNoPassword();

    public string Hash(string password) => hasher.HashPassword(null!, Normal(password));

    /// <summary>Compares in constant time. Without a hash it works just as long, and the answer is no.</summary>
    public PasswordVerdict Verify(string? hash, string password)
    {
        var result = hasher.VerifyHashedPassword(null!, hash ?? nobodys, Normal(password));
        return hash is null
            ? PasswordVerdict.Wrong
            : result switch
            {
                PasswordVerificationResult.Success => PasswordVerdict.Right,
                PasswordVerificationResult.SuccessRehashNeeded => PasswordVerdict.RightButOutdated,
                _ => PasswordVerdict.Wrong,
            };
    }

    /// <summary>The same password typed on two systems can be two sequences of code points (NIST SP 800-63B-4 §3.1.1.2).</summary>
    /// <remarks>Half a surrogate pair has no form in UTF-8, which is what is hashed: it counts as U+FFFD instead of failing the sign-in.</remarks>
    private static string Normal(string password)
    {
        var wellFormed = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(password));
        return wellFormed.Length <= Passwords.MaxLength ? wellFormed.Normalize(NormalizationForm.FormC) : wellFormed;
    }

    /// <summary>A hash in the framework's format version 3 of which nobody knows a password: its subkey is random.</summary>
    public static string HashOfNoPassword()
    {
        const int HeaderLength = 13, SaltLength = 16, SubkeyLength = 32, HmacSha512 = 2;
        var bytes = new byte[HeaderLength + SaltLength + SubkeyLength];
        bytes[0] = 0x01;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1), HmacSha512);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(5), Iterations);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(9), SaltLength);
        RandomNumberGenerator.Fill(bytes.AsSpan(HeaderLength));
        return Convert.ToBase64String(bytes);
    }
}
