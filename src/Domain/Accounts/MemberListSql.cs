using System.Data.Common;
using System.Globalization;
using System.Text;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Accounts;

/// <summary>Writes the conditions and orders of the table of users over the narrow index that has every column in it. Every value is a parameter; the account comes first.</summary>
/// <remarks>An expression like <c>m."Id" || ''</c> keeps an engine from another index that would have it read a row for each entry.</remarks>
internal sealed class MemberListSql
{
    /// <summary>Of a guest who has not accepted, an account learns nothing of the factors.</summary>
    private const string Enrolled =
        """
        (m."AcceptedAt" IS NOT NULL AND (EXISTS (SELECT 1 FROM "Totps" t WHERE t."UserId" = m."UserId") OR EXISTS (SELECT 1 FROM "EmailCodes" c WHERE c."UserId" = m."UserId")
            OR EXISTS (SELECT 1 FROM "Passkeys" k WHERE k."UserId" = m."UserId")))
        """;

    /// <summary>Those that are enough wherever one is asked.</summary>
    private const string EnrolledTwo =
        """
        (m."AcceptedAt" IS NOT NULL AND (EXISTS (SELECT 1 FROM "Totps" t WHERE t."UserId" = m."UserId") OR EXISTS (SELECT 1 FROM "Passkeys" k WHERE k."UserId" = m."UserId")))
        """;

    private readonly StringBuilder sql = new();
    private readonly List<object> values = [];
    private readonly MemberFilter filter;
    private readonly TwoFactorPolicy policy;
    private readonly string enough;
    private readonly DateTimeOffset now;

    public MemberListSql(string start, string accountId, TwoFactorPolicy policy, bool emailCodesCount, DateTimeOffset now, MemberFilter filter)
    {
        enough = emailCodesCount ? Enrolled : EnrolledTwo;
        (this.filter, this.policy, this.now) = (filter, policy, now);
        sql.Append(CultureInfo.InvariantCulture, $"{start} FROM \"Memberships\" m WHERE m.\"AccountId\" = {Parameter(accountId)}");
        WriteFilter();
    }

    public MemberListSql Order(MemberOrder order, long skip, int take)
    {
        var direction = order.Descending ? "DESC" : "ASC";
        sql.Append(CultureInfo.InvariantCulture, $" ORDER BY {KeyOf(order)} {direction}, ");
        sql.Append(order.Column == MemberColumn.Name ? $"m.\"Id\" {direction}" : """m."NameKey", m."Id" """);
        sql.Append(CultureInfo.InvariantCulture, $" LIMIT {Parameter((long)take)} OFFSET {Parameter(skip)}");
        return this;
    }

    /// <summary>In the order of names, after a position.</summary>
    public MemberListSql After(MemberPosition? position, int take)
    {
        if (position is not null)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND (m.\"NameKey\", m.\"Id\") > ({Parameter(position.NameKey)}, {Parameter(position.Id)})");
        }

