using System.Text.Json;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.Scim.Users;

/// <summary>Role and seats as the multi-valued attributes of the core schema: their values are the hub's, what a client wrote beside them is on file.</summary>
internal static class HeldAttributes
{
    private const string Roles = "roles";
    private const string Entitlements = "entitlements";

    /// <summary>Whether an attribute on file is written here.</summary>
    public static bool Own(JsonProperty attribute) => attribute.NameEquals(Roles) || attribute.NameEquals(Entitlements);

    public static void WriteRole(Utf8JsonWriter json, Role role, JsonElement? document)
    {
        var name = PermissionNames.Of(role);
        json.WriteStartArray(Roles);
        if (Find(document, Roles, name, _ => true) is { } described)
        {
            described.WriteTo(json);
        }
        else
        {
            json.WriteStartObject();
            json.WriteString("value", name);
            json.WriteBoolean("primary", true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteEntitlements(Utf8JsonWriter json, IReadOnlyList<string> seats, JsonElement? document)
    {
        var others = ElementsOf(document, Entitlements).Where(element => !IsSeat(element)).ToList();
        if (seats.Count + others.Count == 0)
        {
            return;
        }

        json.WriteStartArray(Entitlements);
        foreach (var seat in seats)
        {
            WriteSeat(json, seat, Find(document, Entitlements, seat, IsSeat));
        }

        foreach (var other in others)
        {
            other.WriteTo(json);
        }

        json.WriteEndArray();
    }

    private static void WriteSeat(Utf8JsonWriter json, string seat, JsonElement? described)
    {
        json.WriteStartObject();
        json.WriteString("value", seat);
        json.WriteString("type", MemberFacts.SeatType);
        foreach (var part in described?.EnumerateObject().AsEnumerable() ?? [])
        {
            if (!part.NameEquals("value") && !part.NameEquals("type"))
            {
                part.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }

    private static JsonElement? Find(JsonElement? document, string name, string value, Predicate<JsonElement> isMeant)
    {
        foreach (var element in ElementsOf(document, name))
        {
            if (isMeant(element) && element.TryGetProperty("value", out var held) && value.Equals(held.GetString(), StringComparison.OrdinalIgnoreCase))
            {
                return element;
            }
        }

        return null;
    }

    private static JsonElement.ArrayEnumerator ElementsOf(JsonElement? document, string name) =>
        document is { } on && on.TryGetProperty(name, out var elements) ? elements.EnumerateArray() : default;

    private static bool IsSeat(JsonElement element) =>
        !element.TryGetProperty("type", out var type) || MemberFacts.SeatType.Equals(type.GetString(), StringComparison.OrdinalIgnoreCase);
}
