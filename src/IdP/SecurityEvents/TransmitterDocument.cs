using System.Text.Json;
using IdentityHub.IdP.Tokens;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SecurityEvents;

/// <summary>The transmitter's metadata (OpenID Shared Signals Framework 1.0 §7.1). Written once.</summary>
internal sealed class TransmitterDocument(IdPOptions options)
{
    public const string Push = "urn:ietf:rfc:8935";
    public const string Poll = "urn:ietf:rfc:8936";

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
            json.WriteString("spec_version", "1_0");
            json.WriteString("issuer", issuer);
            json.WriteString("jwks_uri", issuer + "/jwks");
            UserClaims.WriteArray(json, "delivery_methods_supported", [Push, Poll]);
            json.WriteString("configuration_endpoint", issuer + "/ssf/stream");
            json.WriteString("status_endpoint", issuer + "/ssf/status");
            json.WriteString("add_subject_endpoint", issuer + "/ssf/subjects/add");
            json.WriteString("remove_subject_endpoint", issuer + "/ssf/subjects/remove");
            json.WriteString("verification_endpoint", issuer + "/ssf/verify");

            // Whoever passed over one of these would end more than what is over.
            UserClaims.WriteArray(json, "critical_subject_members", ["user", "session", "application", "tenant"]);
            json.WriteStartArray("authorization_schemes");
            json.WriteStartObject();
            json.WriteString("spec_urn", "urn:ietf:rfc:6749");
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteString("default_subjects", "ALL");
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