        sql.Append(CultureInfo.InvariantCulture, $" ORDER BY m.\"NameKey\", m.\"Id\" LIMIT {Parameter((long)take)}");
        return this;
    }

    /// <summary>The command, which stays the connection's.</summary>
    public DbCommand Command(HubReader reader) => reader.Connection.Bind(sql.ToString(), values);

    /// <summary>Whether the user of a row <c>m</c> was seen after a moment, in a session that acts in the row's account or in which an app was signed in to for it.</summary>
    public static string SeenHere(string since, string now) =>
        $"""
        EXISTS (SELECT 1 FROM "Sessions" x WHERE x."UserId" = m."UserId" AND x."EndedAt" IS NULL AND x."LastSeenAt" > {since} AND x."ExpiresAt" > {now}
            AND (x."AccountId" = m."AccountId" OR EXISTS (SELECT 1 FROM "Grants" g WHERE g."SessionId" = x."Id" AND g."MembershipId" = m."Id" AND g."RevokedAt" IS NULL)))
        """;

    /// <summary>Whether an app in which the user of a row <c>m</c> is signed in for the row's account said that it holds a live connection.</summary>
    public static string LiveHere(string now) =>
        $"""
        EXISTS (SELECT 1 FROM "Grants" lg JOIN "Sessions" ls ON ls."Id" = lg."SessionId"
            WHERE lg."MembershipId" = m."Id" AND lg."RevokedAt" IS NULL AND lg."LiveUntil" > {now} AND (lg."Offline" OR ls."EndedAt" IS NULL))
        """;

    private string KeyOf(MemberOrder order) => order.Column switch
    {
        // Without a filter the index of sign-in names is the shortest way; with one it would read a row for each entry.
        MemberColumn.UserName => filter.IsAll ? "m.\"UserNameKey\"" : "(m.\"UserNameKey\" || '')",
        MemberColumn.Role => """CASE m."Role" WHEN 'Administrator' THEN 0 ELSE 1 END""",
        MemberColumn.Level => """CASE m."PermissionLevel" WHEN 'PRIMARY' THEN 0 WHEN 'SUPPORT' THEN 1 WHEN 'INVOICES' THEN 2 WHEN 'ACATR' THEN 3 ELSE 4 END""",
        MemberColumn.Seat => $"CASE WHEN {HoldsSeat(order.Seat ?? "")} THEN 0 ELSE 1 END",
        MemberColumn.Status => """CASE m."Status" WHEN 'Active' THEN 0 WHEN 'Invited' THEN 1 ELSE 2 END""",
        MemberColumn.TwoFactor => $"CASE WHEN {Enrolled} THEN 0 WHEN {TwoFactorRule.Condition(policy)} THEN 1 ELSE 2 END",
        MemberColumn.LastSignIn => """COALESCE(m."LastSignInAt", 0)""",
        MemberColumn.ActiveNow => $"CASE WHEN {IsActiveNow()} THEN 0 ELSE 1 END",
        MemberColumn.Source => "m.\"Source\"",
        _ => "m.\"NameKey\"",
    };

    private void WriteFilter()
    {
        foreach (var word in (filter.Find ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(MemberFilter.MostWords))
        {
            // What no user name could hold is looked for as it is folded, and found in none.
            var (name, userName) = (MemberNames.Fold(word), CanonicalName.Of(word));
            And($"(m.\"NameKey\" LIKE {Parameter(Contains(name))} ESCAPE '!' OR m.\"UserNameKey\" LIKE {Parameter(Contains(userName ?? name))} ESCAPE '!')");
        }

        AndEquals("Role", filter.Role is { } role ? PermissionNames.Of(role) : null);
        AndEquals("PermissionLevel", filter.Level is { } level ? PermissionNames.Of(level) : null);
        And(filter.WithoutLevel ? "m.\"PermissionLevel\" IS NULL" : null);
        AndEquals("Status", filter.Status?.ToString());
        And(filter.Seat is { } seat ? HoldsSeat(seat) : null);
        And(filter.WithoutSeat ? """NOT EXISTS (SELECT 1 FROM "SeatAssignments" s WHERE s."MembershipId" = m."Id")""" : null);
        And(filter.TwoFactor switch
        {
            TwoFactorStanding.Required => TwoFactorRule.Condition(policy),
            TwoFactorStanding.Enrolled => Enrolled,
            TwoFactorStanding.None => $"NOT {Enrolled}",
            TwoFactorStanding.Missing => $"{TwoFactorRule.Condition(policy)} AND NOT {enough}",
            _ => null,
        });
        AndEquals("Source", filter.Source?.ToString());
        And(filter.ActiveNow ? IsActiveNow() : null);
    }

    private string HoldsSeat(string applicationId) =>
        $"EXISTS (SELECT 1 FROM \"SeatAssignments\" s WHERE s.\"MembershipId\" = m.\"Id\" AND s.\"ApplicationId\" = {Parameter(applicationId)})";

    /// <remarks>Who was seen lately is asked first, once: they are few beside the members.</remarks>
    private string IsActiveNow()
    {
        var (since, moment) = (Parameter((now - MemberList.ActiveWithin).ToUnixTimeMilliseconds()), Parameter(now.ToUnixTimeMilliseconds()));
        return $"(m.\"UserId\" IN (SELECT y.\"UserId\" FROM \"Sessions\" y WHERE y.\"EndedAt\" IS NULL AND y.\"LastSeenAt\" > {since}) AND {SeenHere(since, moment)})";
    }

    private void AndEquals(string column, string? value) => And(value is null ? null : $"m.\"{column}\" = {Parameter(value)}");

    private void And(string? condition)
    {
        if (condition is not null)
        {
            sql.Append(" AND ").Append(condition);
        }
    }

    private static string Contains(string text) =>
        "%" + text.Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal) + "%";

    private string Parameter(object value)
    {
        values.Add(value);
        return "@p" + (values.Count - 1).ToString(CultureInfo.InvariantCulture);
    }
}
