using System.Globalization;
using IdentityHub.AdminUi.Charts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace IdentityHub.AdminUi.Reports;

/// <summary>A report as a page shows it: of an account, or of one member of it. What was asked for stands in the address.</summary>
internal sealed class ReportView
{
    public const string OpenNow = "Open";
    public const int LinesPerPage = 50;
    private const int UsualDays = 30;

    private ReportView(HttpRequest request, DateTimeOffset now, string accountId, string? membershipId)
    {
        (Path, Now, AccountId, MembershipId) = (request.PathBase + request.Path, now, accountId, membershipId);
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        Days = DayRange.Read(request.Query, (today.AddDays(1 - UsualDays), today), ReportTotals.MostDays);
        App = request.Query["app"].ToString();
        End = request.Query["end"].ToString() is var end && (end == OpenNow || Enum.GetNames<ConnectionEnd>().Contains(end)) ? end : "";
        After = ReportCursor.Parse(request.Query["after"]);
    }

    public string Path { get; }
    public DateTimeOffset Now { get; }
    public string AccountId { get; }

    /// <summary>Whose report it is; null for everybody's.</summary>
    public string? MembershipId { get; }
    public DayRange Days { get; }

    /// <summary>The app chosen; empty for any.</summary>
    public string App { get; }

    /// <summary>How the connections ended that are wanted: the name of a <see cref="ConnectionEnd"/>, <see cref="OpenNow"/>, or empty for any.</summary>
    public string End { get; }
    public ReportCursor? After { get; }
    public IReadOnlyList<ReportedClient> Clients { get; private set; } = [];
    public ReportPage Lines { get; private set; } = new([], null);
    public IReadOnlyList<Chart> Charts { get; private set; } = [];

    /// <returns>The report; with what is wrong in it, and empty, where the days are no days.</returns>
    public static ReportView Read(HubReader reader, HttpRequest request, string accountId, string? membershipId)
    {
        var view = new ReportView(request, reader.Now, accountId, membershipId) { Clients = ReportTotals.ClientsOf(reader, accountId) };
        if (view.Query is { } query)
        {
            view.Lines = ReportReader.Page(reader, query, view.After, LinesPerPage);
            view.Charts = [view.SignIns(ReportTotals.SignIns(reader, query)), .. membershipId is null ? ReportTotals.SeatsOf(reader, query).Select(SeatsOf) : []];
        }

        return view;
    }

    /// <summary>Null where the days are no days.</summary>
    public ReportQuery? Query => Days is { IsRight: true, From: { } from, To: { } to }
        ? new(AccountId, from, to)
        {
            MembershipId = MembershipId,
            ClientId = App.Length > 0 ? App : null,
            OpenNow = End == OpenNow,
            Ending = End.Length > 0 && End != OpenNow ? Enum.Parse<ConnectionEnd>(End) : null,
        }
        : null;

    /// <returns>The address of the same view, with these parts of it otherwise.</returns>
    public string Address(params IReadOnlyList<(string Name, string? Value)> otherwise)
    {
        var parts = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [DayRange.FromName] = Days.FromText, [DayRange.ToName] = Days.ToText, ["app"] = App, ["end"] = End,
        };
        foreach (var (name, value) in otherwise)
        {
            parts[name] = value;
        }

        var query = new QueryBuilder(parts.Where(part => !string.IsNullOrEmpty(part.Value)).Select(part => KeyValuePair.Create(part.Key, part.Value!)));
        return Path + query.ToQueryString();
    }

    /// <returns>The same view of the last so many days.</returns>
    public string AddressOfLast(int days)
    {
        var today = DateOnly.FromDateTime(Now.UtcDateTime);
        return Address((DayRange.FromName, ReportWords.Iso(today.AddDays(1 - days))), (DayRange.ToName, ReportWords.Iso(today)));
    }

    private Chart SignIns(IReadOnlyList<SignInTotal> totals)
    {
        var (sum, busiest) = (totals.Sum(total => total.SignIns), totals.MaxBy(total => total.SignIns));
        var about = sum == 0 || busiest is null
            ? "No sign-ins."
            : $"{ReportWords.Count(sum, "sign-in", "sign-ins")} in {ReportWords.Count(totals.Count, "day", "days")}; the most on {ReportWords.Day(busiest.Day)}: {busiest.SignIns.ToString("#,0", CultureInfo.InvariantCulture)}.";
        var signIns = new ChartSeries("Sign-ins", ChartMark.Bar, [.. totals.Select(total => total.SignIns)]);
        return new(
            "sign-ins", "Sign-ins per day", about, "Day", [.. totals.Select(total => ReportWords.Day(total.Day))],
            MembershipId is null ? [signIns, new("Different people", ChartMark.Bar, [.. totals.Select(total => total.People)])] : [signIns]);
    }

    private static Chart SeatsOf(SeatUse use, int number)
    {
        var last = use.Days.Count > 0 ? use.Days[^1] : null;
        var about = last is null ? "Nothing is known of these days." : $"{last.Used} of {last.Capacity} in use on {ReportWords.Day(last.Day)}; the most at once: {use.Days.Max(day => day.Peak)}.";
        return new(
            string.Create(CultureInfo.InvariantCulture, $"seats-{number}"), $"Seats in use: {use.ApplicationName}", about, "Day", [.. use.Days.Select(day => ReportWords.Day(day.Day))],
            [new("Most in use", ChartMark.Step, [.. use.Days.Select(day => day.Peak)]), new("Seats bought", ChartMark.BrokenStep, [.. use.Days.Select(day => day.Capacity)])]);
    }
}
