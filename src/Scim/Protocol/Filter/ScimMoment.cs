using System.Globalization;

namespace IdentityHub.Scim.Protocol.Filter;

/// <summary>Reads xsd:dateTime (RFC 7643 §2.3.5) as a moment.</summary>
internal static class ScimMoment
{
    private static readonly long MaxTicks = DateTime.MaxValue.Ticks;

    /// <param name="text"><c>2011-05-13T04:42:34.5Z</c>: any number of fractional digits (those behind the seventh are dropped), any offset up to 23:59; without an offset it is UTC. The letters in any case (RFC 3339 §5.6).</param>
    /// <returns>Null when it is not a dateTime of the years 1 to 9999.</returns>
    public static DateTimeOffset? Parse(string text)
    {
        if (text.Length < 19 || text[10] is not ('T' or 't')
            || !DateTime.TryParseExact(text.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            || TimeOfDay(text.AsSpan(11, 8)) is not { } time)
        {
            return null;
        }

        var at = 19;
        if (Fraction(text, ref at) is not { } fraction || Offset(text.AsSpan(at)) is not { } offset)
        {
            return null;
        }

        var ticks = day.Ticks + time + fraction - offset;
        return ticks < 0 || ticks > MaxTicks ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    /// <returns>In UTC, to 100 ns where they are not zero: <c>2011-05-13T04:42:34.5Z</c>. Two moments are in the order of what is read of them, not of these texts.</returns>
    public static string Print(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);

    /// <summary>24:00:00 is the end of the day (XML Schema), and a leap second the second after :59 (RFC 3339 §5.7).</summary>
    private static long? TimeOfDay(ReadOnlySpan<char> text)
    {
        if (text[2] != ':' || text[5] != ':' || Two(text) is not { } hour || Two(text[3..]) is not { } minute || Two(text[6..]) is not { } second)
        {
            return null;
        }

        var inDay = hour < 24 && minute < 60 && second <= 60;
        return inDay || (hour == 24 && minute == 0 && second == 0)
            ? (hour * TimeSpan.TicksPerHour) + (minute * TimeSpan.TicksPerMinute) + (second * TimeSpan.TicksPerSecond)
            : null;
    }

    private static long? Fraction(string text, ref int at)
    {
        if (at == text.Length || text[at] != '.')
        {
            return 0;
        }

        var start = ++at;
        var (ticks, unit) = (0L, TimeSpan.TicksPerSecond);
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            unit /= 10;
            ticks += (text[at++] - '0') * unit;
        }

        return at == start ? null : ticks;
    }

    private static long? Offset(ReadOnlySpan<char> text)
    {
        if (text.Length == 0 || (text.Length == 1 && text[0] is 'Z' or 'z'))
        {
            return 0;
        }

        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':' || Two(text[1..]) is not (< 24 and var hours) || Two(text[4..]) is not (< 60 and var minutes))
        {
            return null;
        }

        var ticks = (hours * TimeSpan.TicksPerHour) + (minutes * TimeSpan.TicksPerMinute);
        return text[0] == '-' ? -ticks : ticks;
    }

    private static int? Two(ReadOnlySpan<char> text) =>
        char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[1]) ? ((text[0] - '0') * 10) + text[1] - '0' : null;
}
