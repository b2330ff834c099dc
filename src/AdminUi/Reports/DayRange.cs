using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.AdminUi.Reports;

/// <summary>The days that a person asks for in a form, from one to another, both included: kept as typed, and said what is wrong with them.</summary>
internal sealed record DayRange
{
    public const string FromName = "from";
    public const string ToName = "to";

    public required string FromText { get; init; }
    public required string ToText { get; init; }
    public required DateOnly? From { get; init; }
    public required DateOnly? To { get; init; }
    public string? FromWrong { get; init; }
    public string? ToWrong { get; init; }

    public bool IsRight => FromWrong is null && ToWrong is null;

    /// <param name="query">The request's.</param>
    /// <param name="usual">What is meant where nothing is typed; null for no bound.</param>
    /// <param name="most">How many days at most; null for any number.</param>
    public static DayRange Read(IQueryCollection query, (DateOnly From, DateOnly To)? usual, int? most)
    {
        var (fromText, toText) = (query[FromName].ToString().Trim(), query[ToName].ToString().Trim());
        var (from, to) = (Parse(fromText) ?? (fromText.Length == 0 ? usual?.From : null), Parse(toText) ?? (toText.Length == 0 ? usual?.To : null));
        return new()
        {
            FromText = fromText.Length > 0 ? fromText : from is { } first ? ReportWords.Iso(first) : "",
            ToText = toText.Length > 0 ? toText : to is { } last ? ReportWords.Iso(last) : "",
            From = from,
            To = to,
            FromWrong = fromText.Length > 0 && from is null ? "This is no date. Write it as in 2026-11-22." : null,
            ToWrong = toText.Length > 0 && to is null ? "This is no date. Write it as in 2026-11-22."
                : from > to ? "This day lies before the first one."
                : most is { } days && from is { } start && to is { } end && end.DayNumber - start.DayNumber >= days ? $"Choose at most {days} days at once."
                : null,
        };
    }

    private static DateOnly? Parse(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1970 and <= 9000 ? day : null;
}
