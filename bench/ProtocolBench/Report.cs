using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace IdentityHub.Bench.Protocol;

/// <summary>The measured values of one case, a value per round.</summary>
internal sealed record Measured(Case Case, List<double> Microseconds, List<double> ToStatic, List<double> ToSign)
{
    public int Requests { get; set; }
}

/// <summary>The table, with what it ran on.</summary>
internal static class Report
{
    private const double Aim = 2;

    /// <summary>What a static answer cost, in microseconds, on the machine on which house.md §3 was measured.</summary>
    private const double StaticThere = 20;

    public static string Write(string name, IReadOnlyList<Measured> all, string sqlite, IEnumerable<string> notes)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# {name}: processor time per request\n");
        text.AppendLine("Server's user and kernel time per request over loopback HTTP, median of the rounds (lowest to highest); ratios are medians of the same round's ratios. "
            + $"Limits are house.md's (§3), scaled to this machine by what a static answer costs here against {StaticThere} µs there; the aim is {Aim} times the limit, and client credentials at most {Aim} times the bare signature.\n");
        foreach (var note in (string[])[.. MachineFacts(sqlite), .. notes])
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {note}");
        }

        text.AppendLine();
        text.AppendLine("| case | µs | range | × static | × bare signature | limit of house.md, µs | scaled to this machine, µs | × scaled limit |");
        text.AppendLine("|---|--:|--:|--:|--:|--:|--:|--:|");
        var scale = Median(all.First(measured => measured.Case.Name == Cases.Static).Microseconds) / StaticThere;
        foreach (var measured in all)
        {
            text.AppendLine(Row(measured, scale));
        }

        return text.ToString();
    }

    public static double Median(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Row(Measured measured, double scale)
    {
        var median = Median(measured.Microseconds);
        var limit = measured.Case.Limit * scale;
        var times = median / limit;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {measured.Case.Name} | {median:0.0} | {measured.Microseconds.Min():0.0}–{measured.Microseconds.Max():0.0} | {Median(measured.ToStatic):0.00} | {Median(measured.ToSign):0.00} | {measured.Case.Limit} | {limit:0} | {(times > Aim ? "**" : "")}{times:0.00}{(times > Aim ? "**" : "")} |");
    }

    public static IEnumerable<string> MachineFacts(string sqlite)
    {
        var model = File.ReadLines("/proc/cpuinfo").First(line => line.StartsWith("model name", StringComparison.Ordinal)).Split(':')[1].Trim();
        yield return $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, {model}, {RuntimeInformation.OSDescription}";
        yield return $"{RuntimeInformation.FrameworkDescription}, {sqlite}";
        yield return $"{Load.Connections} kept-alive connections; load generator and server share the cores";
    }
}
