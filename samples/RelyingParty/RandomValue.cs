using System.Buffers.Text;
using System.Security.Cryptography;

namespace IdentityHub.RelyingParty;

internal static class RandomValue
{
    /// <returns>256 random bits as 43 characters of base64url: session keys, nonces, PKCE verifiers.</returns>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
