using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.Tokens;
using Microsoft.Extensions.Logging;

namespace IdentityHub.IdP.Token.Grants;

/// <summary>Redeems an authorization code (RFC 6749 §4.1.3).</summary>
internal sealed partial class AuthorizationCodeGrant(IHubStore store, TokenIssuer issuer, RefreshToken refreshTokens, ILogger<AuthorizationCodeGrant> logger)
{
    private static readonly OAuthError Refused = OAuthError.InvalidGrant("the code is unknown, expired, used, or was issued to another client");

    public async Task<(TokenResponse? Response, OAuthError? Error)> AnswerAsync(Client client, RequestParameters parameters, CancellationToken cancellationToken)
    {
        if (parameters["code"] is not { } code)
        {
            return (null, OAuthError.InvalidRequest("code is missing"));
        }

        // What the answer says is read before the code is spent: a replay in the same moment kills the grant, not the one good redemption.
        var (stored, granted) = await store.ReadAsync(reader => Task.FromResult(Find(reader, code)), cancellationToken);
        if (stored is null)
        {
            return (null, Refused);
        }

        if (Check(client, parameters, stored) is { } error)
        {
            return (null, error);
        }

        var actor = new Actor.RelyingApp(client.Id);
        var outcome = await store.WriteAsync(actor, transaction => Task.FromResult(Domain.Grants.Grants.TryRedeem(transaction, code, client.Id)), cancellationToken);
        if (outcome != Domain.Grants.Grants.RedeemResult.Redeemed)
        {
            if (outcome == Domain.Grants.Grants.RedeemResult.Replayed)
            {
                Log.Replayed(logger, client.Id, stored.GrantId);
            }

            return (null, Refused);
        }

        return granted is null ? (null, Refused) : (granted.Respond(issuer, refreshTokens, client, granted.Grant.Scope, stored.Nonce, generation: 0), null);
    }

    private static (Domain.Grants.Grants.StoredCode? Stored, Granted? Granted) Find(HubReader reader, string code) =>
        Domain.Grants.Grants.FindCode(reader, code) is { } stored ? (stored, Granted.ReadForTokens(reader, stored.GrantId)) : (null, null);

    private OAuthError? Check(Client client, RequestParameters parameters, Domain.Grants.Grants.StoredCode stored)
    {
        // A code in the wrong hands is refused, and stays good for its owner.
        if (stored.ClientId != client.Id)
        {
            Log.ForeignCode(logger, client.Id, stored.ClientId);
            return Refused;
        }

        // RFC 6749 §4.1.3: required if it was sent to the authorization endpoint, and identical.
        if (stored.RedirectUri is not null && parameters["redirect_uri"] != stored.RedirectUri)
        {
            return OAuthError.InvalidGrant("redirect_uri is not the one of the authorization request");
        }

        return Pkce.Verify(parameters["code_verifier"], stored.CodeChallenge);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Client {ClientId} used an authorization code again; its grant {GrantId} is dead.")]
        public static partial void Replayed(ILogger logger, string clientId, string grantId);

        [LoggerMessage(2, LogLevel.Warning, "Client {ClientId} presented an authorization code of client {OwnerId}.")]
        public static partial void ForeignCode(ILogger logger, string clientId, string ownerId);
    }
}
