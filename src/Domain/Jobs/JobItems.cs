using System.Globalization;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Jobs;

/// <summary>What came of one item.</summary>
/// <param name="Outcome">The outcome, or <see cref="JobOutcome.Waiting"/> where it was only tried.</param>
/// <param name="Note">A sentence for those who asked; nothing personal.</param>
internal sealed record ItemResult(JobOutcome Outcome, string? Note)
{
    /// <summary>The member whom it made, where it made one.</summary>
    public string? MembershipId { get; init; }

    /// <summary>The line of a file that it was about, as it is to be kept.</summary>
    public KeptLine? Line { get; init; }

    public bool HasChanged => Outcome is JobOutcome.Changed or JobOutcome.Added;

    public static ItemResult Changed { get; } = new(JobOutcome.Changed, null);

    public static ItemResult Unchanged { get; } = new(JobOutcome.Unchanged, null);

    public static ItemResult Skipped(string why) => new(JobOutcome.Skipped, why);

    public static ItemResult Failed(string why) => new(JobOutcome.Failed, why);
}

/// <summary>A line of a file, and whose it is.</summary>
/// <param name="Cells">What is kept of it.</param>
/// <param name="UserNameKey">The canonical name on it; null where there is none.</param>
/// <param name="UserId">The member's user, where the account has a member of that name.</param>
/// <param name="MembershipId">That member.</param>
internal sealed record KeptLine(IReadOnlyList<string> Cells, string? UserNameKey, string? UserId, string? MembershipId);

/// <summary>An item as a runner takes it up.</summary>
internal sealed record ItemRow(int Ordinal, string? MembershipId, byte[]? SealedLine);

/// <summary>The rows of a job's items. A hundred thousand of them are written and read in bites, so EF Core has no share in it.</summary>
internal static class JobItems
{
    private static readonly Statement InsertMember = new(
        """
        INSERT INTO "JobItems" ("JobId", "Ordinal", "MembershipId", "Outcome")
        SELECT @job, @ordinal, m."Id", 'Unplanned' FROM "Memberships" m
        WHERE m."Id" = @member AND m."AccountId" = @account AND NOT EXISTS (SELECT 1 FROM "JobItems" i WHERE i."MembershipId" = @member AND i."JobId" = @job)
        """,
        "@job", "@ordinal", "@member", "@account");

    private static readonly Statement InsertLine = new(
        """INSERT INTO "JobItems" ("JobId", "Ordinal", "Line", "SealedLine", "Outcome") VALUES (@job, @ordinal, @line, @sealed, 'Unplanned')""",
        "@job", "@ordinal", "@line", "@sealed");

    private static readonly Statement TakeSome = new(
        """
        SELECT "Ordinal", "MembershipId", "SealedLine" FROM "JobItems" WHERE "JobId" = @job AND "Outcome" = @outcome ORDER BY "Ordinal" LIMIT @most
        """,
        "@job", "@outcome", "@most");

    private static readonly Statement SetOutcome = new(
        """UPDATE "JobItems" SET "Outcome" = @outcome, "Note" = @note WHERE "JobId" = @job AND "Ordinal" = @ordinal AND "Outcome" = @before""",
        "@job", "@ordinal", "@before", "@outcome", "@note");

    /// <summary>The member may be gone by now: then the database has forgotten which one it was, and it stays so.</summary>
    private static readonly Statement Finish = new(
        """
        UPDATE "JobItems" SET "Outcome" = @outcome, "Note" = @note, "SealedLine" = NULL, "NameTag" = NULL, "MembershipId" = COALESCE(@member, "MembershipId")
        WHERE "JobId" = @job AND "Ordinal" = @ordinal AND "Outcome" = 'Waiting'
        """,
        "@job", "@ordinal", "@outcome", "@note", "@member");

    private static readonly Statement SetLine = new(
        """UPDATE "JobItems" SET "SealedLine" = @sealed, "MembershipId" = @member, "NameTag" = @tag WHERE "JobId" = @job AND "Ordinal" = @ordinal""",
        "@job", "@ordinal", "@sealed", "@member", "@tag");

