using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Grants;

/// <summary>The statements on which every token depends. Each checks all that a grant hangs on in the statement that uses it.</summary>
internal static class GrantStatements
{
    /// <summary>Holds for a row <c>g</c> of Grants that is good at <c>@now</c>: what kills needs no list of what to kill.</summary>
    public const string Live =
        """
        g."RevokedAt" IS NULL AND g."ExpiresAt" > @now AND (g."IdleEndsAt" IS NULL OR g."IdleEndsAt" > @now) AND EXISTS (
            SELECT 1 FROM "Users" lu
            JOIN "Clients" lc ON lc."Id" = g."ClientId"
            LEFT JOIN "Memberships" lm ON lm."Id" = g."MembershipId"
            LEFT JOIN "Accounts" la ON la."Id" = lm."AccountId"
            LEFT JOIN "Sessions" ls ON ls."Id" = g."SessionId"
            WHERE lu."Id" = g."UserId" AND lu."Active" AND lu."Epoch" = g."UserEpoch"
              AND lc."Epoch" = g."ClientEpoch" AND NOT lc."Disabled"
              AND (g."MembershipId" IS NULL OR (lm."Status" = 'Active' AND lm."Epoch" = g."MembershipEpoch" AND la."Status" = 'Open' AND la."Epoch" = g."AccountEpoch"))
              AND (g."Offline" OR (ls."EndedAt" IS NULL AND ls."EndsAt" > @now))
              AND (lc."RequireSeat" IS NULL OR EXISTS (
                  SELECT 1 FROM "SeatAssignments" seat WHERE seat."MembershipId" = g."MembershipId" AND seat."ApplicationId" = lc."RequireSeat")))
        """;

    /// <summary>Inserts a grant only while session, user, client, membership, account and seat are good, taking their epochs as they stand.</summary>
    public static readonly Statement Issue = new(
        """
        INSERT INTO "Grants" ("Id", "ClientId", "ClientEpoch", "UserId", "UserEpoch", "MembershipId", "MembershipEpoch", "AccountEpoch", "SessionId", "Offline",
                              "Scope", "ClaimsRequest", "AuthTime", "Amr", "Acr", "Generation", "CreatedAt", "ExpiresAt", "IdleMilliseconds", "IdleEndsAt")
        SELECT @id, c."Id", c."Epoch", u."Id", u."Epoch", m."Id", m."Epoch", COALESCE(a."Epoch", 0), s."Id", @offline, @scope, @claims, s."AuthTime", s."Amr", @acr, 0, @now, @expires, @idle, CAST(@idle AS BIGINT) + @now
        FROM "Sessions" s
        JOIN "Users" u ON u."Id" = s."UserId" AND u."Epoch" = s."UserEpoch" AND u."Active"
        JOIN "Clients" c ON c."Id" = @client AND NOT c."Disabled"
        LEFT JOIN "Memberships" m ON m."Id" = @membership AND m."UserId" = u."Id" AND m."Status" = 'Active'
        LEFT JOIN "Accounts" a ON a."Id" = m."AccountId" AND a."Status" = 'Open'
        WHERE s."Id" = @session AND s."EndedAt" IS NULL AND s."EndsAt" > @now
          AND (CAST(@membership AS TEXT) IS NULL OR a."Id" IS NOT NULL)
          AND (c."RequireSeat" IS NULL OR EXISTS (
              SELECT 1 FROM "SeatAssignments" seat WHERE seat."MembershipId" = m."Id" AND seat."ApplicationId" = c."RequireSeat"))
        """,
        "@id", "@client", "@membership", "@session", "@offline", "@scope", "@claims", "@acr", "@now", "@expires", "@idle");

    public static readonly Statement AddCode = new(
        """
        INSERT INTO "AuthorizationCodes" ("Hash", "GrantId", "ClientId", "RedirectUri", "CodeChallenge", "Nonce", "ExpiresAt")
        VALUES (@hash, @grant, @client, @redirect, @challenge, @nonce, @expires)
        """,
        "@hash", "@grant", "@client", "@redirect", "@challenge", "@nonce", "@expires");

    public static readonly Statement FindCode = new(
        """
        SELECT "GrantId", "ClientId", "RedirectUri", "CodeChallenge", "Nonce", "ExpiresAt", "RedeemedAt" FROM "AuthorizationCodes" WHERE "Hash" = @hash
        """,
        "@hash");

