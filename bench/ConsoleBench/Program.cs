using System.Diagnostics;
using System.Globalization;
using System.Text;
using IdentityHub.Bench.Console;

// dotnet IdentityHub.Bench.Console.dll DATA [TIMES] [SIZES]: writes bench/results/console.md. Databases stay in the folder DATA, so that the next run need not fill them again.
var data = Path.GetFullPath(args.ElementAtOrDefault(0) ?? throw new InvalidOperationException("Name a folder for the databases."));
var times = int.Parse(args.ElementAtOrDefault(1) ?? "40", CultureInfo.InvariantCulture);
int[] sizes = [.. (args.ElementAtOrDefault(2) ?? "1000,100000").Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture))];
var repository = FindRepository();
var hub = Path.Combine(repository, "src/Host/bin/Release/net10.0/IdentityHub.Host.dll");
var measured = new Dictionary<(string Page, int Users), (double P50, double P95, double Cpu, int Bytes)>();
var changes = new List<(string Choice, int Users, BulkChange.Measured Measured)>();
foreach (var size in sizes)
{
    using var site = await Site.OpenAsync(hub, data, size);
    foreach (var page in Pages.All)
    {
        measured[(page.Name, size)] = await MeasureAsync(site, page.Path.Replace("{member}", site.Member, StringComparison.Ordinal));
        Console.WriteLine($"{page.Name}, {size}: {measured[(page.Name, size)]}");
    }

    var members = await BulkChange.SelectAsync(site);
    foreach (var choice in BulkChange.Choices)
    {
        changes.Add((choice, size, await BulkChange.RunAsync(site, choice, members)));
        Console.WriteLine(changes[^1]);
    }
}

var report = Report();
Console.WriteLine(report);
await File.WriteAllTextAsync(Path.Combine(repository, "bench", "results", "console.md"), report);

async Task<(double, double, double, int)> MeasureAsync(Site site, string path)
{
    var length = 0;
    for (var i = 0; i < 5; i++)
    {
        length = (await site.OpenAsync(path)).Length;
    }

    var milliseconds = new List<double>();
    var before = site.Server.CpuTime;
    for (var i = 0; i < times; i++)
    {
        var clock = Stopwatch.StartNew();
        await site.OpenAsync(path);
        milliseconds.Add(clock.Elapsed.TotalMilliseconds);
    }

    milliseconds.Sort();
    return (milliseconds[times / 2], milliseconds[(int)(times * 0.95)], (site.Server.CpuTime - before).TotalMilliseconds / times, length);
}

string Report()
{
    var text = new StringBuilder("# The console's pages\n\nFrom request to the last byte over loopback, one browser, milliseconds; processor time is the hub's. In bold: over the 150 ms that a page may take.\n\n");
    text.Append(CultureInfo.InvariantCulture, $"- {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, .NET {Environment.Version}; {times} times each after 5 to warm up\n\n");
    text.Append("| page | ").AppendJoin(" | ", sizes.Select(size => $"{size:N0} users, p50 / p95 | processor time")).Append(" | ratio of p50 | characters |\n|---|").Append(string.Concat(sizes.Select(_ => "--:|--:|"))).Append("--:|--:|\n");
    foreach (var page in Pages.All)
    {
        var cells = sizes.Select(size => measured[(page.Name, size)]).ToList();
        text.Append("| ").Append(page.Name).Append(" | ")
            .AppendJoin(" | ", cells.Select(cell => string.Create(CultureInfo.InvariantCulture, $"{(cell.P95 > 150 ? "**" : "")}{cell.P50:0.0} / {cell.P95:0.0}{(cell.P95 > 150 ? "**" : "")} | {cell.Cpu:0.0}")))
            .Append(CultureInfo.InvariantCulture, $" | {cells[^1].P50 / cells[0].P50:0.00} | {cells[^1].Bytes:N0} |\n");
    }

    text.Append("\n# Changing many users at once\n\nSeconds from the form to the page that says what would happen, and from the confirmation to the page that says that it is done.\n\n");
    text.Append("| change | users in the account | changed | preview | change |\n|---|--:|--:|--:|--:|\n");
    foreach (var (choice, users, change) in changes)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {choice} | {users:N0} | {change.Users:N0} | {change.Preview:0.0} | {change.Change:0.0} |\n");
    }

    return text.ToString();
}

static string FindRepository()
{
    var directory = new DirectoryInfo(AppContext.BaseDirectory);
    while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "IdentityHub.sln")))
    {
        directory = directory.Parent;
    }

    return directory?.FullName ?? throw new DirectoryNotFoundException("The repository was not found.");
}
