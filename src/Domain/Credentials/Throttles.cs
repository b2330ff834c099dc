using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Credentials;

/// <summary>How much of something is allowed: <paramref name="Burst"/> at once, then one per <paramref name="Interval"/>.</summary>
public sealed record Limit(string Name, int Burst, TimeSpan Interval);

/// <summary>Limits kept in the database: an attempt is reserved before the work that it guards, in one statement, so parallel attempts cannot outrun it.</summary>
public static class Throttles
{
    /// <summary>The generic cell rate algorithm as one conditional upsert: it changes the row exactly when the attempt is allowed.</summary>
    private static readonly Statement ReserveOne = new(
        """
        INSERT INTO "Throttles" ("Key", "EmptyAt") VALUES (@key, @now + @interval)
        ON CONFLICT ("Key") DO UPDATE SET "EmptyAt" = CASE WHEN "Throttles"."EmptyAt" < @now THEN @now ELSE "Throttles"."EmptyAt" END + @interval
        WHERE "Throttles"."EmptyAt" <= @now + @allowance
        """,
        "@key", "@now", "@interval", "@allowance");

    private static readonly Statement GiveBackOne = new(
        """UPDATE "Throttles" SET "EmptyAt" = "EmptyAt" - @interval WHERE "Key" = @key""", "@key", "@interval");

    private static readonly Statement Forget = new("""DELETE FROM "Throttles" WHERE "EmptyAt" < @now""", "@now");

    /// <returns>False when the limit is used up: the attempt must not be made.</returns>
    public static bool TryReserve(HubTransaction transaction, Limit limit, string subject)
    {
        var interval = (long)limit.Interval.TotalMilliseconds;
        return transaction.Connection.Execute(
            ReserveOne, KeyOf(transaction, limit, subject), transaction.Now.ToUnixTimeMilliseconds(), interval, (limit.Burst - 1) * interval) == 1;
    }

    /// <summary>Gives a reserved attempt back: it turned out to be a good one.</summary>
    public static void GiveBack(HubTransaction transaction, Limit limit, string subject) =>
        transaction.Connection.Execute(GiveBackOne, KeyOf(transaction, limit, subject), (long)limit.Interval.TotalMilliseconds);

    /// <summary>Drops what is empty again.</summary>
    public static int Purge(HubTransaction transaction) => transaction.Connection.Execute(Forget, transaction.Now.ToUnixTimeMilliseconds());

    /// <summary>Under a key of the hub's own: the database does not tell who only tried, nor whether someone did.</summary>
    private static string KeyOf(HubTransaction transaction, Limit limit, string subject) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(transaction.Sealer.KeyFor("throttle"), Encoding.UTF8.GetBytes($"{limit.Name}|{subject}")));
}
