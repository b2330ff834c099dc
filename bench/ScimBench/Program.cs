using System.Diagnostics;
using System.Globalization;
using IdentityHub.Bench.Protocol;
using IdentityHub.Bench.Scim;

// dotnet IdentityHub.Bench.Scim.dll DATA [ROUNDS] [SECONDS] [SIZES] [PROFILES]: writes bench/results/scim.md. Databases stay in the folder DATA, so that the next run
// need not fill them again. With 0 rounds they are filled only. With the folder PROFILES: a last round under `perf record` at the largest size, a file per case.
var data = Path.GetFullPath(args.ElementAtOrDefault(0) ?? throw new InvalidOperationException("Name a folder for the databases."));
var rounds = int.Parse(args.ElementAtOrDefault(1) ?? "4", CultureInfo.InvariantCulture);
var duration = TimeSpan.FromSeconds(double.Parse(args.ElementAtOrDefault(2) ?? "0.7", CultureInfo.InvariantCulture));
int[] sizes = [.. (args.ElementAtOrDefault(3) ?? "1000,100000,1000000").Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture))];
var repository = FindRepository();
var hub = Dll("src/Host", "IdentityHub.Host");
foreach (var size in sizes)
{
    await Site.FillAsync(hub, data, size);
}

if (rounds == 0)
{
    return;
}

using var bare = await Server.StartAsync(Dll("bench/Baseline", "IdentityHub.Bench.Baseline"), "/static", address => [address.ToString()]);
var bareLoad = await Load.OpenAsync(bare);
var sites = new List<Site>();
try
{
    foreach (var size in sizes)
    {
        sites.Add(await Site.OpenAsync(hub, data, size));
        Console.WriteLine($"{size}: hub {sites[^1].Server.ProcessId}, {sites[^1].IdleMemory >> 20} MiB idle");
    }

    var measured = Cases.All.Select(one => new Measured(one, sizes.ToDictionary(size => size, _ => new List<double>()), sizes.ToDictionary(size => size, _ => new List<double>()))).ToList();
    var bareValues = new List<double>();
    for (var round = -1; round < rounds; round++)
    {
        await RoundAsync(measured, bareValues, counts: round >= 0);
    }

    foreach (var one in measured)
    {
        foreach (var site in sites)
        {
            await one.Case.RunAsync(site, duration / 2, one.Latencies[site.Users]);
        }
    }

    if (args.ElementAtOrDefault(4) is { } folder)
    {
        await ProfileAsync(measured, folder);
    }

    var notes = new List<string>
    {
        $"{rounds} rounds of {duration.TotalSeconds:0.0} s per case and size after one to warm up; the groups have {string.Join(", ", sites.Select(site => $"{site.GroupSize:N0}"))} members",
        $"what was posted while measuring stays: at the end the accounts have {string.Join(", ", await Task.WhenAll(sites.Select(site => site.CountAsync())))} members",
        $"limits scaled to this machine: by what a static answer costs here against 20 µs there",
        $"resident memory of the hub, idle / at most, MiB: {string.Join("; ", sites.Select(site => $"{site.Users:N0} users {site.IdleMemory >> 20} / {site.Server.PeakWorkingSet >> 20}"))}",
        $"the load command filled the databases with {string.Join(", ", sizes.Select(size => $"{Site.LoadRate(data, size) ?? "?"} users a second at {size:N0}"))}",
        await MailNoteAsync(sites[^1]),
    };
    var report = Report.Write(measured, bareValues, sizes, notes);
    Console.WriteLine(report);
    await File.WriteAllTextAsync(Path.Combine(repository, "bench", "results", "scim.md"), report);
}
finally
{
    sites.ForEach(site => site.Dispose());
}

async Task RoundAsync(List<Measured> all, List<double> bareValues, bool counts)
{
    var request = System.Text.Encoding.ASCII.GetBytes("GET /static HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    var (microseconds, _) = await bareLoad.RunAsync(_ => request, (_, answer) => Requests.Expect(answer, 200), duration);
    bareValues.AddRange(counts ? [microseconds] : Array.Empty<double>());
    foreach (var one in all)
    {
        foreach (var site in sites)
        {
            var (value, _) = await one.Case.RunAsync(site, duration, null);
            one.Microseconds[site.Users].AddRange(counts ? [value] : Array.Empty<double>());
            Console.Write(counts ? "" : string.Create(CultureInfo.InvariantCulture, $"{one.Case.Name}, {site.Users}: {value:0.0}\n"));
        }
    }
}

async Task<string> MailNoteAsync(Site site)
{
    var before = site.Server.CpuTime;
    var (microseconds, count) = await Cases.PostAndMail(site, TimeSpan.FromMilliseconds(300));
    await site.CalmAsync();
    return string.Create(
        CultureInfo.InvariantCulture,
        $"POST of somebody who is invited by mail, at {site.Users:N0} users: {microseconds:0} µs while {count} were posted, {(site.Server.CpuTime - before).TotalMicroseconds / count:0} µs each until every mail was written to the pickup folder");
}

async Task ProfileAsync(List<Measured> all, string folder)
{
    Directory.CreateDirectory(folder);
    foreach (var (index, one) in all.Index())
    {
        using var perf = Process.Start("perf", ["record", "-q", "-F", "1999", "-g", "-p", $"{sites[^1].Server.ProcessId}", "-o", Path.Combine(folder, $"{index:00}.data")]);
        await Task.Delay(200);
        await one.Case.RunAsync(sites[^1], duration, null);
        using var interrupt = Process.Start("kill", ["-INT", $"{perf.Id}"]);
        await perf.WaitForExitAsync();
        Console.WriteLine($"{index:00}: {one.Case.Name}");
    }
}

string Dll(string project, string assembly) => Path.Combine(repository, project, "bin", "Release", "net10.0", assembly + ".dll");

static string FindRepository()
{
    var directory = new DirectoryInfo(AppContext.BaseDirectory);
    while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "IdentityHub.sln")))
    {
        directory = directory.Parent;
    }

    return directory?.FullName ?? throw new DirectoryNotFoundException("The repository was not found.");
}
