using IdentityHub.IdP.Protocol;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Protocol;

public sealed class AcrRuleTests
{
    private static readonly string[] Methods = ["pwd", "otp", "mca", "mfa", "hwk", "pin"];

    public static TheoryData<string> Subsets()
    {
        var data = new TheoryData<string>();
        for (var bits = 0; bits < 1 << Methods.Length; bits++)
        {
            data.Add(string.Join(' ', Methods.Where((_, index) => (bits & (1 << index)) != 0)));
        }

        return data;
    }

    [Theory, MemberData(nameof(Subsets))]
    [Spec("RFC 8176", "2"), Spec("OpenID Connect Core", "2")]
    public void Two_factors_are_what_was_recorded_as_two_factors_and_nothing_else(string amr)
    {
        var two = amr.Split(' ').Contains("mfa");
        Assert.Equal(two, Acr.IsMultiFactor(amr));
        Assert.Equal(two ? Acr.MultiFactor : Acr.SingleFactor, Acr.Of(amr));
        Assert.Equal(two || amr.Split(' ').Contains("mca"), Acr.HasSecondStep(amr));
        Assert.True(Acr.Meets(amr, Acr.SingleFactor));
        Assert.Equal(two, Acr.Meets(amr, Acr.MultiFactor));
        Assert.False(Acr.Meets(amr, "phr"));
        Assert.Equal(two ? Acr.MultiFactor : Acr.SingleFactor, Acr.Answer(amr, ["phr", Acr.MultiFactor, Acr.SingleFactor]));
        Assert.Equal(Acr.SingleFactor, Acr.Answer(amr, ["x", Acr.SingleFactor]));
        Assert.Equal(Acr.Of(amr), Acr.Answer(amr, []));
    }

    [Theory, InlineData("xmfa"), InlineData("mfax pwd"), InlineData("MFA"), InlineData("mfa,pwd")]
    public void A_word_that_only_holds_the_letters_is_no_method(string amr) => Assert.False(Acr.IsMultiFactor(amr));
}
