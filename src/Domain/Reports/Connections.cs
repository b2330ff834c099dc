using System.Text;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Reports;

/// <summary>Records connections as grants come to be and end: in the same transaction, by statements that change nothing else.</summary>
internal static class Connections
{
    private static readonly Statement Insert = new(
        """
        INSERT INTO "Connections" ("Id", "UserId", "AccountId", "MembershipId", "ClientId", "ClientName", "StartedAt", "LastSeenAt", "ExpiresAt", "SealedOrigin")
        SELECT g."Id", g."UserId", m."AccountId", g."MembershipId", g."ClientId", COALESCE(c."Name", c."Id"), g."CreatedAt", g."CreatedAt", g."ExpiresAt", @origin
        FROM "Grants" g JOIN "Clients" c ON c."Id" = g."ClientId" LEFT JOIN "Memberships" m ON m."Id" = g."MembershipId"
        WHERE g."Id" = @id
        """,
        "@id", "@origin");

    /// <summary>Two rows: of the app, and of all together. A person counts once a day in each.</summary>
    private static readonly Statement Count = new(
        """
        INSERT INTO "SignInDays" ("AccountId", "Day", "ClientId", "SignIns", "People")
        SELECT n."AccountId", @day, k."ClientId", 1, CASE WHEN EXISTS (
            SELECT 1 FROM "Connections" e
            WHERE e."MembershipId" = n."MembershipId" AND e."StartedAt" >= @midnight AND e."Id" <> n."Id" AND (k."ClientId" = '' OR e."ClientId" = k."ClientId"))
            THEN 0 ELSE 1 END
        FROM "Connections" n CROSS JOIN (SELECT CAST(@client AS TEXT) AS "ClientId" UNION ALL SELECT '') k
        WHERE n."Id" = @id AND n."AccountId" IS NOT NULL
        ON CONFLICT ("AccountId", "Day", "ClientId") DO UPDATE
        SET "SignIns" = "SignInDays"."SignIns" + 1, "People" = "SignInDays"."People" + excluded."People"
        """,
        "@id", "@client", "@day", "@midnight");

    private static readonly Statement OneEnded = Ending("""c."Id" = @id""", "@id");

    private static readonly Statement OfMemberEnded = Ending("""c."MembershipId" = @id""", "@id");

    /// <summary>Those of operators who are in no account, too.</summary>
    private static readonly Statement OfUserEnded = Ending(
        """
        c."Id" IN (
            SELECT x."Id" FROM "Memberships" m JOIN "Connections" x ON x."MembershipId" = m."Id" WHERE m."UserId" = @id
            UNION ALL
            SELECT x."Id" FROM "Connections" x WHERE x."UserId" = @id AND x."MembershipId" IS NULL)
        AND (@kept = '' OR NOT EXISTS (SELECT 1 FROM "Grants" g WHERE g."Id" = c."Id" AND g."SessionId" = @kept))
        """,
        "@id", "@kept");

    private static readonly Statement OfSeatEnded = Ending(
        """c."MembershipId" = @id AND c."ClientId" IN (SELECT a."Id" FROM "Clients" a WHERE a."RequireSeat" = @application)""", "@id", "@application");

    /// <summary>A grant that outlives its session outlives it here.</summary>
    private static readonly Statement OfSessionEnded = Ending("""c."Id" IN (SELECT g."Id" FROM "Grants" g WHERE g."SessionId" = @id AND NOT g."Offline")""", "@id");

    private static readonly Statement OfShutAccountEnded = Ending(
        """c."MembershipId" = @id AND c."Id" IN (SELECT g."Id" FROM "Grants" g WHERE g."MembershipId" = @id AND g."AccountEpoch" < @epoch)""", "@id", "@epoch");

    private static readonly Statement OfUserAtClientEnded = Ending(
        """c."Id" IN (SELECT g."Id" FROM "Grants" g WHERE g."UserId" = @id AND g."ClientId" = @client AND g."RevokedAt" IS NULL)""", "@id", "@client");

