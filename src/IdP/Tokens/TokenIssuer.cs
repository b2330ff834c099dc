using System.Buffers;
using System.Text;
using System.Text.Json;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.SecurityEvents;
using IdentityHub.Domain.Sessions;
using IdentityHub.IdP.Keys;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.SecurityEvents;
using Microsoft.IdentityModel.JsonWebTokens;

namespace IdentityHub.IdP.Tokens;

/// <summary>The one place that mints ID tokens, access tokens, logout tokens and security event tokens.</summary>
internal sealed class TokenIssuer(IdPOptions options, KeyRing keys, OpaqueTokens opaqueTokens, TimeProvider time)
{
    private static readonly TimeSpan IdTokenLifetime = TimeSpan.FromMinutes(5);

    /// <summary>OpenID Connect Back-Channel Logout 1.0 §2.4 recommends two minutes at most.</summary>
    private static readonly TimeSpan LogoutTokenLifetime = TimeSpan.FromMinutes(2);

    private static readonly JsonWebTokenHandler Jwt = new() { SetDefaultTimesOnTokenCreation = false };
    private static readonly Dictionary<string, object> AccessTokenHeader = new(StringComparer.Ordinal) { ["typ"] = "at+jwt" };
    private static readonly Dictionary<string, object> SecurityEventTokenHeader = new(StringComparer.Ordinal) { ["typ"] = "secevent+jwt" };
    private static readonly Dictionary<string, object> LogoutTokenHeader = new(StringComparer.Ordinal) { ["typ"] = "logout+jwt" };

    /// <summary>An access token for what a user granted: a JWT of RFC 9068, or opaque where the client is registered so.</summary>
    /// <param name="client">To whom.</param>
    /// <param name="grant">What it hangs on.</param>
    /// <param name="scope">The grant's scope or less of it.</param>
    /// <param name="accounts">The user's accounts where the scope asks for them.</param>
    public string AccessToken(Client client, LiveGrant grant, string scope, IReadOnlyList<AccountChoice> accounts)
    {
        var now = time.GetUtcNow();
        var token = new AccessToken(Tokens.AccessToken.IdFor(grant.Id), grant.Id, client.Id, grant.User.Id, scope, now, now + Tokens.AccessToken.Lifetime);
        return client.OpaqueAccessTokens
            ? opaqueTokens.Seal(token)
            : Sign(Algorithms.Es256, AccessTokenHeader, json =>
            {
                WriteAccessTokenClaims(json, token);
                json.WriteNumber("auth_time", grant.AuthTime.ToUnixTimeSeconds());
                json.WriteString("acr", grant.Acr);
                UserClaims.WriteAccount(json, grant, scope, accounts);
            });
    }

    /// <summary>An access token for a client itself (RFC 6749 §4.4).</summary>
    public string ClientAccessToken(Client client, string scope)
    {
        var now = time.GetUtcNow();
        var token = new AccessToken(Tokens.AccessToken.IdFor(client.Epoch), null, client.Id, client.Id, scope, now, now + Tokens.AccessToken.Lifetime);
        return client.OpaqueAccessTokens
            ? opaqueTokens.Seal(token)
            : Sign(Algorithms.Es256, AccessTokenHeader, json => WriteAccessTokenClaims(json, token));
    }

