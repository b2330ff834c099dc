using System.Globalization;

namespace IdentityHub.Domain.Audit;

/// <summary>Which entries of the audit to show.</summary>
public sealed record AuditQuery
{
    /// <summary>The one account; null for those of every account and of none, which only an operator may see.</summary>
    public required string? AccountId { get; init; }

    public AuditFamily? Family { get; init; }

    /// <summary>Only these, whatever the family.</summary>
    public IReadOnlyList<string>? Actions { get; init; }

    /// <summary>Only what these did.</summary>
    public IReadOnlyList<string>? ActorUserIds { get; init; }

    /// <summary>Only what was done to these.</summary>
    public IReadOnlyList<string>? SubjectUserIds { get; init; }

    /// <summary>The first and the last day, of UTC; null for no bound.</summary>
    public DateOnly? From { get; init; }
    public DateOnly? To { get; init; }
}

/// <summary>Where a page goes on: after the entry of this moment and number.</summary>
public readonly record struct AuditCursor(long At, long Sequence)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At}.{Sequence}");

    /// <returns>Null when it is none.</returns>
    public static AuditCursor? Parse(string? text) =>
        text?.Split('.') is [var moment, var number]
        && long.TryParse(moment, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? new(at, sequence)
            : null;
}

/// <summary>A person whom an entry names, as far as whoever reads may know them.</summary>
/// <param name="Name">What the account calls them, or who they are in other words.</param>
/// <param name="MembershipId">Under which the account's pages know them; null for who is no member.</param>
public sealed record AuditPerson(string Name, string? MembershipId);

/// <summary>An entry of the audit as it is read.</summary>
public sealed record AuditLine
{
    public required long Sequence { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Action { get; init; }

    /// <summary>Null for an action that this build does not know.</summary>
    public required AuditFamily? Family { get; init; }
    public required string? AccountId { get; init; }

    /// <summary>Who did it.</summary>
    public required AuditPerson Actor { get; init; }

    /// <summary>To whom it was done; null where there was nobody.</summary>
    public required AuditPerson? Subject { get; init; }

    /// <summary>The network address of who did it; null where nobody knows, and once they were erased.</summary>
    public required string? From { get; init; }

    public required AuditDetails Details { get; init; }

    /// <summary>Whether something was said here about a person who has been erased since.</summary>
    public required bool IsErased { get; init; }

    /// <summary>What was done, without who did it: <c>changed the role of Pat Doe from User to Administrator</c>.</summary>
    public required string Sentence { get; init; }

    /// <summary>The entry's place in the chain, in lower-case hexadecimal digits; null for what is older than the chain.</summary>
    public required string? Hash { get; init; }
}

/// <param name="Lines">The newest first.</param>
/// <param name="Next">Where the next page begins; null when there is none.</param>
public sealed record AuditPage(IReadOnlyList<AuditLine> Lines, AuditCursor? Next);
