using System.Text.Json;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.IdP.Authorize;
using IdentityHub.IdP.Keys;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.Tokens;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.Discovery;

/// <summary>The provider's metadata (OpenID Connect Discovery 1.0 §3, RFC 8414 §2). Says only what works: what clients can be registered for, from the one place that says so. Written once.</summary>
internal sealed class DiscoveryDocument(IdPOptions options)
{
    private readonly byte[] document = Write(options.Issuer);

    public Task HandleAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = document.Length;
        context.Response.Headers.CacheControl = "public, max-age=300";
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return context.Response.BodyWriter.WriteAsync(document, context.RequestAborted).AsTask();
    }

    private static byte[] Write(string issuer)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("issuer", issuer);
            WriteEndpoints(json, issuer);
            UserClaims.WriteArray(json, "scopes_supported", ClientRules.KnownScopes);
            UserClaims.WriteArray(json, "response_types_supported", ["code"]);
            UserClaims.WriteArray(json, "response_modes_supported", AuthorizeRules.ResponseModes);
            UserClaims.WriteArray(json, "grant_types_supported", ClientRules.GrantTypes);
            UserClaims.WriteArray(json, "subject_types_supported", ["public"]);
            UserClaims.WriteArray(json, "id_token_signing_alg_values_supported", Algorithms.All);
            UserClaims.WriteArray(json, "acr_values_supported", Assurance.Supported);
            UserClaims.WriteArray(json, "code_challenge_methods_supported", [Pkce.S256]);
            UserClaims.WriteArray(json, "prompt_values_supported", AuthorizeRules.Prompts);
            UserClaims.WriteArray(json, "claim_types_supported", ["normal"]);
            UserClaims.WriteArray(json, "claims_supported",
            [
                "sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "sid", "nonce", "at_hash", "name", "given_name", "family_name", "preferred_username",
                "updated_at", "locale", "zoneinfo", "email", "email_verified", "account", "account_name", "role", "permission_level", "seats", "permissions", "accounts",
            ]);
            UserClaims.WriteArray(json, "ui_locales_supported", ["en"]);
            foreach (var (flag, value) in (ReadOnlySpan<(string, bool)>)
            [
                ("claims_parameter_supported", true), ("request_parameter_supported", false), ("request_uri_parameter_supported", false),
                ("require_request_uri_registration", false), ("authorization_response_iss_parameter_supported", true),
                ("backchannel_logout_supported", true), ("backchannel_logout_session_supported", true),
            ])
            {
                json.WriteBoolean(flag, value);
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteEndpoints(Utf8JsonWriter json, string issuer)
    {
        json.WriteString("authorization_endpoint", issuer + "/authorize");
        json.WriteString("token_endpoint", issuer + "/token");
        json.WriteString("userinfo_endpoint", issuer + "/userinfo");
        json.WriteString("jwks_uri", issuer + "/jwks");
        json.WriteString("introspection_endpoint", issuer + "/introspect");
        json.WriteString("revocation_endpoint", issuer + "/revoke");

        // The hub's own: where an app says that it holds a live connection for somebody.
        json.WriteString("presence_endpoint", issuer + "/presence");
        json.WriteString("end_session_endpoint", issuer + "/end-session");
        UserClaims.WriteArray(json, "token_endpoint_auth_methods_supported", ClientRules.AuthMethods);
        UserClaims.WriteArray(json, "introspection_endpoint_auth_methods_supported", ClientRules.AuthMethods.Where(method => method != "none"));
        UserClaims.WriteArray(json, "revocation_endpoint_auth_methods_supported", ClientRules.AuthMethods);
    }
}
