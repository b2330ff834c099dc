namespace IdentityHub.Domain.Reports;

/// <summary>How a connection ended, as reports say it and the database keeps it.</summary>
public enum ConnectionEnd
{
    /// <summary>The person signed out, here or at an app.</summary>
    SignedOut,

    /// <summary>Its time was up.</summary>
    Expired,

    /// <summary>Somebody who administers ended it.</summary>
    EndedByAdministrator,

    /// <summary>The person was deactivated.</summary>
    Deactivated,

    /// <summary>The seat for the app was taken away or given to another.</summary>
    SeatTaken,

    /// <summary>The person's role, level or duty to give a second factor changed.</summary>
    AccessChanged,

    /// <summary>A password or second factor was replaced.</summary>
    CredentialReplaced,

    /// <summary>Somebody else signed in in the same browser.</summary>
    AnotherSignedIn,

    /// <summary>The app gave its access back.</summary>
    AppRevoked,

    /// <summary>The person took back what they had granted the app.</summary>
    Disconnected,

    /// <summary>The account was suspended or closed.</summary>
    AccountShut,

    /// <summary>The app was disabled, or may do less than it could.</summary>
    AppChanged,

    /// <summary>Something that is good for one use was used twice: somebody else may have had it.</summary>
    UsedTwice,
}

/// <summary>That a person signed in to an app: one authorization, from its beginning to its end. What the reports are made of.</summary>
/// <remarks>Goes with the membership that it was made under. While it is open, its last use stands on the grant (<see cref="Grants.Grant.RotatedAt"/>), which is written at each use anyway.</remarks>
public sealed class Connection
{
    /// <summary>The grant's id.</summary>
    public required string Id { get; init; }

    public required string UserId { get; init; }

    /// <summary>Null, as the membership, only for an operator who is in no account.</summary>
    public string? AccountId { get; init; }
    public string? MembershipId { get; init; }

    public required string ClientId { get; init; }

    /// <summary>What the app was called then.</summary>
    public required string ClientName { get; init; }

    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset LastSeenAt { get; set; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Null while it is open, and a while after its time was up: <see cref="ReportReader"/> knows the difference.</summary>
    public DateTimeOffset? EndedAt { get; set; }
    public ConnectionEnd? Ending { get; set; }

    /// <summary>From where: a <see cref="ConnectionOrigin"/> sealed with the user's own key.</summary>
    public byte[]? SealedOrigin { get; init; }
}

/// <summary>From where somebody signed in.</summary>
/// <param name="UserId">Whose key seals it.</param>
/// <param name="Address">The network address, or null.</param>
/// <param name="Browser">The browser and system in words, such as <c>Firefox on Windows</c>, or null.</param>
public sealed record ConnectionOrigin(string UserId, string? Address, string? Browser);

/// <summary>How many sign-ins an account had on a day: counted as they happen, so that a chart asks for no more rows than it has days. Holds nothing about anybody.</summary>
public sealed class SignInDay
{
    /// <summary>The client id of the row that counts every app together.</summary>
    public const string AnyClient = "";

    public required string AccountId { get; init; }
    public required int Day { get; init; }
    public required string ClientId { get; init; }
    public int SignIns { get; set; }

    /// <summary>How many different people those were.</summary>
    public int People { get; set; }
}

/// <summary>How an account's seats of an application stood on a day on which that changed. Holds nothing about anybody, and is kept.</summary>
public sealed class SeatDay
{
    public required string AccountId { get; init; }
    public required string ApplicationId { get; init; }
    public required int Day { get; init; }

    /// <summary>The most that were taken at any moment of the day.</summary>
    public int Peak { get; set; }

    /// <summary>How many were taken, and how many there were, after the day's last change.</summary>
    public int Used { get; set; }
    public int Capacity { get; set; }
}

/// <summary>Days of reports: those of UTC, numbered from 1970-01-01.</summary>
internal static class ReportDay
{
    public const long Milliseconds = 24L * 60 * 60 * 1000;

    private static readonly DateOnly First = new(1970, 1, 1);

    public static int Of(DateTimeOffset moment) => (int)(moment.ToUnixTimeMilliseconds() / Milliseconds);

    public static int Of(DateOnly day) => day.DayNumber - First.DayNumber;

    public static DateOnly ToDate(int day) => First.AddDays(day);
}
