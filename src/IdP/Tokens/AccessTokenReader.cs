using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Persistence;
using IdentityHub.IdP.Protocol;

namespace IdentityHub.IdP.Tokens;

/// <summary>Tells the hub's own resources who calls, by the rule of introspection.</summary>
internal sealed class AccessTokenReader(AccessTokens tokens, IHubStore store) : IAccessTokenReader
{
    public async Task<ProvisioningCaller?> ReadAsync(string bearerToken, CancellationToken cancellationToken) =>
        await tokens.ReadAsync(bearerToken) is { } token ? await store.ReadAsync(reader => Task.FromResult(CallerOf(reader, token)), cancellationToken) : null;

    private static ProvisioningCaller? CallerOf(HubReader reader, AccessToken token) =>
        LiveToken.Read(reader, token) is { } live && Clients.Find(reader, token.ClientId) is { } client
            ? new(client.Id, client.AccountId, live.Granted?.Grant.User.Id, live.Granted?.Grant.Member?.MembershipId, [.. Scopes.Split(token.Scope)]) { GrantId = token.GrantId }
            : null;
}