    private static readonly Statement OfClientEnded = Ending("""c."ClientId" = @id""", "@id");

    private static readonly Statement Settle = new(
        $"""
        UPDATE "Connections" AS c SET "EndedAt" = c."ExpiresAt", "Ending" = 'Expired', {LastSeen}
        WHERE c."Id" IN (SELECT x."Id" FROM "Connections" x WHERE x."EndedAt" IS NULL AND x."ExpiresAt" <= @now LIMIT @most)
        """,
        "@now", "@most");

    private static readonly Statement ForgetOfNoAccount = new("""DELETE FROM "Connections" WHERE "UserId" = @user AND "MembershipId" IS NULL""", "@user");

    /// <summary>Accounts come first whatever the planner thinks: one look into the index for each finds out that there is nothing to do.</summary>
    private static readonly Statement ForgetOld = new(
        """
        DELETE FROM "Connections" WHERE "Id" IN (
            SELECT c."Id" FROM "Accounts" a CROSS JOIN "Connections" c
            WHERE c."AccountId" = a."Id" AND c."StartedAt" < @now - a."ReportRetentionDays" * 86400000 LIMIT @most)
        """,
        "@now", "@most");

    private static readonly Statement ForgetOldOfNoAccount = new(
        """DELETE FROM "Connections" WHERE "Id" IN (SELECT "Id" FROM "Connections" WHERE "MembershipId" IS NULL AND "StartedAt" < @before LIMIT @most)""",
        "@before", "@most");

    private static readonly Statement ForgetOldDays = new(
        """
        DELETE FROM "SignInDays" WHERE ("AccountId", "Day", "ClientId") IN (
            SELECT d."AccountId", d."Day", d."ClientId" FROM "Accounts" a CROSS JOIN "SignInDays" d
            WHERE d."AccountId" = a."Id" AND d."Day" < @today - a."ReportRetentionDays" LIMIT @most)
        """,
        "@today", "@most");

    private const string LastSeen = """ "LastSeenAt" = COALESCE((SELECT g."RotatedAt" FROM "Grants" g WHERE g."Id" = c."Id"), c."LastSeenAt")""";

    /// <summary>Records the connection of a grant that was just written.</summary>
    public static void Start(HubTransaction transaction, string grantId, string clientId, ConnectionOrigin? origin)
    {
        var sealedOrigin = origin is null ? null : UserSealing.Seal(transaction, origin.UserId, PlaceOf(grantId), Encode(origin));
        transaction.Connection.Execute(Insert, grantId, sealedOrigin);
        var day = ReportDay.Of(transaction.Now);
        transaction.Connection.Execute(Count, grantId, clientId, day, day * ReportDay.Milliseconds);
    }

    public static void End(HubTransaction transaction, string grantId, ConnectionEnd how) => End(transaction, OneEnded, how, grantId);

    public static void EndOfMember(HubTransaction transaction, string membershipId, ConnectionEnd how) => End(transaction, OfMemberEnded, how, membershipId);

    /// <summary>Everything open of a user, but what hangs on one session.</summary>
    public static void EndOfUser(HubTransaction transaction, string userId, ConnectionEnd how, string? exceptSessionId = null) =>
        End(transaction, OfUserEnded, how, userId, exceptSessionId ?? "");

    public static void EndOfSeat(HubTransaction transaction, string membershipId, string applicationId) =>
        End(transaction, OfSeatEnded, ConnectionEnd.SeatTaken, membershipId, applicationId);

    public static void EndOfSession(HubTransaction transaction, string sessionId, ConnectionEnd how) => End(transaction, OfSessionEnded, how, sessionId);

    /// <summary>What a member of an account that was shut has open since before it was.</summary>
    public static void EndOfShutAccount(HubTransaction transaction, string membershipId, int beforeEpoch, ConnectionEnd how) =>
        End(transaction, OfShutAccountEnded, how, membershipId, beforeEpoch);

