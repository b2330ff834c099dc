using IdentityHub.IdP.Protocol;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Protocol;

public sealed class PkceTests
{
    // RFC 7636 appendix B.
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    [Fact]
    [Spec("RFC 7636", "B")]
    public void The_vector_of_appendix_b_matches() => Assert.Null(Pkce.Verify(Verifier, Challenge));

    [Theory]
    [InlineData(null), InlineData(""), InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX"), InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"), InlineData(Challenge), InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk=")]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX+"), InlineData(Verifier + "\n"), InlineData("ｄBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")]
    [Spec("RFC 7636", "4.6"), Spec("RFC 7636", "4.1")]
    public void Any_other_verifier_is_invalid_grant(string? verifier) => Assert.Equal("invalid_grant", Pkce.Verify(verifier, Challenge)?.Code);

    [Fact]
    [Spec("RFC 7636", "4.1")]
    public void A_verifier_is_43_to_128_characters()
    {
        foreach (var length in (int[])[42, 43, 128, 129])
        {
            var verifier = new string('v', length);
            var challenge = System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(verifier)));
            Assert.Equal(length is 43 or 128, Pkce.Verify(verifier, challenge) is null);
        }
    }

    [Fact]
    [Spec("RFC 9700", "2.1.1")]
    public void A_verifier_without_a_challenge_is_a_downgrade()
    {
        Assert.Equal("invalid_grant", Pkce.Verify(Verifier, null)?.Code);
        Assert.Null(Pkce.Verify(null, null));
    }

    [Theory, InlineData(Challenge, true), InlineData("", false), InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", false), InlineData(Challenge + "M", false), InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", false)]
    [Spec("RFC 7636", "4.2")]
    public void A_challenge_is_43_characters_of_base64url(string challenge, bool good) => Assert.Equal(good, Pkce.IsChallenge(challenge));
}
