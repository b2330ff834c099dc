using IdentityHub.RelyingParty.Discovery;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.RelyingParty.SignIn;

/// <summary>The query of the redirect back from the hub, each parameter at most once (RFC 6749 section 3.1).</summary>
internal sealed record AuthorizationAnswer(string? State, string? Code, string? Issuer, string? Error, string? ErrorDescription)
{
    /// <returns>Null when a parameter is repeated.</returns>
    public static AuthorizationAnswer? Read(IQueryCollection query)
    {
        string[] names = ["state", "code", "iss", "error", "error_description"];
        return names.Any(n => query[n].Count > 1)
            ? null
            : new AuthorizationAnswer(query["state"], query["code"], query["iss"], query["error"], query["error_description"]);
    }

    /// <summary>RFC 9207 section 2.4: an answer of another issuer is a mix-up attack, and is left before its code goes anywhere.</summary>
    public bool IsFrom(ProviderMetadata hub) => Issuer is null ? !hub.SendsIssuer : Issuer == hub.Issuer;
}