    /// <summary>RFC 6749 §4.1.2: used once. The row that this changes is the one redemption there will be.</summary>
    public static readonly Statement Redeem = new(
        $"""
        UPDATE "AuthorizationCodes" SET "RedeemedAt" = @now
        WHERE "Hash" = @hash AND "ClientId" = @client AND "RedeemedAt" IS NULL AND "ExpiresAt" > @now
          AND EXISTS (SELECT 1 FROM "Grants" g WHERE g."Id" = "AuthorizationCodes"."GrantId" AND {Live})
        """,
        "@hash", "@client", "@now");

    /// <summary>RFC 9700 §4.14.2: the generation that this moves on from is spent.</summary>
    public static readonly Statement Rotate = new(
        $"""
        UPDATE "Grants" AS g SET "Generation" = g."Generation" + 1, "RotatedAt" = @now, "IdleEndsAt" = g."IdleMilliseconds" + @now
        WHERE g."Id" = @id AND g."ClientId" = @client AND g."Generation" = @generation AND {Live}
        """,
        "@id", "@client", "@generation", "@now");

    public static readonly Statement Position = new(
        $"""
        SELECT g."Generation", g."RotatedAt", g."RevokedAt" FROM "Grants" AS g WHERE g."Id" = @id AND g."ClientId" = @client AND {Live}
        """,
        "@id", "@client", "@now");

    public static readonly Statement Revoke = new(
        """UPDATE "Grants" SET "RevokedAt" = @now WHERE "Id" = @id AND "RevokedAt" IS NULL""", "@id", "@now");

    public static readonly Statement RevokeOfClient = new(
        """UPDATE "Grants" SET "RevokedAt" = @now WHERE "Id" = @id AND "ClientId" = @client AND "RevokedAt" IS NULL""", "@id", "@client", "@now");

    /// <summary>A row for each seat of the member, and one where there is none. Nothing for a token of <c>@token</c> that was revoked by itself.</summary>
    public static readonly Statement FindLive = new(
        $"""
        SELECT g."ClientId", g."SessionId", g."Offline", g."Scope", g."ClaimsRequest", g."AuthTime", g."Amr", g."Generation", g."ExpiresAt",
               u."Id", u."UserName", u."GivenName", u."FamilyName", u."Email", u."EmailVerified", u."UpdatedAt",
               m."Id", m."AccountId", a."Name", m."Role", m."PermissionLevel", g."Acr", g."CreatedAt", s."ApplicationId", u."Locale", u."ZoneInfo", u."Theme"
        FROM "Grants" g
        JOIN "Users" u ON u."Id" = g."UserId"
        LEFT JOIN "Memberships" m ON m."Id" = g."MembershipId"
        LEFT JOIN "Accounts" a ON a."Id" = m."AccountId"
        LEFT JOIN "SeatAssignments" s ON s."MembershipId" = m."Id"
        WHERE g."Id" = @id AND {Live} AND NOT EXISTS (SELECT 1 FROM "RevokedTokens" r WHERE r."TokenId" = @token)
        ORDER BY s."ApplicationId"
        """,
        "@id", "@now", "@token");

    /// <summary>A client of one account hears of that one only.</summary>
    public static readonly Statement AccountsOf = new(
        """
        SELECT a."Id", a."Name" FROM "Grants" g
        JOIN "Clients" c ON c."Id" = g."ClientId"
        JOIN "Memberships" m ON m."UserId" = g."UserId" AND m."Status" = 'Active'
        JOIN "Accounts" a ON a."Id" = m."AccountId" AND a."Status" = 'Open' AND (c."AccountId" IS NULL OR c."AccountId" = a."Id")
        WHERE g."Id" = @grant ORDER BY m."CreatedAt", a."Id"
        """,
        "@grant");

    public static readonly Statement RevokeToken = new(
        """INSERT INTO "RevokedTokens" ("TokenId", "ExpiresAt") VALUES (@id, @expires) ON CONFLICT ("TokenId") DO NOTHING""", "@id", "@expires");

    public static readonly Statement IsTokenRevoked = new("""SELECT 1 FROM "RevokedTokens" WHERE "TokenId" = @id""", "@id");
}
