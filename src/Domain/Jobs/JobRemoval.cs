using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Jobs;

/// <summary>Has jobs go that nobody asks for any more, in small bites.</summary>
internal static class JobRemoval
{
    private const int Most = 500;

    /// <summary>How long it can be seen what a job did.</summary>
    private static readonly TimeSpan FinishedAreKept = TimeSpan.FromDays(30);

    /// <summary>How long a job waits to be confirmed: what a file says about people is not kept for nothing.</summary>
    private static readonly TimeSpan UnconfirmedAreKept = TimeSpan.FromDays(1);

    private static readonly Statement Expired = new(
        """
        SELECT "Id" FROM "Jobs" WHERE "FinishedAt" < @finished
            OR ("CreatedAt" < @unconfirmed AND "Status" IN ('Reading', 'Draft', 'Preview')) LIMIT 1
        """,
        "@finished", "@unconfirmed");

    /// <summary>Those that ended before they began, and of which something is left.</summary>
    private static readonly Statement Discarded = new(
        """
        SELECT "Id" FROM "Jobs" WHERE "FinishedAt" >= @since AND "StartedAt" IS NULL AND EXISTS (SELECT 1 FROM "JobItems" i WHERE i."JobId" = "Jobs"."Id") LIMIT 1
        """,
        "@since");

    private static readonly Statement DeleteItems = new(
        """
        DELETE FROM "JobItems" WHERE "JobId" = @job AND "Ordinal" IN (SELECT "Ordinal" FROM "JobItems" WHERE "JobId" = @job ORDER BY "Ordinal" LIMIT @most)
        """,
        "@job", "@most");

    private static readonly Statement DeleteJob = new("""DELETE FROM "Jobs" WHERE "Id" = @job""", "@job");

    /// <summary>One bite of one job that is kept no longer.</summary>
    /// <returns>Whether there may be more.</returns>
    public static bool Sweep(HubTransaction transaction)
    {
        if (SweepDiscarded(transaction, DateTimeOffset.UnixEpoch))
        {
            return true;
        }

        var id = transaction.Connection.Scalar(
            Expired, (transaction.Now - FinishedAreKept).ToUnixTimeMilliseconds(), (transaction.Now - UnconfirmedAreKept).ToUnixTimeMilliseconds()) as string;
        if (id is not null)
        {
            Bite(transaction, id);
        }

        return id is not null;
    }

    /// <summary>One bite of what a job left that was discarded. Nobody sees it any more (<see cref="JobReading"/>).</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="since">How far back to look.</param>
    /// <returns>Whether there may be more.</returns>
    public static bool SweepDiscarded(HubTransaction transaction, DateTimeOffset since)
    {
        var id = transaction.Connection.Scalar(Discarded, since.ToUnixTimeMilliseconds()) as string;
        if (id is not null)
        {
            BiteItems(transaction, id);
        }

        return id is not null;
    }

    /// <summary>Deletes some items of a job, and the job with the last of them.</summary>
    /// <returns>Whether there may be more.</returns>
    public static bool Bite(HubTransaction transaction, string jobId)
    {
        if (BiteItems(transaction, jobId))
        {
            return true;
        }

        transaction.Connection.Execute(DeleteJob, jobId);
        return false;
    }

    /// <summary>Deletes some items of a job.</summary>
    /// <returns>Whether there may be more.</returns>
    public static bool BiteItems(HubTransaction transaction, string jobId) => transaction.Connection.Execute(DeleteItems, jobId, Most) == Most;
}
