using System.Globalization;

namespace IdentityHub.Domain.Reports;

/// <summary>Which connections of an account to show. Days are those of UTC, both included.</summary>
/// <param name="AccountId">The one account.</param>
/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
public sealed record ReportQuery(string AccountId, DateOnly From, DateOnly To)
{
    /// <summary>Only this member's. A member of another account has none here.</summary>
    public string? MembershipId { get; init; }

    /// <summary>Only this app's.</summary>
    public string? ClientId { get; init; }

    /// <summary>Only those that ended so.</summary>
    public ConnectionEnd? Ending { get; init; }

    /// <summary>Only those that are open now.</summary>
    public bool OpenNow { get; init; }
}

/// <summary>Where a page of connections goes on: after the one that began then.</summary>
public readonly record struct ReportCursor(long StartedAt, string Id)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{StartedAt}.{Id}");

    /// <returns>Null when it is none.</returns>
    public static ReportCursor? Parse(string? text) =>
        text?.Split('.') is [var moment, { Length: 32 } id] && long.TryParse(moment, NumberStyles.None, CultureInfo.InvariantCulture, out var startedAt) ? new(startedAt, id) : null;
}

/// <summary>A connection as a report shows it.</summary>
public sealed record ConnectionLine
{
    public required string Id { get; init; }

    /// <summary>Null only for an operator who is in no account.</summary>
    public required string? MembershipId { get; init; }

    /// <summary>What the account calls the person, and their sign-in name, as of now.</summary>
    public required string Person { get; init; }
    public required string UserName { get; init; }

    public required string ClientId { get; init; }
    public required string ClientName { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>Null, as <see cref="Ending"/>, while it is open.</summary>
    public required DateTimeOffset? EndedAt { get; init; }
    public required ConnectionEnd? Ending { get; init; }
    public required string? Address { get; init; }
    public required string? Browser { get; init; }

    /// <summary>For how long it was open, or has been.</summary>
    public TimeSpan LengthAt(DateTimeOffset now) => (EndedAt ?? now) - StartedAt;
}

/// <param name="Lines">The newest first.</param>
/// <param name="Next">Where the next page begins; null when there is none.</param>
public sealed record ReportPage(IReadOnlyList<ConnectionLine> Lines, ReportCursor? Next);

/// <summary>How many sign-ins there were on a day, and of how many different people.</summary>
public sealed record SignInTotal(DateOnly Day, int SignIns, int People);

/// <summary>How an account's seats of an application stood at each day of a stretch, beginning with the first of which the hub knows.</summary>
public sealed record SeatUse(string ApplicationId, string ApplicationName, IReadOnlyList<SeatUseDay> Days);

/// <param name="Day">The day.</param>
/// <param name="Peak">The most taken at any moment of it.</param>
/// <param name="Used">Taken at its end.</param>
/// <param name="Capacity">How many there were at its end.</param>
public sealed record SeatUseDay(DateOnly Day, int Peak, int Used, int Capacity);

/// <summary>An app that an account's reports know.</summary>
public sealed record ReportedClient(string Id, string Name);
