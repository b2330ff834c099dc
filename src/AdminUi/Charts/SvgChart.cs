using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace IdentityHub.AdminUi.Charts;

/// <summary>Draws a chart as SVG on the server. Colours are classes of the stylesheet, so that both themes have theirs; nothing is inline that the policy of the pages forbids.</summary>
internal static class SvgChart
{
    private const int Width = 720;
    private const int Height = 240;
    private const int Left = 44;
    private const int Right = 8;
    private const int Top = 12;
    private const int Bottom = 28;
    private const int MostTicks = 5;
    private const int MostPointNames = 7;

    public static IHtmlContent Draw(Chart chart)
    {
        var svg = new StringBuilder();
        var top = TopOf(chart.Series.SelectMany(series => series.Values).DefaultIfEmpty(0).Max());
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-labelledby=\"{chart.Id}-title {chart.Id}-about\">")
            .Append(CultureInfo.InvariantCulture, $"<title id=\"{chart.Id}-title\">{Encode(chart.Title)}</title><desc id=\"{chart.Id}-about\">{Encode(chart.Description)}</desc>");
        DrawGrid(svg, top);
        DrawNames(svg, chart.Points);
        for (var i = 0; i < chart.Series.Count; i++)
        {
            DrawSeries(svg, chart.Series[i], i, top, chart.Points.Count);
        }

        return new HtmlString(svg.Append("</svg>").ToString());
    }

    /// <returns>The least of 1, 2, 5, 10, 20, 50 … of which at most five reach as high as the value, and how high they reach then.</returns>
    internal static (int Step, int Top) TopOf(int most)
    {
        var step = 1L;
        for (var i = 0; step * MostTicks < most; i++)
        {
            step = (long)Math.Pow(10, (i + 1) / 3) * ((i + 1) % 3) switch { 0 => 1, 1 => 2, _ => 5 };
        }

        var ticks = Math.Max(1, (most + step - 1) / step);
        return ((int)step, (int)Math.Min(int.MaxValue, ticks * step));
    }

    private static void DrawGrid(StringBuilder svg, (int Step, int Top) top)
    {
        svg.Append("<g aria-hidden=\"true\">");
        for (long value = 0; value <= top.Top; value += top.Step)
        {
            var y = Y((int)value, top.Top);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>")
                .Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{value:#,0}</text>");
        }

        svg.Append("</g>");
    }

    private static void DrawNames(StringBuilder svg, IReadOnlyList<string> points)
    {
        var every = Math.Max(1, (points.Count + MostPointNames - 1) / MostPointNames);
        svg.Append("<g aria-hidden=\"true\">");
        for (var i = 0; i < points.Count; i += every)
        {
            var x = X(i, points.Count) + (WidthOf(points.Count) / 2);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Math.Clamp(x, Left + 16, Width - Right - 24):0.#}\" y=\"{Height - 8}\" text-anchor=\"middle\">{Encode(points[i])}</text>");
        }

        svg.Append("</g>");
    }

    private static void DrawSeries(StringBuilder svg, ChartSeries series, int number, (int Step, int Top) top, int points)
    {
        if (series.Mark == ChartMark.Bar)
        {
            var (slot, gap) = (WidthOf(points), points > 120 ? 0 : WidthOf(points) * 0.15);
            svg.Append(CultureInfo.InvariantCulture, $"<g class=\"bar c-{number}\">");
            for (var i = 0; i < series.Values.Count; i++)
            {
                if (series.Values[i] > 0)
                {
                    var y = Y(series.Values[i], top.Top);
                    svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{X(i, points) + gap:0.##}\" y=\"{y:0.##}\" width=\"{slot - (2 * gap):0.##}\" height=\"{Height - Bottom - y:0.##}\"/>");
                }
            }

            svg.Append("</g>");
            return;
        }

        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"step c-{number}{(series.Mark == ChartMark.BrokenStep ? " broken" : "")}\" d=\"");
        for (var i = 0; i < series.Values.Count; i++)
        {
            var y = Y(series.Values[i], top.Top);
            svg.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? $"M{X(0, points):0.##} " : "V")}{y:0.##}H{X(i + 1, points):0.##}");
        }

        svg.Append("\"/>");
    }

    private static double WidthOf(int points) => (double)(Width - Left - Right) / Math.Max(1, points);

    private static double X(int point, int points) => Left + (point * WidthOf(points));

    private static double Y(int value, int top) => Height - Bottom - ((double)value / top * (Height - Bottom - Top));

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
