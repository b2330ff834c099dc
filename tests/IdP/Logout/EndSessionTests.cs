using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using AngleSharp.Html.Dom;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Logout;

[Spec("OpenID Connect RP-Initiated Logout", "2")]
public sealed class EndSessionTests(SignedInHub fixture) : IClassFixture<SignedInHub>
{
    private const string ReturnTo = "https://portal.example/signed-out";
    private static readonly string State = string.Concat(Enumerable.Repeat("aA0-._~+/ %&=#\"é", 8));

    /// <summary>A browser in which a person has just signed in at the portal, and the ID token that it got.</summary>
    private async Task<(Browser Browser, string IdToken)> SignedInAsync(string user = SampleDirectory.Pat)
    {
        var browser = fixture.Hub.NewBrowser();
        var callback = await fixture.Portal.SignInAsync(browser, user, SampleDirectory.Password);
        return (browser, (await fixture.Portal.RedeemAsync(callback["code"])).Text("id_token"));
    }

    private async Task<bool> IsSignedInAsync(Browser browser)
    {
        await browser.GoAsync(fixture.Portal.AuthorizeAddress(("prompt", "none")));
        var callback = RelyingApp.Callback(browser);
        Assert.True(callback.ContainsKey("code") || callback["error"] == "login_required", string.Join(' ', callback));
        return callback.ContainsKey("code");
    }

