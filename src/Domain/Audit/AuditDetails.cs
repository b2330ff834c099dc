using System.Text.Json;

namespace IdentityHub.Domain.Audit;

/// <summary>What an entry's details say, once opened.</summary>
/// <param name="Facts">By name.</param>
/// <param name="Changes">What was before, and what is now.</param>
public sealed record AuditDetails(IReadOnlyDictionary<string, string?> Facts, IReadOnlyList<AuditChange> Changes)
{
    public static readonly AuditDetails None = new(new Dictionary<string, string?>(), []);

    /// <summary>Reads the JSON that <see cref="AuditLog"/> sealed: a property with two values is a change, any other a fact.</summary>
    internal static AuditDetails Read(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var facts = new Dictionary<string, string?>(StringComparer.Ordinal);
        var changes = new List<AuditChange>();
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Array && property.Value.GetArrayLength() == 2)
            {
                changes.Add(new(property.Name, Text(property.Value[0]), Text(property.Value[1])));
            }
            else
            {
                facts[property.Name] = Text(property.Value);
            }
        }

        return new(facts, changes);
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}

/// <summary>A field with what it was and what it is; null for nothing.</summary>
public sealed record AuditChange(string Field, string? Before, string? After);
