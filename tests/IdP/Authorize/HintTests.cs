using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Authorize;

/// <summary>id_token_hint and login_hint.</summary>
[Collection(AuthorizeHub.Collection)]
public sealed class HintTests(AuthorizeHub fixture)
{
    private readonly RunningHub hub = fixture.Hub;

    [Fact]
    [Spec("OpenID Connect Core", "3.1.2.1")]
    public async Task A_hint_of_the_user_who_is_signed_in_is_silent_also_when_it_has_expired()
    {
        var browser = await fixture.SignedInAsync(SampleDirectory.Pat);
        var hint = await IdTokenAsync(browser, SampleDirectory.Portal(hub));
        (await SilentAsync(browser, hint)).AssertCode(hub, "state-1");
        hub.Time.Advance(TimeSpan.FromMinutes(30));
        (await SilentAsync(browser, hint)).AssertCode(hub, "state-1");
    }

    [Fact]
    [Spec("OpenID Connect Core", "3.1.2.1")]
    public async Task A_hint_of_another_user_is_login_required_when_silent_and_asks_otherwise()
    {
        var hint = await IdTokenAsync(await fixture.SignedInAsync(SampleDirectory.Pat), SampleDirectory.Portal(hub));
        var browser = await fixture.SignInAsync(SampleDirectory.Sam);
        hub.Time.Advance(TimeSpan.FromSeconds(1));
        (await SilentAsync(browser, hint)).AssertError(hub, "login_required", "state-1");
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress(("id_token_hint", hint)));
        Assert.True(browser.Page!.Asks("current-password"));

        // Whoever signs in is not who was asked for: the app hears so instead of getting someone else.
        await browser.SubmitAsync(("username", SampleDirectory.Sam), ("current-password", SampleDirectory.Password));
        Assert.Equal("login_required", RelyingApp.Callback(browser)["error"]);
        hub.Time.Advance(TimeSpan.FromSeconds(1));
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress(("id_token_hint", hint)));
        await browser.SubmitAsync(("username", SampleDirectory.Pat), ("current-password", SampleDirectory.Password));
        Assert.Contains("code", RelyingApp.Callback(browser).Keys);
    }

    [Theory]
    [InlineData("foreign client"), InlineData("alg none"), InlineData("signature cut off"), InlineData("signature of another"), InlineData("other subject"), InlineData("other audience")]
    [InlineData("other issuer"), InlineData("unknown kid"), InlineData("hs256"), InlineData("access token"), InlineData("no kid"), InlineData("two audiences")]
    [Spec("OpenID Connect Core", "3.1.2.1"), Spec("RFC 8725", "3.1")]
    public async Task A_hint_that_was_not_issued_to_this_client_is_refused(string kind)
    {
        var browser = await fixture.SignedInAsync(SampleDirectory.Pat);
        var good = await IdTokenAsync(browser, SampleDirectory.Portal(hub));
        var parts = good.Split('.');
        var hint = kind switch
        {
            "foreign client" => await IdTokenAsync(browser, SampleDirectory.Other(hub)),
            "alg none" => $"{Change(parts[0], header => header["alg"] = "none")}.{parts[1]}.",
            "signature cut off" => $"{parts[0]}.{parts[1]}.",
            "signature of another" => $"{parts[0]}.{parts[1]}.{(await IdTokenAsync(browser, SampleDirectory.Portal(hub), ("nonce", "x"))).Split('.')[2]}",
            "other subject" => $"{parts[0]}.{Change(parts[1], claims => claims["sub"] = "someone")}.{parts[2]}",
            "other audience" => $"{parts[0]}.{Change(parts[1], claims => claims["aud"] = "other")}.{parts[2]}",
            "two audiences" => $"{parts[0]}.{Change(parts[1], claims => claims["aud"] = new JsonArray("portal", "other"))}.{parts[2]}",
            "other issuer" => $"{parts[0]}.{Change(parts[1], claims => claims["iss"] = "https://evil.example")}.{parts[2]}",
            "unknown kid" => $"{Change(parts[0], header => header["kid"] = "x")}.{parts[1]}.{parts[2]}",
            "no kid" => $"{Change(parts[0], header => header.Remove("kid"))}.{parts[1]}.{parts[2]}",
            "hs256" => $"{Change(parts[0], header => header["alg"] = "HS256")}.{parts[1]}.{parts[2]}",
            _ => await AccessTokenAsync(browser),
        };
        (await SilentAsync(browser, hint)).AssertError(hub, "invalid_request", "state-1");
    }

    [Theory]
    [InlineData("pat@northside.example"), InlineData("\"><script>alert(1)</script>"), InlineData("<img src=x onerror=alert(1)>"), InlineData("' autofocus onfocus='alert(1)"), InlineData("\u202Etxt.exe"), InlineData("a&amp;b")]
    [Spec("OpenID Connect Core", "3.1.2.1")]
    public async Task The_login_hint_stands_in_the_user_name_field_and_nowhere_unencoded(string hint)
    {
        using var browser = hub.NewBrowser();
        await browser.GoAsync(SampleDirectory.Portal(hub).AuthorizeAddress(("login_hint", hint)));
        var field = browser.Page!.Document.QuerySelector<IHtmlInputElement>("input[autocomplete~=username]")!;
        Assert.Equal(hint, field.Value);
        Hostile.AssertEncoded(hint, await browser.Page.Response.Content.ReadAsStringAsync());
    }

    private Task<AuthorizeAnswer> SilentAsync(Browser browser, string hint) =>
        AuthorizeAnswer.OfAsync(browser.Client, SampleDirectory.Portal(hub).Request(("prompt", "none"), ("id_token_hint", hint)));

    private static async Task<string> IdTokenAsync(Browser browser, RelyingApp app, params (string, string?)[] changes)
    {
        var answer = await AuthorizeAnswer.OfAsync(browser.Client, app.Request([("scope", "openid account"), .. changes]));
        return (await app.RedeemAsync(answer.Parameters["code"])).Text("id_token");
    }

    private async Task<string> AccessTokenAsync(Browser browser)
    {
        var app = SampleDirectory.Portal(hub);
        return (await app.RedeemAsync((await AuthorizeAnswer.OfAsync(browser.Client, app.Request())).Parameters["code"])).Text("access_token");
    }

    private static string Change(string part, Action<JsonObject> change)
    {
        var json = JsonNode.Parse(Base64Url.DecodeFromChars(part))!.AsObject();
        change(json);
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }
}
