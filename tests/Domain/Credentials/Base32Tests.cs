using System.Security.Cryptography;
using System.Text;
using IdentityHub.Domain.Credentials;
using Xunit;

namespace IdentityHub.Domain.Tests.Credentials;

public sealed class Base32Tests
{
    [Theory] // RFC 4648 §10, without the padding.
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void The_vectors_of_the_standard_hold(string text, string base32)
    {
        Assert.Equal(base32, Base32.Encode(Encoding.ASCII.GetBytes(text)));
        Assert.Equal(text, Encoding.ASCII.GetString(Base32.Decode(base32)!));
    }

    [Fact]
    public void What_is_encoded_decodes_to_itself()
    {
        for (var length = 0; length < 70; length++)
        {
            var bytes = RandomNumberGenerator.GetBytes(length);
            Assert.Equal(bytes, Base32.Decode(Base32.Encode(bytes)));
        }
    }

    [Fact]
    public void Case_spaces_and_padding_do_not_matter() => Assert.Equal(Base32.Decode("MZXW6YTBOI"), Base32.Decode("mzxw 6ytb oi======"));

    [Theory]
    [InlineData("MZXW1")]
    [InlineData("MZXW8")]
    [InlineData("MZ-XW")]
    [InlineData("MZ\u017FXW")] // upper-cases to S in some worlds
    [InlineData("\u0131")]
    public void Other_characters_are_no_base32(string text) => Assert.Null(Base32.Decode(text));
}
