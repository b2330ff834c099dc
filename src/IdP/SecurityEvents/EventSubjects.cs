using System.Text.Json;
using IdentityHub.Domain.SecurityEvents;

namespace IdentityHub.IdP.SecurityEvents;

/// <summary>Writes whom an event is about: the <c>sub_id</c> of its token (RFC 9493, OpenID Shared Signals Framework 1.0 §3).</summary>
internal static class EventSubjects
{
    public static void Write(Utf8JsonWriter json, string issuer, SecurityEvent told)
    {
        var subject = told.Subject;
        if (subject.UserId is not { } user)
        {
            WriteOpaque(json, told.StreamId);
            return;
        }

        if (!subject.IsComplex)
        {
            WriteUser(json, issuer, user);
            return;
        }

        json.WriteStartObject();
        json.WriteString("format", "complex");
        json.WritePropertyName("user");
        WriteUser(json, issuer, user);
        foreach (var (member, id) in (ReadOnlySpan<(string, string?)>)[("session", subject.Sid), ("application", subject.ClientId), ("tenant", subject.AccountId)])
        {
            if (id is not null)
            {
                json.WritePropertyName(member);
                WriteOpaque(json, id);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteUser(Utf8JsonWriter json, string issuer, string user)
    {
        json.WriteStartObject();
        json.WriteString("format", "iss_sub");
        json.WriteString("iss", issuer);
        json.WriteString("sub", user);
        json.WriteEndObject();
    }

    private static void WriteOpaque(Utf8JsonWriter json, string id)
    {
        json.WriteStartObject();
        json.WriteString("format", "opaque");
        json.WriteString("id", id);
        json.WriteEndObject();
    }
}
