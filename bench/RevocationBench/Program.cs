using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using IdentityHub.Bench.Revocation;

// dotnet IdentityHub.Bench.Revocation.dll [TRIALS] [BULK] [PROBES]: writes bench/results/revocation.md and revocation.svg. So many people one by one, so many in one Bulk, so many probes after each answer.
// With "enumeration" alone: whether a stranger can tell who is known, into bench/results/enumeration.md.
if (args is ["enumeration"])
{
    await EnumerateAsync();
    return;
}

var trials = int.Parse(args.ElementAtOrDefault(0) ?? "40", CultureInfo.InvariantCulture);
var bulk = int.Parse(args.ElementAtOrDefault(1) ?? "1000", CultureInfo.InvariantCulture);
var probes = int.Parse(args.ElementAtOrDefault(2) ?? "2500", CultureInfo.InvariantCulture);
const int Innocents = 8;
var repository = FindRepository();
var folder = Directory.CreateTempSubdirectory("identityhub-revocation-").FullName;
App[] apps =
[
    new("portal", Port(), TimeSpan.Zero), new("console", Port(), TimeSpan.Zero), new("mail", Port(), TimeSpan.Zero), new("slow", Port(), TimeSpan.FromMilliseconds(400)),
    new("down", Port(), TimeSpan.Zero),
];
var notes = new List<string>();
using var site = new Site(Path.Combine(repository, "src/Host/bin/Release/net10.0/IdentityHub.Host.dll"), folder, apps);
try
{
    var total = 1 + Innocents + trials + bulk + 2;
    await site.FillAsync(total);
    await site.StartAsync();
    foreach (var app in apps.Where(app => app.Id != "down"))
    {
        await app.StartAsync();
    }

    var people = Enumerable.Range(1, total - 1).Select(i => new Person(site, Site.NameOf(i))).ToList();
    var done = 0;
    await Parallel.ForEachAsync(people, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (person, _) =>
    {
        await person.SignInAsync(live: people.IndexOf(person) < Innocents + trials + 2);
        Console.Write($"\rsigned in: {Interlocked.Increment(ref done)} of {people.Count} ");
    });
    await NameAsync(people);
    var (innocents, rest) = (people[..Innocents], new Queue<Person>(people[Innocents..]));
    using var over = new CancellationTokenSource();
    var touched = 0L;
    var asked = 0L;
    var background = Task.WhenAll(innocents.Select(LoadAsync));
    var measuring = new Trials(site);
    for (var i = 0; i < trials; i++)
    {
        await measuring.OneAsync(i % 4 == 3 ? "DELETE" : "PATCH", rest.Dequeue(), probes);
        Console.Write($"\rtrials: {i + 1} of {trials}        ");
    }

    var afterRestart = rest.Dequeue();
    var afterOutage = rest.Dequeue();
    var longest = bulk == 0 ? 0 : await measuring.BulkAsync([.. rest]);
    notes.Add(string.Create(CultureInfo.InvariantCulture, $"Bulk: {bulk} people, {bulk * 3} notices to the three quick apps and {bulk} to the slow one; the last quick app was told {longest / 1000:0.0} s after sending."));

    // The app that was down all the while comes back: what was said of everybody so far reaches it.
    await Task.Delay(TimeSpan.FromSeconds(Math.Max(0, 30 - (bulk / 50))));
    await apps[^1].StartAsync();
    var back = Stopwatch.GetTimestamp();
    var outage = people.Count - Innocents - 2;
    while (apps[^1].Told.Count < outage && Stopwatch.GetElapsedTime(back) < TimeSpan.FromSeconds(60))
    {
        await Task.Delay(5);
    }

    notes.Add(string.Create(CultureInfo.InvariantCulture, $"Down: told of {apps[^1].Told.Count} of {outage} people {Stopwatch.GetElapsedTime(back).TotalSeconds:0.0} s after it came back."));
    await measuring.OneAsync("PATCH", afterOutage, 3);
    await over.CancelAsync();
    await background;

    // Killed in the moment of its answer.
    using (await site.ScimAsync(HttpMethod.Delete, "/Users/" + afterRestart.ScimId))
    {
        site.Kill();
    }

    await site.StartAsync();
    var ready = Stopwatch.GetTimestamp();
    await measuring.ToldAsync("after a kill", afterRestart, ready);
    notes.Add(string.Create(CultureInfo.InvariantCulture, $"Killed right after its answer: every app, the slow one too, told {measuring.Measured.Where(pair => pair.Key.Way == "after a kill").SelectMany(pair => pair.Value).Max() / 1000:0.0} s after the restarted hub was ready, at the latest."));
    notes.Add($"Probes begun after the answer: {measuring.Probes:N0}, of which {measuring.Successes} let somebody in. Requests of people to whom nothing was done: {asked:N0}, of which {touched} were refused.");
    await WriteAsync(measuring);

    async Task LoadAsync(Person person)
    {
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            var lives = i % 3 == 0 ? await person.RefreshLivesAsync(3) : i % 3 == 1 ? await person.AccessLivesAsync(i % 2) || person.Tokens.Count == 0 : await person.SessionLivesAsync();

            // An access token lives five minutes: afterwards only what is renewed counts.
            Interlocked.Increment(ref asked);
            Interlocked.Add(ref touched, lives || i % 3 == 1 ? 0 : 1);
            await Task.Delay(100);
        }
    }
}
finally
{
    foreach (var app in apps)
    {
        await app.DisposeAsync();
    }

    site.Dispose();
    Directory.Delete(folder, recursive: true);
}

