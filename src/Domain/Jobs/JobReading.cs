using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Jobs;

/// <summary>A job as those who administer its account see it.</summary>
public sealed record JobView
{
    public required string Id { get; init; }
    public required JobAction Action { get; init; }
    public required JobStatus Status { get; init; }

    /// <summary>How many items there are; while they are still written down, how many so far.</summary>
    public required int Total { get; init; }

    public required JobCounts Counts { get; init; }

    /// <summary>Of those that wait, how many are to be added. Only of an import.</summary>
    public int ToAdd { get; init; }

    /// <summary>Whose job it is; null once that user is erased.</summary>
    public string? ActorUserId { get; init; }

    /// <summary>By what name the account knows them; null when they are no member any more.</summary>
    public string? ActorName { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why it ended before its end.</summary>
    public string? Note { get; init; }

    /// <summary>Whether something is being done for it at this time, so that looking again will show more.</summary>
    public bool IsMoving => Status is JobStatus.Preparing or JobStatus.Waiting or JobStatus.Running;

    public bool HasEnded => Status is JobStatus.Done or JobStatus.Cancelled or JobStatus.Failed;

    /// <summary>Whether it ended before it began: then nothing of it is kept but that it was.</summary>
    public bool IsDiscarded => HasEnded && StartedAt is null;
}

/// <summary>An item as a line of its job.</summary>
/// <param name="Ordinal">From 1.</param>
/// <param name="Line">The line of the file, where there is one.</param>
/// <param name="MembershipId">The member; null for who is none yet, or none any more.</param>
/// <param name="UserName">The member's, or what the line says; null once nobody knows who it was.</param>
/// <param name="DisplayName">By what name the account knows the member.</param>
/// <param name="Outcome">What came of it, or is to come.</param>
/// <param name="Note">Why, or what.</param>
public sealed record JobItemView(int Ordinal, int? Line, string? MembershipId, string? UserName, string? DisplayName, JobOutcome Outcome, string? Note);

/// <summary>Looking at the jobs of one account. Nothing here looks past it.</summary>
public static class JobReading
{
    public const int LargestPage = 500;

    private const string Items =
        """
        SELECT i."Ordinal", i."Line", m."Id", u."UserName", m."Home", u."GivenName", u."FamilyName", m."Attributes", i."Outcome", i."Note", i."SealedLine"
        FROM "JobItems" i LEFT JOIN "Memberships" m ON m."Id" = i."MembershipId" LEFT JOIN "Users" u ON u."Id" = m."UserId"
        WHERE i."JobId" = @job AND i."Ordinal" > @after
        """;

    private static readonly Statement AllItems = new(Items + """ ORDER BY i."Ordinal" LIMIT @take""", "@job", "@after", "@take");

    private static readonly Statement ItemsOf = new(Items + """ AND i."Outcome" = @outcome ORDER BY i."Ordinal" LIMIT @take""", "@job", "@after", "@outcome", "@take");

    private static readonly Statement UnfinishedOfAccount = new("""SELECT 1 FROM "Jobs" WHERE "Id" = @job AND "AccountId" = @account AND "FinishedAt" IS NULL""", "@job", "@account");

    private static readonly Statement ToAdd = new(
        """SELECT count(*) FROM "JobItems" WHERE "JobId" = @job AND "Outcome" = 'Waiting' AND "MembershipId" IS NULL""", "@job");

    /// <returns>The job with its items counted at this moment; null when the account has no such job.</returns>
    public static async Task<JobView?> FindAsync(HubReader reader, string accountId, string jobId)
    {
        if (await reader.Db.Jobs.AsNoTracking().SingleOrDefaultAsync(job => job.Id == jobId && job.AccountId == accountId && job.Status != JobStatus.Reading) is not { } job)
        {
            return null;
        }

        var view = ViewOf(reader, job, await NamesAsync(reader, accountId, [job]));
        view = view.HasEnded ? view : view with { Counts = JobItems.Count(reader, jobId) };
        return view.Action is JobAction.Import && view.Counts.Waiting > 0
            ? view with { ToAdd = Convert.ToInt32(reader.Connection.Scalar(ToAdd, jobId), System.Globalization.CultureInfo.InvariantCulture) }
            : view;
    }

