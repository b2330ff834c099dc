using System.Globalization;

namespace IdentityHub.AdminUi;

/// <summary>Moments and stretches of time, for people.</summary>
public static class Times
{
    /// <returns>As in <c>22 November 2026, 03:15 UTC</c>.</returns>
    public static string Of(DateTimeOffset moment) => moment.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <returns>The same, or other words where there is none.</returns>
    public static string Of(DateTimeOffset? moment, string otherwise) => moment is { } one ? Of(one) : otherwise;

    /// <returns>For the attribute <c>datetime</c>.</returns>
    public static string Machine(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <returns>As in <c>5 hours</c>, rounded down.</returns>
    public static string Length(TimeSpan time) => time switch
    {
        { TotalMinutes: < 2 } => "a minute",
        { TotalHours: < 2 } => $"{(int)time.TotalMinutes} minutes",
        { TotalDays: < 3 } => $"{(int)time.TotalHours} hours",
        _ => $"{(int)time.TotalDays} days",
    };
}