async Task NameAsync(List<Person> people)
{
    var byName = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
    for (var start = 1; ; start += 200)
    {
        using var answer = await site.ScimAsync(HttpMethod.Get, $"/Users?startIndex={start}&count=200&attributes=userName");
        var list = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        if (!list.TryGetProperty("Resources", out var resources) || resources.GetArrayLength() == 0)
        {
            break;
        }

        foreach (var one in resources.EnumerateArray())
        {
            byName[one.GetProperty("userName").GetString()!] = one.GetProperty("id").GetString()!;
        }
    }

    people.ForEach(person => person.ScimId = byName[person.UserName]);
}

async Task WriteAsync(Trials measured)
{
    var rows = measured.Measured.Where(pair => pair.Key.Way != "after a kill").OrderBy(pair => pair.Key.Way == "Bulk").ThenBy(pair => pair.Key.Way, StringComparer.Ordinal).ThenBy(pair => At(pair.Value, 0.5))
        .Select(pair => (pair.Key.Way, pair.Key.Effect, P50: At(pair.Value, 0.5), P99: At(pair.Value, 0.99), pair.Value.Count)).ToList();
    var text = new StringBuilder("# Time to revoke\n\nMilliseconds from sending the request to each effect, over loopback. Five relying apps: three quick, one that takes 400 ms, one that is down; behind it people who refresh, are introspected and sign in silently.\n\n");
    text.Append(CultureInfo.InvariantCulture, $"- {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, .NET {Environment.Version}; hub, apps and probes on the same machine\n\n");
    text.Append("| request | effect | p50 | p99 | measured |\n|---|---|--:|--:|--:|\n");
    rows.ForEach(row => text.Append(CultureInfo.InvariantCulture, $"| {row.Way} | {row.Effect} | {row.P50:0} | {row.P99:0} | {row.Count} |\n"));
    text.Append("\nThe probes of the trials themselves (up to four at once) load the same two cores; what is above is measured under them.\n\n");
    notes.ForEach(note => text.Append("- ").Append(note).Append('\n'));
    text.Append("\n![Time to revoke](revocation.svg)\n");
    Console.WriteLine("\n" + text);
    await File.WriteAllTextAsync(Path.Combine(repository, "bench", "results", "revocation.md"), text.ToString());
    await File.WriteAllTextAsync(Path.Combine(repository, "bench", "results", "revocation.svg"), Chart.Draw([.. rows.Where(row => row.Way != "Bulk").Select(row => ($"{row.Way}: {row.Effect}", row.P50, row.P99))]));
}

static double At(IEnumerable<double> values, double part)
{
    double[] sorted = [.. values.Order()];
    return sorted[(int)Math.Min(sorted.Length - 1, Math.Floor(sorted.Length * part))];
}

static int Port()
{
    using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
    listener.Start();
    return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
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

static async Task EnumerateAsync()
{
    const int Known = 250;
    var root = FindRepository();
    var data = Directory.CreateTempSubdirectory("identityhub-enumeration-").FullName;
    App[] one = [new("portal", Port(), TimeSpan.Zero)];
    try
    {
        using var hub = new Site(Path.Combine(root, "src/Host/bin/Release/net10.0/IdentityHub.Host.dll"), data, one);
        await hub.FillAsync(Known + 1);
        await hub.StartAsync();
        var text = new StringBuilder("# Can a stranger tell who is known?\n\nA thousand requests for people who are known and a thousand for people who are not, turn about, at each place. An answer is its status, its headers and its body; what is every answer's own (date, sign-in, challenge, the name that was typed) is left out.\n\n| where | median, known (ms) | median, unknown (ms) | answers that differ |\n|---|--:|--:|--:|\n");
        foreach (var line in await new Enumeration(hub).RunAsync(Known))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {line.What} | {line.Known:0.00} | {line.Unknown:0.00} | {line.Differences} of 2000 |\n");
        }

        await File.WriteAllTextAsync(Path.Combine(root, "bench/results/enumeration.md"), text.ToString());
        Console.Write(text);
    }
    finally
    {
        Directory.Delete(data, recursive: true);
    }
}
