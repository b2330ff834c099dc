using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Text;
using Xunit;

namespace IdentityHub.Domain.Tests.Text;

public sealed class UnicodeFormTests
{
    [Theory]
    [InlineData("e\u0301", "\u00E9")]
    [InlineData("\u00E9", "\u00E9")]
    [InlineData("\u212B", "\u00C5")] // the Ångström sign is the letter
    [InlineData("s\u0323\u0307", "\u1E69")]
    [InlineData("s\u0307\u0323", "\u1E69")]
    [InlineData("\u1112\u1161\u11AB", "\uD55C")]
    [InlineData("\uFB01", "\uFB01")]
    [InlineData("\u0958", "\u0915\u093C")] // excluded from composition
    public void Canonical_forms(string text, string form) => Assert.Equal(form, UnicodeForm.Canonical(text));

    [Theory]
    [InlineData("\uFB01", "fi")]
    [InlineData("\uFF30\uFF21\uFF34", "PAT")]
    [InlineData("\u2460", "1")]
    [InlineData("\u00BD", "1\u20442")]
    [InlineData("\uFF76\uFF9E", "\u30AC")]
    [InlineData("plain ascii", "plain ascii")]
    public void Compatibility_forms(string text, string form) => Assert.Equal(form, UnicodeForm.Compatibility(text));

    /// <summary>Every code point with marks before another of itself; the sums are those of Python's unicodedata, an implementation that shares no code with ours.</summary>
    [Theory]
    [InlineData(false, "3a1732a1b79a909352eac128907a87faa1390ba5eb1acf49bd11a98c851e3ac5")]
    [InlineData(true, "8ca27d30303e4cc151a27897a3917ce313ff0e1b1a13546b2dfed709d47337d4")]
    public void Every_code_point_agrees_with_another_implementation(bool compatibility, string sum)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var point = 0; point < 0x110000; point++)
        {
            if (Rune.IsValid(point))
            {
                var letter = new Rune(point).ToString();
                var text = letter + "\u0301\u0323\u0345" + letter + "\u0327";
                hash.AppendData(Encoding.UTF8.GetBytes((compatibility ? UnicodeForm.Compatibility(text) : UnicodeForm.Canonical(text)) + "\n"));
            }
        }

        Assert.Equal(sum, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void A_password_typed_on_another_system_is_the_same_password()
    {
        var hashing = new Domain.Credentials.PasswordHashing();
        Assert.Equal(Domain.Credentials.PasswordVerdict.Right, hashing.Verify(hashing.Hash("caf\u00E9"), "cafe\u0301"));
    }
}
