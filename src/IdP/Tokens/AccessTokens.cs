using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using IdentityHub.IdP.Keys;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace IdentityHub.IdP.Tokens;

/// <summary>Reads access tokens that this hub issued. Whether what they hang on still lives is asked of the database at each use, elsewhere.</summary>
internal sealed class AccessTokens(IdPOptions options, KeyRing keys, OpaqueTokens opaqueTokens, TimeProvider time)
{
    private const int MaxLength = 16 * 1024;
    private const int CacheSize = 8192;
    private static readonly JsonWebTokenHandler Jwt = new() { MaximumTokenSizeInBytes = MaxLength };

    /// <summary>Signatures that were checked, by the token's hash. A signature once right stays right; expiry and life are checked at every use.</summary>
    private readonly ConcurrentDictionary<UInt256, AccessToken> verified = new();

    private readonly record struct UInt256(UInt128 High, UInt128 Low);

    /// <returns>The token; null when it is not this hub's, not an access token, or expired.</returns>
    public async Task<AccessToken?> ReadAsync(string token)
    {
        if (token.Length > MaxLength)
        {
            return null;
        }

        var read = token.Contains('.', StringComparison.Ordinal) ? await ReadJwtAsync(token) : opaqueTokens.Open(token);
        return read is not null && read.ExpiresAt > time.GetUtcNow() ? read : null;
    }

    private async Task<AccessToken?> ReadJwtAsync(string token)
    {
        var hash = HashOf(token);
        if (verified.TryGetValue(hash, out var known))
        {
            return known;
        }

        if (!token.Split('.').All(CanonicalBase64Url.IsCanonical))
        {
            return null;
        }

        var result = await Jwt.ValidateTokenAsync(token, new TokenValidationParameters
        {
            // Type confusion: an ID token or a logout token is no access token (RFC 9068 §4).
            ValidTypes = ["at+jwt"],
            ValidAlgorithms = Algorithms.All,
            ValidIssuer = options.Issuer,
            ValidAudience = options.Issuer,
            LifetimeValidator = (_, expires, _, _) => expires > time.GetUtcNow().UtcDateTime,
            IssuerSigningKeyResolver = (_, _, kid, _) => kid is not null && keys.VerificationKey(kid, evenIfGone: false) is { } key ? [key] : [],
        });
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt || FromJwt(jwt) is not { } read)
        {
            return null;
        }

        if (verified.Count >= CacheSize)
        {
            verified.Clear();
        }

        verified[hash] = read;
        return read;
    }

    private static AccessToken? FromJwt(JsonWebToken jwt) =>
        jwt.Id is { Length: > 0 } id && jwt.Subject is { Length: > 0 } subject
        && jwt.TryGetPayloadValue<string>("client_id", out var clientId) && jwt.TryGetPayloadValue<string>("scope", out var scope)
            ? new(id, AccessToken.GrantIdOf(id), clientId, subject, scope, new(jwt.IssuedAt, TimeSpan.Zero), new(jwt.ValidTo, TimeSpan.Zero))
            : null;

    private static UInt256 HashOf(string token)
    {
        Span<byte> utf8 = stackalloc byte[2048];
        Span<byte> hash = stackalloc byte[32];
        if (token.Length * 3 <= utf8.Length)
        {
            SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], hash);
        }
        else
        {
            SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        }

        return new(BitConverter.ToUInt128(hash), BitConverter.ToUInt128(hash[16..]));
    }
}
