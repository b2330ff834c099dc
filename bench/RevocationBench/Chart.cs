using System.Globalization;
using System.Text;

namespace IdentityHub.Bench.Revocation;

/// <summary>Bars from zero: p50 filled, p99 as a line, on a logarithmic scale from 1 ms to 10 s with the one second that it may take.</summary>
internal static class Chart
{
    private const int Left = 260, Width = 520, Row = 26, Top = 40;

    public static string Draw(IReadOnlyList<(string Name, double P50, double P99)> rows)
    {
        var height = Top + (rows.Count * Row) + 30;
        var svg = new StringBuilder(string.Create(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Left + Width + 40} {height}\" font-family=\"system-ui, sans-serif\" font-size=\"13\" role=\"img\" aria-label=\"Time to revoke, p50 and p99\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"12\" y=\"22\" font-weight=\"600\">Time to revoke: bar p50, mark p99, milliseconds</text>\n"));
        foreach (var tick in (double[])[1, 10, 100, 1000, 10_000])
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(tick):0}\" x2=\"{X(tick):0}\" y1=\"{Top - 6}\" y2=\"{height - 24}\" stroke=\"{(tick == 1000 ? "#b3261e" : "#d9dee7")}\"/><text x=\"{X(tick):0}\" y=\"{height - 8}\" text-anchor=\"middle\" fill=\"#596275\">{tick:N0}</text>\n");
        }

        for (var i = 0; i < rows.Count; i++)
        {
            var y = Top + (i * Row);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{y + 13}\" text-anchor=\"end\">{rows[i].Name}</text><rect x=\"{Left}\" y=\"{y + 2}\" width=\"{X(rows[i].P50) - Left:0}\" height=\"14\" fill=\"#1a5fb4\"/><line x1=\"{X(rows[i].P99):0}\" x2=\"{X(rows[i].P99):0}\" y1=\"{y}\" y2=\"{y + 18}\" stroke=\"#1a2130\" stroke-width=\"2\"/>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static double X(double milliseconds) => Left + (Math.Log10(Math.Clamp(milliseconds, 1, 10_000)) / 4 * Width);
}
