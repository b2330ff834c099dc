namespace IdentityHub.Domain.Jobs;

public enum JobStatus
{
    /// <summary>A file is being read. Kept only when it was read to its end.</summary>
    Reading,

    /// <summary>A file was read; what its columns are is still to be said.</summary>
    Draft,

    /// <summary>It is being found out what would happen.</summary>
    Preparing,

    /// <summary>What would happen can be seen. Nothing has.</summary>
    Preview,

    /// <summary>Confirmed; begins as soon as it has its turn.</summary>
    Waiting,

    Running,

    /// <summary>Every item has its outcome.</summary>
    Done,

    /// <summary>Ended by a person. What was done stays done.</summary>
    Cancelled,

    /// <summary>Ended by the hub; <see cref="Job.Note"/> says why. What was done stays done.</summary>
    Failed,
}

/// <summary>One change to many members of an account, that a person looked at first and then confirmed; or the members of a file.</summary>
public sealed class Job
{
    public required string Id { get; init; }
    public required string AccountId { get; init; }

    /// <summary>Whose right it runs by, asked anew for each item. Null once that user is erased: then it does not go on.</summary>
    public string? ActorUserId { get; init; }

    /// <summary>The name of its <see cref="JobAction"/>.</summary>
    public required string Kind { get; init; }

    public JobStatus Status { get; set; }

    /// <summary>A <see cref="JobParameters"/>, sealed under the hub's key.</summary>
    public required byte[] SealedParameters { get; set; }

    /// <summary>Whether those whom a filter means are still being written down.</summary>
    public bool Gathering { get; set; }

    /// <summary>Which runner has it. Nobody else does anything for it until <see cref="LeasedUntil"/>.</summary>
    public string? Holder { get; set; }

    public DateTimeOffset? LeasedUntil { get; set; }

    /// <summary>How many items there are.</summary>
    public int Total { get; set; }

    /// <summary>Counted when a preview is complete, and when the job has ended; in between its items say it.</summary>
    public JobCounts Counts { get; set; } = new(0, 0, 0, 0, 0, 0);

    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>Why it ended before its end, as a sentence. Never anything personal.</summary>
    public string? Note { get; set; }
}

/// <summary>How many items of a job have which outcome.</summary>
/// <param name="Waiting">Would be changed, or will be.</param>
/// <param name="Changed">Were changed.</param>
/// <param name="Added">Were added.</param>
/// <param name="Unchanged">Were so already.</param>
/// <param name="Skipped">May not be changed.</param>
/// <param name="Failed">Could not be changed.</param>
public sealed record JobCounts(int Waiting, int Changed, int Added, int Unchanged, int Skipped, int Failed)
{
    /// <summary>How many have their last outcome.</summary>
    public int Finished => Changed + Added + Unchanged + Skipped + Failed;
}

public enum JobOutcome
{
    /// <summary>Not looked at yet.</summary>
    Unplanned,

    /// <summary>To be changed or added.</summary>
    Waiting,

    Changed,
    Added,

    /// <summary>It was so already.</summary>
    Unchanged,

    /// <summary>May not be done; the note says why. Nothing was changed.</summary>
    Skipped,

    /// <summary>Could not be done; the note says why. Nothing was changed.</summary>
    Failed,
}

/// <summary>One member, or one line of a file, in a job.</summary>
public sealed class JobItem
{
    public required string JobId { get; init; }

    /// <summary>From 1, in the order of the file or the list.</summary>
    public required int Ordinal { get; init; }

    /// <summary>The line of the file; null where there is none.</summary>
    public int? Line { get; init; }

    /// <summary>The member; null for one who is none yet, and once the member is deleted.</summary>
    public string? MembershipId { get; set; }

    /// <summary>What the line says. Sealed under the user's own key where <see cref="MembershipId"/> says whose it is, else under the hub's. Blank once it is done.</summary>
    public byte[]? SealedLine { get; set; }

    /// <summary>A pseudonym of the user name on the line, by which the line is found when a user of that name is erased.</summary>
    public string? NameTag { get; set; }

    public JobOutcome Outcome { get; set; }

    /// <summary>A sentence that says why, or what. Never anything personal.</summary>
    public string? Note { get; set; }
}
