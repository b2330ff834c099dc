using System.Text.Json;
using IdentityHub.RelyingParty.Discovery;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace IdentityHub.RelyingParty.Tokens;

/// <summary>What every token of the hub must pass, whatever it is for: form, type, algorithm, signature, issuer, audience, time.</summary>
internal sealed class JwtVerifier(ProviderDirectory directory, RelyingPartySettings settings, TimeProvider time)
{
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);
    private const int LongestToken = 32 * 1024;
    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = LongestToken };
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Either the payload of a genuine token, or why it is refused.</summary>
    internal readonly record struct Result(JsonElement Payload, string? Fault);

    /// <remarks><c>types</c> are the allowed <c>typ</c> headers, beside an absent one: the media types of RFC 8725 section 3.11.</remarks>
    /// <exception cref="HubUnreachableException">The hub's keys are not to be had.</exception>
    public async Task<Result> VerifyAsync(string token, string[] types, CancellationToken cancellationToken)
    {
        if (Read(token) is not var (jwt, header, payload))
        {
            return Refused("the token is not a well-formed JWT");
        }

        if (!SigningKeys.Algorithms.Contains(jwt.Alg, StringComparer.Ordinal))
        {
            return Refused("the algorithm is not allowed");
        }

        if (header.Has("crit"))
        {
            return Refused("the token asks for an extension that is not known here"); // RFC 7515 section 4.1.11
        }

        if (header.Has("typ") && !types.Contains(header.String("typ"), StringComparer.OrdinalIgnoreCase))
        {
            return Refused("the token is of another type");
        }

        var key = await directory.FindKeyAsync(header.String("kid"), jwt.Alg, cancellationToken);
        if (key is null)
        {
            return Refused("the signing key is not known");
        }

        var outcome = await Handler.ValidateTokenAsync(jwt, Parameters(key));
        return outcome.IsValid ? new Result(payload, null) : Refused(Reason(outcome.Exception));
    }

    /// <summary>The payload of a token that was verified when it was received.</summary>
    public static JsonElement PayloadOf(string verified) =>
        Read(verified)?.Payload ?? throw new InvalidOperationException("A stored token cannot be read.");

    private TokenValidationParameters Parameters(JsonWebKey key) => new()
    {
        ValidAlgorithms = SigningKeys.Algorithms,
        IssuerSigningKey = key,
        TryAllIssuerSigningKeys = false,
        ValidIssuer = settings.Authority,
        ValidAudience = settings.ClientId,
        IgnoreTrailingSlashWhenValidatingAudience = false,
        LifetimeValidator = IsCurrent,
    };

    private bool IsCurrent(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return expires is { } end && now < end + ClockSkew && (notBefore is null || notBefore <= now + ClockSkew);
    }

    private static (JsonWebToken Jwt, JsonElement Header, JsonElement Payload)? Read(string token)
    {
        if (token.Length > LongestToken || token.Count(c => c == '.') != 2)
        {
            return null; // five parts would be an encrypted token, which nobody asked for
        }

        try
        {
            var jwt = new JsonWebToken(token);
            return (jwt, Parse(jwt.EncodedHeader), Parse(jwt.EncodedPayload));
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or JsonException)
        {
            return null;
        }
    }

    private static JsonElement Parse(string part)
    {
        using var document = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(part), Strict);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement.Clone()
            : throw new FormatException("A JWT consists of JSON objects.");
    }

    private static Result Refused(string fault) => new(default, fault);

    private static string Reason(Exception fault) => fault switch
    {
        SecurityTokenInvalidIssuerException => "the token is of another issuer",
        SecurityTokenInvalidAudienceException => "the token is for another application",
        SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException or SecurityTokenNoExpirationException => "the token has expired",
        _ => "the signature is not valid",
    };
}
