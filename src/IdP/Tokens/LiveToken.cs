using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Persistence;
using IdentityHub.IdP.Token.Grants;

namespace IdentityHub.IdP.Tokens;

/// <summary>An access token of which all that it hangs on is good now: the one rule for introspection and for the hub's own resources.</summary>
/// <param name="Token">What it says.</param>
/// <param name="Granted">What it hangs on; null for a client's own.</param>
internal sealed record LiveToken(AccessToken Token, Granted? Granted)
{
    /// <returns>Null when it was revoked, or its grant, user, membership, session, seat or client is not what it was any more.</returns>
    public static LiveToken? Read(HubReader reader, AccessToken token)
    {
        if (token.GrantId is null)
        {
            return Clients.Find(reader, token.ClientId) is { IsUsable: true } client && client.Epoch == AccessToken.ClientEpochOf(token.Id)
                && !Domain.Grants.Grants.IsTokenRevoked(reader, token.Id) ? new(token, null) : null;
        }

        return Granted.Read(reader, token) is { } granted ? new(token, granted) : null;
    }
}
