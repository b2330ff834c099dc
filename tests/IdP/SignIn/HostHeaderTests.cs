using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn;

/// <summary>Links, iss and pages come from the configured issuer; what a request claims about the host changes none of them.</summary>
[Collection(AuthorizeHub.Collection)]
public sealed class HostHeaderTests(AuthorizeHub fixture)
{
    private readonly RunningHub hub = fixture.Hub;

    public static TheoryData<string, string> Headers() => new()
    {
        { "Host", "evil.example" }, { "Host", "evil.example:8443" }, { "Host", "127.0.0.1.evil.example" }, { "X-Forwarded-Host", "evil.example" }, { "X-Forwarded-Host", "evil.example, 127.0.0.1" },
        { "X-Forwarded-Proto", "evil" }, { "X-Forwarded-Prefix", "/evil" }, { "X-Forwarded-Server", "evil.example" }, { "X-Forwarded-Port", "666" }, { "X-Original-Host", "evil.example" }, { "X-Host", "evil.example" },
        { "Forwarded", "for=1.2.3.4;host=evil.example;proto=https" }, { "X-Original-URL", "/evil" }, { "X-Rewrite-URL", "/evil" }, { "Referer", "https://evil.example/" }, { "Origin", "https://evil.example" },
    };

    [Theory, MemberData(nameof(Headers))]
    [Spec("OWASP ASVS 5.0", "3.3.1"), Spec("RFC 9207", "2")]
    public async Task No_header_changes_a_link_or_the_issuer(string name, string value)
    {
        var app = SampleDirectory.Portal(hub);
        var browser = (await fixture.SignedInAsync(SampleDirectory.Pat)).Client;
        foreach (var address in (string[])[app.AuthorizeAddress(), app.AuthorizeAddress(("response_mode", "form_post")), app.AuthorizeAddress(("scope", null)), app.AuthorizeAddress(("prompt", "select_account"))])
        {
            var answer = await AuthorizeAnswer.ReadAsync(await SendAsync(browser, address, name, value));
            Assert.DoesNotContain("evil", answer.Location + answer.Body);
            if (answer.Parameters.TryGetValue("iss", out var issuer))
            {
                Assert.Equal(hub.Issuer, issuer);
            }
            else
            {
                Assert.StartsWith("/sign-in/account?tx=", answer.Location);
                var page = await SendAsync(browser, answer.Location!, name, value);
                Assert.Equal(HttpStatusCode.OK, page.StatusCode);
                Assert.DoesNotContain("evil", await page.Content.ReadAsStringAsync());
            }
        }

        foreach (var address in (string[])["/.well-known/openid-configuration", "/authorize", "/end-session", "/sign-in?tx=x"])
        {
            Assert.DoesNotContain("evil", await (await SendAsync(fixture.Http, address, name, value)).Content.ReadAsStringAsync());
        }
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string address, string name, string value)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return client.SendAsync(request);
    }
}
