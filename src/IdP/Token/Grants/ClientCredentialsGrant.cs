using IdentityHub.Domain.Clients;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.Tokens;

namespace IdentityHub.IdP.Token.Grants;

/// <summary>A client acts for itself (RFC 6749 §4.4): no ID token, no refresh token.</summary>
internal sealed class ClientCredentialsGrant(TokenIssuer issuer)
{
    public (TokenResponse? Response, OAuthError? Error) Answer(Client client, RequestParameters parameters)
    {
        var asked = parameters["scope"];
        if (asked is not null && !Scopes.IsWellFormed(asked))
        {
            return (null, OAuthError.InvalidScope("scope is malformed"));
        }

        var scopes = Scopes.GrantedToClient(asked, client.Scopes);
        if (asked is not null && scopes.Length == 0)
        {
            return (null, OAuthError.InvalidScope("the client may have none of the scopes that it asked for"));
        }

        var scope = string.Join(' ', scopes);
        return (new(issuer.ClientAccessToken(client, scope), scope), null);
    }
}
