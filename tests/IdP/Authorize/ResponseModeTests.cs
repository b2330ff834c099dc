using System.Net;
using System.Security.Cryptography;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Authorize;

[Collection(AuthorizeHub.Collection)]
public sealed class ResponseModeTests(AuthorizeHub fixture)
{
    private readonly RunningHub hub = fixture.Hub;

    [Fact]
    [Spec("RFC 9700", "4.12"), Spec("RFC 6749", "4.1.2"), Spec("RFC 9207", "2.3")]
    public async Task A_query_answer_is_a_303_that_keeps_the_redirect_uris_own_query()
    {
        var app = SampleDirectory.Expert(hub);
        var answer = await AuthorizeAnswer.OfAsync((await fixture.SignedInAsync(SampleDirectory.Pat)).Client, app.Request());
        answer.AssertCode(hub, "state-1", app.RedirectUri);
        Assert.Equal(HttpStatusCode.SeeOther, answer.Response.StatusCode);
        Assert.StartsWith("https://expert.example/callback?tenant=a&code=", answer.Location);
        Assert.Equal("no-store", answer.Response.Headers.CacheControl?.ToString());
        Assert.Equal("no-referrer", Pages.Header(answer.Response, "Referrer-Policy"));
    }

    [Theory, InlineData(true), InlineData(false)]
    [Spec("OAuth 2.0 Form Post Response Mode", "2")]
    public async Task A_form_answer_is_a_page_whose_only_script_is_the_one_that_its_policy_names(bool good)
    {
        var app = SampleDirectory.Expert(hub);
        var answer = await AuthorizeAnswer.OfAsync(
            (await fixture.SignedInAsync(SampleDirectory.Pat)).Client, app.Request(("response_mode", "form_post"), ("scope", good ? "openid" : "none-such")));
        _ = good ? answer.AssertCode(hub, "state-1", app.RedirectUri) : answer.AssertError(hub, "invalid_scope", "state-1", app.RedirectUri);
        Pages.AssertHeaders(answer.Response);

        var form = (IHtmlFormElement)Assert.Single(answer.Form!.Forms);
        Assert.Equal("post", form.Method);
        Assert.Equal(app.RedirectUri, form.GetAttribute("action"));
        Assert.All(form.QuerySelectorAll<IHtmlInputElement>("input"), input => Assert.Equal("hidden", input.Type));
        Assert.NotNull(form.QuerySelector("noscript button"));

        var script = Assert.Single(answer.Form.QuerySelectorAll("script"));
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script.TextContent)));
        var policy = Pages.Header(answer.Response, "Content-Security-Policy");
        Assert.Contains($"script-src 'sha256-{hash}'", policy);
        var actions = policy.Split(';').Single(directive => directive.Trim().StartsWith("form-action", StringComparison.Ordinal)).Split(' ');
        Assert.Contains("https://expert.example", actions);
        Assert.DoesNotContain(answer.Form.QuerySelectorAll("*").SelectMany(element => element.Attributes), attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal));
    }

    [Fact]
    [Spec("OAuth 2.0 Form Post Response Mode", "2")]
    public async Task Errors_after_the_sign_in_pages_come_by_form_too()
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress(("response_mode", "form_post")));
        await browser.PressAsync("Back to");
        var answer = await AuthorizeAnswer.ReadAsync(browser.Page!.Response);
        answer.AssertError(hub, "access_denied", "state-1");
        Assert.NotNull(answer.Form);
    }

    [Fact]
    [Spec("OAuth 2.0 Multiple Response Type Encoding Practices", "2.1")]
    public async Task An_unsupported_mode_is_answered_by_query()
    {
        var answer = await AuthorizeAnswer.OfAsync(fixture.Http, SampleDirectory.Portal(hub).Request(("response_mode", "fragment")));
        answer.AssertError(hub, "invalid_request", "state-1");
        Assert.DoesNotContain("#", answer.Location);
    }

    [Fact]
    [Spec("RFC 8252", "7.3")]
    public async Task A_native_app_gets_its_answer_at_whatever_port_it_listens_on()
    {
        var browser = (await fixture.SignedInAsync(SampleDirectory.Pat)).Client;
        foreach (var uri in (string[])["http://127.0.0.1/callback", "http://127.0.0.1:1/callback", "http://127.0.0.1:49152/callback", "http://127.0.0.1:65535/callback"])
        {
            foreach (var mode in (string[])["query", "form_post"])
            {
                var app = SampleDirectory.Native(hub);
                var answer = await AuthorizeAnswer.OfAsync(browser, app.Request(("redirect_uri", uri), ("response_mode", mode), ("scope", "openid")));
                answer.AssertCode(hub, "state-1", uri);
                Assert.True(answer.Location?.StartsWith(uri + "?", StringComparison.Ordinal) ?? answer.Form!.Forms[0].GetAttribute("action") == uri);
            }
        }
    }
}
