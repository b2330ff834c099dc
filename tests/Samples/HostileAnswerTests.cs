using System.Net;
using Microsoft.AspNetCore.WebUtilities;

namespace IdentityHub.Samples.Tests;

/// <summary>The redirect back from the hub, as an attacker would send it.</summary>
public sealed class HostileAnswerTests : SampleFixture
{
    [Fact]
    public async Task A_wrong_state_is_refused()
    {
        Hub.BendAnswer = answer => answer["state"] += "x";
        await RefusesAsync(await Me.SignInAsync());
    }

    [Fact]
    public async Task A_missing_state_is_refused()
    {
        Hub.BendAnswer = answer => answer.Remove("state");
        await RefusesAsync(await Me.SignInAsync());
    }

    [Fact]
    public async Task An_answer_in_another_browser_is_refused()
    {
        var victim = NewBrowser(Portal);
        await RefusesAsync(await victim.GetAsync(await Me.AnswerUrlAsync()), victim);
    }

    [Fact]
    public async Task A_state_works_once()
    {
        var answer = await Me.AnswerUrlAsync();
        Assert.Equal(HttpStatusCode.Found, (await Me.GetAsync(answer)).Status);

        Assert.Equal(HttpStatusCode.BadRequest, (await Me.GetAsync(answer)).Status);
        Assert.Equal(1, Hub.TokenRequests);
    }

    [Fact]
    public async Task A_state_works_once_even_with_its_cookie_kept()
    {
        var toHub = await Me.GetAsync("/signin");
        var cookie = toHub.Raw.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        var answer = (await Me.GetAsync(toHub.Location!)).Location!;
        await Me.GetAsync(answer);

        using var thief = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }, disposeHandler: true);
        using var request = new HttpRequestMessage(HttpMethod.Get, answer);
        request.Headers.Add("Cookie", cookie);
        Assert.Equal(HttpStatusCode.BadRequest, (await thief.SendAsync(request)).StatusCode);
        Assert.Equal(1, Hub.TokenRequests);
    }

    [Fact]
    public async Task A_state_dies_of_age()
    {
        var answer = await Me.AnswerUrlAsync();
        Clock.Advance(TimeSpan.FromMinutes(16));
        await RefusesAsync(await Me.GetAsync(answer));
    }

    [Fact]
    public async Task Another_issuer_is_refused_before_its_code_goes_anywhere()
    {
        Hub.BendAnswer = answer => answer["iss"] = "https://evil.example";
        await RefusesAsync(await Me.SignInAsync());
    }

    [Fact]
    public async Task A_missing_issuer_is_refused_when_the_hub_promises_one()
    {
        Hub.BendAnswer = answer => answer.Remove("iss");
        await RefusesAsync(await Me.SignInAsync());
    }

    [Fact]
    public async Task A_missing_issuer_passes_when_the_hub_promises_none()
    {
        Hub.BendDiscovery = d => d.Remove("authorization_response_iss_parameter_supported");
        Hub.BendAnswer = answer => answer.Remove("iss");
        Assert.Equal(HttpStatusCode.OK, (await Me.SignInAsync()).Status);
    }

    [Fact]
    public async Task A_repeated_parameter_is_refused()
    {
        var answer = await Me.AnswerUrlAsync();
        await RefusesAsync(await Me.GetAsync(QueryHelpers.AddQueryString(answer, "code", "other")));
    }

    [Fact]
    public async Task A_missing_code_is_refused()
    {
        Hub.BendAnswer = answer => answer.Remove("code");
        await RefusesAsync(await Me.SignInAsync());
    }

    [Fact]
    public async Task Text_without_a_valid_state_is_never_shown()
    {
        var page = await Me.GetAsync("/signin-oidc?error=access_denied&error_description=call+this+number");
        Assert.DoesNotContain("call this number", page.Html, StringComparison.Ordinal);
        await RefusesAsync(page);
    }

    private async Task RefusesAsync(Page page, Browser? browser = null)
    {
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Equal(0, Hub.TokenRequests);
        Assert.False(await (browser ?? Me).IsSignedInAsync());
    }
}
