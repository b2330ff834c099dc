using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Erasing;

/// <summary>How much of a person the database holds, for the receipt of its erasure.</summary>
internal static class ErasureCounts
{
    private static readonly Statement OfUserRows = new(
        """
        SELECT
            (SELECT COUNT(*) FROM "Memberships" WHERE "UserId" = @user),
            (SELECT COUNT(*) FROM "Sessions" WHERE "UserId" = @user),
            (SELECT COUNT(*) FROM "Grants" WHERE "UserId" = @user),
            (SELECT COUNT(*) FROM "Connections" c JOIN "Memberships" m ON m."Id" = c."MembershipId" WHERE m."UserId" = @user),
            (SELECT COUNT(*) FROM "Passwords" WHERE "UserId" = @user) + (SELECT COUNT(*) FROM "Totps" WHERE "UserId" = @user)
                + (SELECT COUNT(*) FROM "EmailCodes" WHERE "UserId" = @user) + (SELECT COUNT(*) FROM "Passkeys" WHERE "UserId" = @user)
                + (SELECT COUNT(*) FROM "RecoveryCodes" WHERE "UserId" = @user),
            (SELECT COUNT(*) FROM "RememberedDevices" WHERE "UserId" = @user),
            (SELECT COUNT(*) FROM "Outbox" WHERE ("UserId" = @user OR "RecipientUserId" = @user) AND "DeliveredAt" IS NULL),
            (SELECT COUNT(*) FROM "Audit" WHERE "SubjectUserId" = @user) + (SELECT COUNT(*) FROM "Audit" WHERE "ActorKind" = 'person' AND "ActorId" = @user),
            (SELECT COUNT(*) FROM "UserKeys" WHERE "UserId" = @user)
        """,
        "@user");

    private static readonly string[] Names =
        ["memberships", "sessions", "grants", "report_rows", "credentials", "remembered_devices", "messages_not_sent", "audit_entries_emptied", "keys_destroyed"];

    public static IReadOnlyDictionary<string, long> OfUser(HubTransaction transaction, string userId)
    {
        using var row = transaction.Connection.Bind(OfUserRows, userId).ExecuteReader();
        row.Read();
        return Names.Select((name, column) => (name, Count: row.GetInt64(column))).ToDictionary(count => count.name, count => count.Count, StringComparer.Ordinal);
    }

    public static IReadOnlyDictionary<string, long> OfMembership { get; } = new Dictionary<string, long>(StringComparer.Ordinal) { ["memberships"] = 1 };
}
