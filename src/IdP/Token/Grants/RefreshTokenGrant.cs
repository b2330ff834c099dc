using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.Tokens;
using Microsoft.Extensions.Logging;

namespace IdentityHub.IdP.Token.Grants;

/// <summary>Refreshes (RFC 6749 §6). Every use moves the family on; a spent token used after the leeway is theft and ends it (RFC 9700 §4.14.2).</summary>
internal sealed partial class RefreshTokenGrant(IHubStore store, TokenIssuer issuer, RefreshToken refreshTokens, ILogger<RefreshTokenGrant> logger)
{
    private static readonly OAuthError Refused = OAuthError.InvalidGrant("the refresh token is unknown, expired, revoked, or was issued to another client");

    public async Task<(TokenResponse? Response, OAuthError? Error)> AnswerAsync(Client client, RequestParameters parameters, CancellationToken cancellationToken)
    {
        if (parameters["refresh_token"] is not { } token)
        {
            return (null, OAuthError.InvalidRequest("refresh_token is missing"));
        }

        if (refreshTokens.Read(token) is not var (grantId, generation))
        {
            return (null, Refused);
        }

        // Everything that can refuse comes before the token is spent: an error leaves it good.
        var granted = await store.ReadAsync(reader => Task.FromResult(Granted.ReadForTokens(reader, grantId)), cancellationToken);
        if (granted is null || granted.Grant.ClientId != client.Id)
        {
            return (null, Refused);
        }

        var (scope, tooMuch) = Narrow(granted.Grant.Scope, parameters["scope"]);
        if (tooMuch is not null)
        {
            return (null, tooMuch);
        }

        var actor = new Actor.RelyingApp(client.Id);
        switch (await store.WriteAsync(actor, transaction => Task.FromResult(Domain.Grants.Grants.TryRotate(transaction, grantId, client.Id, generation)), cancellationToken))
        {
            case Domain.Grants.Grants.RotateResult.Rotated rotated:
                return (granted.Respond(issuer, refreshTokens, client, scope, nonce: null, rotated.Generation), null);
            case Domain.Grants.Grants.RotateResult.Stolen:
                Log.Stolen(logger, client.Id, grantId);
                return (null, Refused);
            default:
                return (null, Refused);
        }
    }

    /// <summary>RFC 6749 §6: the scope may be narrowed, never widened; the grant keeps what it has.</summary>
    private static (string Scope, OAuthError? Error) Narrow(string granted, string? asked)
    {
        if (asked is null)
        {
            return (granted, null);
        }

        var narrowed = Scopes.Split(asked).Distinct(StringComparer.Ordinal).ToArray();
        return narrowed.Length > 0 && narrowed.All(Scopes.Split(granted).Contains)
            ? (string.Join(' ', narrowed), null)
            : (granted, OAuthError.InvalidScope("scope goes beyond what was granted"));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Client {ClientId} used a spent refresh token; its grant {GrantId} is dead.")]
        public static partial void Stolen(ILogger logger, string clientId, string grantId);
    }
}
