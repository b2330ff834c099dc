using System.Net;
using Microsoft.AspNetCore.WebUtilities;

namespace IdentityHub.Samples.Tests;

/// <summary>Sessions between sign-in and sign-out: cookies, refresh, sign-out, and a hub that is away.</summary>
public sealed class SessionTests : SampleFixture
{
    [Fact]
    public async Task The_cookie_holds_a_key_only_and_changes_at_every_sign_in()
    {
        var first = await SessionCookieAsync();
        var second = await SessionCookieAsync();

        Assert.InRange(first.Length, 40, 600);
        Assert.NotEqual(first, second);
        using var thief = new HttpClient(new SocketsHttpHandler { UseCookies = false }, disposeHandler: true);
        using var request = new HttpRequestMessage(HttpMethod.Get, Portal + "/");
        request.Headers.Add("Cookie", first);
        Assert.DoesNotContain("Pat Primary", await (await thief.SendAsync(request)).Content.ReadAsStringAsync(), StringComparison.Ordinal);

        async Task<string> SessionCookieAsync()
        {
            var done = await Me.GetAsync(await Me.AnswerUrlAsync());
            var cookie = done.Raw.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("portal-session=", StringComparison.Ordinal));
            Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
            return cookie.Split(';')[0];
        }
    }

    [Fact]
    public async Task Tokens_are_refreshed_once_and_the_page_shows_what_changed()
    {
        await Me.SignInAsync();
        Hub.BendIdToken = c => c["role"] = "User";
        Clock.Advance(TimeSpan.FromMinutes(5));

        var pages = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Me.GetAsync("/")));

        Assert.All(pages, p => Assert.Contains("data-claim=\"role\">User<", p.Html, StringComparison.Ordinal));
        Assert.Equal(1, Hub.Refreshes);
    }

    [Fact]
    public async Task A_refresh_that_breaks_off_half_way_goes_on_with_the_new_refresh_token()
    {
        await Me.SignInAsync();
        Clock.Advance(TimeSpan.FromMinutes(6));
        Hub.UserInfoDown = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Me.GetAsync("/")).Status);

        Hub.UserInfoDown = false;
        Assert.True(await Me.IsSignedInAsync());
        Assert.Equal(2, Hub.Refreshes);
    }

    [Theory]
    [InlineData("sub")]
    [InlineData("sid")]
    [InlineData("aud")]
    [InlineData("iss")]
    [InlineData("nonce")]
    public async Task A_refreshed_ID_token_of_another_sign_in_ends_the_session(string claim)
    {
        await Me.SignInAsync();
        Hub.BendIdToken = c => c[claim] = "other";
        Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.False(await Me.IsSignedInAsync());
    }

    [Fact]
    public async Task A_refused_refresh_ends_the_session()
    {
        await Me.SignInAsync();
        Hub.RefuseRefresh = true;
        Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.False(await Me.IsSignedInAsync());
        Assert.False(await Me.IsSignedInAsync());
        Assert.Equal(1, Hub.Refreshes);
    }

    [Fact]
    public async Task A_hub_that_is_away_closes_the_page_but_not_the_session()
    {
        await Me.SignInAsync();
        await Hub.StopAsync();
        Clock.Advance(TimeSpan.FromMinutes(4.6)); // due, yet not expired
        Assert.True(await Me.IsSignedInAsync());

        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Me.GetAsync("/")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Me.GetAsync("/health/live")).Status);
    }

    [Fact]
    public async Task A_session_ends_after_an_hour_without_use_and_after_twelve_in_any_case()
    {
        Hub.BendTokens = t => t.Remove("refresh_token");
        await Me.SignInAsync();
        Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.False(await Me.IsSignedInAsync());

        await Me.SignInAsync();
        for (var i = 0; i < 14; i++)
        {
            Clock.Advance(TimeSpan.FromMinutes(50));
            Assert.True(await Me.IsSignedInAsync());
        }

        Clock.Advance(TimeSpan.FromMinutes(25));
        Assert.False(await Me.IsSignedInAsync());
    }

    [Fact]
    public async Task Signing_out_ends_the_session_here_and_asks_the_hub_to()
    {
        await Me.SignInAsync();

        var toHub = await Me.SubmitAsync("/signout");

        Assert.Equal(HttpStatusCode.SeeOther, toHub.Status);
        Assert.StartsWith(Hub.Issuer + "/end?", toHub.Location, StringComparison.Ordinal);
        var query = QueryHelpers.ParseQuery(new Uri(toHub.Location!).Query);
        Assert.Equal(Portal + "/signout-callback-oidc", query["post_logout_redirect_uri"]);
        Assert.Equal("portal", query["client_id"]);
        Assert.Equal(3, query["id_token_hint"].ToString().Split('.').Length);
        Assert.Equal(["refresh-1"], Hub.Revoked);
        Assert.False(await Me.IsSignedInAsync());
        var end = await Me.FollowAsync(toHub);
        Assert.Equal(HttpStatusCode.OK, end.Status);
        Assert.Contains("You are signed out", end.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_a_sign_out_needs_its_state()
    {
        await Me.SignInAsync();
        await Me.SubmitAsync("/signout");
        Assert.Equal(HttpStatusCode.BadRequest, (await Me.GetAsync("/signout-callback-oidc?state=other")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await Me.GetAsync("/signout-callback-oidc")).Status);
    }

    [Fact]
    public async Task Another_site_cannot_sign_anyone_out()
    {
        await Me.SignInAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await Me.PostAsync("/signout")).Status);
        Assert.True(await Me.IsSignedInAsync());
    }

    [Fact]
    public async Task Signing_out_works_while_the_hub_is_away()
    {
        await Me.SignInAsync();
        await Hub.StopAsync();

        var page = await Me.SubmitAsync("/signout");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("You are signed out here", page.Html, StringComparison.Ordinal);
        Assert.False(await Me.IsSignedInAsync());
    }

    [Fact]
    public async Task A_hub_that_comes_up_later_is_found()
    {
        Hub.Down = true;
        Assert.Equal(HttpStatusCode.OK, (await Me.GetAsync("/")).Status);
        var page = await Me.GetAsync("/signin");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Contains("Try again", page.Html, StringComparison.Ordinal);

        Hub.Down = false;
        Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.OK, (await Me.SignInAsync()).Status);
    }

    [Theory]
    [InlineData("issuer", "https://evil.example")]
    [InlineData("authorization_endpoint", "http://evil.example/authorize")]
    [InlineData("token_endpoint", "/token")]
    [InlineData("jwks_uri", null)]
    public async Task A_discovery_document_that_is_not_the_hubs_is_not_used(string member, string? value)
    {
        Hub.BendDiscovery = d => d[member] = value;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Me.GetAsync("/signin")).Status);
    }
}