    /// <returns>The account's jobs, the newest first. How far one is that runs now, <see cref="FindAsync"/> says.</returns>
    public static async Task<IReadOnlyList<JobView>> RecentAsync(HubReader reader, string accountId, int take = 50)
    {
        var jobs = await reader.Db.Jobs.AsNoTracking().Where(job => job.AccountId == accountId && job.Status != JobStatus.Reading)
            .OrderByDescending(job => job.CreatedAt).ThenBy(job => job.Id).Take(take).ToListAsync();
        var names = await NamesAsync(reader, accountId, jobs);
        return [.. jobs.Select(job => ViewOf(reader, job, names))];
    }

    /// <summary>The items of a job in their order. Only of a job that <see cref="FindAsync"/> found.</summary>
    /// <param name="reader">Where to read.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="jobId">The job.</param>
    /// <param name="only">Only items of this outcome; null for all.</param>
    /// <param name="after">The number behind which to begin; 0 to begin at the beginning.</param>
    /// <param name="take">How many, at most <see cref="LargestPage"/>.</param>
    public static async Task<IReadOnlyList<JobItemView>> ItemsAsync(HubReader reader, string accountId, string jobId, JobOutcome? only, int after, int take)
    {
        if (await reader.Db.Jobs.AsNoTracking().SingleOrDefaultAsync(job => job.Id == jobId && job.AccountId == accountId) is not { } job || job is { FinishedAt: not null, StartedAt: null })
        {
            return [];
        }

        var columns = Jobs.Parameters(reader, job).Action is JobAction.Import import ? import.Columns : [];
        return Read(reader, jobId, columns, only, after, Math.Clamp(take, 1, LargestPage));
    }

    private static List<JobItemView> Read(HubReader reader, string jobId, IReadOnlyList<ImportField> columns, JobOutcome? only, int after, int take)
    {
        using var row = (only is { } outcome
            ? reader.Connection.Bind(ItemsOf, jobId, after, outcome.ToString(), take)
            : reader.Connection.Bind(AllItems, jobId, after, take)).ExecuteReader();
        var items = new List<JobItemView>(take);
        while (row.Read())
        {
            var ordinal = row.GetInt32(0);
            var userName = row.Text(3);
            var displayName = userName is null ? null : MemberNames.Of(row.GetBoolean(4), userName, row.Text(5), row.Text(6), row.Text(7));
            if (userName is null && !row.IsDBNull(10) && ImportLines.Open(reader.Sealer, jobId, ordinal, row.GetFieldValue<byte[]>(10)) is { } cells)
            {
                userName = ImportLine.UserNameOf(columns, cells);
            }

            items.Add(new(ordinal, row.IsDBNull(1) ? null : row.GetInt32(1), row.Text(2), userName, displayName, Enum.Parse<JobOutcome>(row.GetString(8)), row.Text(9)));
        }

        return items;
    }

    /// <summary>The first lines of a file whose columns are still to be named.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Sample(HubReader reader, string accountId, string jobId, int take) => reader.Connection.Scalar(UnfinishedOfAccount, jobId, accountId) is null ? [] :
    [
        .. JobItems.Take(reader, jobId, JobOutcome.Unplanned, take)
            .Select(item => item.SealedLine is { } line ? ImportLines.Open(reader.Sealer, jobId, item.Ordinal, line) : null).OfType<IReadOnlyList<string>>(),
    ];

    private static JobView ViewOf(HubReader reader, Job job, Dictionary<string, string> names) => new()
    {
        Id = job.Id, Action = Jobs.Parameters(reader, job).Action, Status = job.Status, Total = job.Total, Counts = job.Counts, ActorUserId = job.ActorUserId,
        ActorName = job.ActorUserId is { } id ? names.GetValueOrDefault(id) : null, CreatedAt = job.CreatedAt, StartedAt = job.StartedAt, FinishedAt = job.FinishedAt, Note = job.Note,
    };

    /// <summary>Those of whom the jobs are, as far as they are members still.</summary>
    private static async Task<Dictionary<string, string>> NamesAsync(HubReader reader, string accountId, IReadOnlyList<Job> jobs)
    {
        var ids = jobs.Select(job => job.ActorUserId).OfType<string>().Distinct().ToArray();
        var members = await (
            from member in reader.Db.Memberships.AsNoTracking()
            join user in reader.Db.Users on member.UserId equals user.Id
            where member.AccountId == accountId && ids.Contains(member.UserId)
            select new { user.Id, member.Home, user.UserName, user.GivenName, user.FamilyName, member.Attributes }).ToListAsync();
        return members.ToDictionary(member => member.Id, member => MemberNames.Of(member.Home, member.UserName, member.GivenName, member.FamilyName, member.Attributes));
    }
}
