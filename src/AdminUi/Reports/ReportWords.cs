using System.Globalization;
using IdentityHub.Domain.Reports;

namespace IdentityHub.AdminUi.Reports;

/// <summary>What reports say in words. Days and times are those of UTC throughout: charts count by such days.</summary>
internal static class ReportWords
{
    public static string Of(ConnectionEnd end) => end switch
    {
        ConnectionEnd.SignedOut => "Signed out",
        ConnectionEnd.Expired => "Ran out",
        ConnectionEnd.EndedByAdministrator => "Ended by an administrator",
        ConnectionEnd.Deactivated => "User deactivated",
        ConnectionEnd.SeatTaken => "Seat taken away",
        ConnectionEnd.AccessChanged => "Role or permissions changed",
        ConnectionEnd.CredentialReplaced => "Password or second factor replaced",
        ConnectionEnd.AnotherSignedIn => "Someone else signed in in the same browser",
        ConnectionEnd.AppRevoked => "Ended by the app",
        ConnectionEnd.Disconnected => "App disconnected by the user",
        ConnectionEnd.AccountShut => "Account suspended or closed",
        ConnectionEnd.AppChanged => "App changed or disabled",
        ConnectionEnd.UsedTwice => "Ended for safety: a one-time code or token was used twice",
        _ => throw new ArgumentOutOfRangeException(nameof(end), end, null),
    };

    public static string HowEnded(ConnectionLine line) => line.Ending is { } end ? Of(end) : "Open now";

    /// <summary>As in <c>22 Nov 2026, 03:15</c>.</summary>
    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("d MMM yyyy, HH:mm", CultureInfo.InvariantCulture);

    /// <summary>For the attribute <c>datetime</c>, and for files.</summary>
    public static string Machine(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>As in <c>22 Nov</c>.</summary>
    public static string Day(DateOnly day) => day.ToString("d MMM", CultureInfo.InvariantCulture);

    /// <summary>As in <c>2026-11-22</c>.</summary>
    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>As in <c>3 h 20 min</c>.</summary>
    public static string Length(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => "under 1 min",
        { TotalHours: < 1 } => $"{(int)time.TotalMinutes} min",
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays} d {time.Hours} h"),
    };

    public static string Count(int number, string one, string many) => number == 1 ? $"1 {one}" : string.Create(CultureInfo.InvariantCulture, $"{number:#,0} {many}");
}
