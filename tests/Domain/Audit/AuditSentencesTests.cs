using System.Text.RegularExpressions;
using IdentityHub.Domain.Audit;
using Xunit;

namespace IdentityHub.Domain.Tests.Audit;

/// <summary>Every action that the code writes has a sentence, and every sentence an action.</summary>
public sealed partial class AuditSentencesTests
{
    /// <summary>The actions that are put together from a word for what it is about and one for how it went on.</summary>
    private static readonly Dictionary<string, string[]> PutTogether = new(StringComparer.Ordinal)
    {
        ["job."] = ["preview", "done", "failed"],
        ["primary."] = ["declined", "expired", "cancelled"],
    };

    [Fact]
    public void Every_action_that_the_code_writes_has_a_sentence()
    {
        var written = Written().ToHashSet(StringComparer.Ordinal);
        Assert.True(written.Count > 25, "The search through the sources finds too little to be one.");
        Assert.Empty(written.Where(action => !AuditSentences.All.ContainsKey(action)).Order());
    }

    [Fact]
    public void Every_sentence_is_of_an_action_that_the_code_writes()
    {
        var written = Written().ToHashSet(StringComparer.Ordinal);
        Assert.Empty(AuditSentences.All.Keys.Select(key => key.Split(':')[0]).Where(action => !written.Contains(action)).Order());
    }

    [Fact]
    public void Every_family_has_actions() => Assert.All(Enum.GetValues<AuditFamily>(), family => Assert.NotEmpty(AuditSentences.ActionsOf(family)));

    /// <summary>Every word of the sources that is written like an action: what is no action is in none of the places where actions are written.</summary>
    private static IEnumerable<string> Written()
    {
        foreach (var text in Sources.Under("src"))
        {
            foreach (Match match in Call().Matches(text))
            {
                if (match.Groups["prefix"].Success)
                {
                    foreach (var word in PutTogether[match.Groups["prefix"].Value])
                    {
                        yield return match.Groups["prefix"].Value + word;
                    }
                }
                else if (match.Groups["literal"].Success)
                {
                    yield return match.Groups["literal"].Value;
                    if (match.Groups["other"].Success)
                    {
                        yield return match.Groups["other"].Value;
                    }
                }
                else if (match.Groups["name"].Value is var name && Regex.Match(text, $"const string {name} = \"([^\"]+)\"") is { Success: true } constant)
                {
                    yield return constant.Groups[1].Value;
                }
                else
                {
                    // Passed on by a method of the same file, which is called with literals.
                    foreach (Match passed in Dotted().Matches(text))
                    {
                        yield return passed.Groups[1].Value;
                    }
                }
            }
        }
    }

    [GeneratedRegex("""\.AuditAsync\(\s*(?:"(?<prefix>[^"]+\.)" \+|(?:[^"()]+\? )?"(?<literal>[^"]+)"(?: : "(?<other>[^"]+)")?|(?<name>\w+))""")]
    private static partial Regex Call();

    [GeneratedRegex("\"((?:member|user|session|seat|seats|group|account|client|primary|plan|billing)\\.[a-z-]+)\"")]
    private static partial Regex Dotted();
}
