using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Token;

[Spec("RFC 6749", "6")]
[Spec("RFC 9700", "4.14.2")]
public sealed class RefreshTests(SignedInHub fixture) : IClassFixture<SignedInHub>
{
    private static void AssertRefused(JsonAnswer answer) => Wire.AssertError(answer, HttpStatusCode.BadRequest, "invalid_grant");

    [Fact]
    public async Task Every_refresh_gives_a_successor()
    {
        var token = (await fixture.TokensAsync(fixture.Portal)).Text("refresh_token");
        HashSet<string> seen = [token];
        for (var i = 0; i < 10; i++)
        {
            var answer = await fixture.Portal.RefreshAsync(token);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Wire.AssertNotCached(answer.Response);
            Assert.True(seen.Add(token = answer.Text("refresh_token")));
            Assert.True(seen.Add(answer.Text("access_token")));
            Assert.True(await SignedInHub.IsActiveAsync(fixture.Portal, answer.Text("access_token")));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(29)]
    public async Task The_same_token_again_within_thirty_seconds_gives_the_same_successor(int seconds)
    {
        var token = (await fixture.TokensAsync(fixture.Portal)).Text("refresh_token");
        var first = (await fixture.Portal.RefreshAsync(token)).Text("refresh_token");
        fixture.Hub.Time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(first, (await fixture.Portal.RefreshAsync(token)).Text("refresh_token"));
        Assert.Equal(first, (await fixture.Portal.RefreshAsync(token)).Text("refresh_token"));
        Assert.Equal(HttpStatusCode.OK, (await fixture.Portal.RefreshAsync(first)).Status);
    }

    [Fact]
    public async Task The_same_token_later_kills_the_family()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal);
        var successor = await fixture.Portal.RefreshAsync(tokens.Text("refresh_token"));
        fixture.Hub.Time.Advance(TimeSpan.FromSeconds(31));
        AssertRefused(await fixture.Portal.RefreshAsync(tokens.Text("refresh_token")));
        AssertRefused(await fixture.Portal.RefreshAsync(successor.Text("refresh_token")));
        Assert.False(await SignedInHub.IsActiveAsync(fixture.Portal, successor.Text("access_token")));
        Assert.Equal(HttpStatusCode.Unauthorized, (await fixture.Portal.UserInfoAsync(successor.Text("access_token"))).Status);
    }

    [Fact]
    public async Task The_grandparent_kills_the_family_at_once()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal);
        var second = await fixture.Portal.RefreshAsync(tokens.Text("refresh_token"));
        var third = await fixture.Portal.RefreshAsync(second.Text("refresh_token"));
        AssertRefused(await fixture.Portal.RefreshAsync(tokens.Text("refresh_token")));
        AssertRefused(await fixture.Portal.RefreshAsync(third.Text("refresh_token")));
        Assert.False(await SignedInHub.IsActiveAsync(fixture.Portal, third.Text("access_token")));
    }

    [Fact]
    public async Task Theft_of_one_family_leaves_another_of_the_same_person_alone()
    {
        var kept = await fixture.TokensAsync(fixture.Portal);
        var stolen = await fixture.TokensAsync(fixture.Portal);
        var next = await fixture.Portal.RefreshAsync(stolen.Text("refresh_token"));
        await fixture.Portal.RefreshAsync(next.Text("refresh_token"));
        AssertRefused(await fixture.Portal.RefreshAsync(stolen.Text("refresh_token")));
        Assert.Equal(HttpStatusCode.OK, (await fixture.Portal.RefreshAsync(kept.Text("refresh_token"))).Status);
    }

    [Fact]
    public async Task A_narrowed_scope_does_not_shrink_the_grant()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal, SampleDirectory.Pat, ("scope", "openid profile email account"));
        var narrowed = await fixture.Portal.RefreshAsync(tokens.Text("refresh_token"), ("scope", "openid email"));
        Assert.Equal("openid email", narrowed.Text("scope"));
        var information = await fixture.Portal.UserInfoAsync(narrowed.Text("access_token"));
        Assert.True(information.Body.TryGetProperty("email", out _));
        Assert.False(information.Body.TryGetProperty("name", out _));
        Assert.False(information.Body.TryGetProperty("account", out _));
        var whole = await fixture.Portal.RefreshAsync(narrowed.Text("refresh_token"));
        Assert.Equal("openid profile email account", whole.Text("scope"));
    }

    [Theory]
    [InlineData("openid profile email account phone")]
    [InlineData("offline_access")]
    [InlineData("openid  nonsense")]
    [InlineData("OPENID")]
    [InlineData(" ")]
    public async Task A_widened_scope_is_refused_and_the_token_stays_good(string scope)
    {
        var tokens = await fixture.TokensAsync(fixture.Portal, SampleDirectory.Pat, ("scope", "openid profile email account"));
        Wire.AssertError(await fixture.Portal.RefreshAsync(tokens.Text("refresh_token"), ("scope", scope)), HttpStatusCode.BadRequest, "invalid_scope");
        Assert.Equal(HttpStatusCode.OK, (await fixture.Portal.RefreshAsync(tokens.Text("refresh_token"))).Status);
    }

    [Fact]
    public async Task Another_client_s_token_is_refused_and_stays_good_for_its_owner()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal);
        AssertRefused(await fixture.Other.RefreshAsync(tokens.Text("refresh_token")));
        AssertRefused(await fixture.Native.RefreshAsync(tokens.Text("refresh_token")));
        Assert.Equal(HttpStatusCode.OK, (await fixture.Portal.RefreshAsync(tokens.Text("refresh_token"))).Status);

        // Nor does a stranger's use of a spent one count as theft.
        AssertRefused(await fixture.Other.RefreshAsync(tokens.Text("refresh_token")));
        Assert.Equal(HttpStatusCode.OK, (await fixture.Portal.RefreshAsync(tokens.Text("refresh_token"))).Status);
    }

    [Fact]
    public async Task An_access_token_or_an_ID_token_is_no_refresh_token()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal);
        AssertRefused(await fixture.Portal.RefreshAsync(tokens.Text("access_token")));
        AssertRefused(await fixture.Portal.RefreshAsync(tokens.Text("id_token")));
    }

    [Fact]
    [Spec("OpenID Connect Core", "12.2")]
    public async Task The_new_ID_token_is_about_the_same_sign_in()
    {
        foreach (var app in (RelyingApp[])[fixture.Portal, fixture.Other, fixture.Native])
        {
            var tokens = await fixture.TokensAsync(app);
            fixture.Hub.Time.Advance(TimeSpan.FromSeconds(100));
            var refreshed = await app.RefreshAsync(tokens.Text("refresh_token"));
            var before = RelyingApp.Payload(tokens.Text("id_token"));
            var after = RelyingApp.Payload(refreshed.Text("id_token"));
            foreach (var claim in (string[])["iss", "sub", "aud", "auth_time", "sid", "acr", "amr"])
            {
                Assert.Equal(before.GetProperty(claim).GetRawText(), after.GetProperty(claim).GetRawText());
            }

            Assert.Equal(before.GetProperty("iat").GetInt64() + 100, after.GetProperty("iat").GetInt64());
            Assert.True(after.GetProperty("exp").GetInt64() > before.GetProperty("exp").GetInt64());
            Assert.True(before.TryGetProperty("nonce", out _));
            Assert.False(after.TryGetProperty("nonce", out _));
            Assert.False(after.TryGetProperty("azp", out _));
            Assert.Equal(TokenContentTests.HalfHash(refreshed.Text("access_token")), after.GetProperty("at_hash").GetString());
        }
    }

    [Fact]
    public async Task A_token_bound_to_its_session_ends_with_it_after_twelve_hours()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal, SampleDirectory.Sam, ("prompt", "login"));
        var last = tokens;
        for (var i = 0; i < 14; i++)
        {
            // Who uses the app is there: the session does not end for want of use.
            fixture.Hub.Time.Advance(TimeSpan.FromMinutes(51));
            last = await fixture.Portal.RefreshAsync(last.Text("refresh_token"));
            Assert.Equal(HttpStatusCode.OK, last.Status);
        }

        fixture.Hub.Time.Advance(TimeSpan.FromMinutes(10));
        AssertRefused(await fixture.Portal.RefreshAsync(last.Text("refresh_token")));
        Assert.False(await SignedInHub.IsActiveAsync(fixture.Portal, last.Text("refresh_token")));
    }

    [Fact]
    public async Task An_offline_token_ends_after_thirty_days_however_often_it_was_used()
    {
        var token = (await fixture.OfflineTokensAsync(fixture.Portal, SampleDirectory.Sam)).Text("refresh_token");
        for (var day = 0; day < 29; day++)
        {
            fixture.Hub.Time.Advance(TimeSpan.FromDays(1));
            var answer = await fixture.Portal.RefreshAsync(token);
            Assert.True(answer.Status == HttpStatusCode.OK, $"day {day}: {answer.Body}");
            token = answer.Text("refresh_token");
        }

        fixture.Hub.Time.Advance(TimeSpan.FromDays(1.01));
        AssertRefused(await fixture.Portal.RefreshAsync(token));
        Assert.False(await SignedInHub.IsActiveAsync(fixture.Portal, token));
    }

    [Fact]
    [Spec("OpenID Connect Core", "11")]
    public async Task A_sign_out_ends_refreshing_unless_the_grant_is_offline()
    {
        using var browser = fixture.Hub.NewBrowser();
        var online = await RedeemAsync(browser, "openid profile");
        var offline = await RedeemAsync(browser, "openid profile offline_access");
        await browser.GoAsync("/end-session?id_token_hint=" + online.Text("id_token"));
        Assert.Contains("signed out", browser.Page!.Text, StringComparison.Ordinal);

        AssertRefused(await fixture.Portal.RefreshAsync(online.Text("refresh_token")));
        Assert.False(await SignedInHub.IsActiveAsync(fixture.Portal, online.Text("access_token")));
        var refreshed = await fixture.Portal.RefreshAsync(offline.Text("refresh_token"));
        Assert.Equal(HttpStatusCode.OK, refreshed.Status);
        Assert.True(await SignedInHub.IsActiveAsync(fixture.Portal, refreshed.Text("access_token")));

        async Task<JsonAnswer> RedeemAsync(Browser browser, string scope)
        {
            var callback = await fixture.Portal.SignInAsync(browser, SampleDirectory.Sam, SampleDirectory.Password, changes: [("scope", scope), ("prompt", scope.Contains("offline", StringComparison.Ordinal) ? "consent" : null)]);
            return await fixture.Portal.RedeemAsync(callback["code"]);
        }
    }

    [Fact]
    public async Task A_client_that_is_not_registered_for_refreshing_gets_no_refresh_token()
    {
        var tokens = await fixture.TokensAsync(fixture.Poster, SampleDirectory.Pat, ("scope", "openid"));
        Assert.False(tokens.Body.TryGetProperty("refresh_token", out _));
    }
}
