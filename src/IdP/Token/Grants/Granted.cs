using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.Tokens;

namespace IdentityHub.IdP.Token.Grants;

/// <summary>A live grant with all that its tokens say, read in one go.</summary>
internal sealed record Granted(LiveGrant Grant, IReadOnlyList<AccountChoice> Accounts)
{
    /// <returns>Null when the grant, or what it hangs on, is dead, or the access token of <paramref name="tokenId"/> was revoked by itself.</returns>
    public static Granted? Read(HubReader reader, string grantId, string tokenId = "") =>
        Domain.Grants.Grants.FindLive(reader, grantId, tokenId) is { } grant
            ? new(grant, Scopes.Split(grant.Scope).Contains(Scopes.Accounts) ? Domain.Grants.Grants.AccountsOf(reader, grant.Id) : [])
            : null;

    /// <returns>Null when what the token hangs on is dead, or is not what the token says.</returns>
    public static Granted? Read(HubReader reader, AccessToken token) =>
        Read(reader, token.GrantId!, token.Id) is { } granted && granted.Grant.ClientId == token.ClientId && granted.Grant.User.Id == token.Subject ? granted : null;

    /// <summary>With all that an ID token may have to say: standard claims are in it only where they were asked for by name.</summary>
    public static Granted? ReadForTokens(HubReader reader, string grantId) =>
        Read(reader, grantId) is { } granted ? granted.Grant.ClaimsRequest is null ? granted : granted.WithOnFile(reader) : null;

    /// <returns>The same with the language and the time zone that are on file, where the person chose none and anybody might ask.</returns>
    public Granted WithOnFile(HubReader reader) => this with { Grant = Grant with { User = Preferences.WithOnFile(reader, Grant.User) } };

    /// <param name="issuer">Mints.</param>
    /// <param name="refreshTokens">Makes the family's one good refresh token.</param>
    /// <param name="client">To whom.</param>
    /// <param name="scope">The grant's scope or less of it.</param>
    /// <param name="nonce">For the ID token; null on refresh.</param>
    /// <param name="generation">Of the refresh token.</param>
    public TokenResponse Respond(TokenIssuer issuer, RefreshToken refreshTokens, Client client, string scope, string? nonce, int generation)
    {
        var accessToken = issuer.AccessToken(client, Grant, scope, Accounts);
        return new(
            accessToken,
            scope,
            Scopes.Split(Grant.Scope).Contains(Scopes.OpenId) ? issuer.IdToken(client, Grant, nonce, accessToken, Accounts) : null,
            client.GrantTypes.Contains(TokenEndpoint.RefreshToken) ? refreshTokens.Of(Grant.Id, generation) : null);
    }
}
