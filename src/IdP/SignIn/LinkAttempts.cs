using System.Globalization;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>How often one network may try links that are no good. An attempt is reserved before the link is looked at, and given back when it was a good one.</summary>
internal sealed class LinkAttempts(IHubStore store, IdPOptions options)
{
    private static readonly Actor Self = new Actor.Hub("link");

    /// <summary>The name of old: what was used up stays so.</summary>
    private readonly Limit limit = new("invitation-address", options.AddressBurst, options.AddressRefill);

    /// <returns>False when there were too many: the answer is written.</returns>
    public async Task<bool> TryReserveAsync(HttpContext context)
    {
        var network = PasswordStep.NetworkOf(context.Connection.RemoteIpAddress);
        if (await store.WriteAsync(Self, transaction => Task.FromResult(Throttles.TryReserve(transaction, limit, network)), context.RequestAborted))
        {
            return true;
        }

        context.Response.Headers.RetryAfter = ((int)Math.Ceiling(options.AddressRefill.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await PlainPage.WriteErrorAsync(context, StatusCodes.Status429TooManyRequests, "Too many attempts", "Too many links that are no good were tried from your network. Wait a moment and try again.");
        return false;
    }

    public Task GiveBackAsync(HttpContext context) => store.WriteAsync(
        Self,
        transaction =>
        {
            Throttles.GiveBack(transaction, limit, PasswordStep.NetworkOf(context.Connection.RemoteIpAddress));
            return Task.FromResult(true);
        },
        context.RequestAborted);
}