    private static readonly Statement HasEarlierOfName = new(
        """SELECT 1 FROM "JobItems" WHERE "NameTag" = @tag AND "JobId" = @job AND "Ordinal" < @ordinal LIMIT 1""", "@tag", "@job", "@ordinal");

    private static readonly Statement NameOf = new("""SELECT "UserNameKey" FROM "Users" WHERE "Id" = @user""", "@user");

    private static readonly Statement ForgetName = new(
        """UPDATE "JobItems" SET "SealedLine" = NULL, "NameTag" = NULL WHERE "NameTag" = @tag""", "@tag");

    private static readonly Statement CountOutcomes = new("""SELECT "Outcome", count(*) FROM "JobItems" WHERE "JobId" = @job GROUP BY "Outcome" """, "@job");

    /// <summary>Adds those of these who are members of the account, each once.</summary>
    /// <returns>The last number given.</returns>
    public static async Task<int> AddMembersAsync(HubTransaction transaction, string jobId, string accountId, IReadOnlyList<string> membershipIds, int last)
    {
        await transaction.FlushAsync();
        foreach (var id in membershipIds)
        {
            last += transaction.Connection.Execute(InsertMember, jobId, last + 1, id, accountId);
        }

        return last;
    }

    public static void AddLine(HubTransaction transaction, string jobId, int ordinal, int line, byte[] sealedLine) =>
        transaction.Connection.Execute(InsertLine, jobId, ordinal, line, sealedLine);

    /// <returns>The first items of this outcome, in their order.</returns>
    public static IReadOnlyList<ItemRow> Take(HubReader reader, string jobId, JobOutcome outcome, int most)
    {
        using var row = reader.Connection.Bind(TakeSome, jobId, outcome.ToString(), most).ExecuteReader();
        var items = new List<ItemRow>(most);
        while (row.Read())
        {
            items.Add(new(row.GetInt32(0), row.Text(1), row.IsDBNull(2) ? null : row.GetFieldValue<byte[]>(2)));
        }

        return items;
    }

    /// <returns>False when the item is not at <paramref name="before"/> any more. Then nothing was changed.</returns>
    public static bool TrySet(HubTransaction transaction, string jobId, int ordinal, JobOutcome before, ItemResult result) =>
        transaction.Connection.Execute(SetOutcome, jobId, ordinal, before.ToString(), result.Outcome.ToString(), result.Note) == 1;

    /// <summary>Writes that the change of this very transaction was made.</summary>
    /// <returns>False when somebody else has made it. Then this transaction must leave nothing.</returns>
    public static bool TryFinish(HubTransaction transaction, string jobId, int ordinal, ItemResult result) =>
        transaction.Connection.Execute(Finish, jobId, ordinal, result.Outcome.ToString(), result.Note, result.MembershipId) == 1;

    public static void PutLine(HubTransaction transaction, string jobId, int ordinal, byte[]? sealedLine, string? membershipId, string? nameTag) =>
        transaction.Connection.Execute(SetLine, jobId, ordinal, sealedLine, membershipId, nameTag);

    public static bool IsSecondOfName(HubReader reader, string jobId, int ordinal, string nameTag) =>
        reader.Connection.Scalar(HasEarlierOfName, nameTag, jobId, ordinal) is not null;

    /// <summary>Blanks every line of a file that has the name of this user, who is about to be erased.</summary>
    public static async Task ForgetAsync(HubTransaction transaction, string userId)
    {
        await transaction.FlushAsync();
        if (transaction.Connection.Scalar(NameOf, userId) is string name)
        {
            transaction.Connection.Execute(ForgetName, ImportLines.TagOf(transaction, name));
        }
    }

    public static JobCounts Count(HubReader reader, string jobId)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        using var row = reader.Connection.Bind(CountOutcomes, jobId).ExecuteReader();
        while (row.Read())
        {
            counts[row.GetString(0)] = Convert.ToInt32(row.GetValue(1), CultureInfo.InvariantCulture);
        }

        int Of(JobOutcome outcome) => counts.GetValueOrDefault(outcome.ToString());
        return new(Of(JobOutcome.Waiting), Of(JobOutcome.Changed), Of(JobOutcome.Added), Of(JobOutcome.Unchanged), Of(JobOutcome.Skipped), Of(JobOutcome.Failed));
    }
}
