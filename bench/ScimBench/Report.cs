using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using IdentityHub.Bench.Protocol;

namespace IdentityHub.Bench.Scim;

/// <summary>What was measured of one case: by site, a value per round in microseconds, and the latencies of one connection in milliseconds.</summary>
internal sealed record Measured(Case Case, IReadOnlyDictionary<int, List<double>> Microseconds, IReadOnlyDictionary<int, List<double>> Latencies);

/// <summary>The tables, with what they ran on.</summary>
internal static class Report
{
    private const double Aim = 1.5;
    private const double MostOfFlat = 1.3;

    /// <summary>What a static answer cost, in microseconds, on the machine on which house.md §3 was measured.</summary>
    private const double StaticThere = 20;

    public static string Write(IReadOnlyList<Measured> all, List<double> bare, IReadOnlyList<int> sizes, IEnumerable<string> notes)
    {
        var text = new StringBuilder("# SCIM at a thousand, a hundred thousand and a million users\n\n");
        text.AppendLine(CultureInfo.InvariantCulture, $"The hub's user and kernel time per request over loopback HTTP, median of the rounds; the ratio between sizes is the median of the same round's ratios. In bold: over {Aim} times house.md's limit (§3), or over {MostOfFlat} where size must not matter.\n");
        foreach (var note in (string[])[.. MachineFacts(), .. notes])
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {note}");
        }

        var (least, most) = (sizes[0], sizes[^1]);
        text.AppendLine("\n## Processor time\n");
        text.AppendLine(CultureInfo.InvariantCulture, $"| case | {string.Join(" | ", sizes.Select(size => $"{size:N0}, µs"))} | {most:N0} : {least:N0} | × bare Kestrel | limit, µs | × limit | × limit scaled to this machine |");
        text.AppendLine("|---|" + string.Concat(Enumerable.Repeat("--:|", sizes.Count + 5)));
        var here = Median(bare);
        text.AppendLine(CultureInfo.InvariantCulture, $"| bare Kestrel, 600 static bytes | {string.Join(" | ", sizes.Select(_ => $"{here:0.0}"))} | | 1.0 | | | |");
        foreach (var one in all)
        {
            text.AppendLine(Row(one, sizes, here));
        }

        text.AppendLine("\n## Latency\n\nOne connection alone, milliseconds, p50 / p99.\n");
        text.AppendLine(CultureInfo.InvariantCulture, $"| case | {string.Join(" | ", sizes.Select(size => $"{size:N0}"))} |");
        text.AppendLine("|---|" + string.Concat(Enumerable.Repeat("--:|", sizes.Count)));
        foreach (var one in all)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {one.Case.Name} | {string.Join(" | ", sizes.Select(size => $"{Percentile(one.Latencies[size], 0.5):0.00} / {Percentile(one.Latencies[size], 0.99):0.00}"))} |");
        }

        return text.ToString();
    }

    public static double Median(IEnumerable<double> values) => Percentile([.. values], 0.5);

    private static double Percentile(List<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted.Length % 2 == 0 && part == 0.5 ? (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2 : sorted[(int)(part * (sorted.Length - 1))];
    }

    private static string Row(Measured one, IReadOnlyList<int> sizes, double bare)
    {
        var (first, last) = (one.Microseconds[sizes[0]], one.Microseconds[sizes[^1]]);
        var ratio = Median(last.Zip(first, (most, least) => most / least));
        var median = Median(last);
        var raw = median / one.Case.Limit;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {one.Case.Name} | {string.Join(" | ", sizes.Select(size => $"{Median(one.Microseconds[size]):0.0}"))} | {Bold(ratio, one.Case.IsFlat ? MostOfFlat : double.MaxValue)} | {median / bare:0.0} | {one.Case.Limit} | {Bold(raw, Aim)} | {Bold(raw * StaticThere / bare, Aim)} |");
    }

    private static string Bold(double? value, double most)
    {
        var text = value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";
        return value > most ? $"**{text}**" : text;
    }

    private static IEnumerable<string> MachineFacts()
    {
        var model = File.ReadLines("/proc/cpuinfo").First(line => line.StartsWith("model name", StringComparison.Ordinal)).Split(':')[1].Trim();
        yield return $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, {model}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";
        yield return $"{Load.Connections} kept-alive connections for processor time; load generator and hubs share the cores, one hub at a time has anything to do";
    }
}
