using System.Buffers.Binary;
using System.Security.Cryptography;

namespace IdentityHub.Domain.Credentials;

/// <summary>Time-based one-time passwords: RFC 6238 with SHA-1, 30 seconds, 6 digits, which is what authenticator apps take without being asked.</summary>
public static class Totp
{
    public const int StepSeconds = 30;
    public const int Digits = 6;

    /// <summary>The number of the time step in which this moment lies (RFC 6238 §4.2).</summary>
    public static long StepAt(DateTimeOffset now) => now.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of a time step: six digits, leading zeros kept (RFC 4226 §5.3).</summary>
    public static string CodeAt(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[20];
#pragma warning disable CA5350 // RFC 6238 names SHA-1; HMAC does not rest on its collision resistance.
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var offset = hash[^1] & 0xF;
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[offset..]) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The time step, at most one away from now, of which this is the code.</summary>
    /// <returns>Null when it is the code of none of the three. Every step is compared, in constant time.</returns>
    public static long? Match(ReadOnlySpan<byte> secret, string code, DateTimeOffset now)
    {
        long? matched = null;
        var given = System.Text.Encoding.UTF8.GetBytes(code);
        for (var step = StepAt(now) - 1; step <= StepAt(now) + 1; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(CodeAt(secret, step)), given))
            {
                matched = step;
            }
        }

        return matched;
    }
}