    /// <summary>An ID token (OpenID Connect Core §2).</summary>
    /// <param name="client">The audience.</param>
    /// <param name="grant">What it hangs on.</param>
    /// <param name="nonce">As the authorization request had it; null where it had none and on refresh.</param>
    /// <param name="accessToken">For <c>at_hash</c>.</param>
    /// <param name="accounts">The user's accounts where the scope asks for them.</param>
    public string IdToken(Client client, LiveGrant grant, string? nonce, string accessToken, IReadOnlyList<AccountChoice> accounts) =>
        Sign(client.IdTokenSignedResponseAlg, header: null, json =>
        {
            var now = time.GetUtcNow();
            json.WriteString("iss", options.Issuer);
            json.WriteString("sub", grant.User.Id);
            json.WriteString("aud", client.Id);
            json.WriteNumber("exp", (now + IdTokenLifetime).ToUnixTimeSeconds());
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("auth_time", grant.AuthTime.ToUnixTimeSeconds());
            json.WriteString("acr", grant.Acr);
            UserClaims.WriteArray(json, "amr", Assurance.Methods(grant.Amr));
            json.WriteString("sid", LogoutNotices.SidFor(grant.SessionId, client.Id));
            json.WriteString("at_hash", HalfHash.Of(accessToken));
            if (nonce is not null)
            {
                json.WriteString("nonce", nonce);
            }

            UserClaims.WriteAccount(json, grant, grant.Scope, accounts);
            var asked = (ClaimsRequest.Parse(grant.ClaimsRequest) ?? ClaimsRequest.None).IdToken;
            UserClaims.WriteStandard(json, grant.User, asked.Contains);
        });

    /// <summary>A logout token (OpenID Connect Back-Channel Logout 1.0 §2.4), fresh for each attempt to deliver it.</summary>
    public string LogoutToken(Client client, LogoutNotice notice) =>
        Sign(client.IdTokenSignedResponseAlg, LogoutTokenHeader, json =>
        {
            var now = time.GetUtcNow();
            json.WriteString("iss", options.Issuer);
            json.WriteString("sub", notice.Subject);
            json.WriteString("aud", client.Id);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", (now + LogoutTokenLifetime).ToUnixTimeSeconds());
            json.WriteString("jti", Domain.RandomId.New());
            json.WriteString("sid", notice.Sid);
            json.WriteStartObject("events");
            json.WriteStartObject("http://schemas.openid.net/event/backchannel-logout");
            json.WriteEndObject();
            json.WriteEndObject();
        });

    /// <summary>A security event token (RFC 8417; OpenID Shared Signals Framework 1.0 §4.1): neither <c>sub</c> nor <c>exp</c>, so that it is taken for nothing else.</summary>
    /// <remarks>RS256, which every receiver can verify (CAEP Interoperability Profile 1.0 §2.6).</remarks>
    public string SecurityEventToken(string clientId, SecurityEvent told) =>
        Sign(Algorithms.Rs256, SecurityEventTokenHeader, json =>
        {
            json.WriteString("iss", options.Issuer);
            json.WriteString("aud", clientId);
            json.WriteNumber("iat", told.IssuedAt);
            json.WriteString("jti", told.Id);
            json.WriteString("txn", told.Cause);
            json.WritePropertyName("sub_id");
            EventSubjects.Write(json, options.Issuer, told);
            json.WriteStartObject("events");
            json.WritePropertyName(told.Type);
            json.WriteRawValue(told.Says);
            json.WriteEndObject();
        });

    private void WriteAccessTokenClaims(Utf8JsonWriter json, AccessToken token)
    {
        json.WriteString("iss", options.Issuer);
        json.WriteString("sub", token.Subject);
        json.WriteString("aud", options.Issuer);
        json.WriteNumber("exp", token.ExpiresAt.ToUnixTimeSeconds());
        json.WriteNumber("iat", token.IssuedAt.ToUnixTimeSeconds());
        json.WriteString("jti", token.Id);
        json.WriteString("client_id", token.ClientId);
        json.WriteString("scope", token.Scope);
    }

    private string Sign(string algorithm, Dictionary<string, object>? header, Action<Utf8JsonWriter> writeClaims)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            writeClaims(json);
            json.WriteEndObject();
        }

        var payload = Encoding.UTF8.GetString(buffer.WrittenSpan);
        var credentials = keys.SigningCredentials(algorithm);
        return header is null ? Jwt.CreateToken(payload, credentials) : Jwt.CreateToken(payload, credentials, header);
    }
}
