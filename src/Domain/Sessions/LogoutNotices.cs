using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Sessions;

/// <summary>What a relying app is told when a sign-in at it has ended (OpenID Connect Back-Channel Logout 1.0 §2.4).</summary>
public sealed record LogoutNotice(string ClientId, string Uri, string Subject, string Sid);

/// <summary>Queues the notice for every app concerned. An app cannot tell why a session ended, only that it did.</summary>
public static class LogoutNotices
{
    public const string Kind = "backchannel-logout";

    /// <summary>The <c>sid</c> of a session at one client: stable over refreshes, different at each client, and no way back to the session.</summary>
    public static string SidFor(string sessionId, string clientId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"sid|{sessionId}|{clientId}")).AsSpan(0, 16));

    internal static async Task QueueAsync(HubTransaction transaction, IQueryable<Grant> grants)
    {
        var told = await (
            from grant in grants
            join client in transaction.Db.Clients on grant.ClientId equals client.Id
            where client.BackchannelLogoutUri != null
            select new { grant.UserId, grant.SessionId, client.Id, client.BackchannelLogoutUri }).Distinct().ToListAsync();
        foreach (var one in told.Where(one => transaction.IsFirst((Kind, one.Id, one.SessionId))))
        {
            // No user id on the row: the notice must reach the app also when the user is deleted.
            await transaction.EnqueueAsync(
                Kind, one.Id, userId: null, new LogoutNotice(one.Id, one.BackchannelLogoutUri!, one.UserId, SidFor(one.SessionId, one.Id)),
                aboutKey: Deliveries.KeyOf(transaction, one.UserId));
        }
    }
}
