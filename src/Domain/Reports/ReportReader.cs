using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Reports;

/// <summary>Reads reports of connections. Nothing here looks past the account that is named.</summary>
public static class ReportReader
{
    public const int MostPerPage = 200;

    private const int PerChunk = 1000;

    /// <summary>Nothing is open for longer than a grant can last.</summary>
    private static readonly TimeSpan LongestOpen = Grants.Grants.OfflineLifetime + TimeSpan.FromDays(1);

    private const string Columns =
        """
        SELECT c."Id", c."MembershipId", u."UserName", u."GivenName", u."FamilyName", m."Home", m."Attributes", c."ClientId", c."ClientName", c."StartedAt",
            CASE WHEN c."EndedAt" IS NULL THEN COALESCE(g."RotatedAt", c."LastSeenAt") ELSE c."LastSeenAt" END, c."ExpiresAt", c."EndedAt", c."Ending",
            c."SealedOrigin", c."UserId", k."SealedKey"
        """;

    private const string Beside =
        """
        JOIN "Users" u ON u."Id" = c."UserId"
        LEFT JOIN "Grants" g ON g."Id" = c."Id"
        LEFT JOIN "UserKeys" k ON k."UserId" = c."UserId"
        """;

    /// <returns>A page, the newest connections first.</returns>
    public static ReportPage Page(HubReader reader, ReportQuery query, ReportCursor? after, int count)
    {
        var lines = new List<ConnectionLine>(count + 1);
        var keys = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using (var row = Command(reader, query, after, Math.Min(count, Math.Max(PerChunk, MostPerPage)) + 1).ExecuteReader())
        {
            while (row.Read())
            {
                lines.Add(Read(reader, row, keys));
            }
        }

        if (lines.Count <= count)
        {
            return new(lines, null);
        }

        lines.RemoveAt(count);
        return new(lines, new(lines[^1].StartedAt.ToUnixTimeMilliseconds(), lines[^1].Id));
    }

    /// <summary>Everything that the query means, in chunks, each read for itself: nobody waits for a slow reader, and nothing is held in memory but one chunk.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<ConnectionLine>> AllAsync(
        IHubStore store, ReportQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ReportCursor? next = null;
        do
        {
            var after = next;
            var page = await store.ReadAsync(reader => Task.FromResult(Page(reader, query, after, PerChunk)), cancellationToken);
            yield return page.Lines;
            next = page.Next;
        }
        while (next is not null);
    }

    /// <summary>The question as it is put; a test looks at how the database means to answer it.</summary>
    internal static DbCommand Command(HubReader reader, ReportQuery query, ReportCursor? after, int most)
    {
        var values = new List<object>();
        var sql = new StringBuilder(Columns);
        if (query.MembershipId is not null)
        {
            // The member's own index; that they are of this account is asked of the membership.
            sql.Append(CultureInfo.InvariantCulture, $""" FROM "Memberships" m JOIN "Connections" c ON c."MembershipId" = m."Id" {Beside} """)
                .Append(CultureInfo.InvariantCulture, $"""WHERE m."Id" = {Value(query.MembershipId)} AND m."AccountId" = {Value(query.AccountId)}""");
        }
        else
        {
            sql.Append(CultureInfo.InvariantCulture, $""" FROM "Connections" c LEFT JOIN "Memberships" m ON m."Id" = c."MembershipId" {Beside} """)
                .Append(CultureInfo.InvariantCulture, $"""WHERE c."AccountId" = {Value(query.AccountId)}""");
        }

        var now = reader.Now.ToUnixTimeMilliseconds();
        var from = ReportDay.Of(query.From) * ReportDay.Milliseconds;
        var open = query.OpenNow ? (reader.Now - LongestOpen).ToUnixTimeMilliseconds() : from;
        sql.Append(CultureInfo.InvariantCulture, $""" AND c."StartedAt" >= {Value(Math.Max(from, open))}""")
            .Append(CultureInfo.InvariantCulture, $""" AND c."StartedAt" <= {Value(after?.StartedAt ?? ((ReportDay.Of(query.To) + 1) * ReportDay.Milliseconds) - 1)}""");
        if (query.ClientId is not null)
        {
            sql.Append(CultureInfo.InvariantCulture, $""" AND c."ClientId" = {Value(query.ClientId)}""");
        }

        if (query.OpenNow)
        {
            sql.Append(CultureInfo.InvariantCulture, $""" AND c."Ending" IS NULL AND c."ExpiresAt" > {Value(now)}""");
        }
        else if (query.Ending == ConnectionEnd.Expired)
        {
            sql.Append(CultureInfo.InvariantCulture, $""" AND (c."Ending" = 'Expired' OR (c."Ending" IS NULL AND c."ExpiresAt" <= {Value(now)}))""");
        }
        else if (query.Ending is { } ending)
        {
            sql.Append(CultureInfo.InvariantCulture, $""" AND c."Ending" = {Value(ending.ToString())}""");
        }

        if (after is { } last)
        {
            sql.Append(CultureInfo.InvariantCulture, $""" AND (c."StartedAt" < {Value(last.StartedAt)} OR c."Id" < {Value(last.Id)})""");
        }

        sql.Append(CultureInfo.InvariantCulture, $""" ORDER BY c."StartedAt" DESC, c."Id" DESC LIMIT {Value(most)}""");
        return reader.Connection.Bind(sql.ToString(), values);

        string Value(object value)
        {
            values.Add(value);
            return "@p" + (values.Count - 1).ToString(CultureInfo.InvariantCulture);
        }
    }

    private static ConnectionLine Read(HubReader reader, DbDataReader row, Dictionary<string, byte[]> keys)
    {
        var userName = row.GetString(2);
        var (expiresAt, endedAt) = (row.Moment(11), row.MomentOrNull(12));
        var isOver = endedAt is not null || expiresAt <= reader.Now;
        var origin = Origin(reader, row, keys);
        return new()
        {
            Id = row.GetString(0),
            MembershipId = row.Text(1),

            // A guest is shown by what the account itself has on file of them.
            Person = MemberNames.Of(row.IsDBNull(5) || row.GetBoolean(5), userName, row.Text(3), row.Text(4), row.Text(6)),
            UserName = userName,
            ClientId = row.GetString(7),
            ClientName = row.GetString(8),
            StartedAt = row.Moment(9),
            LastSeenAt = row.Moment(10),
            EndedAt = endedAt ?? (isOver ? expiresAt : null),
            Ending = row.Text(13) is { } ending ? Enum.Parse<ConnectionEnd>(ending) : isOver ? ConnectionEnd.Expired : null,
            Address = origin?.Address,
            Browser = origin?.Browser,
        };
    }

    private static (string? Address, string? Browser)? Origin(HubReader reader, DbDataReader row, Dictionary<string, byte[]> keys)
    {
        if (row.Bytes(14) is not { } sealedOrigin || row.Bytes(16) is not { } sealedKey)
        {
            return null;
        }

        var userId = row.GetString(15);
        if (!keys.TryGetValue(userId, out var key))
        {
            keys[userId] = key = UserSealing.Unseal(reader, userId, sealedKey);
        }

        return Connections.OpenOrigin(key, row.GetString(0), sealedOrigin);
    }
}
