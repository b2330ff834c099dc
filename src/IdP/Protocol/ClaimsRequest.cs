using System.Collections.Immutable;
using System.Text.Json;

namespace IdentityHub.IdP.Protocol;

/// <summary>The <c>claims</c> parameter (OpenID Connect Core §5.5).</summary>
/// <param name="UserInfo">Claims asked for at UserInfo.</param>
/// <param name="IdToken">Claims asked for in the ID token.</param>
/// <param name="AcrValues">Values asked for <c>acr</c> in the ID token.</param>
/// <param name="AcrIsEssential">Whether the sign-in must fail when none of them is met (§5.5.1.1).</param>
/// <param name="Subject">The <c>sub</c> that must be signed in, or null.</param>
internal sealed record ClaimsRequest(
    ImmutableHashSet<string> UserInfo, ImmutableHashSet<string> IdToken, ImmutableArray<string> AcrValues, bool AcrIsEssential, string? Subject)
{
    public const int MaxLength = 8192;
    public static readonly ClaimsRequest None = new([], [], [], false, null);

    /// <returns>Null when it is not a JSON object of the specified shape.</returns>
    public static ClaimsRequest? Parse(string? text)
    {
        if (text is null)
        {
            return None;
        }

        if (text.Length > MaxLength)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || Member(document.RootElement, "userinfo") is not { } userInfo || Member(document.RootElement, "id_token") is not { } idToken)
            {
                return null;
            }

            var acr = idToken.GetValueOrDefault("acr");
            return new(
                [.. userInfo.Keys], [.. idToken.Keys], Values(acr), acr.ValueKind == JsonValueKind.Object && IsEssential(acr),
                Values(idToken.GetValueOrDefault("sub")).FirstOrDefault() ?? Values(userInfo.GetValueOrDefault("sub")).FirstOrDefault());
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Not JSON, or text with half a surrogate pair.
            return null;
        }
    }

    /// <summary>What of it is kept with the grant: the claims that may be said at UserInfo and in the ID token, by name.</summary>
    /// <returns>Null when nothing is.</returns>
    public string? Keep(Func<string, bool> mayBeSaid)
    {
        var userInfo = UserInfo.Where(mayBeSaid).Order(StringComparer.Ordinal).ToDictionary(claim => claim, _ => (object?)null, StringComparer.Ordinal);
        var idToken = IdToken.Where(mayBeSaid).Order(StringComparer.Ordinal).ToDictionary(claim => claim, _ => (object?)null, StringComparer.Ordinal);
        return userInfo.Count + idToken.Count == 0
            ? null
            : JsonSerializer.Serialize(new Dictionary<string, Dictionary<string, object?>> { ["userinfo"] = userInfo, ["id_token"] = idToken });
    }

    /// <returns>The claims of one member: empty when it is absent, null when it is no object of nulls and objects.</returns>
    private static Dictionary<string, JsonElement>? Member(JsonElement root, string name)
    {
        var claims = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (!root.TryGetProperty(name, out var member))
        {
            return claims;
        }

        if (member.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var claim in member.EnumerateObject())
        {
            if (claim.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Object))
            {
                return null;
            }

            claims.Add(claim.Name, claim.Value.Clone());
        }

        return claims;
    }

    private static bool IsEssential(JsonElement claim) => claim.TryGetProperty("essential", out var essential) && essential.ValueKind == JsonValueKind.True;

    private static ImmutableArray<string> Values(JsonElement claim)
    {
        if (claim.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        if (claim.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String)
        {
            return [value.GetString()!];
        }

        return claim.TryGetProperty("values", out var values) && values.ValueKind == JsonValueKind.Array
            ? [.. values.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!)]
            : [];
    }
}
