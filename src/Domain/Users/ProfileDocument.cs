using System.Text.Json.Nodes;

namespace IdentityHub.Domain.Users;

/// <summary>What an account has on file about a person, as a JSON object with the attribute names of RFC 7643 §4.1 and extensions under their URIs.</summary>
/// <remarks>Holds what provisioning wrote and nothing that the hub itself decides: no role, seat, status or sign-in name. In the home account the names and the
/// main e-mail address in it are the user's own, and change together with them.</remarks>
public static class ProfileDocument
{
    /// <summary>How long a document may be as it is kept: as JSON, with what is not ASCII escaped. It is read whole wherever its member is.</summary>
    public const int MaxLength = 64 * 1024;

    private const string Name = "name";
    private const string GivenName = "givenName";
    private const string FamilyName = "familyName";
    private const string Emails = "emails";
    private const string Value = "value";

    /// <summary>What of a document is the user's own in the home account.</summary>
    public sealed record Facts(string? GivenName, string? FamilyName, string? Email);

    public static JsonObject Parse(string? text) => text is null ? [] : JsonNode.Parse(text)!.AsObject();

    /// <returns>The text to keep; null for an empty document.</returns>
    public static string? ToText(JsonObject document) => document.Count == 0 ? null : document.ToJsonString();

    /// <summary>The names, and the main address: the primary one, or else the first for work, or else the first.</summary>
    public static Facts FactsOf(JsonObject document)
    {
        var name = document[Name] as JsonObject;
        return new(Text(name?[GivenName]), Text(name?[FamilyName]), Text(MainEmail(document)?[Value]));
    }

    /// <summary>The document with these names and this main address; all else in it stays.</summary>
    public static string? Change(string? text, Facts facts)
    {
        var document = Parse(text);
        var name = document[Name] as JsonObject ?? [];
        Set(name, GivenName, facts.GivenName);
        Set(name, FamilyName, facts.FamilyName);
        if (name.Parent is null && name.Count > 0)
        {
            document[Name] = name;
        }
        else if (name.Count == 0)
        {
            document.Remove(Name);
        }

        SetMainEmail(document, facts.Email);
        return ToText(document);
    }

    /// <returns>A simple attribute's text; null where there is none.</returns>
    public static string? TextOf(JsonObject document, string attribute) => Text(document[attribute]);

    /// <summary>The name by which a person is shown: as the document says it, or put together from its parts, or the sign-in name.</summary>
    public static string DisplayNameOf(string? text, string userName)
    {
        var document = Parse(text);
        var name = document[Name];
        return Text(document["displayName"]) ?? Text(name?["formatted"])
            ?? (string.Join(' ', new[] { Text(name?[GivenName]), Text(name?[FamilyName]) }.Where(part => !string.IsNullOrWhiteSpace(part))) is { Length: > 0 } parts ? parts : userName);
    }

    /// <summary>Every address in the document, in the form in which it is found again.</summary>
    public static IReadOnlySet<string> AddressKeys(JsonObject document)
    {
        if (document[Emails] is not JsonArray emails)
        {
            return new HashSet<string>();
        }

        var keys = new HashSet<string>(emails.Count, StringComparer.Ordinal);
        foreach (var email in emails)
        {
            if (Text(email?[Value]) is { } address)
            {
                keys.Add(AddressKey(address));
            }
        }

        return keys;
    }

    /// <summary>The form in which addresses are found.</summary>
    public static string AddressKey(string address) => address.ToLowerInvariant();

    private static JsonObject? MainEmail(JsonObject document)
    {
        if (document[Emails] is not JsonArray emails)
        {
            return null;
        }

        var all = emails.OfType<JsonObject>().ToList();
        return all.Find(email => email["primary"] is JsonValue primary && primary.TryGetValue<bool>(out var isPrimary) && isPrimary)
            ?? all.Find(email => "work".Equals(Text(email["type"]), StringComparison.OrdinalIgnoreCase))
            ?? all.FirstOrDefault();
    }

    private static void SetMainEmail(JsonObject document, string? address)
    {
        var main = MainEmail(document);
        if (address is null)
        {
            if (main is not null)
            {
                main.Parent!.AsArray().Remove(main);
                if (document[Emails]!.AsArray().Count == 0)
                {
                    document.Remove(Emails);
                }
            }
        }
        else if (main is not null)
        {
            main[Value] = address;
        }
        else
        {
            document[Emails] = new JsonArray(new JsonObject { [Value] = address, ["type"] = "work", ["primary"] = true });
        }
    }

    private static void Set(JsonObject parent, string key, string? value)
    {
        if (value is null)
        {
            parent.Remove(key);
        }
        else
        {
            parent[key] = value;
        }
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
