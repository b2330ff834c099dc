using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Users;

/// <summary>A member as a SCIM User. Written in one place; what is filtered, patched or projected is read back from what is written here.</summary>
internal static class UserResource
{
    private const string Manager = "manager";
    private const int VersionLength = 12;

    private static readonly JsonEncodedText[] Schemas =
        [JsonEncodedText.Encode(UserSchemas.CoreId), JsonEncodedText.Encode(UserSchemas.EnterpriseId), JsonEncodedText.Encode(UserSchemas.AccountId)];

    /// <summary>The whole resource.</summary>
    /// <param name="member">The member.</param>
    /// <param name="baseAddress">Below which resources have their addresses.</param>
    /// <param name="managers">The names of managers by their ids; one who is not in it is no member any more, and left out.</param>
    /// <returns>UTF-8 JSON and its entity-tag, which changes with every byte of it.</returns>
    public static (ReadOnlyMemory<byte> Body, string Version) Write(MemberRecord member, string baseAddress, IReadOnlyDictionary<string, string> managers)
    {
        var buffer = new ArrayBufferWriter<byte>(1536);
        using var json = new Utf8JsonWriter(buffer, ScimMedia.Writer);
        using var document = member.Attributes is null ? null : JsonDocument.Parse(member.Attributes);
        json.WriteStartObject();
        WriteSchemas(json, document, managers);
        json.WriteString("id", member.Id);
        if (member.ExternalId is not null)
        {
            json.WriteString("externalId", member.ExternalId);
        }

        json.WriteString("userName", member.UserName);
        if (document is not null)
        {
            WriteDocument(json, document, baseAddress, managers);
        }

        json.WriteBoolean("active", member.Status != MembershipStatus.Inactive);
        WriteHoldings(json, member, document?.RootElement, baseAddress);
        WriteAccount(json, member);
        return (Finish(json, buffer, member, baseAddress, out var version), version);
    }

    /// <summary>The ids of the managers that these members' documents name.</summary>
    public static IEnumerable<string> ManagersOf(IEnumerable<MemberRecord> members) => members
        .Where(member => member.Attributes?.Contains("\"manager\"", StringComparison.Ordinal) == true)
        .Select(member => JsonNode.Parse(member.Attributes!)?[UserSchemas.EnterpriseId]?[Manager]?["value"]?.GetValue<string>())
        .OfType<string>().Distinct();

    private static void WriteSchemas(Utf8JsonWriter json, JsonDocument? document, IReadOnlyDictionary<string, string> managers)
    {
        json.WriteStartArray("schemas");
        json.WriteStringValue(Schemas[0]);
        if (document?.RootElement.TryGetProperty(UserSchemas.EnterpriseId, out var enterprise) == true && HasContent(enterprise, managers))
        {
            json.WriteStringValue(Schemas[1]);
        }

        json.WriteStringValue(Schemas[2]);
        json.WriteEndArray();
    }

    private static void WriteDocument(Utf8JsonWriter json, JsonDocument document, string baseAddress, IReadOnlyDictionary<string, string> managers)
    {
        foreach (var attribute in document.RootElement.EnumerateObject())
        {
            if (attribute.NameEquals(UserSchemas.EnterpriseId))
            {
                if (HasContent(attribute.Value, managers))
                {
                    WriteEnterprise(json, attribute.Value, baseAddress, managers);
                }
            }
            else if (!HeldAttributes.Own(attribute))
            {
                attribute.WriteTo(json);
            }
        }
    }

    private static void WriteEnterprise(Utf8JsonWriter json, JsonElement enterprise, string baseAddress, IReadOnlyDictionary<string, string> managers)
    {
        json.WriteStartObject(UserSchemas.EnterpriseId);
        foreach (var attribute in enterprise.EnumerateObject())
        {
            if (!attribute.NameEquals(Manager))
            {
                attribute.WriteTo(json);
            }
            else if (IdOf(attribute.Value) is { } id && managers.TryGetValue(id, out var name))
            {
                json.WriteStartObject(Manager);
                json.WriteString("value", id);
                json.WriteString("$ref", $"{baseAddress}/Users/{id}");
                json.WriteString("displayName", name);
                json.WriteEndObject();
            }
        }

        json.WriteEndObject();
    }

    /// <summary>Whether anything of it is shown: a manager who is no member any more is not.</summary>
    private static bool HasContent(JsonElement enterprise, IReadOnlyDictionary<string, string> managers)
    {
        foreach (var attribute in enterprise.EnumerateObject())
        {
            if (!attribute.NameEquals(Manager) || (IdOf(attribute.Value) is { } id && managers.ContainsKey(id)))
            {
                return true;
            }
        }

        return false;
    }

    private static string? IdOf(JsonElement manager) => manager.TryGetProperty("value", out var value) ? value.GetString() : null;

    private static void WriteHoldings(Utf8JsonWriter json, MemberRecord member, JsonElement? document, string baseAddress)
    {
        HeldAttributes.WriteRole(json, member.Role, document);
        HeldAttributes.WriteEntitlements(json, member.Seats, document);
        if (member.Groups.Count > 0)
        {
            json.WriteStartArray("groups");
            foreach (var group in member.Groups)
            {
                json.WriteStartObject();
                json.WriteString("value", group.Id);
                json.WriteString("$ref", $"{baseAddress}/Groups/{group.Id}");
                json.WriteString("display", group.DisplayName);
                json.WriteString("type", "direct");
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    private static void WriteAccount(Utf8JsonWriter json, MemberRecord member)
    {
        json.WriteStartObject(UserSchemas.AccountId);
        json.WriteString("role", PermissionNames.Of(member.Role));
        if (member.PermissionLevel is { } level)
        {
            json.WriteString("permissionLevel", PermissionNames.Of(level));
        }

        WriteTexts(json, "seats", member.Seats);
        json.WriteStartObject("twoFactor");
        json.WriteBoolean("required", member.TwoFactorRequired);
        json.WriteBoolean("enrolled", member.HasTotp || member.HasEmailCodes);
        WriteTexts(json, "methods", [.. member.HasTotp ? ["totp"] : Array.Empty<string>(), .. member.HasEmailCodes ? ["email"] : Array.Empty<string>()]);
        json.WriteEndObject();
        if (member.LastSignInAt is { } lastSignIn)
        {
            WriteMoment(json, "lastSignInAt", lastSignIn);
        }

        json.WriteBoolean("homeAccount", member.Home);
        json.WriteString("subject", member.UserId);
        json.WriteEndObject();
    }

    private static ReadOnlyMemory<byte> Finish(Utf8JsonWriter json, ArrayBufferWriter<byte> buffer, MemberRecord member, string baseAddress, out string version)
    {
        json.WriteStartObject("meta");
        json.WriteString("resourceType", "User");
        WriteMoment(json, "created", member.CreatedAt);
        WriteMoment(json, "lastModified", member.UpdatedAt);
        json.WriteString("location", $"{baseAddress}/Users/{member.Id}");
        json.Flush();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.WrittenSpan, hash);
        version = $"W/\"{Convert.ToHexStringLower(hash[..VersionLength])}\"";
        json.WriteString("version", version);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>RFC 7643 §2.3.5: xsd:dateTime, in UTC, to the millisecond.</summary>
    public static void WriteMoment(Utf8JsonWriter json, string name, DateTimeOffset moment) =>
        json.WriteString(name, moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
}
