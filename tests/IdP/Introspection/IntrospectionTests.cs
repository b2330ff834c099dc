using System.Net;
using System.Text.Json;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Introspection;

[Spec("RFC 7662", "2")]
public sealed class IntrospectionTests(SignedInHub fixture) : IClassFixture<SignedInHub>
{
    private static void AssertInactive(JsonAnswer answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("application/json", answer.Response.Content.Headers.ContentType?.MediaType);
        Wire.AssertNotCached(answer.Response);
        Assert.Equal("{\"active\":false}", answer.Body.GetRawText());
    }

    [Theory]
    [InlineData("portal")]
    [InlineData("other")]
    public async Task A_client_hears_all_about_its_own_access_token(string client)
    {
        var app = client == "portal" ? fixture.Portal : fixture.Other;
        var tokens = await fixture.TokensAsync(app);
        var id = RelyingApp.Payload(tokens.Text("id_token"));
        var answer = await app.IntrospectAsync(tokens.Text("access_token"));
        Wire.AssertNotCached(answer.Response);
        var facts = answer.Body;
        Assert.Equal(JsonValueKind.True, facts.GetProperty("active").ValueKind);
        Assert.Equal("Bearer", answer.Text("token_type"));
        Assert.Equal(client, answer.Text("client_id"));
        Assert.Equal(fixture.Hub.Issuer, answer.Text("iss"));
        Assert.Equal(fixture.Hub.Issuer, answer.Text("aud"));
        Assert.Equal(SampleDirectory.Pat, answer.Text("username"));
        Assert.Equal(tokens.Text("scope"), answer.Text("scope"));
        Assert.Equal(fixture.Hub.Time.Now.ToUnixTimeSeconds(), facts.GetProperty("iat").GetInt64());
        Assert.Equal(fixture.Hub.Time.Now.ToUnixTimeSeconds() + 300, facts.GetProperty("exp").GetInt64());
        foreach (var same in (string[])["sub", "sid", "acr", "amr", "auth_time", "account", "role", "permission_level", "seats"])
        {
            Assert.Equal(id.GetProperty(same).GetRawText(), facts.GetProperty(same).GetRawText());
        }

        Assert.All(facts.EnumerateObject(), member => Assert.NotEqual(JsonValueKind.Null, member.Value.ValueKind));
    }

    [Fact]
    public async Task A_refresh_token_is_active_until_it_is_spent()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal);
        var facts = await fixture.Portal.IntrospectAsync(tokens.Text("refresh_token"));
        Assert.True(facts.Body.GetProperty("active").GetBoolean());
        Assert.False(facts.Body.TryGetProperty("token_type", out _));
        Assert.True(facts.Body.GetProperty("exp").GetInt64() > fixture.Hub.Time.Now.ToUnixTimeSeconds());
        var next = await fixture.Portal.RefreshAsync(tokens.Text("refresh_token"));
        AssertInactive(await fixture.Portal.IntrospectAsync(tokens.Text("refresh_token")));
        Assert.True(await SignedInHub.IsActiveAsync(fixture.Portal, next.Text("refresh_token")));

        // The access token of the former generation lives out its own time.
        Assert.True(await SignedInHub.IsActiveAsync(fixture.Portal, tokens.Text("access_token")));
    }

    [Fact]
    public async Task Another_client_s_token_is_not_active_and_nothing_more()
    {
        var portal = await fixture.TokensAsync(fixture.Portal);
        var other = await fixture.TokensAsync(fixture.Other);
        var own = await fixture.Other.TokenAsync(("grant_type", "client_credentials"));
        AssertInactive(await fixture.Other.IntrospectAsync(portal.Text("access_token")));
        AssertInactive(await fixture.Other.IntrospectAsync(portal.Text("refresh_token")));
        AssertInactive(await fixture.Expert.IntrospectAsync(other.Text("access_token")));
        AssertInactive(await fixture.Portal.IntrospectAsync(other.Text("refresh_token")));
        AssertInactive(await fixture.Portal.IntrospectAsync(own.Text("access_token")));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("ü")]
    [InlineData("null")]
    public async Task An_unknown_token_is_not_active(string token) => AssertInactive(await fixture.Portal.IntrospectAsync(token));

    [Fact]
    public async Task A_very_long_token_is_not_active()
    {
        AssertInactive(await fixture.Portal.IntrospectAsync(new string('x', 60_000)));
        AssertInactive(await fixture.Portal.IntrospectAsync(string.Join('.', Enumerable.Repeat(new string('x', 15_000), 4))));
    }

    [Fact]
    public async Task An_expired_token_is_not_active()
    {
        foreach (var app in (RelyingApp[])[fixture.Portal, fixture.Other])
        {
            var token = (await fixture.TokensAsync(app)).Text("access_token");
            fixture.Hub.Time.Advance(TimeSpan.FromSeconds(299));
            Assert.True(await SignedInHub.IsActiveAsync(app, token));
            fixture.Hub.Time.Advance(TimeSpan.FromSeconds(1));
            AssertInactive(await app.IntrospectAsync(token));
        }
    }

    [Fact]
    public async Task A_code_is_no_token() => AssertInactive(await fixture.Portal.IntrospectAsync(await fixture.CodeAsync(fixture.Portal)));

    [Fact]
    public async Task A_hint_of_the_wrong_kind_is_no_obstacle()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal);
        foreach (var hint in (string[])["access_token", "refresh_token", "nonsense"])
        {
            Assert.True((await fixture.Portal.PostAsync("/introspect", ("token", tokens.Text("access_token")), ("token_type_hint", hint))).Body.GetProperty("active").GetBoolean());
            Assert.True((await fixture.Portal.PostAsync("/introspect", ("token", tokens.Text("refresh_token")), ("token_type_hint", hint))).Body.GetProperty("active").GetBoolean());
        }
    }

    [Fact]
    public async Task The_token_must_be_there_once()
    {
        Wire.AssertError(await fixture.Portal.PostAsync("/introspect"), HttpStatusCode.BadRequest, "invalid_request");
        Wire.AssertError(await fixture.Portal.IntrospectAsync(""), HttpStatusCode.BadRequest, "invalid_request");
        Wire.AssertError(
            await Wire.PostAsync(fixture.Http, "/introspect", Wire.Form(("token", "a"), ("token", "b")), Wire.Basic("portal", SampleDirectory.PortalSecret)), HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    [Spec("RFC 7662", "2.1")]
    public async Task A_client_without_a_secret_or_a_bearer_of_a_token_cannot_ask()
    {
        var tokens = await fixture.TokensAsync(fixture.Native);
        Wire.AssertError(await fixture.Native.IntrospectAsync(tokens.Text("access_token")), HttpStatusCode.BadRequest, "unauthorized_client");
        Wire.AssertError(
            await Wire.PostAsync(fixture.Http, "/introspect", Wire.Form(("token", tokens.Text("access_token"))), "Bearer " + tokens.Text("access_token")), HttpStatusCode.Unauthorized, "invalid_client");
    }
}
