using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;

namespace IdentityHub.Domain.Audit;

/// <summary>Reads the audit. What is personal is opened for those who are still there; of who was erased nothing is left to read.</summary>
public static class AuditReader
{
    public const int MostPerPage = 200;

    private const int PerChunk = 1000;

    /// <summary>So many people of a name are looked at.</summary>
    private const int MostOfAName = 50;

    /// <summary>After which a member is another than before.</summary>
    private static readonly string[] MemberActions =
    [
        "user.changed", "user.renamed", "member.accepted", "member.changed", "member.profile-changed", "member.deactivated", "member.reactivated", "primary.transferred", "second-factor.enrolled",
        "second-factor.removed", "seat.assigned", "seat.released",
    ];

    private const string Columns =
        """
        SELECT e."Sequence", e."At", e."Action", e."ActorKind", e."ActorId", e."AccountId", e."SubjectUserId", e."SealedDetails", e."SealedOrigin", e."Digests", e."Hash"
        FROM "Audit" e
        """;

    /// <returns>The users of the account in whose name or user name these words stand, in any spelling: at most fifty.</returns>
    public static async Task<IReadOnlyList<string>> FindPeopleAsync(HubReader reader, string accountId, string words) =>
        [.. (await MemberList.ReadChunkAsync(reader, accountId, new() { Find = words }, after: null, MostOfAName)).Select(member => member.UserId)];

    /// <returns>What was last changed of a member of an account, of that which the page about them shows; null when nothing ever was.</returns>
    public static async Task<AuditLine?> LastChangeAsync(HubReader reader, string accountId, string userId) =>
        (await PageAsync(reader, new() { AccountId = accountId, SubjectUserIds = [userId], Actions = MemberActions }, after: null, 1)).Lines is [var last] ? last : null;

    /// <returns>A page, the newest entries first.</returns>
    public static async Task<AuditPage> PageAsync(HubReader reader, AuditQuery query, AuditCursor? after, int count)
    {
        var entries = Read(reader, query, after, Math.Min(count, PerChunk) + 1);
        var next = entries.Count > count ? new AuditCursor(entries[count - 1].At.ToUnixTimeMilliseconds(), entries[count - 1].Sequence) : (AuditCursor?)null;
        if (next is not null)
        {
            entries.RemoveAt(count);
        }

        var names = await AuditNames.ReadAsync(reader, query.AccountId, entries);
        return new([.. entries.Select(entry => names.Line(reader, entry))], next);
    }

    /// <summary>Everything that the query means, in chunks, each read for itself.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<AuditLine>> AllAsync(
        IHubStore store, AuditQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        AuditCursor? next = null;
        do
        {
            var after = next;
            var page = await store.ReadAsync(reader => PageAsync(reader, query, after, PerChunk), cancellationToken);
            yield return page.Lines;
            next = page.Next;
        }
        while (next is not null);
    }

    private static List<AuditEntry> Read(HubReader reader, AuditQuery query, AuditCursor? after, int most)
    {
        using var row = Command(reader, query, after, most).ExecuteReader();
        var entries = new List<AuditEntry>();
        while (row.Read())
        {
            entries.Add(new()
            {
                Sequence = row.GetInt64(0), At = row.Moment(1), Action = row.GetString(2), ActorKind = row.GetString(3), ActorId = row.Text(4), AccountId = row.Text(5),
                SubjectUserId = row.Text(6), SealedDetails = row.Bytes(7), SealedOrigin = row.Bytes(8), Digests = row.Bytes(9), Hash = row.Bytes(10),
            });
        }

        return entries;
    }

    /// <summary>The question as it is put; a test looks at how the database means to answer it.</summary>
    internal static DbCommand Command(HubReader reader, AuditQuery query, AuditCursor? after, int most)
    {
        // What is everybody's is in the order in which it was written: there is an index of moments only within what is somebody's.
        var isOfOne = query.AccountId is not null || query.SubjectUserIds is not null || query.ActorUserIds is not null;
        var values = new List<object>();
        var conditions = new List<string>();
        if (query.AccountId is not null)
        {
            // Of one person there is less to look through than of an account: an index of the account is of no use then, and is kept from being taken for one.
            var column = query.SubjectUserIds is null && query.ActorUserIds is null ? "e.\"AccountId\"" : "e.\"AccountId\" || ''";
            conditions.Add($"{column} = {Value(query.AccountId)}");
        }

        AddList("Action", query.Actions is { } actions ? actions : query.Family is { } family ? AuditSentences.ActionsOf(family) : null);
        AddList("SubjectUserId", query.SubjectUserIds);
        if (query.ActorUserIds is not null)
        {
            conditions.Add(""" e."ActorKind" = 'person'""");
            AddList("ActorId", query.ActorUserIds);
        }

        if (query.From is { } from)
        {
            conditions.Add($"""e."At" >= {Value(ReportDay.Of(from) * ReportDay.Milliseconds)}""");
        }

        // A page that goes on lies before the last day anyway: the index has one upper bound to begin at.
        if (query.To is { } to && !(isOfOne && after is not null))
        {
            conditions.Add($"""e."At" < {Value((ReportDay.Of(to) + 1) * ReportDay.Milliseconds)}""");
        }

        if (after is { } last)
        {
            conditions.Add(isOfOne
                ? $"""e."At" <= {Value(last.At)} AND (e."At" < {Value(last.At)} OR e."Sequence" < {Value(last.Sequence)})"""
                : $"""e."Sequence" < {Value(last.Sequence)}""");
        }

        var sql = new StringBuilder(Columns);
        if (conditions.Count > 0)
        {
            sql.Append(" WHERE ").AppendJoin(" AND ", conditions);
        }

        sql.Append(CultureInfo.InvariantCulture, $""" ORDER BY {(isOfOne ? "e.\"At\" DESC, " : "")}e."Sequence" DESC LIMIT {Value(most)}""");
        return reader.Connection.Bind(sql.ToString(), values);

        string Value(object value)
        {
            values.Add(value);
            return "@p" + (values.Count - 1).ToString(CultureInfo.InvariantCulture);
        }

        // Filled up with the last one: the statement's text stays one of a few, however many there are.
        void AddList(string column, IReadOnlyList<string>? list)
        {
            if (list is not null)
            {
                var length = list.Count <= 1 ? 1 : Math.Max(list.Count, MostOfAName);
                conditions.Add($"""e."{column}" IN ({string.Join(", ", Enumerable.Range(0, length).Select(i => Value(list.Count == 0 ? "" : list[Math.Min(i, list.Count - 1)])))})""");
            }
        }
    }
}
