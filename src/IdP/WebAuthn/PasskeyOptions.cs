using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;

namespace IdentityHub.IdP.WebAuthn;

/// <summary>What the pages' script is sent: the options for the browser, and which of the user's passkeys are good still, for the browser to tell those that keep them (WebAuthn Level 3 §5.1.10).</summary>
internal static class PasskeyOptions
{
    /// <param name="options">As the framework's handler wrote them.</param>
    /// <param name="accepted">Null where the user is not known.</param>
    public static string Write(JsonNode options, JsonObject? accepted = null) => new JsonObject { ["publicKey"] = options, ["accepted"] = accepted }.ToJsonString();

    public static JsonObject Accepted(string relyingPartyId, string userId, IEnumerable<string> credentialIds) => new()
    {
        ["rpId"] = relyingPartyId,
        ["userId"] = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(userId)),
        ["allAcceptedCredentialIds"] = new JsonArray([.. credentialIds.Select(id => JsonValue.Create(id))]),
    };
}
