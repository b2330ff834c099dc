using System.Text;

namespace IdentityHub.EndToEnd.Tests.Erasing;

/// <summary>Looks for marks in files, whatever they look like there: UTF-8 and UTF-16, in any case, as hexadecimal digits and in base64 at every alignment.</summary>
internal sealed class Marks
{
    private readonly List<(string Name, byte[] Pattern)> patterns = [];

    public void Add(string name, string text)
    {
        foreach (var form in new[] { text, text.ToLowerInvariant(), text.ToUpperInvariant() }.Distinct(StringComparer.Ordinal))
        {
            Add(name, Encoding.UTF8.GetBytes(form));
            patterns.Add((name + " (UTF-16)", Encoding.Unicode.GetBytes(form)));
            patterns.Add((name + " (UTF-16, big-endian)", Encoding.BigEndianUnicode.GetBytes(form)));
        }
    }

    public void Add(string name, byte[] bytes)
    {
        patterns.Add((name, bytes));
        patterns.Add((name + " (hex)", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes))));
        patterns.Add((name + " (HEX)", Encoding.ASCII.GetBytes(Convert.ToHexString(bytes))));
        for (var offset = 0; offset < 3; offset++)
        {
            // What stands before and after changes the characters at the edges: those in between are the mark's alone.
            var text = Convert.ToBase64String([.. new byte[offset], .. bytes]);
            var inner = text[(offset == 0 ? 0 : 4)..^(text.EndsWith('=') ? 4 : 0)];
            patterns.Add(($"{name} (base64 +{offset})", Encoding.ASCII.GetBytes(inner)));
            patterns.Add(($"{name} (base64url +{offset})", Encoding.ASCII.GetBytes(inner.Replace('+', '-').Replace('/', '_'))));
        }
    }

    /// <returns>Every mark in every file below this folder, by name and file.</returns>
    public IReadOnlyList<string> In(string folder)
    {
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var bytes = Read(file);
            var name = Path.GetFileName(file);
            found.AddRange(patterns.Where(one => one.Pattern.Length >= 6 && bytes.AsSpan().IndexOf(one.Pattern) >= 0).Select(one => $"{one.Name} in {name}"));
            found.AddRange(patterns.Where(one => name.Contains(Encoding.Latin1.GetString(one.Pattern), StringComparison.Ordinal)).Select(one => $"{one.Name} in the name of {name}"));
        }

        return found;
    }

    private static byte[] Read(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (FileNotFoundException)
        {
            // Deleted since it was listed: that is what is being waited for.
            return [];
        }
    }
}
