using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace IdentityHub.Architecture.Tests;

/// <summary>docs/SPEC-COVERAGE.md lists, for each section of a specification, the tests that hold the hub to it. It is made from the [Spec] attributes.</summary>
public sealed partial class SpecCoverageTests
{
    private const string Document = "docs/SPEC-COVERAGE.md";
    private const string Renew = "UPDATE_SPEC_COVERAGE";

    private sealed record Entry(string Specification, string Section, string File, string Test);

    [Fact]
    public void The_committed_list_is_the_one_that_the_tests_give()
    {
        var path = Path.Combine(RepositoryFiles.Root, Document);
        var text = Write(Read());
        if (Environment.GetEnvironmentVariable(Renew) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == text, $"{Document} is out of date. Renew it with: {Renew}=1 dotnet test tests/Architecture --filter SpecCoverage");
    }

    [Fact]
    public void Sections_and_tests_are_found_as_they_are_written()
    {
        const string Source = """
            [Spec("RFC 1", "2")]
            public sealed class WholeTests
            {
                [Theory, InlineData("[Spec]")]
                [Spec("RFC 1", "3.1"), Spec("RFC 2", "4")]
                [Spec("RFC 3", "A")]
                public async Task A_test(string x) { }
            }
            """;
        Assert.Equal(
            [new Entry("RFC 1", "2", "f", "WholeTests"), new("RFC 1", "3.1", "f", "A test"), new("RFC 2", "4", "f", "A test"), new("RFC 3", "A", "f", "A test")],
            ReadFile("f", Source));
    }

    private static List<Entry> Read() =>
        [.. RepositoryFiles.Sources("tests", "*.cs").Where(path => !path.EndsWith(nameof(SpecCoverageTests) + ".cs", StringComparison.Ordinal))
            .SelectMany(path => ReadFile(path, File.ReadAllText(Path.Combine(RepositoryFiles.Root, path))))];

    /// <summary>Attributes belong to the next method or class.</summary>
    private static IEnumerable<Entry> ReadFile(string path, string source)
    {
        var waiting = new List<(string, string)>();
        foreach (Match match in AttributeOrDeclaration().Matches(source))
        {
            if (match.Groups["test"].Success)
            {
                foreach (var (specification, section) in waiting)
                {
                    yield return new(specification, section, path, match.Groups["test"].Value.Replace('_', ' '));
                }

                waiting.Clear();
            }
            else
            {
                waiting.Add((match.Groups["specification"].Value, match.Groups["section"].Value));
            }
        }
    }

    private static string Write(List<Entry> entries)
    {
        var text = new StringBuilder("# Which tests hold the hub to which specification\n\n");
        text.Append($"Made from the `[Spec]` attributes of the tests; renew with `{Renew}=1 dotnet test tests/Architecture --filter SpecCoverage`.\n");
        foreach (var specification in entries.GroupBy(entry => entry.Specification).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            text.Append($"\n## {specification.Key}\n\n| section | test | file |\n|---|---|---|\n");
            foreach (var entry in specification.Distinct().OrderBy(entry => SortKey(entry.Section), StringComparer.Ordinal).ThenBy(entry => entry.File, StringComparer.Ordinal).ThenBy(entry => entry.Test, StringComparer.Ordinal))
            {
                text.Append($"| {entry.Section} | {entry.Test} | [{Path.GetFileNameWithoutExtension(entry.File)}](../{entry.File}) |\n");
            }
        }

        return text.ToString();
    }

    /// <summary>3.10 comes after 3.9.</summary>
    private static string SortKey(string section) => Number().Replace(section, match => match.Value.PadLeft(4, '0'));

    [GeneratedRegex("""(?:[\[,]\s*)Spec\("(?<specification>[^"]+)",\s*"(?<section>[^"]+)"\)|public\s+(?:static\s+)?(?:async\s+)?(?:void|Task|ValueTask)\s+(?<test>\w+)\s*\(|(?:class|record)\s+(?<test>\w+)""")]
    private static partial Regex AttributeOrDeclaration();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
