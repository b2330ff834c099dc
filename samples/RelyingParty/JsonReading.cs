using System.Text.Json;

namespace IdentityHub.RelyingParty;

/// <summary>Members of a JSON object, absent when they are of another type than the specification gives them.</summary>
internal static class JsonReading
{
    public static bool Has(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out _);

    public static string? String(this JsonElement json, string name) =>
        json.Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static bool Boolean(this JsonElement json, string name) =>
        json.Member(name) is { ValueKind: JsonValueKind.True };

    /// <summary>A NumericDate (RFC 7519 section 2): seconds since 1970, fractions allowed.</summary>
    public static DateTimeOffset? Time(this JsonElement json, string name) =>
        json.Number(name) is { } seconds and >= 0 and < 253_402_300_799 ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : null;

    public static double? Number(this JsonElement json, string name) =>
        json.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) ? number : null;

    /// <summary>A string, or an array of strings, as <c>aud</c> may be either; empty when it is anything else.</summary>
    public static IReadOnlyList<string> Strings(this JsonElement json, string name) => json.Member(name) switch
    {
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { ValueKind: JsonValueKind.Array } many when many.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String) =>
            [.. many.EnumerateArray().Select(v => v.GetString()!)],
        _ => [],
    };

    public static JsonElement Member(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;
}