    private static string Address(params (string Name, string Value)[] parameters) =>
        "/end-session?" + string.Join('&', parameters.Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value)}"));

    private static void AssertSignedOutPage(Browser browser)
    {
        Assert.Null(browser.LeftFor);
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        Assert.Contains("You are signed out", browser.Page.Text, StringComparison.Ordinal);
    }

    private static void AssertAsks(Browser browser)
    {
        Assert.Null(browser.LeftFor);
        Assert.Equal(HttpStatusCode.OK, browser.Page!.Status);
        Assert.Contains("Sign out?", browser.Page.Text, StringComparison.Ordinal);
    }

    private static void AssertRefusedPage(Browser browser)
    {
        Assert.Null(browser.LeftFor);
        Assert.Equal(HttpStatusCode.BadRequest, browser.Page!.Status);
        Assert.Contains("Reference", browser.Page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Spec("OpenID conformance", "oidcc-rp-initiated-logout")]
    public async Task A_sign_out_returns_to_the_app_with_its_state_and_nothing_else(bool byPost)
    {
        var (browser, idToken) = await SignedInAsync();
        (string, string)[] parameters = [("id_token_hint", idToken), ("post_logout_redirect_uri", ReturnTo), ("state", State)];
        await (byPost ? browser.PostAsync("/end-session", parameters.Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2))) : browser.GoAsync(Address(parameters)));
        Assert.StartsWith(ReturnTo + "?state=", browser.LeftFor!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(State, Assert.Single(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(browser.LeftFor.Query)).Value);
        Assert.False(await IsSignedInAsync(browser));
    }

    [Theory]
    [InlineData("https://portal.example/signed-out/x")]
    [InlineData("https://portal.example/signed-out?foo=bar")]
    [InlineData("https://portal.example/signed-out/")]
    [InlineData("https://PORTAL.example/signed-out")]
    [InlineData("https://portal.example/signin-oidc")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("//evil.example")]
    [InlineData("/")]
    [Spec("OpenID conformance", "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri")]
    [Spec("OpenID conformance", "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri")]
    public async Task An_address_that_is_not_registered_to_the_letter_is_never_gone_to(string address)
    {
        var (browser, idToken) = await SignedInAsync();
        await browser.GoAsync(Address(("id_token_hint", idToken), ("post_logout_redirect_uri", address), ("state", "x")));
        AssertRefusedPage(browser);
        Assert.True(await IsSignedInAsync(browser));
    }

    public static TheoryData<string> Forgeries() => ["unsigned", "unsigned without kid", "stranger's signature", "other payload", "empty signature", "not a token", "two parts"];

    [Theory]
    [MemberData(nameof(Forgeries))]
    [Spec("OpenID conformance", "oidcc-rp-initiated-logout-modified-id-token-hint")]
    [Spec("OpenID conformance", "oidcc-rp-initiated-logout-bad-id-token-hint")]
    public async Task A_forged_hint_leads_nowhere(string forgery)
    {
        var (browser, idToken) = await SignedInAsync();
        var parts = idToken.Split('.');
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
        var hint = forgery switch
        {
            "unsigned" => $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}.",
            "unsigned without kid" => $"{Encode("""{"alg":"none"}""")}.{parts[1]}.{parts[2]}",
            "stranger's signature" => $"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(stranger.SignData(Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]), HashAlgorithmName.SHA256))}",
            "other payload" => $"{parts[0]}.{Encode(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("\"aud\":\"portal\"", "\"aud\":\"other\"", StringComparison.Ordinal))}.{parts[2]}",
            "empty signature" => $"{parts[0]}.{parts[1]}.",
            "two parts" => $"{parts[0]}.{parts[1]}",
            _ => "nonsense",
        };
        await browser.GoAsync(Address(("id_token_hint", hint), ("post_logout_redirect_uri", ReturnTo)));
        AssertRefusedPage(browser);
        Assert.True(await IsSignedInAsync(browser));
    }

    [Fact]
    public async Task An_access_token_is_no_hint()
    {
        var browser = fixture.BrowserOf(SampleDirectory.Pat);
        var tokens = await fixture.TokensAsync(fixture.Portal);
        await browser.GoAsync(Address(("id_token_hint", tokens.Text("access_token")), ("post_logout_redirect_uri", ReturnTo)));
        AssertRefusedPage(browser);
        Assert.True(await IsSignedInAsync(browser));
    }

    [Theory]
    [InlineData("https://portal.example/signed-out", null)]
    [InlineData(null, null)]
    [InlineData(null, "x")]
    [InlineData("https://portal.example/signed-out", "x")]
    [Spec("OpenID conformance", "oidcc-rp-initiated-logout-no-id-token-hint")]
    [Spec("OpenID conformance", "oidcc-rp-initiated-logout-no-params")]
    [Spec("OpenID conformance", "oidcc-rp-initiated-logout-only-state")]
    public async Task Without_a_hint_the_person_is_asked_and_stays_here(string? returnTo, string? state)
    {
        var (browser, _) = await SignedInAsync();
        var parameters = new List<(string, string)>();
        if (returnTo is not null)
        {
            parameters.Add(("post_logout_redirect_uri", returnTo));
            parameters.Add(("client_id", "portal"));
        }

        if (state is not null)
        {
            parameters.Add(("state", state));
        }

        await browser.GoAsync(Address([.. parameters]));
        AssertAsks(browser);
        Assert.Contains(SampleDirectory.Pat, browser.Page!.Text, StringComparison.Ordinal);
        var asked = browser.Page;
        Assert.True(await IsSignedInAsync(browser));

        await browser.PostAsync("/end-session", Fields(asked));
        AssertSignedOutPage(browser);
        Assert.False(await IsSignedInAsync(browser));
    }

    [Fact]
    [Spec("OpenID conformance", "oidcc-rp-initiated-logout-no-post-logout-redirect-uri")]
    public async Task A_hint_alone_signs_out_and_shows_so()
    {
        var (browser, idToken) = await SignedInAsync();
        await browser.GoAsync(Address(("id_token_hint", idToken)));
        AssertSignedOutPage(browser);
        Assert.False(await IsSignedInAsync(browser));
    }

    [Fact]
    [Spec("OpenID conformance", "oidcc-rp-initiated-logout-no-state")]
    public async Task Without_a_state_none_is_returned()
    {
        var (browser, idToken) = await SignedInAsync();
        await browser.GoAsync(Address(("id_token_hint", idToken), ("post_logout_redirect_uri", ReturnTo)));
        Assert.Equal(ReturnTo, browser.LeftFor!.OriginalString);
    }

    [Fact]
    public async Task An_expired_hint_is_good_for_an_hour_long_session()
    {
        var (browser, idToken) = await SignedInAsync();
        fixture.Hub.Time.Advance(TimeSpan.FromMinutes(50));
        await browser.GoAsync(Address(("id_token_hint", idToken), ("post_logout_redirect_uri", ReturnTo)));
        Assert.Equal(ReturnTo, browser.LeftFor!.OriginalString);
        Assert.False(await IsSignedInAsync(browser));
    }

    [Fact]
    public async Task The_client_id_must_be_the_hint_s()
    {
        var (browser, idToken) = await SignedInAsync();
        await browser.GoAsync(Address(("id_token_hint", idToken), ("post_logout_redirect_uri", ReturnTo), ("client_id", "other")));
        AssertRefusedPage(browser);
        await browser.GoAsync(Address(("id_token_hint", idToken), ("post_logout_redirect_uri", ReturnTo), ("client_id", "portal")));
        Assert.Equal(ReturnTo, browser.LeftFor!.OriginalString);
    }

    [Fact]
    public async Task A_repeated_parameter_is_refused()
    {
        var (browser, idToken) = await SignedInAsync();
        await browser.GoAsync(Address(("id_token_hint", idToken), ("state", "a"), ("state", "b")));
        AssertRefusedPage(browser);
        Assert.True(await IsSignedInAsync(browser));
    }

    [Fact]
    public async Task A_hint_of_another_person_or_of_an_earlier_session_asks_first()
    {
        var (sams, samsToken) = await SignedInAsync(SampleDirectory.Sam);
        var (browser, earlier) = await SignedInAsync();
        await browser.GoAsync(Address(("id_token_hint", earlier)));
        await fixture.Portal.SignInAsync(browser, SampleDirectory.Pat, SampleDirectory.Password);
        foreach (var hint in (string[])[samsToken, earlier])
        {
            await browser.GoAsync(Address(("id_token_hint", hint), ("post_logout_redirect_uri", ReturnTo), ("state", "s")));
            AssertAsks(browser);
        }

        Assert.True(await IsSignedInAsync(browser));
        await browser.GoAsync(Address(("id_token_hint", samsToken), ("post_logout_redirect_uri", ReturnTo), ("state", "s")));
        await browser.PressAsync("Sign out");
        Assert.Equal(ReturnTo + "?state=s", browser.LeftFor!.OriginalString);
        Assert.False(await IsSignedInAsync(browser));
        Assert.True(await IsSignedInAsync(sams));
    }

    [Fact]
    public async Task Nobody_signed_in_is_signed_out_already()
    {
        var (browser, idToken) = await SignedInAsync();
        using var fresh = fixture.Hub.NewBrowser();
        await fresh.GoAsync("/end-session");
        AssertSignedOutPage(fresh);
        await fresh.GoAsync(Address(("id_token_hint", idToken), ("post_logout_redirect_uri", ReturnTo), ("state", "s")));
        Assert.Equal(ReturnTo + "?state=s", fresh.LeftFor!.OriginalString);
        Assert.True(await IsSignedInAsync(browser));
    }

    [Fact]
    public async Task The_question_cannot_be_answered_from_another_session_or_by_guessing()
    {
        var (browser, _) = await SignedInAsync();
        var (attacker, _) = await SignedInAsync(SampleDirectory.Sam);
        await attacker.GoAsync("/end-session");
        var attackers = Fields(attacker.Page!);
        string Confirmation() => attackers.Single(field => field.Key == "confirmation").Value;
        foreach (var guess in (string[])[Confirmation(), "x", "true", new string('0', Confirmation().Length), Confirmation().ToUpperInvariant()])
        {
            await browser.PostAsync("/end-session", [KeyValuePair.Create("confirmation", guess)]);
            AssertAsks(browser);
            await browser.GoAsync(Address(("confirmation", guess)));
            AssertAsks(browser);
        }

        Assert.True(await IsSignedInAsync(browser));

        // Not even the victim's own, once that session is over.
        await browser.GoAsync("/end-session");
        var own = Fields(browser.Page!);
        await browser.PostAsync("/end-session", own);
        AssertSignedOutPage(browser);
        await fixture.Portal.SignInAsync(browser, SampleDirectory.Pat, SampleDirectory.Password);
        await browser.PostAsync("/end-session", own);
        AssertAsks(browser);
        Assert.True(await IsSignedInAsync(browser));
    }

    [Theory]
    [InlineData("confirmation=x")]
    [InlineData("confirmation=")]
    [InlineData("state=x")]
    [InlineData("")]
    public async Task A_post_from_another_site_which_has_no_cookie_takes_none_away(string body)
    {
        // SameSite=Lax: the browser sends no session cookie along, but would obey an answer that removes it.
        using var http = fixture.Hub.NewClient();
        var response = await http.PostAsync("/end-session", Wire.Body(body));
        Assert.DoesNotContain(response.Headers, header => header.Key == "Set-Cookie");
        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task The_pages_cannot_be_framed_or_cached()
    {
        var (browser, _) = await SignedInAsync();
        await browser.GoAsync("/end-session");
        Assert.Contains("no-store", browser.Page!.Response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", string.Join(';', browser.Page.Response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        await browser.PressAsync("Sign out");
        Assert.Contains("no-store", browser.Page!.Response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    [InlineData(null)]
    public async Task A_body_that_is_no_form_is_told_so_on_a_page(string? contentType)
    {
        using var http = fixture.Hub.NewClient();
        var response = await http.PostAsync("/end-session", Wire.Body("{}", contentType));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await http.PostAsync("/end-session", Wire.Body("state=" + new string('x', 70_000)))).StatusCode);
    }

    [Fact]
    public async Task What_was_sent_is_shown_encoded()
    {
        var (browser, _) = await SignedInAsync();
        await browser.GoAsync(Address(("state", "\"><script>alert(1)</script>"), ("post_logout_redirect_uri", "\"><img src=x>")));
        AssertAsks(browser);
        Assert.Empty(browser.Page!.Document.QuerySelectorAll("script, img:not([src^='/assets/icon.'])"));
        Assert.Equal("\"><script>alert(1)</script>", Fields(browser.Page).Single(field => field.Key == "state").Value);
    }

    private static List<KeyValuePair<string, string>> Fields(Page page) =>
        [.. page.Form.QuerySelectorAll("input").OfType<IHtmlInputElement>().Select(input => KeyValuePair.Create(input.Name!, input.Value))];
}
