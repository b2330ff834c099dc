using System.Text;

namespace IdentityHub.Domain.Text;

/// <summary>Unicode normalization forms C and KC (UAX #15), from tables of our own.</summary>
/// <remarks>The framework leaves it to ICU, which the hub runs without: <c>string.Normalize</c> then answers its input, whatever it is, and says nothing.</remarks>
public static class UnicodeForm
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28, HangulCount = LeadCount * VowelCount * TrailCount;

    private static readonly Lazy<UnicodeTables> Tables = new(UnicodeTables.Load);

    /// <summary>Form C: the same letters composed. For what must stay as it was meant, such as a password.</summary>
    public static string Canonical(string text) => Normalize(text, compatibility: false);

    /// <summary>Form KC: also letters that only look different made the same. For names.</summary>
    public static string Compatibility(string text) => Normalize(text, compatibility: true);

    private static string Normalize(string text, bool compatibility)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var points = new List<int>(text.Length + 8);
        foreach (var rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, compatibility, points);
        }

        Order(points);
        Compose(points);
        var result = new StringBuilder(points.Count);
        foreach (var point in points)
        {
            result.Append(new Rune(point).ToString());
        }

        return result.ToString();
    }

    private static void Decompose(int point, bool compatibility, List<int> into)
    {
        if (point - HangulBase is >= 0 and < HangulCount and var syllable)
        {
            into.Add(LeadBase + (syllable / (VowelCount * TrailCount)));
            into.Add(VowelBase + (syllable % (VowelCount * TrailCount) / TrailCount));
            if (syllable % TrailCount != 0)
            {
                into.Add(TrailBase + (syllable % TrailCount));
            }
        }
        else if ((compatibility && Tables.Value.Compatibility.TryGetValue(point, out var parts)) || Tables.Value.Canonical.TryGetValue(point, out parts))
        {
            into.AddRange(parts);
        }
        else
        {
            into.Add(point);
        }
    }

    /// <summary>Marks on one letter into the order of their classes; marks of one class stay as they stand (Unicode D109).</summary>
    private static void Order(List<int> points)
    {
        for (var i = 1; i < points.Count; i++)
        {
            var point = points[i];
            var rank = ClassOf(point);
            var place = i;
            while (rank != 0 && place > 0 && ClassOf(points[place - 1]) > rank)
            {
                points[place] = points[place - 1];
                place--;
            }

            points[place] = point;
        }
    }

    /// <summary>Joins each mark to the last letter before it unless another mark stands in the way (Unicode D117).</summary>
    private static void Compose(List<int> points)
    {
        var (starter, kept, lastClass) = (-1, 0, 0);
        for (var i = 0; i < points.Count; i++)
        {
            var point = points[i];
            var rank = ClassOf(point);
            if (starter >= 0 && (starter == kept - 1 || lastClass < rank) && Joined(points[starter], point) is { } joined)
            {
                points[starter] = joined;
                continue;
            }

            starter = rank == 0 ? kept : starter;
            lastClass = rank;
            points[kept++] = point;
        }

        points.RemoveRange(kept, points.Count - kept);
    }

    private static int? Joined(int first, int second)
    {
        if (first - LeadBase is >= 0 and < LeadCount and var lead && second - VowelBase is >= 0 and < VowelCount and var vowel)
        {
            return HangulBase + (((lead * VowelCount) + vowel) * TrailCount);
        }

        if (first - HangulBase is >= 0 and < HangulCount and var syllable && syllable % TrailCount == 0 && second - TrailBase is > 0 and < TrailCount and var trail)
        {
            return HangulBase + syllable + trail;
        }

        return Tables.Value.Pairs.TryGetValue((first, second), out var whole) ? whole : null;
    }

    private static int ClassOf(int point) => Tables.Value.Classes.GetValueOrDefault(point);
}
