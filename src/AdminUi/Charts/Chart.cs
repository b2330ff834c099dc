namespace IdentityHub.AdminUi.Charts;

/// <summary>What a chart shows: a value of each series for every point along it.</summary>
/// <param name="Id">Of the page's element; unique on the page.</param>
/// <param name="Title">What it is, for who sees it and for who does not.</param>
/// <param name="Description">What there is to see in it, in a sentence.</param>
/// <param name="PointWord">What a point is called in the table beside the chart.</param>
/// <param name="Points">Their names, from left to right.</param>
/// <param name="Series">As many values each as there are points; none is negative.</param>
public sealed record Chart(string Id, string Title, string Description, string PointWord, IReadOnlyList<string> Points, IReadOnlyList<ChartSeries> Series)
{
    public bool IsEmpty => Points.Count == 0 || Series.All(series => series.Values.All(value => value == 0));
}

/// <summary>How a series is drawn.</summary>
public enum ChartMark
{
    /// <summary>A bar for each point, from the ground up. A later series stands before an earlier one: it is a part of it.</summary>
    Bar,

    /// <summary>A line that steps from point to point.</summary>
    Step,

    /// <summary>The same, broken: what could be, beside what is.</summary>
    BrokenStep,
}

/// <param name="Name">What it is called in the key and in the table.</param>
/// <param name="Mark">How it is drawn.</param>
/// <param name="Values">Of each point.</param>
public sealed record ChartSeries(string Name, ChartMark Mark, IReadOnlyList<int> Values);
