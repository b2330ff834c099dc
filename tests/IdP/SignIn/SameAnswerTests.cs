using System.Net;
using System.Text.RegularExpressions;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn;

/// <summary>Unknown, wrong password, locked, inactive, without a password: one answer.</summary>
[Collection(AuthorizeHub.Collection)]
public sealed partial class SameAnswerTests(AuthorizeHub fixture)
{
    private readonly RunningHub hub = fixture.Hub;

    [Fact]
    [Spec("OWASP ASVS 5.0", "6.3.8")]
    public async Task Unknown_wrong_locked_inactive_and_without_a_password_give_the_same_answer()
    {
        var locked = "locked@northside.example";
        await UseUpAsync(locked);
        var expected = await AnswerAsync("nobody@northside.example", SampleDirectory.Password);
        Assert.StartsWith("200", expected);
        Assert.Contains("is not right, or you cannot sign in", expected);
        foreach (var (name, password) in ((string, string)[])
        [
            (SampleDirectory.Pat, "wrong"), (SampleDirectory.Terry, "wrong"), (AuthorizeDirectory.Eve, "wrong"), (locked, SampleDirectory.Password), (SampleDirectory.Ina, SampleDirectory.Password), (SampleDirectory.Ina, "wrong"),
            (AuthorizeDirectory.Nopass, SampleDirectory.Password), (AuthorizeDirectory.Nopass, ""), (SampleDirectory.Pat, ""), ("", ""), ("", SampleDirectory.Password), (new string('x', 1000), "wrong"),
            (SampleDirectory.Pat, new string('x', 2000)), (SampleDirectory.Pat, SampleDirectory.Password + " "), (SampleDirectory.Pat, SampleDirectory.Password.ToUpperInvariant()),
        ])
        {
            Assert.Equal(expected, await AnswerAsync(name, password));
        }
    }

    [Theory]
    [InlineData("PAT@Northside.EXAMPLE"), InlineData("  pat@northside.example "), InlineData("ｐａｔ＠ｎｏｒｔｈｓｉｄｅ．ｅｘａｍｐｌｅ"), InlineData("\u00a0pat@northside.example\u3000")]
    public async Task A_name_is_the_same_in_every_spelling(string spelled)
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        await browser.SubmitAsync(("username", spelled), ("current-password", SampleDirectory.Password));
        Assert.NotNull(browser.LeftFor);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>"), InlineData("\"><img src=x onerror=alert(1)>"), InlineData("' onfocus='alert(1)"), InlineData("\u202Egnp.exe"), InlineData("&lt;b&gt;"), InlineData("{{7*7}}"), InlineData("@Model.Tx")]
    [Spec("OWASP ASVS 5.0", "1.2.1")]
    public async Task What_is_typed_as_a_name_comes_back_encoded_in_its_field(string typed)
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        await browser.SubmitAsync(("username", typed), ("current-password", "wrong"));
        Hostile.AssertEncoded(typed, await browser.Page!.Response.Content.ReadAsStringAsync());
        Assert.Equal(typed, browser.Page.Document.QuerySelector("input[autocomplete~=username]")!.GetAttribute("value"));
        Assert.Equal("", browser.Page.Document.QuerySelector("input[autocomplete=current-password]")!.GetAttribute("value") ?? "");
        Pages.AssertHeaders(browser.Page.Response);
    }

    /// <summary>Everything of the answer but what was typed and the sign-in's own id.</summary>
    private async Task<string> AnswerAsync(string name, string password)
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        await browser.SubmitAsync(("username", name), ("current-password", password));
        var response = browser.Page!.Response;
        var body = Id().Replace(await response.Content.ReadAsStringAsync(), "tx=*");
        body = Value().Replace(body, "value=\"*\"").Replace(" autofocus=\"autofocus\"", "");
        var headers = response.Headers.Concat(response.Content.Headers).Where(header => header.Key is not "Date" and not "Content-Length").OrderBy(header => header.Key)
            .Select(header => header.Key + ": " + string.Join(',', header.Value));
        return $"{(int)response.StatusCode}\n{string.Join('\n', headers)}\n{body}";
    }

    private async Task UseUpAsync(string name)
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress());
        for (var i = 0; i < 10; i++)
        {
            await browser.SubmitAsync(("username", name), ("current-password", "wrong"));
            Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        }
    }

    [GeneratedRegex("tx=[0-9a-f]{32}")]
    private static partial Regex Id();

    [GeneratedRegex("value=\"[^\"]*\"")]
    private static partial Regex Value();
}
