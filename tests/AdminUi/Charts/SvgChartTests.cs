using AngleSharp.Html.Parser;
using IdentityHub.AdminUi.Charts;
using Microsoft.AspNetCore.Html;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Charts;

/// <summary>A chart shows what it was given, whole, within its frame, and says it in words.</summary>
public sealed class SvgChartTests
{
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(5, 1, 5)]
    [InlineData(6, 2, 6)]
    [InlineData(11, 5, 15)]
    [InlineData(26, 10, 30)]
    [InlineData(101, 50, 150)]
    [InlineData(1_000_000, 200_000, 1_000_000)]
    [InlineData(int.MaxValue, 500_000_000, int.MaxValue)]
    public void The_scale_has_round_numbers_and_reaches_the_highest_value(int most, int step, int top) => Assert.Equal((step, top), SvgChart.TopOf(most));

    [Fact]
    public void Each_value_is_a_bar_as_high_as_it_is()
    {
        var svg = Draw(new("c", "T", "D", "Day", ["a", "b", "c"], [new("Bars", ChartMark.Bar, [5, 0, 10])]));
        var bars = svg.QuerySelectorAll("rect").Select(bar => double.Parse(bar.GetAttribute("height")!)).ToList();
        Assert.Equal(2, bars.Count);
        Assert.Equal(2, bars[1] / bars[0], 2);
        Assert.All(svg.QuerySelectorAll("rect"), bar => Assert.InRange(double.Parse(bar.GetAttribute("y")!), 0, 240));
    }

    [Fact]
    public void What_it_is_called_cannot_break_out_of_it()
    {
        var html = Text(new("c", "</title><script>alert(1)</script>", "\"><img src=x>", "Day", ["<b>"], [new("S", ChartMark.Step, [1])]));
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(366)]
    public void Any_number_of_points_is_drawn(int points)
    {
        var values = Enumerable.Range(0, points).ToList();
        var svg = Draw(new("c", "T", "D", "Day", [.. values.Select(value => $"d{value}")], [new("A", ChartMark.Bar, values), new("B", ChartMark.BrokenStep, values)]));
        Assert.Equal(Math.Max(0, points - 1), svg.QuerySelectorAll("rect").Length);
        Assert.True(svg.QuerySelectorAll("text").Length < 20);
    }

    private static AngleSharp.Dom.IElement Draw(Chart chart) => new HtmlParser().ParseDocument(Text(chart)).QuerySelector("svg")!;

    private static string Text(Chart chart)
    {
        using var writer = new StringWriter();
        ((HtmlString)SvgChart.Draw(chart)).WriteTo(writer, System.Text.Encodings.Web.HtmlEncoder.Default);
        return writer.ToString();
    }
}
