using System.Text.Json;

namespace IdentityHub.RelyingParty.Discovery;

/// <summary>What this application uses of the hub's discovery document.</summary>
internal sealed record ProviderMetadata(
    string Issuer,
    Uri Authorization,
    Uri Token,
    Uri Keys,
    Uri? UserInfo,
    Uri? EndSession,
    Uri? Revocation,
    Uri? Presence,
    bool SendsIssuer)
{
    /// <exception cref="HubUnreachableException">The document is not that of the configured issuer, or lacks what sign-in needs.</exception>
    public static ProviderMetadata Read(JsonElement json, RelyingPartySettings settings)
    {
        // OpenID Connect Discovery 1.0 section 4.3: the issuer must be identical to the one that was asked.
        var issuer = json.String("issuer");
        if (issuer != settings.Authority)
        {
            throw new HubUnreachableException($"The discovery document names the issuer '{issuer}', not '{settings.Authority}'.");
        }

        return new ProviderMetadata(
            issuer,
            Required("authorization_endpoint"),
            Required("token_endpoint"),
            Required("jwks_uri"),
            Optional("userinfo_endpoint"),
            Optional("end_session_endpoint"),
            Optional("revocation_endpoint"),
            Optional("presence_endpoint"),
            json.Boolean("authorization_response_iss_parameter_supported"));

        Uri Required(string name) =>
            Optional(name) ?? throw new HubUnreachableException($"The discovery document has no usable {name}.");

        Uri? Optional(string name) =>
            Uri.TryCreate(json.String(name), UriKind.Absolute, out var url) && settings.IsAllowed(url) ? url : null;
    }
}
