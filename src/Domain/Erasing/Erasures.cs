using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Erasing;

/// <summary>What was erased.</summary>
public enum ErasedKind
{
    /// <summary>A person, everywhere.</summary>
    User,

    /// <summary>What one account had on file about somebody who is at home elsewhere.</summary>
    Membership,
}

/// <summary>Waits in the outbox until the bytes of what was erased are gone from every file of the hub, and the ledger says so.</summary>
/// <param name="About">The pseudonym by which files of mails are found; null where nothing was written about them.</param>
public sealed record ErasureNotice(string? About)
{
    public const string Kind = "mail-erasure";

    /// <summary>The erasure; null of one that an older version queued.</summary>
    public string? Id { get; init; }

    /// <summary>Its <see cref="Erasure.Mark"/>.</summary>
    public string? Mark { get; init; }

    public DateTimeOffset At { get; init; }
}

/// <summary>What a receipt says of an erasure.</summary>
/// <param name="Id">The erasure.</param>
/// <param name="AccountId">The account that erased.</param>
/// <param name="At">When.</param>
/// <param name="BytesGoneAt">When the bytes were gone from the hub's files too; null while they are not yet.</param>
/// <param name="Counts">How many of what went.</param>
public sealed record ErasureRecord(string Id, string? AccountId, DateTimeOffset At, DateTimeOffset? BytesGoneAt, IReadOnlyDictionary<string, long> Counts);

/// <summary>That people were erased, and nothing of whom.</summary>
public static class Erasures
{
    private static readonly Statement Insert = new(
        """INSERT INTO "Erasures" ("Id", "AccountId", "Mark", "At", "Counts") VALUES (@id, @account, @mark, @at, @counts) ON CONFLICT ("Mark") DO NOTHING""",
        "@id", "@account", "@mark", "@at", "@counts");

    private static readonly Statement Users = new("""SELECT "Id" FROM "Users" """);

    private static readonly Statement Guests = new("""SELECT "Id" FROM "Memberships" WHERE NOT "Home" """);

    private static readonly Statement BytesAreGone = new("""UPDATE "Erasures" SET "BytesGoneAt" = @now WHERE "Id" = @id AND "BytesGoneAt" IS NULL""", "@id", "@now");

    /// <summary>A pseudonym under the hub's key. Only who still holds the id, as an older copy of the database does, can tell whose it is.</summary>
    public static string MarkOf(HubReader reader, ErasedKind kind, string id)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return Convert.ToHexStringLower(HMACSHA256.HashData(reader.Sealer.KeyFor("erasure-mark"), Encoding.UTF8.GetBytes($"{kind}|{id}")));
    }

    /// <summary>Notes an erasure in the transaction that makes it, and has the files follow.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="kind">What is erased.</param>
    /// <param name="id">Of the user or of the membership.</param>
    /// <param name="accountId">The account whose administrators may see that it was done; null for none.</param>
    /// <param name="about">See <see cref="ErasureNotice"/>.</param>
    /// <param name="counts">How many of what went.</param>
    internal static async Task RecordAsync(HubTransaction transaction, ErasedKind kind, string id, string? accountId, string? about, IReadOnlyDictionary<string, long> counts)
    {
        await transaction.FlushAsync();
        var (erasureId, mark) = (RandomId.New(), MarkOf(transaction, kind, id));
        transaction.Connection.Execute(Insert, erasureId, accountId, mark, transaction.Now.ToUnixTimeMilliseconds(), JsonSerializer.Serialize(counts));
        await transaction.EnqueueAsync(ErasureNotice.Kind, "", null, new ErasureNotice(about) { Id = erasureId, Mark = mark, At = transaction.Now });
    }

    /// <summary>The bytes are gone from the files.</summary>
    public static void RecordBytesGone(HubTransaction transaction, string erasureId)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        transaction.Connection.Execute(BytesAreGone, erasureId, transaction.Now.ToUnixTimeMilliseconds());
    }

    /// <returns>An account's erasures, the newest first.</returns>
    public static async Task<IReadOnlyList<ErasureRecord>> ListAsync(HubReader reader, string accountId, int most, DateTimeOffset? before = null)
    {
        var rows = await reader.Db.Erasures.AsNoTracking().Where(row => row.AccountId == accountId && (before == null || row.At < before))
            .OrderByDescending(row => row.At).Take(most).ToListAsync();
        return [.. rows.Select(Record)];
    }

    /// <returns>Null when the account has no such erasure.</returns>
    public static async Task<ErasureRecord?> FindAsync(HubReader reader, string accountId, string id) =>
        await reader.Db.Erasures.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.AccountId == accountId) is { } row ? Record(row) : null;

    /// <returns>Every mark with its moment, the oldest first: what a ledger holds.</returns>
    public static async Task<IReadOnlyList<(string Mark, DateTimeOffset At)>> MarksAsync(HubReader reader)
    {
        var rows = await reader.Db.Erasures.AsNoTracking().OrderBy(row => row.At).Select(row => new { row.Mark, row.At }).ToListAsync();
        return [.. rows.Select(row => (row.Mark, row.At))];
    }

    /// <summary>Who in this database bears one of these marks: whom an older copy brought back. Looks at every user and guest.</summary>
    public static Task<IReadOnlyList<(ErasedKind Kind, string Id)>> FindMarkedAsync(HubReader reader, IReadOnlySet<string> marks) => Task.FromResult<IReadOnlyList<(ErasedKind Kind, string Id)>>(FindMarked(reader, marks));

    private static List<(ErasedKind Kind, string Id)> FindMarked(HubReader reader, IReadOnlySet<string> marks)
    {
        var found = new List<(ErasedKind, string)>();
        foreach (var (kind, statement) in new[] { (ErasedKind.User, Users), (ErasedKind.Membership, Guests) })
        {
            using var rows = reader.Connection.Bind(statement).ExecuteReader();
            while (rows.Read())
            {
                if (marks.Contains(MarkOf(reader, kind, rows.GetString(0))))
                {
                    found.Add((kind, rows.GetString(0)));
                }
            }
        }

        return found;
    }

    private static ErasureRecord Record(Erasure row) =>
        new(row.Id, row.AccountId, row.At, row.BytesGoneAt, JsonSerializer.Deserialize<Dictionary<string, long>>(row.Counts) ?? []);
}
