using System.Net;
using IdentityHub.Domain.Clients;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Token;

[Spec("RFC 6749", "4.1.3")]
public sealed class AuthorizationCodeTests(SignedInHub fixture) : IClassFixture<SignedInHub>
{
    private static readonly string[] Apps = ["portal", "other", "poster", "native"];

    private RelyingApp App(string id) => id switch { "portal" => fixture.Portal, "other" => fixture.Other, "poster" => fixture.Poster, _ => fixture.Native };

    private Task<JsonAnswer> RedeemAsync(string asApp, RelyingApp of, string code) => App(asApp).TokenAsync(
        ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", of.RedirectUri), ("code_verifier", of.Verifier),
        ("client_secret", asApp == "poster" ? SampleDirectory.PortalSecret : null));

    public static TheoryData<string, string> Pairs()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var owner in Apps)
        {
            foreach (var thief in Apps)
            {
                pairs.Add(owner, thief);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_code_is_good_for_its_own_client_only_and_another_does_not_burn_it(string owner, string thief)
    {
        var code = await fixture.CodeAsync(App(owner), SampleDirectory.Pat, ("scope", "openid"));
        if (owner != thief)
        {
            Wire.AssertError(await RedeemAsync(thief, App(owner), code), HttpStatusCode.BadRequest, "invalid_grant");
            Wire.AssertError(await RedeemAsync(thief, App(thief), code), HttpStatusCode.BadRequest, "invalid_grant");
        }

        var answer = await RedeemAsync(owner, App(owner), code);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("https://portal.example/signin-oidc/")]
    [InlineData("https://portal.example/signin-oidc?")]
    [InlineData("https://PORTAL.example/signin-oidc")]
    [InlineData("https://portal.example:443/signin-oidc")]
    [InlineData("https://portal.example/signin%2Doidc")]
    [InlineData("https://expert.example/callback?tenant=a")]
    public async Task The_redirect_uri_is_compared_to_the_letter(string? redirectUri)
    {
        var code = await fixture.CodeAsync(fixture.Portal);
        Wire.AssertError(await fixture.Portal.RedeemAsync(code, ("redirect_uri", redirectUri)), HttpStatusCode.BadRequest, "invalid_grant");
        Assert.Equal(HttpStatusCode.OK, (await fixture.Portal.RedeemAsync(code)).Status);
    }

    public static TheoryData<string?> Verifiers() =>
    [
        null, "", "short", new string('a', 42), new string('a', 43), new string('a', 128), new string('a', 129), new string('a', 43) + "=", "ü" + new string('a', 43),
        new string('a', 42) + "+", new string('a', 42) + "\n",
    ];

    [Theory]
    [MemberData(nameof(Verifiers))]
    [Spec("RFC 7636", "4.6")]
    public async Task A_missing_malformed_or_wrong_verifier_is_refused(string? verifier)
    {
        var code = await fixture.CodeAsync(fixture.Portal);
        Wire.AssertError(await fixture.Portal.RedeemAsync(code, ("code_verifier", verifier)), HttpStatusCode.BadRequest, "invalid_grant");
        Wire.AssertError(await fixture.Portal.RedeemAsync(code, ("code_verifier", fixture.Portal.Challenge)), HttpStatusCode.BadRequest, "invalid_grant");
        Assert.Equal(HttpStatusCode.OK, (await fixture.Portal.RedeemAsync(code)).Status);
    }

    [Fact]
    [Spec("RFC 9700", "2.1.1")]
    public async Task A_verifier_without_a_challenge_is_refused_as_a_downgrade()
    {
        await fixture.Hub.WriteAsync(transaction =>
        {
            var client = Clients.Find(transaction, "portal")!;
            client.RequirePkce = false;
            return Clients.PutAsync(transaction, client);
        });
        var code = await fixture.CodeAsync(fixture.Portal, SampleDirectory.Pat, ("code_challenge", null), ("code_challenge_method", null));
        Wire.AssertError(await fixture.Portal.RedeemAsync(code), HttpStatusCode.BadRequest, "invalid_grant");
        Assert.Equal(HttpStatusCode.OK, (await fixture.Portal.RedeemAsync(code, ("code_verifier", null))).Status);

        // A client that may do without is still held to the challenge that it sent.
        var bound = await fixture.CodeAsync(fixture.Portal);
        Wire.AssertError(await fixture.Portal.RedeemAsync(bound, ("code_verifier", null)), HttpStatusCode.BadRequest, "invalid_grant");
    }

    [Fact]
    [Spec("RFC 6749", "4.1.2")]
    public async Task A_code_lives_for_sixty_seconds()
    {
        var inTime = await fixture.CodeAsync(fixture.Portal);
        fixture.Hub.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(HttpStatusCode.OK, (await fixture.Portal.RedeemAsync(inTime)).Status);
        var late = await fixture.CodeAsync(fixture.Portal);
        fixture.Hub.Time.Advance(TimeSpan.FromSeconds(60));
        Wire.AssertError(await fixture.Portal.RedeemAsync(late), HttpStatusCode.BadRequest, "invalid_grant");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(120)]
    [Spec("RFC 6749", "4.1.2")]
    [Spec("OpenID conformance", "oidcc-codereuse-30seconds")]
    public async Task A_code_used_twice_takes_every_token_of_it_along(int secondsBetween)
    {
        foreach (var app in (RelyingApp[])[fixture.Portal, fixture.Other])
        {
            var code = await fixture.CodeAsync(app, SampleDirectory.Pat, ("scope", "openid account offline_access"), ("prompt", "consent"));
            var tokens = await app.RedeemAsync(code);
            var refreshed = await app.RefreshAsync(tokens.Text("refresh_token"));
            Assert.True(await SignedInHub.IsActiveAsync(app, refreshed.Text("access_token")));
            fixture.Hub.Time.Advance(TimeSpan.FromSeconds(secondsBetween));

            Wire.AssertError(await app.RedeemAsync(code), HttpStatusCode.BadRequest, "invalid_grant");

            foreach (var answer in (JsonAnswer[])[tokens, refreshed])
            {
                Assert.Equal(HttpStatusCode.Unauthorized, (await app.UserInfoAsync(answer.Text("access_token"))).Status);
                Assert.False(await SignedInHub.IsActiveAsync(app, answer.Text("access_token")));
                Assert.False(await SignedInHub.IsActiveAsync(app, answer.Text("refresh_token")));
                Wire.AssertError(await app.RefreshAsync(answer.Text("refresh_token")), HttpStatusCode.BadRequest, "invalid_grant");
            }
        }
    }

    [Fact]
    public async Task Another_client_that_replays_a_spent_code_kills_nothing()
    {
        var code = await fixture.CodeAsync(fixture.Portal);
        var tokens = await fixture.Portal.RedeemAsync(code);
        Wire.AssertError(await RedeemAsync("other", fixture.Portal, code), HttpStatusCode.BadRequest, "invalid_grant");
        Assert.True(await SignedInHub.IsActiveAsync(fixture.Portal, tokens.Text("access_token")));
    }

    [Fact]
    public async Task One_sign_in_s_spent_code_leaves_another_s_tokens_alone()
    {
        var first = await fixture.CodeAsync(fixture.Portal);
        var kept = await fixture.TokensAsync(fixture.Portal);
        await fixture.Portal.RedeemAsync(first);
        await fixture.Portal.RedeemAsync(first);
        Assert.True(await SignedInHub.IsActiveAsync(fixture.Portal, kept.Text("access_token")));
        Assert.Equal(HttpStatusCode.OK, (await fixture.Portal.RefreshAsync(kept.Text("refresh_token"))).Status);
    }
}
