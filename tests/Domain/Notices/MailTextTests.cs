using IdentityHub.Domain.Notices;
using Xunit;

namespace IdentityHub.Domain.Tests.Notices;

/// <summary>Names are others' words: in a mail of the hub's they cannot say more than a name.</summary>
public sealed class MailTextTests
{
    [Theory]
    [InlineData("Pat O\u2019Neill", "Pat O\u2019Neill"), InlineData(" Pat ", "Pat"), InlineData("Jos\u00E9 \u738B \U0001F600", "Jos\u00E9 \u738B \U0001F600")]
    [InlineData("a\r\nb\u0085c", "abc"), InlineData("a\u2028b\u2029c", "abc"), InlineData("a\u202Eb\u200Bc\uFEFF\u00AD", "abc")]
    [InlineData("", null), InlineData("\u200B\n", null)]
    [InlineData("Pay at https://evil.example", null), InlineData("x:\u200B//evil", null), InlineData("see WwW.evil.example", null), InlineData("\uFF57\uFF57\uFF57\uFF0Eevil.example", null)]
    public void A_name_is_one_line_without_links(string name, string? expected) => Assert.Equal(expected, MailText.Name(name));

    [Fact]
    public void A_name_is_not_longer_than_names_are()
    {
        Assert.Equal(new string('a', 100), MailText.Name(new string('a', 300)));
        Assert.Equal(new string('a', 99), MailText.Name(new string('a', 99) + "\U0001F600"));
    }

    [Theory]
    [InlineData("Pat", "pat", "Pat"), InlineData("Click http://evil.example", "pat", "pat"), InlineData("http://evil.example", "www.evil.example", "a user")]
    public void A_person_whose_name_would_be_a_link_is_their_user_name(string name, string userName, string expected) => Assert.Equal(expected, MailText.Person(name, userName));
}
