using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Reports;

/// <summary>What charts show: totals per day, of at most <see cref="MostDays"/> days.</summary>
public static class ReportTotals
{
    public const int MostDays = 366;

    private static readonly Statement OfAccount = new(
        """
        SELECT "Day", "SignIns", "People" FROM "SignInDays" WHERE "AccountId" = @account AND "Day" >= @from AND "Day" <= @to AND "ClientId" = @client
        """,
        "@account", "@client", "@from", "@to");

    private static readonly Statement OfMember = new(
        """
        SELECT c."StartedAt" / 86400000, COUNT(*), 1 FROM "Memberships" m JOIN "Connections" c ON c."MembershipId" = m."Id"
        WHERE m."Id" = @member AND m."AccountId" = @account AND c."StartedAt" >= @from AND c."StartedAt" < @end AND (CAST(@client AS TEXT) = '' OR c."ClientId" = @client)
        GROUP BY c."StartedAt" / 86400000
        """,
        "@account", "@member", "@client", "@from", "@end");

    private static readonly Statement ClientsOfAccount = new(
        """
        SELECT d."ClientId", COALESCE(c."Name", d."ClientId") FROM (SELECT DISTINCT "ClientId" FROM "SignInDays" WHERE "AccountId" = @account AND "ClientId" <> '') d
        LEFT JOIN "Clients" c ON c."Id" = d."ClientId" ORDER BY 2, 1
        """,
        "@account");

    /// <summary>Each day on which something changed, and before them, of each application, the last one before the stretch.</summary>
    private static readonly Statement Seats = new(
        """
        SELECT d."ApplicationId", d."Day", d."Peak", d."Used", d."Capacity" FROM "SeatPools" p JOIN "SeatDays" d
            ON d."AccountId" = p."AccountId" AND d."ApplicationId" = p."ApplicationId" AND d."Day" = (
                SELECT MAX(e."Day") FROM "SeatDays" e WHERE e."AccountId" = p."AccountId" AND e."ApplicationId" = p."ApplicationId" AND e."Day" < @from)
        WHERE p."AccountId" = @account
        UNION ALL
        SELECT d."ApplicationId", d."Day", d."Peak", d."Used", d."Capacity" FROM "SeatPools" p JOIN "SeatDays" d
            ON d."AccountId" = p."AccountId" AND d."ApplicationId" = p."ApplicationId" AND d."Day" >= @from AND d."Day" <= @to
        WHERE p."AccountId" = @account
        ORDER BY 1, 2
        """,
        "@account", "@from", "@to");

    /// <returns>A total for every day from the first to the last, however many sign-ins it had.</returns>
    public static IReadOnlyList<SignInTotal> SignIns(HubReader reader, ReportQuery query)
    {
        var (from, to) = (ReportDay.Of(query.From), LastOf(query));
        var found = new Dictionary<int, (int SignIns, int People)>();
        var client = query.ClientId ?? SignInDay.AnyClient;
        using (var row = (query.MembershipId is { } member
            ? reader.Connection.Bind(OfMember, query.AccountId, member, client, from * ReportDay.Milliseconds, (to + 1) * ReportDay.Milliseconds)
            : reader.Connection.Bind(OfAccount, query.AccountId, client, from, to)).ExecuteReader())
        {
            while (row.Read())
            {
                found[row.GetInt32(0)] = (row.GetInt32(1), row.GetInt32(2));
            }
        }

        return [.. Enumerable.Range(from, Math.Max(0, to - from + 1)).Select(day =>
            found.TryGetValue(day, out var total) ? new SignInTotal(ReportDay.ToDate(day), total.SignIns, total.People) : new(ReportDay.ToDate(day), 0, 0))];
    }

    /// <returns>How the account's seats stood, by application; days to come are left out.</returns>
    public static IReadOnlyList<SeatUse> SeatsOf(HubReader reader, ReportQuery query)
    {
        var (from, to) = (ReportDay.Of(query.From), Math.Min(LastOf(query), ReportDay.Of(reader.Now)));
        var changes = new Dictionary<string, List<(int Day, SeatUseDay Use)>>(StringComparer.Ordinal);
        using (var row = reader.Connection.Bind(Seats, query.AccountId, from, to).ExecuteReader())
        {
            while (row.Read())
            {
                if (!changes.TryGetValue(row.GetString(0), out var days))
                {
                    changes[row.GetString(0)] = days = [];
                }

                days.Add((row.GetInt32(1), new(ReportDay.ToDate(row.GetInt32(1)), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4))));
            }
        }

        return [.. Domain.Seats.Seats.PoolsOf(reader, query.AccountId).Select(pool => new SeatUse(
            pool.ApplicationId, pool.ApplicationName,
            Fill(changes.TryGetValue(pool.ApplicationId, out var days) ? days : [(from, new(ReportDay.ToDate(from), pool.Used, pool.Used, pool.Capacity))], from, to)))];
    }

    /// <returns>The apps that somebody of the account signed in to, in order of their names.</returns>
    public static IReadOnlyList<ReportedClient> ClientsOf(HubReader reader, string accountId)
    {
        using var row = reader.Connection.Bind(ClientsOfAccount, accountId).ExecuteReader();
        var clients = new List<ReportedClient>();
        while (row.Read())
        {
            clients.Add(new(row.GetString(0), row.GetString(1)));
        }

        return clients;
    }

    /// <summary>A day without a change is as the day before it ended.</summary>
    private static List<SeatUseDay> Fill(List<(int Day, SeatUseDay Use)> changes, int from, int to)
    {
        var days = new List<SeatUseDay>();
        var next = 0;
        SeatUseDay? last = null;
        for (var day = Math.Min(from, changes[0].Day); day <= to; day++)
        {
            if (next < changes.Count && changes[next].Day == day)
            {
                last = changes[next++].Use;
            }
            else if (last is not null)
            {
                last = new(ReportDay.ToDate(day), last.Used, last.Used, last.Capacity);
            }

            if (last is not null && day >= from)
            {
                days.Add(last);
            }
        }

        return days;
    }

    private static int LastOf(ReportQuery query) => Math.Min(ReportDay.Of(query.To), ReportDay.Of(query.From) + MostDays - 1);
}
