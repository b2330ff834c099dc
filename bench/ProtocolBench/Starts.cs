using System.Globalization;
using System.Text;

namespace IdentityHub.Bench.Protocol;

/// <summary>How long a hub takes until it is ready, and what it holds when idle.</summary>
internal static class Starts
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(string repository, int rounds)
    {
        var text = new StringBuilder("# Starts\n\nFrom the start of the process until `/health/ready` answers 200, median (lowest to highest), and resident memory ")
            .AppendLine(CultureInfo.InvariantCulture, $"{Idle.TotalSeconds:0} s later. Without a configuration file.\n");
        foreach (var fact in Report.MachineFacts("").SkipLast(1))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {fact.TrimEnd(',', ' ')}");
        }

        text.AppendLine("\n| build | database | ready, s | idle, MiB |\n|---|---|--:|--:|");
        foreach (var configuration in (string[])["Release", "Debug"])
        {
            var dll = Path.Combine(repository, "src", "Host", "bin", configuration, "net10.0", "IdentityHub.Host.dll");
            if (File.Exists(dll))
            {
                await MeasureAsync(text, configuration, dll, rounds);
            }
        }

        Console.WriteLine(text);
        await File.WriteAllTextAsync(Path.Combine(repository, "bench", "results", "starts.md"), text.ToString());
    }

    private static async Task MeasureAsync(StringBuilder text, string configuration, string dll, int rounds)
    {
        List<double> fresh = [], warm = [], idleFresh = [], idleWarm = [];
        for (var round = 0; round < rounds; round++)
        {
            var data = Directory.CreateTempSubdirectory("identityhub-bench-").FullName;
            await StartAsync(dll, data, fresh, idleFresh);
            await StartAsync(dll, data, warm, idleWarm);
            Directory.Delete(data, recursive: true);
        }

        text.AppendLine(Row(configuration, "fresh", fresh, idleFresh)).AppendLine(Row(configuration, "as left by the last start", warm, idleWarm));
    }

    private static async Task StartAsync(string dll, string data, List<double> ready, List<double> idle)
    {
        using var hub = await Server.StartAsync(dll, "/health/ready", address =>
        [
            "--urls", address.ToString().TrimEnd('/'), "--Hub:Issuer", address.ToString().TrimEnd('/'), "--Hub:AllowHttp", "true",
            "--Hub:DataDirectory", Path.Combine(data, "data"),
        ]);
        ready.Add(hub.ReadyAfter.TotalSeconds);
        await Task.Delay(Idle);
        idle.Add(hub.WorkingSet / 1048576.0);
    }

    private static string Row(string configuration, string database, List<double> ready, List<double> idle) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {configuration} | {database} | {Report.Median(ready):0.00} ({ready.Min():0.00}–{ready.Max():0.00}) | {Report.Median(idle):0} ({idle.Min():0}–{idle.Max():0}) |");
}
