using System.Globalization;
using IdentityHub.AdminUi.SignIn;
using Microsoft.AspNetCore.Html;

namespace IdentityHub.AdminUi;

/// <summary>Moments and spans as people read them.</summary>
public static class Moments
{
    /// <returns>A <c>time</c> element: to the minute, in the person's own time zone.</returns>
    public static IHtmlContent Of(ConsolePerson person, DateTimeOffset at)
    {
        var there = TimeZoneInfo.ConvertTime(at, person.Zone);
        var zone = person.Zone.Equals(TimeZoneInfo.Utc) ? " UTC" : "";
        return new HtmlString(string.Create(
            CultureInfo.InvariantCulture, $"<time datetime=\"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\">{there:d MMM yyyy, HH:mm}{zone}</time>"));
    }

    /// <returns>How long something is, roughly: "3 minutes", "2 hours", "5 days".</returns>
    public static string Roughly(TimeSpan span) => span switch
    {
        { TotalSeconds: < 60 } => "less than a minute",
        { TotalMinutes: < 60 } => Count((int)span.TotalMinutes, "minute"),
        { TotalHours: < 48 } => Count((int)span.TotalHours, "hour"),
        _ => Count((int)span.TotalDays, "day"),
    };

    public static string Count(long count, string one) => string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {one}{(count == 1 ? "" : "s")}");
}
