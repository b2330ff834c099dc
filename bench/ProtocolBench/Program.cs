using System.Diagnostics;
using System.Globalization;
using IdentityHub.Bench.Protocol;

// dotnet run -c Release --project bench/ProtocolBench -- NAME [ROUNDS] [SECONDS] [PROFILES]: writes bench/results/NAME.md.
// With the folder PROFILES: a last round under `perf record`, a file per case (with DOTNET_PerfMapEnabled=1 in the environment, for the names).
// With --starts for NAME: how long starts take and what an idle hub holds, into bench/results/starts.md.
const int WarmUpRounds = 2;
var name = args.ElementAtOrDefault(0) ?? "latest";
var rounds = int.Parse(args.ElementAtOrDefault(1) ?? "5", CultureInfo.InvariantCulture);
var duration = TimeSpan.FromSeconds(double.Parse(args.ElementAtOrDefault(2) ?? "0.7", CultureInfo.InvariantCulture));
var repository = FindRepository();
if (name == "--starts")
{
    await Starts.RunAsync(repository, rounds);
    return;
}

var data = Directory.CreateTempSubdirectory("identityhub-bench-").FullName;
try
{
    var file = Path.Combine(data, "hub.json");
    await File.WriteAllTextAsync(file, HubFile.Json);
    using var bare = await Server.StartAsync(Dll("bench/Baseline", "IdentityHub.Bench.Baseline"), "/static", address => [address.ToString()]);
    using var hub = await Server.StartAsync(Dll("src/Host", "IdentityHub.Host"), "/health/ready", address =>
    [
        "--urls", address.ToString().TrimEnd('/'), "--Hub:Issuer", address.ToString().TrimEnd('/'), "--Hub:AllowHttp", "true",
        "--Hub:DataDirectory", Path.Combine(data, "data"), "--Hub:ConfigurationFile", file,
    ]);
    await Task.Delay(2000);
    var idle = hub.WorkingSet;
    Console.WriteLine($"hub {hub.ProcessId}, baseline {bare.ProcessId}, data in {data}");
    var cookie = await Person.SignInAsync(hub.Address, Cases.AuthorizePath(HubFile.JwtClient));
    var cases = new Cases(await Load.OpenAsync(hub), await Load.OpenAsync(bare), cookie).All;
    var measured = cases.Select(one => new Measured(one, [], [], [])).ToList();
    try
    {
        for (var round = -WarmUpRounds; round < rounds; round++)
        {
            await RoundAsync(measured, duration, counts: round >= 0);
        }

        if (args.ElementAtOrDefault(3) is { } folder)
        {
            await ProfileAsync(measured, duration, hub.ProcessId, folder);
        }
    }
    catch (InvalidOperationException)
    {
        Console.WriteLine(string.Join('\n', hub.Said.Take(60)));
        throw;
    }

    var report = Report.Write(name, measured, SqliteVersion(),
    [
        $"{rounds} rounds of {duration.TotalSeconds:0.0} s per case after {WarmUpRounds} to warm up; {measured.Sum(one => one.Requests)} requests counted",
        $"this hub was ready {hub.ReadyAfter.TotalSeconds:0.00} s after its start on a fresh database with the benchmark's configuration file, held {idle >> 20} MiB when idle and {hub.WorkingSet >> 20} MiB after the run",
    ]);
    Console.WriteLine(report);
    await File.WriteAllTextAsync(Path.Combine(repository, "bench", "results", name + ".md"), report);
}
finally
{
    Directory.Delete(data, recursive: true);
}

static async Task RoundAsync(List<Measured> all, TimeSpan duration, bool counts)
{
    var values = new Dictionary<string, double>();
    foreach (var measured in all)
    {
        var (microseconds, count) = await measured.Case.RunAsync(duration);
        values[measured.Case.Name] = microseconds;
        measured.Requests += counts ? count : 0;
    }

    foreach (var measured in counts ? all : [])
    {
        var value = values[measured.Case.Name];
        measured.Microseconds.Add(value);
        measured.ToStatic.Add(value / values[Cases.Static]);
        measured.ToSign.Add(value / values[Cases.Sign]);
    }
}

static async Task ProfileAsync(List<Measured> all, TimeSpan duration, int processId, string folder)
{
    Directory.CreateDirectory(folder);
    foreach (var (index, measured) in all.Index())
    {
        using var perf = Process.Start("perf", ["record", "-q", "-F", "1999", "-g", "-p", $"{processId}", "-o", Path.Combine(folder, $"{index:00}.data")]);
        await Task.Delay(200);
        await measured.Case.RunAsync(duration);
        using var interrupt = Process.Start("kill", ["-INT", $"{perf.Id}"]);
        await perf.WaitForExitAsync();
        Console.WriteLine($"{index:00}: {measured.Case.Name}");
    }
}

string Dll(string project, string assembly) =>
    Path.Combine(repository, project, "bin", "Release", "net10.0", assembly + ".dll");

static string FindRepository()
{
    var directory = new DirectoryInfo(AppContext.BaseDirectory);
    while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "IdentityHub.sln")))
    {
        directory = directory.Parent;
    }

    return directory?.FullName ?? throw new DirectoryNotFoundException("The repository was not found.");
}

string SqliteVersion()
{
    var packages = File.ReadAllText(Path.Combine(repository, "Directory.Packages.props"));
    var version = packages[(packages.IndexOf("bundle_e_sqlite3\" Version=\"", StringComparison.Ordinal) + 27)..];
    return $"SQLitePCLRaw.bundle_e_sqlite3 {version[..version.IndexOf('"', StringComparison.Ordinal)]} (SQLite 3.50.4)";
}
