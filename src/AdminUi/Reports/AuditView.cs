using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace IdentityHub.AdminUi.Reports;

/// <summary>An account's audit as a page shows it, or everybody's as the operator sees it. What was asked for stands in the address.</summary>
internal sealed class AuditView
{
    private const int LinesPerPage = 50;

    private AuditView(HttpRequest request, string? accountId)
    {
        (Path, AccountId) = (request.PathBase + request.Path, accountId);
        Days = DayRange.Read(request.Query, usual: null, most: null);
        By = accountId is null ? "" : request.Query["by"].ToString().Trim();
        About = accountId is null ? "" : request.Query["about"].ToString().Trim();
        Family = Enum.GetNames<AuditFamily>().Contains(request.Query["what"].ToString()) ? Enum.Parse<AuditFamily>(request.Query["what"].ToString()) : null;
        After = AuditCursor.Parse(request.Query["after"]);
    }

    public string Path { get; }

    /// <summary>Null for everybody's.</summary>
    public string? AccountId { get; }
    public DayRange Days { get; }

    /// <summary>Words in the name of who did it, and of whom it was done to; empty for anybody. People are found within an account.</summary>
    public string By { get; }
    public string About { get; }
    public string? ByWrong { get; private set; }
    public string? AboutWrong { get; private set; }
    public AuditFamily? Family { get; }
    public AuditCursor? After { get; }
    public AuditPage Lines { get; private set; } = new([], null);

    /// <summary>Null where what was typed means nothing.</summary>
    public AuditQuery? Query { get; private set; }

    public static async Task<AuditView> ReadAsync(HubReader reader, HttpRequest request, string? accountId)
    {
        var view = new AuditView(request, accountId);
        var (by, about) = (await PeopleAsync(reader, accountId, view.By), await PeopleAsync(reader, accountId, view.About));
        view.ByWrong = by is { Count: 0 } ? "Nobody in this account is called so." : null;
        view.AboutWrong = about is { Count: 0 } ? "Nobody in this account is called so." : null;
        if (view is { Days.IsRight: true, ByWrong: null, AboutWrong: null })
        {
            view.Query = new() { AccountId = accountId, Family = view.Family, ActorUserIds = by, SubjectUserIds = about, From = view.Days.From, To = view.Days.To };
            view.Lines = await AuditReader.PageAsync(reader, view.Query, view.After, LinesPerPage);
        }

        return view;
    }

    /// <returns>The address of the same view, with these parts of it otherwise.</returns>
    public string Address(params IReadOnlyList<(string Name, string? Value)> otherwise)
    {
        var parts = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [DayRange.FromName] = Days.FromText, [DayRange.ToName] = Days.ToText, ["by"] = By, ["about"] = About, ["what"] = Family?.ToString(),
        };
        foreach (var (name, value) in otherwise)
        {
            parts[name] = value;
        }

        return Path + new QueryBuilder(parts.Where(part => !string.IsNullOrEmpty(part.Value)).Select(part => KeyValuePair.Create(part.Key, part.Value!))).ToQueryString();
    }

    private static async Task<IReadOnlyList<string>?> PeopleAsync(HubReader reader, string? accountId, string words) =>
        accountId is null || words.Length == 0 ? null : await AuditReader.FindPeopleAsync(reader, accountId, words);
}
