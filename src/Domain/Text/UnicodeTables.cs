using System.Globalization;

namespace IdentityHub.Domain.Text;

/// <summary>What <c>normalization.txt</c> says, looked up by code point.</summary>
internal sealed class UnicodeTables
{
    private const string Resource = "IdentityHub.Domain.Text.normalization.txt";

    /// <summary>Canonical combining classes that are not 0.</summary>
    public Dictionary<int, int> Classes { get; } = [];

    /// <summary>Decompositions, taken to the end.</summary>
    public Dictionary<int, int[]> Canonical { get; } = [];

    /// <summary>Where they differ from the canonical ones.</summary>
    public Dictionary<int, int[]> Compatibility { get; } = [];

    /// <summary>Primary composites by their two parts.</summary>
    public Dictionary<(int First, int Second), int> Pairs { get; } = [];

    public static UnicodeTables Load()
    {
        using var stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The assembly lacks {Resource}.");
        using var lines = new StreamReader(stream);
        var tables = new UnicodeTables();
        var section = "";
        while (lines.ReadLine() is { } line)
        {
            if (line.StartsWith('['))
            {
                section = line;
            }
            else if (!line.StartsWith('#'))
            {
                tables.Add(section, line);
            }
        }

        return tables;
    }

    private void Add(string section, string line)
    {
        var sides = line.Split('=');
        var left = sides[0].Split(' ');
        switch (section)
        {
            case "[combining]":
                Classes.Add(Point(left[0]), int.Parse(left[1], CultureInfo.InvariantCulture));
                break;
            case "[canonical]":
                Canonical.Add(Point(left[0]), Points(sides[1]));
                break;
            case "[compatibility]":
                Compatibility.Add(Point(left[0]), Points(sides[1]));
                break;
            case "[pairs]":
                Pairs.Add((Point(left[0]), Point(left[1])), Point(sides[1]));
                break;
            default:
                throw new InvalidDataException($"{Resource} has the unknown section '{section}'.");
        }
    }

    private static int[] Points(string text) => [.. text.Split(' ').Select(Point)];

    private static int Point(string hex) => int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
