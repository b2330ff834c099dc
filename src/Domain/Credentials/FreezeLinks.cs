using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Credentials;

/// <summary>The "this wasn't me" of every mail about how somebody signs in. Whoever holds one can have that user's sign-in frozen, and nothing else.</summary>
public static class FreezeLinks
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    public const string Path = "/freeze";
    public const string TokenField = "token";

    private static readonly Statement Insert = new(
        """INSERT INTO "FreezeLinks" ("Id", "UserId", "TokenHash", "ExpiresAt") VALUES (@id, @user, @token, @until)""", "@id", "@user", "@token", "@until");

    /// <summary>What a link is good for at this moment.</summary>
    public abstract record Standing
    {
        private Standing() { }

        public sealed record Open(string UserId, string UserName) : Standing;

        /// <summary>Unknown, used or expired.</summary>
        public sealed record Gone : Standing;
    }

    /// <summary>Makes a link for a mail that is queued in this transaction.</summary>
    /// <returns>Its path at the hub: <see cref="Notices.MailTemplates.Render"/> puts the issuer before it.</returns>
    internal static async Task<string> MakeAsync(HubTransaction transaction, string userId)
    {
        await transaction.FlushAsync();
        var token = RandomId.Secret();
        transaction.Connection.Execute(Insert, RandomId.New(), userId, HashOf(token), (transaction.Now + Lifetime).ToUnixTimeMilliseconds());
        return $"{Path}?{TokenField}={token}";
    }

    /// <summary>What the link of this token is good for. Looking changes nothing: mail scanners open links too.</summary>
    public static async Task<Standing> FindAsync(HubReader reader, string token) =>
        await (from row in Open(reader, token)
               join user in reader.Db.Users.AsNoTracking() on row.UserId equals user.Id
               select new Standing.Open(user.Id, user.UserName)).SingleOrDefaultAsync() is { } open
            ? open
            : new Standing.Gone();

    /// <summary>Uses a link: the user's sign-in is frozen.</summary>
    /// <returns>False when it is no good (any more). Nothing was changed.</returns>
    public static async Task<bool> TryUseAsync(HubTransaction transaction, string token)
    {
        if (await FindAsync(transaction, token) is not Standing.Open open)
        {
            return false;
        }

        // The row that this changes is the one use that there will be.
        if (await Open(transaction, token).ExecuteUpdateAsync(update => update.SetProperty(row => row.UsedAt, transaction.Now)) == 0)
        {
            return false;
        }

        await UserLifecycle.FreezeAsync(transaction, open.UserId);
        return true;
    }

    private static IQueryable<FreezeLink> Open(HubReader reader, string token)
    {
        var hash = HashOf(token);
        return reader.Db.FreezeLinks.Where(row => row.TokenHash == hash && row.UsedAt == null && row.ExpiresAt > reader.Now);
    }

    /// <summary>Bound to its purpose: no token of another kind is one of these.</summary>
    private static string HashOf(string token) => RandomId.HashOf("freeze|" + token);
}
