using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Credentials;

/// <summary>What replacing a credential ends: whoever signed in with the former one is signed in no more.</summary>
internal static class CredentialChange
{
    public static async Task EndEverythingAsync(HubTransaction transaction, string userId, string reason)
    {
        await transaction.Db.SaveChangesAsync();
        var user = await transaction.Db.Users.SingleAsync(row => row.Id == userId);
        user.Epoch++;
        await transaction.Db.SaveChangesAsync();
        await Sessions.Sessions.EndAllOfAsync(transaction, userId, reason);
        await Revocation.EndGrantsOfUserAsync(transaction, userId, ConnectionEnd.CredentialReplaced);
    }
}
