using IdentityHub.Domain.Credentials;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Credentials;

/// <summary>Every subset of what a person can show, against the kinds of factors counted by hand (Ory Kratos CVE-2024-45042).</summary>
public sealed class AssuranceTests
{
    private static readonly Evidence[] Single = Enum.GetValues<Evidence>().Where(one => one != Evidence.None).ToArray();

    public static TheoryData<int> Subsets => new(Enumerable.Range(0, 1 << Single.Length));

    [Theory, MemberData(nameof(Subsets)), Spec("RFC 8176", "2")]
    public void A_subset_amounts_to_the_kinds_of_factors_in_it(int mask)
    {
        var shown = Single.Where((_, bit) => (mask >> bit & 1) == 1).ToHashSet();
        var evidence = shown.Aggregate(Evidence.None, (all, one) => all | one);

        var known = shown.Contains(Evidence.Password);
        var held = shown.Contains(Evidence.Passkey);
        var person = held && shown.Contains(Evidence.UserVerified);
        var code = shown.Contains(Evidence.Totp) || shown.Contains(Evidence.RecoveryCode);

        // Kinds: known, held, inherent. A code is held too, so beside a passkey it is the same kind again; alone it begins nothing.
        var begins = known || held;
        var kinds = (known ? 1 : 0) + (held || (begins && code) ? 1 : 0) + (person ? 1 : 0);
        var expected = !begins ? AssuranceLevel.None : kinds < 2 ? AssuranceLevel.OneFactor : held ? AssuranceLevel.PhishingResistant : AssuranceLevel.TwoFactors;

        var (level, amr) = Assurance.Of(evidence);
        Assert.Equal(expected, level);
        var methods = Assurance.Methods(amr);
        Assert.Equal(methods.Distinct(), methods);
        Assert.Equal(level >= AssuranceLevel.TwoFactors, methods.Contains("mfa"));
        Assert.Equal(begins && known, methods.Contains("pwd"));
        Assert.Equal(begins && code, methods.Contains("otp"));
        Assert.Equal(begins && shown.Contains(Evidence.EmailCode), methods.Contains("mca"));
        Assert.Equal(held, methods.Contains("swk") || methods.Contains("hwk"));
        Assert.Equal(level, Assurance.LevelOf(amr));
    }

    [Theory, MemberData(nameof(Subsets))]
    public void What_is_read_back_amounts_to_the_same(int mask)
    {
        var evidence = Single.Where((_, bit) => (mask >> bit & 1) == 1).Aggregate(Evidence.None, (all, one) => all | one);
        var (level, amr) = Assurance.Of(evidence);
        Assert.Equal(new Assurance(level, amr), Assurance.Of(Assurance.EvidenceOf(amr)));
    }

    [Theory]
    [InlineData(Evidence.Password | Evidence.EmailCode, AssuranceLevel.OneFactor, "pwd mca")]
    [InlineData(Evidence.Password | Evidence.RecoveryCode, AssuranceLevel.TwoFactors, "pwd otp mfa")]
    [InlineData(Evidence.Password | Evidence.TemporaryCode | Evidence.RememberedDevice, AssuranceLevel.OneFactor, "pwd")]
    [InlineData(Evidence.Totp | Evidence.RecoveryCode | Evidence.EmailCode, AssuranceLevel.None, "")]
    [InlineData(Evidence.Passkey | Evidence.Totp, AssuranceLevel.OneFactor, "otp swk")]
    [InlineData(Evidence.Passkey | Evidence.UserVerified, AssuranceLevel.PhishingResistant, "swk user mfa")]
    [InlineData(Evidence.Password | Evidence.Passkey | Evidence.DeviceBound, AssuranceLevel.PhishingResistant, "pwd hwk mfa")]
    public void The_cases_that_matter_most_stand_here_by_name(Evidence evidence, AssuranceLevel level, string amr) =>
        Assert.Equal(new Assurance(level, amr), Assurance.Of(evidence));

    [Theory, InlineData("nomfa"), InlineData("mfax pwd"), InlineData("pwd hwkx")]
    public void A_word_that_only_holds_the_letters_is_no_method(string amr) => Assert.Equal(AssuranceLevel.OneFactor, Assurance.LevelOf(amr));
}
