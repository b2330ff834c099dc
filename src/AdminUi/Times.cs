using System.Globalization;
using IdentityHub.AdminUi.SignIn;
using Microsoft.AspNetCore.Html;

namespace IdentityHub.AdminUi;

/// <summary>Moments and stretches of time, for people.</summary>
public static class Times
{
    /// <returns>A <c>time</c> element of <see cref="Text"/>.</returns>
    public static IHtmlContent Of(ConsolePerson person, DateTimeOffset moment) => new HtmlString($"<time datetime=\"{Machine(moment)}\">{Text(person, moment)}</time>");

    /// <returns>The same, or other words where there is none.</returns>
    public static IHtmlContent Of(ConsolePerson person, DateTimeOffset? moment, string otherwise) =>
        moment is { } one ? Of(person, one) : new HtmlContentBuilder().Append(otherwise);

    /// <returns>As in <c>22 November 2026, 03:15 UTC</c>: to the minute, in the time zone that the person chose, or else in UTC and saying so.</returns>
    public static string Text(ConsolePerson person, DateTimeOffset moment) => person.Zone.Equals(TimeZoneInfo.Utc)
        ? moment.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture)
        : TimeZoneInfo.ConvertTime(moment, person.Zone).ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture);

    /// <returns>As in <c>1 session</c>, <c>1,200 sessions</c>.</returns>
    public static string Count(long count, string one) => string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {one}{(count == 1 ? "" : "s")}");

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
