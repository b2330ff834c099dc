using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdentityHub.Scim.Pipeline;

/// <summary>Finds out who calls: by a provisioning token of an account, or an access token of a client of that account with scope <c>scim</c> or <c>scim.read</c>.</summary>
internal sealed partial class ScimAuthentication(IHubStore store, IAccessTokenReader accessTokens, ILogger<ScimAuthentication> logger)
{
    public const string WriteScope = "scim";
    public const string ReadScope = "scim.read";

    private static readonly ScimError Missing = new(
        StatusCodes.Status401Unauthorized, null, "Send the account's provisioning token, or an access token with the scope scim, as Authorization: Bearer.");

    private static readonly ScimError Unknown = new(
        StatusCodes.Status401Unauthorized, null, "The token is unknown, expired or revoked. An administrator of the account can make another one.");

    public async Task<Outcome<ScimCall>> IdentifyAsync(HttpContext context)
    {
        var headers = context.Request.Headers.Authorization;
        if (headers is not [{ } header] || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) || header[7..].Trim() is not { Length: > 0 } token)
        {
            return Missing;
        }

        var live = await store.ReadAsync(reader => Task.FromResult(ProvisioningTokens.FindLive(reader, token)), context.RequestAborted);
        if (live is null)
        {
            return await FromAccessTokenAsync(token, context.RequestAborted);
        }

        var call = new ScimCall(live.AccountId, live.Id, live.Scim, MayWrite: true, MembershipId: null) { ActsOnPrimary = live.ActsOnPrimary };
        if (live.UseIsDue)
        {
            NoteUse(call);
        }

        return call;
    }

    private async Task<Outcome<ScimCall>> FromAccessTokenAsync(string token, CancellationToken cancellationToken)
    {
        if (await accessTokens.ReadAsync(token, cancellationToken) is not { } caller)
        {
            return Unknown;
        }

        var mayWrite = caller.HasScope(WriteScope);
        if (!mayWrite && !caller.HasScope(ReadScope))
        {
            return ScimError.Forbidden("The access token does not have the scope scim or scim.read.");
        }

        if (caller.UserId is not null)
        {
            return await OfPersonAsync(caller, cancellationToken);
        }

        return caller.AccountId is { } accountId
            && await store.ReadAsync(reader => Accounts.FindAsync(reader, accountId), cancellationToken) is { } account
            ? new ScimCall(accountId, caller.ClientId, account.Scim, mayWrite, MembershipId: null)
            : ScimError.Forbidden("The client belongs to no account, so there is nothing that it could provision.");
    }

    /// <summary>A person's token reaches that person's own resource and nothing else: it never does what the person could not.</summary>
    private async Task<Outcome<ScimCall>> OfPersonAsync(ProvisioningCaller caller, CancellationToken cancellationToken)
    {
        var places = await store.ReadAsync(reader => Memberships.OfUserAsync(reader, caller.UserId!), cancellationToken);
        return places.FirstOrDefault(place => place.Id == caller.MembershipId) is { } place
            ? new ScimCall(place.AccountId, caller.ClientId, new ScimSettings(), MayWrite: false, place.Id)
            : ScimError.Forbidden("The access token was granted in no account.");
    }

    /// <summary>Not waited for: the request has nothing to do with it.</summary>
    private void NoteUse(ScimCall call) => store.WriteAsync(
        call.Actor,
        transaction =>
        {
            ProvisioningTokens.NoteUse(transaction, call.CallerId);
            return Task.FromResult(true);
        }).ContinueWith(
            failed => Log.UseNotNoted(logger, failed.Exception!), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The last use of a provisioning token could not be noted.")]
        public static partial void UseNotNoted(ILogger logger, Exception fault);
    }
}
