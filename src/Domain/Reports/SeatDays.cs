using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Reports;

/// <summary>Writes down how seats stand, after each change of them and in its transaction.</summary>
internal static class SeatDays
{
    /// <summary>The day's peak begins with what was taken when it began.</summary>
    private static readonly Statement Note = new(
        """
        INSERT INTO "SeatDays" ("AccountId", "ApplicationId", "Day", "Peak", "Used", "Capacity")
        SELECT p."AccountId", p."ApplicationId", @day,
            CASE WHEN p."Used" >= COALESCE(b."Used", 0) THEN p."Used" ELSE b."Used" END, p."Used", p."Capacity"
        FROM "SeatPools" p
        LEFT JOIN "SeatDays" b ON b."AccountId" = p."AccountId" AND b."ApplicationId" = p."ApplicationId" AND b."Day" = (
            SELECT MAX(e."Day") FROM "SeatDays" e WHERE e."AccountId" = p."AccountId" AND e."ApplicationId" = p."ApplicationId" AND e."Day" < @day)
        WHERE p."AccountId" = @account AND p."ApplicationId" = @application
        ON CONFLICT ("AccountId", "ApplicationId", "Day") DO UPDATE
        SET "Peak" = CASE WHEN excluded."Used" > "SeatDays"."Peak" THEN excluded."Used" ELSE "SeatDays"."Peak" END,
            "Used" = excluded."Used", "Capacity" = excluded."Capacity"
        """,
        "@account", "@application", "@day");

    /// <summary>Notes how an account's seats of an application stand now.</summary>
    public static void Record(HubTransaction transaction, string accountId, string applicationId) =>
        transaction.Connection.Execute(Note, accountId, applicationId, ReportDay.Of(transaction.Now));
}
