using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace IdentityHub.Bench.Console;

/// <summary>A change of many users at once, asked for, looked at and confirmed through the pages.</summary>
internal static partial class BulkChange
{
    private const int MostUsers = 1000;
    private const string Account = "/admin/accounts/" + Site.Account;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>What is done, and then undone: the databases are used again.</summary>
    public static readonly IReadOnlyList<string> Choices = ["role-administrator", "role-user"];

    /// <param name="Users">How many were changed.</param>
    /// <param name="Preview">Seconds until it could be seen what would happen.</param>
    /// <param name="Change">Seconds from the confirmation until all was done.</param>
    public sealed record Measured(int Users, double Preview, double Change);

    /// <returns>The ids of users, as their table has them.</returns>
    public static async Task<IReadOnlyList<string>> SelectAsync(Site site)
    {
        var selected = new List<string>();
        for (var page = 1; selected.Count < MostUsers; page++)
        {
            var found = Selectable().Matches(await site.OpenAsync(string.Create(CultureInfo.InvariantCulture, $"{Account}/users?role=User&page={page}"))).Select(match => match.Groups[1].Value).ToList();
            if (found.Count == 0 || selected.Contains(found[0]))
            {
                break;
            }

            selected.AddRange(found);
        }

        return [.. selected.Take(MostUsers)];
    }

    public static async Task<Measured> RunAsync(Site site, string choice, IReadOnlyList<string> members)
    {
        var form = await site.OpenAsync(Account + "/users");
        var clock = Stopwatch.StartNew();
        var job = await site.PostAsync(Account + "/bulk", form, [("step", "choose"), ("do", choice), .. members.Select(member => ("member", member))]);
        var seen = await SettledAsync(site, job);
        var preview = clock.Elapsed;
        clock.Restart();
        await site.PostAsync(job + "?handler=Confirm", seen, []);
        var ended = await SettledAsync(site, job);
        var words = string.Create(CultureInfo.InvariantCulture, $"Done: {members.Count:N0} users changed.");
        return ended.Contains(words, StringComparison.Ordinal) ? new(members.Count, preview.TotalSeconds, clock.Elapsed.TotalSeconds) : throw new InvalidOperationException($"Not \"{words}\": {ended}");
    }

    private static async Task<string> SettledAsync(Site site, string job)
    {
        while (true)
        {
            var page = await site.OpenAsync(job);
            if (!page.Contains("data-moving=\"true\"", StringComparison.Ordinal))
            {
                return page;
            }

            await Task.Delay(Look);
        }
    }

    [GeneratedRegex("name=\"member\" value=\"([0-9a-f]{32})\"")]
    private static partial Regex Selectable();
}
