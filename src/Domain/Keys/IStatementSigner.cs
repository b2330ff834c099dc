namespace IdentityHub.Domain.Keys;

/// <summary>Signs what the hub states to people, under its published keys, for those of its parts that hold no key. Implemented by the OpenID Provider.</summary>
public interface IStatementSigner
{
    /// <summary>Signs claims as a compact JWS (RFC 7515) that anybody can verify with the hub's JWK Set.</summary>
    /// <param name="type">The <c>typ</c> of the header, one for each purpose, so that no statement passes for a token (RFC 8725 §3.11).</param>
    /// <param name="claimsJson">A JSON object.</param>
    string Sign(string type, string claimsJson);
}
