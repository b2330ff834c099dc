using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IdentityHub.IdP.Tokens;

namespace IdentityHub.IdP.WebAuthn;

/// <summary>What a browser sent of a passkey (WebAuthn Level 3 §5.1, <c>toJSON</c>): read strictly once, and handed on in the hub's own spelling, so that nobody reads it differently.</summary>
/// <param name="Id">The credential id, base64url.</param>
/// <param name="AuthenticatorData">Of an assertion; empty of a new passkey.</param>
/// <param name="Json">What the framework's handler reads.</param>
internal sealed partial record SentCredential(string Id, byte[] AuthenticatorData, string Json)
{
    private const byte UserVerifiedFlag = 0x04;
    private const int FlagsAt = 32;
    private const int MaxTransports = 8;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>Whether the passkey says that it verified the person. To be believed once its signature is.</summary>
    public bool UserVerified => AuthenticatorData.Length > FlagsAt && (AuthenticatorData[FlagsAt] & UserVerifiedFlag) != 0;

    /// <returns>Null for what is no assertion in one reading only.</returns>
    public static SentCredential? Assertion(string? json) => Read(json, (id, response) =>
    {
        if (Bytes(response, "authenticatorData") is not { } data || Bytes(response, "clientDataJSON") is not { } client || Bytes(response, "signature") is not { } signature)
        {
            return null;
        }

        var kept = new JsonObject { ["authenticatorData"] = data, ["clientDataJSON"] = client, ["signature"] = signature };
        if (response.TryGetProperty("userHandle", out var handle) && handle.ValueKind != JsonValueKind.Null)
        {
            if (Bytes(response, "userHandle") is not { } user)
            {
                return null;
            }

            kept["userHandle"] = user;
        }

        return new(id, Base64Url.DecodeFromChars(data), Whole(id, kept));
    });

    /// <returns>Null for what is no new passkey in one reading only.</returns>
    public static SentCredential? Registration(string? json) => Read(json, (id, response) =>
        Bytes(response, "attestationObject") is { } attestation && Bytes(response, "clientDataJSON") is { } client
            ? new(id, [], Whole(id, new() { ["attestationObject"] = attestation, ["clientDataJSON"] = client, ["transports"] = Transports(response) }))
            : null);

    private static SentCredential? Read(string? json, Func<string, JsonElement, SentCredential?> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json ?? "", Strict);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && Bytes(root, "id") is { } id && Bytes(root, "rawId") == id
                && root.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("public-key")
                && root.TryGetProperty("response", out var response) && response.ValueKind == JsonValueKind.Object
                ? read(id, response)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Whole(string id, JsonObject response) => new JsonObject
    {
        ["id"] = id, ["rawId"] = id, ["type"] = "public-key", ["response"] = response, ["clientExtensionResults"] = new JsonObject(),
    }.ToJsonString();

    private static string? Bytes(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && CanonicalBase64Url.IsCanonical(text) ? text : null;

    /// <summary>A hint for browsers, in words that browsers know or will.</summary>
    private static JsonArray Transports(JsonElement response) => response.TryGetProperty("transports", out var sent) && sent.ValueKind == JsonValueKind.Array
        ? [.. sent.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!).Where(one => Transport().IsMatch(one)).Distinct().Take(MaxTransports).Select(one => JsonValue.Create(one))]
        : [];

    [GeneratedRegex(@"\A[a-z]{2,16}(-[a-z]{2,16})?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Transport();
}
