using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>Whether a person may have this browser remembered: where it would spare them anything, after a password only, and never who administers.</summary>
internal sealed class RememberOffer(IHubStore store)
{
    /// <returns>For how many days; 0 where it is not offered.</returns>
    public async Task<int> DaysAsync(HttpContext context, CurrentSignIn current, CodeOwner owner)
    {
        if (owner.SessionId is not null || owner.Factors.MustEnrol || current.Client.RequireMfa || current.Request.Enrol is not null)
        {
            return 0;
        }

        return await store.ReadAsync(
            async reader =>
            {
                var days = await RememberedDevices.DaysForAsync(reader, owner.UserId);
                return days > 0 && (await Memberships.OfUserAsync(reader, owner.UserId)).Any(place => place is { LetsIn: true, RequiresSecondFactor: false }) ? days : 0;
            },
            context.RequestAborted);
    }
}