    /// <summary>What a person took back from an app, wherever it acted for them.</summary>
    public static void EndOfUserAtClient(HubTransaction transaction, string userId, string clientId) =>
        End(transaction, OfUserAtClientEnded, ConnectionEnd.Disconnected, userId, clientId);

    /// <summary>Everything open at an app, of everyone: looks through all that is open, as an app changes seldom.</summary>
    public static void EndOfClient(HubTransaction transaction, string clientId) => End(transaction, OfClientEnded, ConnectionEnd.AppChanged, clientId);

    /// <summary>How the connections of a session end that is ended for this reason by this actor.</summary>
    public static ConnectionEnd WhyEnded(string reason, Actor actor, string userId) => reason switch
    {
        "signed out" => ConnectionEnd.SignedOut,
        "expired" => ConnectionEnd.Expired,
        "deactivated" => ConnectionEnd.Deactivated,
        "another user signed in" => ConnectionEnd.AnotherSignedIn,
        "password changed" or "authenticator app replaced" or "address for codes replaced" or "codes by e-mail removed"
            or "second factor removed" or "second factor enrolled" or "second factors reset" or "frozen" => ConnectionEnd.CredentialReplaced,
        _ => actor is Actor.Person person && person.UserId == userId ? ConnectionEnd.SignedOut : ConnectionEnd.EndedByAdministrator,
    };

    /// <summary>Writes down of some connections whose time was up that it was, while their grants still tell when they were last used.</summary>
    /// <returns>Of how many; less than asked when there are no more.</returns>
    public static int SettleExpired(HubTransaction transaction, int most) => transaction.Connection.Execute(Settle, transaction.Now.ToUnixTimeMilliseconds(), most);

    /// <summary>Deletes some of what is older than its account keeps reports.</summary>
    /// <returns>How many; less than asked when there are no more.</returns>
    public static int DeleteOld(HubTransaction transaction, int most)
    {
        var now = transaction.Now;
        var deleted = transaction.Connection.Execute(ForgetOld, now.ToUnixTimeMilliseconds(), most);
        return deleted + transaction.Connection.Execute(ForgetOldOfNoAccount, (now - ReportRetention.Default).ToUnixTimeMilliseconds(), most - deleted);
    }

    /// <inheritdoc cref="DeleteOld"/>
    public static int DeleteOldDays(HubTransaction transaction, int most) => transaction.Connection.Execute(ForgetOldDays, ReportDay.Of(transaction.Now), most);

    /// <summary>What of a user's report goes with no membership: before the user is erased.</summary>
    public static void Erase(HubTransaction transaction, string userId) => transaction.Connection.Execute(ForgetOfNoAccount, userId);

    /// <returns>Null when it does not open.</returns>
    public static (string? Address, string? Browser)? OpenOrigin(byte[] key, string connectionId, byte[] sealedOrigin) =>
        UserSealing.Open(key, PlaceOf(connectionId), sealedOrigin) is { } plain && Encoding.UTF8.GetString(plain).Split('\n') is [var address, var browser]
            ? (address.Length > 0 ? address : null, browser.Length > 0 ? browser : null)
            : null;

    private static byte[] Encode(ConnectionOrigin origin) => Encoding.UTF8.GetBytes($"{OneLine(origin.Address)}\n{OneLine(origin.Browser)}");

    private static string? OneLine(string? text) => text?.Replace('\n', ' ');

    private static string PlaceOf(string connectionId) => "connection:" + connectionId;

    private static void End(HubTransaction transaction, Statement statement, ConnectionEnd how, params ReadOnlySpan<object?> which) =>
        transaction.Connection.Execute(statement, [.. which, transaction.Now.ToUnixTimeMilliseconds(), how.ToString()]);

    /// <summary>What was up before the moment stays so: its end is settled as what it was.</summary>
    private static Statement Ending(string which, params string[] parameters) => new(
        $"""
        UPDATE "Connections" AS c SET "EndedAt" = @now, "Ending" = @how, {LastSeen}
        WHERE {which} AND c."EndedAt" IS NULL AND c."ExpiresAt" > @now
        """,
        [.. parameters, "@now", "@how"]);
}
