using System.Net;
using System.Text.Json;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.UserInfo;

[Spec("OpenID Connect Core", "5.3")]
public sealed class UserInfoTests(SignedInHub fixture) : IClassFixture<SignedInHub>
{
    private Task<JsonAnswer> GetAsync(params string[] authorization) => Wire.SendAsync(fixture.Http, HttpMethod.Get, "/userinfo", null, authorization);

    private Task<JsonAnswer> PostAsync(HttpContent? content, params string[] authorization) => Wire.SendAsync(fixture.Http, HttpMethod.Post, "/userinfo", content, authorization);

    private async Task<string> TokenAsync(params (string, string?)[] changes) => (await fixture.TokensAsync(fixture.Portal, SampleDirectory.Pat, changes)).Text("access_token");

    private static void AssertChallenge(JsonAnswer answer, HttpStatusCode status, string? error)
    {
        Assert.Equal(status, answer.Status);
        var challenge = Assert.Single(answer.Response.Headers.WwwAuthenticate);
        Assert.Equal("Bearer", challenge.Scheme);
        Wire.AssertNotCached(answer.Response);
        if (error is null)
        {
            Assert.DoesNotContain("error", challenge.Parameter, StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains($"error=\"{error}\"", challenge.Parameter, StringComparison.Ordinal);
            Assert.Equal(error, answer.Error);
        }
    }

    private static void AssertGood(JsonAnswer answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("application/json", answer.Response.Content.Headers.ContentType?.MediaType);
        Wire.AssertNotCached(answer.Response);
        Assert.NotEmpty(answer.Text("sub"));
    }

    [Fact]
    public async Task It_answers_GET_and_POST_with_the_token_in_the_header_or_in_the_form()
    {
        var token = await TokenAsync();
        AssertGood(await GetAsync("Bearer " + token));
        AssertGood(await GetAsync("bearer " + token));
        AssertGood(await GetAsync("BEARER  " + token));
        AssertGood(await PostAsync(null, "Bearer " + token));
        AssertGood(await PostAsync(Wire.Body(""), "Bearer " + token));
        AssertGood(await PostAsync(Wire.Form(("other", "x")), "Bearer " + token));
        AssertGood(await PostAsync(Wire.Body("{}", "application/json"), "Bearer " + token));
        AssertGood(await PostAsync(Wire.Form(("access_token", token))));
    }

    [Fact]
    [Spec("RFC 9700", "4.3.2")]
    public async Task A_token_in_the_address_does_not_count()
    {
        var token = await TokenAsync();
        AssertChallenge(await Wire.SendAsync(fixture.Http, HttpMethod.Get, "/userinfo?access_token=" + token, null), HttpStatusCode.Unauthorized, null);
        AssertChallenge(await Wire.SendAsync(fixture.Http, HttpMethod.Post, "/userinfo?access_token=" + token, null), HttpStatusCode.Unauthorized, null);
    }

    [Fact]
    [Spec("RFC 6750", "3.1")]
    public async Task A_token_in_two_ways_is_a_wrong_request()
    {
        var token = await TokenAsync();
        AssertChallenge(await PostAsync(Wire.Form(("access_token", token)), "Bearer " + token), HttpStatusCode.BadRequest, "invalid_request");
        AssertChallenge(await PostAsync(Wire.Form(("access_token", token), ("access_token", token))), HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    [Spec("RFC 6750", "3")]
    public async Task Without_a_token_there_is_a_challenge_without_an_error()
    {
        AssertChallenge(await GetAsync(), HttpStatusCode.Unauthorized, null);
        AssertChallenge(await PostAsync(null), HttpStatusCode.Unauthorized, null);
        AssertChallenge(await PostAsync(Wire.Form(("access_token", ""))), HttpStatusCode.Unauthorized, null);
        AssertChallenge(await GetAsync("Basic eDp5"), HttpStatusCode.Unauthorized, null);
        AssertChallenge(await GetAsync("Bearer"), HttpStatusCode.Unauthorized, null);
        AssertChallenge(await PostAsync(Wire.Body("access_token", "application/json")), HttpStatusCode.Unauthorized, null);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("é")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.")]
    public async Task A_bad_token_is_an_invalid_token(string token)
    {
        AssertChallenge(await PostAsync(Wire.Form(("access_token", token))), HttpStatusCode.Unauthorized, "invalid_token");
        if (token != "é")
        {
            AssertChallenge(await GetAsync("Bearer " + token), HttpStatusCode.Unauthorized, "invalid_token");
        }
    }

    [Fact]
    public async Task An_expired_token_is_an_invalid_token()
    {
        foreach (var app in (RelyingApp[])[fixture.Portal, fixture.Other])
        {
            var token = (await fixture.TokensAsync(app)).Text("access_token");
            fixture.Hub.Time.Advance(TimeSpan.FromSeconds(299));
            AssertGood(await GetAsync("Bearer " + token));
            fixture.Hub.Time.Advance(TimeSpan.FromSeconds(1));
            AssertChallenge(await GetAsync("Bearer " + token), HttpStatusCode.Unauthorized, "invalid_token");
        }
    }

    [Fact]
    [Spec("RFC 6750", "3.1")]
    public async Task A_token_without_openid_has_too_little_scope()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal);
        var narrowed = await fixture.Portal.RefreshAsync(tokens.Text("refresh_token"), ("scope", "profile"));
        AssertChallenge(await GetAsync("Bearer " + narrowed.Text("access_token")), HttpStatusCode.Forbidden, "insufficient_scope");
    }

    [Fact]
    public async Task A_client_s_own_token_has_too_little_scope()
    {
        var opaque = await fixture.Other.TokenAsync(("grant_type", "client_credentials"));
        AssertChallenge(await GetAsync("Bearer " + opaque.Text("access_token")), HttpStatusCode.Forbidden, "insufficient_scope");
        var jwt = await fixture.Poster.TokenAsync(("grant_type", "client_credentials"), ("client_secret", SampleDirectory.PortalSecret));
        AssertChallenge(await GetAsync("Bearer " + jwt.Text("access_token")), HttpStatusCode.Forbidden, "insufficient_scope");
    }

    [Fact]
    [Spec("RFC 9068", "4")]
    public async Task Another_kind_of_token_is_no_access_token()
    {
        foreach (var app in (RelyingApp[])[fixture.Portal, fixture.Other])
        {
            var tokens = await fixture.TokensAsync(app);
            AssertChallenge(await GetAsync("Bearer " + tokens.Text("id_token")), HttpStatusCode.Unauthorized, "invalid_token");
            AssertChallenge(await GetAsync("Bearer " + tokens.Text("refresh_token")), HttpStatusCode.Unauthorized, "invalid_token");
            Assert.False(await SignedInHub.IsActiveAsync(app, tokens.Text("id_token")));
        }

        AssertChallenge(await GetAsync("Bearer " + await fixture.CodeAsync(fixture.Portal)), HttpStatusCode.Unauthorized, "invalid_token");
    }

    [Theory]
    [InlineData("openid", "")]
    [InlineData("openid profile", "name given_name family_name preferred_username updated_at")]
    [InlineData("openid email", "email email_verified")]
    [InlineData("openid phone address", "")]
    [InlineData("openid account", "account account_name role permission_level seats permissions")]
    [InlineData("openid accounts", "accounts")]
    [InlineData("accounts email openid", "accounts email email_verified")]
    [Spec("OpenID Connect Core", "5.4")]
    public async Task Each_scope_gives_its_claims(string scope, string claims)
    {
        var information = await fixture.Portal.UserInfoAsync(await TokenAsync(("scope", scope)));
        Assert.Equal(["sub", .. claims.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)], information.Body.EnumerateObject().Select(claim => claim.Name).OrderBy(name => name == "sub" ? "" : name, StringComparer.Ordinal));
    }

    [Fact]
    [Spec("OpenID Connect Core", "5.5")]
    public async Task A_claim_can_be_asked_for_by_name()
    {
        var information = await fixture.Portal.UserInfoAsync(await TokenAsync(
            ("scope", "openid"), ("claims", """{"userinfo":{"name":{"essential":true},"email":null,"phone_number":null,"nonsense":{"value":"x"}},"id_token":{"given_name":null}}""")));
        Assert.Equal(["email", "name", "sub"], information.Body.EnumerateObject().Select(claim => claim.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    [Spec("OpenID Connect Core", "5.3.2")]
    public async Task Claims_are_typed_and_never_null()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal, SampleDirectory.Dana, ("account", "brightfix"));
        var information = (await fixture.Portal.UserInfoAsync(tokens.Text("access_token"))).Body;
        Assert.Equal(RelyingApp.Payload(tokens.Text("id_token")).GetProperty("sub").GetString(), information.GetProperty("sub").GetString());
        Assert.Equal("Dana Double", information.GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.True, information.GetProperty("email_verified").ValueKind);
        Assert.Equal(JsonValueKind.Number, information.GetProperty("updated_at").ValueKind);
        Assert.Equal("brightfix", information.GetProperty("account").GetString());
        Assert.Equal("Brightfix Remote Support", information.GetProperty("account_name").GetString());
        Assert.Equal(["expert-console"], information.GetProperty("seats").EnumerateArray().Select(seat => seat.GetString()));
        Assert.Equal(["brightfix", "northside"], information.GetProperty("accounts").EnumerateArray().Select(account => account.GetProperty("id").GetString()!).Order(StringComparer.Ordinal));
        Assert.False(information.TryGetProperty("permission_level", out _));
        Assert.False(information.TryGetProperty("nonce", out _));
        Assert.All(information.EnumerateObject(), claim => Assert.NotEqual(JsonValueKind.Null, claim.Value.ValueKind));
    }

    [Fact]
    public async Task A_body_over_64_KiB_is_refused_in_JSON()
    {
        var answer = await PostAsync(Wire.Form(("access_token", new string('x', 70_000))));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.Equal("invalid_request", answer.Error);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Other_methods_do_not_exist(string method) =>
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await Wire.SendAsync(fixture.Http, new(method), "/userinfo", null, "Bearer x")).Status);

    [Fact]
    public async Task A_change_of_the_person_shows_in_the_next_answer()
    {
        var token = await TokenAsync();
        Assert.Equal("Pat Primary", (await fixture.Portal.UserInfoAsync(token)).Text("name"));
        await fixture.Hub.WriteAsync(async transaction =>
        {
            var user = (await Domain.Users.Users.FindByNameAsync(transaction, Domain.Users.CanonicalName.Of(SampleDirectory.Pat)!))!;
            return await Domain.Users.Users.ChangeProfileAsync(transaction, user.Id, new(user.UserName, "Patricia", user.FamilyName, null, false, false));
        });
        var after = await fixture.Portal.UserInfoAsync(token);
        Assert.Equal("Patricia Primary", after.Text("name"));
        Assert.False(after.Body.TryGetProperty("email", out _));
        Assert.False(after.Body.TryGetProperty("email_verified", out _));
        await fixture.Hub.WriteAsync(async transaction =>
        {
            var user = (await Domain.Users.Users.FindByNameAsync(transaction, Domain.Users.CanonicalName.Of(SampleDirectory.Pat)!))!;
            return await Domain.Users.Users.ChangeProfileAsync(transaction, user.Id, new(user.UserName, "Pat", user.FamilyName, SampleDirectory.Pat, true, false));
        });
    }
}
