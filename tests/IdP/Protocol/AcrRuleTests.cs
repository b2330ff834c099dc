using IdentityHub.Domain.Credentials;
using IdentityHub.IdP.Protocol;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Protocol;

public sealed class AcrRuleTests
{
    [Theory, Spec("OpenID Connect Core 1.0", "3.1.2.1")]
    [InlineData("pwd", false, false)]
    [InlineData("pwd mca", false, false)]
    [InlineData("pwd otp mfa", true, false)]
    [InlineData("pwd hwk mfa", true, true)]
    [InlineData("swk user mfa", true, true)]
    [InlineData("swk", false, false)]
    public void What_is_stronger_meets_what_is_weaker(string amr, bool two, bool resistant)
    {
        Assert.True(Acr.Meets(amr, Assurance.SingleFactor));
        Assert.Equal(two, Acr.Meets(amr, Assurance.MultiFactor));
        Assert.Equal(resistant, Acr.Meets(amr, Assurance.PhishingResistant));
        Assert.False(Acr.Meets(amr, "https://example.org/unknown"));
        Assert.Equal(resistant ? Assurance.PhishingResistant : two ? Assurance.MultiFactor : Assurance.SingleFactor, Acr.Answer(amr, []));
        Assert.Equal(Assurance.SingleFactor, Acr.Answer(amr, ["x", Assurance.SingleFactor]));
        Assert.Equal(two ? Assurance.MultiFactor : Assurance.SingleFactor, Acr.Answer(amr, [Assurance.MultiFactor, Assurance.SingleFactor]));
    }
}
