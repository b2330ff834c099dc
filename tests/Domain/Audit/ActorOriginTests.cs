using System.Text.RegularExpressions;
using Xunit;

namespace IdentityHub.Domain.Tests.Audit;

/// <summary>Whoever acts through a page acts from somewhere, and the audit hears of it.</summary>
public sealed partial class ActorOriginTests
{
    [Theory, InlineData("IdP"), InlineData("AdminUi")]
    public void Every_person_who_acts_over_the_network_says_from_where(string project)
    {
        var made = Sources.Under("src", project).SelectMany(text => Person().Matches(text)).ToList();
        Assert.NotEmpty(made);
        Assert.All(made, match => Assert.True(match.Groups["from"].Success, match.Value));
    }

    [GeneratedRegex(@"new Actor\.Person\([^()]*\)(?<from> \{ From = )?")]
    private static partial Regex Person();
}
