using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Authorize;

/// <summary>Nothing that is not registered to the letter is ever redirected to, and none of it comes out as it came in.</summary>
[Collection(AuthorizeHub.Collection)]
public sealed class RedirectUriTests(AuthorizeHub fixture)
{
    private const string SignedOut = "https://portal.example/signed-out";
    private static readonly ((string, string?)[] Changes, bool Post)[] Sent =
        [([], false), ([], true), ([("response_type", "token")], false), ([("prompt", "none"), ("response_mode", "form_post")], false)];

    private readonly RunningHub hub = fixture.Hub;

    public static TheoryData<string> OfRedirect() => [.. HostileUris.Of(SampleDirectory.PortalRedirect)];

    public static TheoryData<string> OfLogout() => [.. HostileUris.Of(SignedOut).Append(SampleDirectory.PortalRedirect)];

    public static TheoryData<string> OfNative() => [.. HostileUris.Native];

    [Fact]
    public void The_table_holds_more_than_eighty() => Assert.True(HostileUris.Of(SampleDirectory.PortalRedirect).Count() >= 80);

    [Theory, MemberData(nameof(OfRedirect))]
    [Spec("RFC 9700", "2.1"), Spec("RFC 6749", "3.1.2.4"), Spec("OpenID Connect Core", "3.1.2.1")]
    public async Task A_hostile_redirect_uri_is_answered_here(string uri)
    {
        // Signed in, so that a code would be given; and with an error, which would be sent as well.
        var browser = (await fixture.SignedInAsync(SampleDirectory.Pat)).Client;
        foreach (var (changes, post) in Sent)
        {
            var answer = await AuthorizeAnswer.OfAsync(browser, SampleDirectory.Portal(hub).Request([("redirect_uri", uri), .. changes]), post);
            answer.AssertErrorPage();
            Hostile.AssertEncoded(uri, answer.Body);
            Assert.DoesNotContain("evil", answer.Body);
        }
    }

    [Theory, MemberData(nameof(OfNative))]
    [Spec("RFC 8252", "7.3"), Spec("RFC 9700", "2.1")]
    public async Task Only_the_port_of_a_native_apps_loopback_address_is_free(string uri)
    {
        var browser = (await fixture.SignedInAsync(SampleDirectory.Pat)).Client;
        foreach (var mode in (string[])["query", "form_post"])
        {
            (await AuthorizeAnswer.OfAsync(browser, SampleDirectory.Native(hub).Request(("redirect_uri", uri), ("response_mode", mode), ("scope", "openid")))).AssertErrorPage();
        }
    }

    [Theory, InlineData("https://portal.example:444/signin-oidc"), InlineData("http://127.0.0.1:8080/signin-oidc")]
    [Spec("RFC 8252", "7.3")]
    public async Task No_port_of_a_web_app_is_free(string uri) =>
        (await AuthorizeAnswer.OfAsync(fixture.Http, SampleDirectory.Portal(hub).Request(("redirect_uri", uri)))).AssertErrorPage();

    [Theory, InlineData("https://expert.example/callback"), InlineData("https://expert.example/callback?tenant=b"), InlineData("https://expert.example/callback?tenant=a&x=y"), InlineData("https://expert.example/callback?Tenant=a"), InlineData("https://expert.example/callback?tenant=a&")]
    [Spec("RFC 9700", "2.1")]
    public async Task A_registered_query_is_part_of_the_uri(string uri) =>
        (await AuthorizeAnswer.OfAsync(fixture.Http, SampleDirectory.Expert(hub).Request(("redirect_uri", uri)))).AssertErrorPage();

    [Theory, MemberData(nameof(OfLogout))]
    [Spec("OpenID Connect RP-Initiated Logout", "3")]
    public async Task A_hostile_post_logout_redirect_uri_is_answered_here_though_the_hint_is_good(string uri)
    {
        var hint = await HintAsync();
        foreach (var post in (bool[])[false, true])
        {
            // In no session, where a good request would be redirected at once.
            var fields = new Dictionary<string, string> { ["id_token_hint"] = hint, ["post_logout_redirect_uri"] = uri, ["client_id"] = "portal", ["state"] = "s" };
            var query = string.Join('&', fields.Select(pair => pair.Key + "=" + Uri.EscapeDataString(pair.Value)));
            var response = post ? await fixture.Http.PostAsync("/end-session", new FormUrlEncodedContent(fields)) : await fixture.Http.GetAsync("/end-session?" + query);
            if (post && response.StatusCode == HttpStatusCode.SeeOther)
            {
                Assert.StartsWith("/end-session?", response.Headers.GetValues("Location").Single());
                response = await fixture.Http.GetAsync(response.Headers.GetValues("Location").Single());
            }

            var body = await response.Content.ReadAsStringAsync();
            Assert.False(response.Headers.Contains("Location"));
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Pages.AssertHeaders(response);
            Hostile.AssertEncoded(uri, body);
            Assert.DoesNotContain("evil", body);
        }
    }

    [Fact]
    [Spec("OpenID Connect RP-Initiated Logout", "3")]
    public async Task The_registered_post_logout_redirect_uri_is_gone_to()
    {
        var response = await fixture.Http.GetAsync($"/end-session?id_token_hint={await HintAsync()}&post_logout_redirect_uri={Uri.EscapeDataString(SignedOut)}&state=a%2Bb");
        Assert.Equal(SignedOut + "?state=a%2Bb", response.Headers.GetValues("Location").Single());
    }

    private async Task<string> HintAsync()
    {
        if (fixture.LogoutHint is null)
        {
            var app = SampleDirectory.Portal(hub);
            var answer = await AuthorizeAnswer.OfAsync((await fixture.SignedInAsync(SampleDirectory.Pat)).Client, app.Request(("scope", "openid")));
            fixture.LogoutHint = (await app.RedeemAsync(answer.Parameters["code"])).Text("id_token");
        }

        return fixture.LogoutHint;
    }
}
