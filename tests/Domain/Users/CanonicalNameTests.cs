using IdentityHub.Domain.Users;
using Xunit;

namespace IdentityHub.Domain.Tests.Users;

public sealed class CanonicalNameTests
{
    [Theory]
    [InlineData("Pat@Northside.example")]
    [InlineData("  pat@northside.example\u00A0")]
    [InlineData("PAT@NORTHSIDE.EXAMPLE")]
    [InlineData("\uFF50at@northside.example")] // full-width p
    public void Spellings_that_a_person_takes_for_the_same_name_have_one_form(string spelling) =>
        Assert.Equal("pat@northside.example", CanonicalName.Of(spelling));

    [Fact]
    public void Composed_and_decomposed_letters_are_the_same_name() =>
        Assert.Equal(CanonicalName.Of("Rene\u0301"), CanonicalName.Of("REN\u00C9"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t ")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u0085b")]
    [InlineData("a\u00ADb"), InlineData("a\u200Bb"), InlineData("a\u200Db"), InlineData("a\u202Eb"), InlineData("a\u2060b"), InlineData("\uFEFFab"), InlineData("ab\u200B")]
    [InlineData("a\u034Fb"), InlineData("a\u3164b"), InlineData("a\uFFA0b"), InlineData("a\uFE0Fb"), InlineData("a\u180Eb"), InlineData("a\u2028b"), InlineData("a\u2029b")]
    [InlineData("a\U000E0041b"), InlineData("a\U000E0100b"), InlineData("a\U000E01F0b")]
    public void What_no_name_has_is_no_name(string? text) => Assert.Null(CanonicalName.Of(text));

    [Fact]
    public void Half_a_surrogate_pair_is_no_name()
    {
        Assert.Null(CanonicalName.Of("a\uD800b"));
        Assert.Null(CanonicalName.Of("a\uD800"));
        Assert.Null(CanonicalName.Of("\uDC00"));
        Assert.NotNull(CanonicalName.Of("\uD83D\uDE00"));
    }

    [Fact]
    public void A_name_has_at_most_256_characters_in_either_form()
    {
        Assert.NotNull(CanonicalName.Of(new('a', CanonicalName.MaxLength)));
        Assert.Null(CanonicalName.Of(new('a', CanonicalName.MaxLength + 1)));

        // One ligature of these becomes 18 letters.
        Assert.Null(CanonicalName.Of(new('\uFDFA', CanonicalName.MaxLength)));
    }

    [Theory]
    [InlineData("\u212Aelvin")]
    [InlineData("stra\u00DFe\uFB03")]
    [InlineData("\u03A3\u03C3\u03C2")]
    [InlineData("\u0130\u0307x")]
    [InlineData("\u2126\u0301")]
    public void The_form_of_a_form_is_itself(string name) => Assert.Equal(CanonicalName.Of(name), CanonicalName.Of(CanonicalName.Of(name)));
}
