using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace IdentityHub.IdP.Tokens;

/// <summary>The left half of a hash, as <c>at_hash</c> has it (OpenID Connect Core §3.1.3.6). Both algorithms here hash with SHA-256.</summary>
internal static class HalfHash
{
    public static string Of(string token)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.ASCII.GetBytes(token), hash);
        return Base64Url.EncodeToString(hash[..16]);
    }
}
