using System.Text.Json;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Authorize;

/// <summary>acr_values, essential acr, and what the claims parameter asks of the sign-in.</summary>
[Collection(AuthorizeHub.Collection)]
public sealed class AcrTests(AuthorizeHub fixture)
{
    private const string Sfa = "https://refeds.org/profile/sfa";
    private const string Mfa = "https://refeds.org/profile/mfa";
    private readonly RunningHub hub = fixture.Hub;

    [Theory, InlineData(null, Sfa), InlineData(Mfa, Sfa), InlineData(Sfa, Sfa), InlineData("urn:x " + Mfa, Sfa), InlineData("phr", Sfa)]
    [Spec("OpenID Connect Core", "3.1.2.1"), Spec("OpenID Connect Core", "2"), Spec("RFC 8176", "2")]
    public async Task Acr_values_are_met_as_well_as_can_be_with_a_password(string? asked, string told)
    {
        var id = await IdTokenAsync((await fixture.SignedInAsync(SampleDirectory.Pat)).Client, ("acr_values", asked));
        Assert.Equal(told, id.GetProperty("acr").GetString());
        Assert.Equal(["pwd"], id.GetProperty("amr").EnumerateArray().Select(method => method.GetString()));
    }

    [Fact]
    [Spec("OpenID Connect Core", "5.5.1.1"), Spec("OpenID Connect Core", "2"), Spec("RFC 8176", "2")]
    public async Task Two_factors_meet_either_value_and_an_essential_acr()
    {
        fixture.NextCode();
        using var browser = hub.NewBrowser();
        await SampleDirectory.Portal(hub).SignInAsync(browser, SampleDirectory.Terry, SampleDirectory.Password, SampleDirectory.TotpSecret, "northside");
        foreach (var (name, value, told) in ((string, string?, string)[])
        [
            ("acr_values", null, Mfa), ("acr_values", Mfa, Mfa), ("acr_values", Sfa, Sfa), ("acr_values", $"{Sfa} {Mfa}", Sfa), ("acr_values", $"urn:x {Mfa} {Sfa}", Mfa), ("acr_values", "phr", Mfa),
            ("claims", Essential(Mfa), Mfa), ("claims", Essential("phr", Mfa), Mfa), ("claims", Essential(Sfa), Sfa),
        ])
        {
            var id = await IdTokenAsync(browser.Client, (name, value));
            Assert.Equal(told, id.GetProperty("acr").GetString());
            Assert.Equal(["pwd", "otp", "mfa"], id.GetProperty("amr").EnumerateArray().Select(method => method.GetString()));
        }

        (await SendAsync(browser.Client, ("claims", Essential("phr")))).AssertError(hub, "unmet_authentication_requirements", "state-1");
    }

    [Fact]
    [Spec("OpenID Connect Core", "5.5.1.1"), Spec("OpenID Connect Core", "3.1.2.6")]
    public async Task An_essential_acr_of_two_factors_leads_who_has_none_to_set_one_up_and_says_so_where_nothing_may_be_shown()
    {
        using var browser = await fixture.SignInAsync(SampleDirectory.Pat);
        foreach (var claims in (string[])[Essential(Mfa), """{"id_token":{"acr":{"essential":true,"value":"https://refeds.org/profile/mfa"}}}"""])
        {
            (await SendAsync(browser.Client, ("claims", claims))).AssertAsks("/sign-in/enrol");
            (await SendAsync(browser.Client, ("prompt", "none"), ("claims", claims))).AssertError(hub, "interaction_required", "state-1");
        }
    }

    [Theory, InlineData("none"), InlineData(null)]
    [Spec("OpenID Connect Core", "5.5.1.1"), Spec("OpenID Connect Core Unmet Authentication Requirements", "2")]
    public async Task An_essential_acr_that_the_user_cannot_reach_fails_and_a_voluntary_one_does_not(string? prompt)
    {
        var browser = (await fixture.SignedInAsync(SampleDirectory.Pat)).Client;
        (await SendAsync(browser, ("prompt", prompt), ("claims", Essential("phr")))).AssertError(hub, "unmet_authentication_requirements", "state-1");
        (await SendAsync(browser, ("prompt", prompt), ("claims", """{"id_token":{"acr":{"essential":true,"value":"phr"}}}"""))).AssertError(hub, "unmet_authentication_requirements", "state-1");
        (await SendAsync(browser, ("prompt", prompt), ("claims", Essential(Mfa).Replace("true", "false")))).AssertCode(hub, "state-1");
        (await SendAsync(browser, ("prompt", prompt), ("claims", Essential(Mfa, Sfa)))).AssertCode(hub, "state-1");
        (await SendAsync(browser, ("prompt", prompt), ("claims", """{"id_token":{"acr":{"essential":true}}}"""))).AssertCode(hub, "state-1");
    }

    [Fact]
    [Spec("OpenID Connect Core", "5.5.1")]
    public async Task A_sub_that_claims_asks_for_must_be_the_one_who_is_signed_in()
    {
        var browser = (await fixture.SignedInAsync(SampleDirectory.Pat)).Client;
        var sub = (await IdTokenAsync(browser)).GetProperty("sub").GetString()!;
        (await SendAsync(browser, ("prompt", "none"), ("claims", "{\"id_token\":{\"sub\":{\"value\":\"" + sub + "\"}}}"))).AssertCode(hub, "state-1");
        (await SendAsync(browser, ("prompt", "none"), ("claims", """{"id_token":{"sub":{"value":"someone"}}}"""))).AssertError(hub, "login_required", "state-1");
    }

    [Fact]
    [Spec("OpenID Connect Core", "5.5")]
    public async Task A_claim_asked_for_in_the_id_token_stands_there_and_one_asked_for_at_userinfo_does_not()
    {
        var browser = (await fixture.SignedInAsync(SampleDirectory.Pat)).Client;
        Assert.True((await IdTokenAsync(browser, ("claims", """{"id_token":{"name":{"essential":true}}}"""))).TryGetProperty("name", out _));
        Assert.False((await IdTokenAsync(browser, ("claims", """{"userinfo":{"name":{"essential":true}}}"""))).TryGetProperty("name", out _));
    }

    private static string Essential(params string[] values) =>
        JsonSerializer.Serialize(new Dictionary<string, object> { ["id_token"] = new Dictionary<string, object> { ["acr"] = new Dictionary<string, object> { ["essential"] = true, ["values"] = values } } });

    private async Task<AuthorizeAnswer> SendAsync(HttpClient browser, params (string, string?)[] changes) => await AuthorizeAnswer.OfAsync(browser, SampleDirectory.Portal(hub).Request(changes));

    private async Task<JsonElement> IdTokenAsync(HttpClient browser, params (string, string?)[] changes)
    {
        var app = SampleDirectory.Portal(hub);
        var answer = await AuthorizeAnswer.OfAsync(browser, app.Request(changes));
        return RelyingApp.Payload((await app.RedeemAsync(answer.AssertCode(hub, "state-1").Parameters["code"])).Text("id_token"));
    }
}
