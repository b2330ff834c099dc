using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Jobs;

/// <summary>Writes down what was found out about an item by trying it.</summary>
internal static class JobPlan
{
    private const string NoSeatForThisOne = "There is no seat left for this one. Take seats away elsewhere, or buy more on the plan page.";
    private const string TwiceInFile = "This e-mail address stands on an earlier line of the file too.";

    /// <summary>How many more can be given a seat by this job. Each was tried alone, so none of them knows of the others.</summary>
    public static int FreeSeats(HubReader reader, JobWork work)
    {
        if (work.Parameters.Action is not JobAction.GiveSeat give)
        {
            return int.MaxValue;
        }

        var pool = Seats.Seats.PoolsOf(reader, work.AccountId).FirstOrDefault(pool => pool.ApplicationId == give.ApplicationId);
        return pool is null ? 0 : pool.Capacity - pool.Used - JobItems.Count(reader, work.Id).Waiting;
    }

    /// <returns>Whether the item is to be changed.</returns>
    public static bool Record(HubTransaction transaction, JobWork work, ItemRow item, ItemResult result, int free)
    {
        var planned = !result.HasChanged ? result : free > 0 ? new(JobOutcome.Waiting, result.Note) : ItemResult.Skipped(NoSeatForThisOne);
        if (result.Line is { } line)
        {
            var tag = line.UserNameKey is null ? null : ImportLines.TagOf(transaction, line.UserNameKey);
            var sealedLine = line.UserId is null
                ? ImportLines.Seal(transaction, work.Id, item.Ordinal, line.Cells)
                : ImportLines.SealFor(transaction, line.UserId, work.Id, item.Ordinal, line.Cells);
            JobItems.PutLine(transaction, work.Id, item.Ordinal, sealedLine, line.MembershipId, tag);
            if (tag is not null && planned.Outcome != JobOutcome.Failed && JobItems.IsSecondOfName(transaction, work.Id, item.Ordinal, tag))
            {
                planned = ItemResult.Failed(TwiceInFile);
            }
        }

        else if (item.SealedLine is not null)
        {
            // It could not be found out whom the line names, so it could not be found when they are erased.
            JobItems.PutLine(transaction, work.Id, item.Ordinal, null, item.MembershipId, null);
        }

        return JobItems.TrySet(transaction, work.Id, item.Ordinal, JobOutcome.Unplanned, planned) && planned.Outcome == JobOutcome.Waiting;
    }
}
