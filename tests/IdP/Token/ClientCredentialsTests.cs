using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Token;

[Spec("RFC 6749", "4.4")]
public sealed class ClientCredentialsTests(SignedInHub fixture) : IClassFixture<SignedInHub>
{
    private Task<JsonAnswer> AskAsync(string? scope) => fixture.Poster.TokenAsync(
        ("grant_type", "client_credentials"), ("client_id", "poster"), ("client_secret", SampleDirectory.PortalSecret), ("scope", scope));

    [Fact]
    public async Task A_client_gets_an_access_token_for_itself_and_nothing_else()
    {
        var answer = await AskAsync("scim");
        Assert.Equal(["access_token", "token_type", "expires_in", "scope"], answer.Body.EnumerateObject().Select(member => member.Name));
        var token = RelyingApp.Payload(answer.Text("access_token"));
        Assert.Equal("poster", token.GetProperty("sub").GetString());
        Assert.Equal("poster", token.GetProperty("client_id").GetString());
        Assert.Equal("scim", token.GetProperty("scope").GetString());
        Assert.Equal(["iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope"], token.EnumerateObject().Select(claim => claim.Name));
    }

    [Theory]
    [InlineData(null, "scim scim.read")]
    [InlineData("scim", "scim")]
    [InlineData("scim.read scim", "scim.read scim")]
    [InlineData("scim scim", "scim")]
    [InlineData("openid scim", "scim")]
    [InlineData("nonsense scim", "scim")]
    public async Task The_scope_is_what_was_asked_for_and_registered_and_no_user_s(string? asked, string granted) => Assert.Equal(granted, (await AskAsync(asked)).Text("scope"));

    [Theory]
    [InlineData("openid")]
    [InlineData("openid profile email phone address account accounts offline_access")]
    [InlineData("nonsense")]
    [InlineData("SCIM")]
    [InlineData("scim\"")]
    [InlineData("scim\\")]
    [InlineData("scím")]
    [InlineData("scim\tscim.read")]
    public async Task A_scope_of_users_or_of_nobody_is_refused(string scope) => Wire.AssertError(await AskAsync(scope), HttpStatusCode.BadRequest, "invalid_scope");

    [Fact]
    public async Task Introspection_tells_the_client_and_no_user()
    {
        foreach (var (app, token) in ((RelyingApp, string)[])
                 [(fixture.Other, (await fixture.Other.TokenAsync(("grant_type", "client_credentials"))).Text("access_token"))])
        {
            var answer = await app.IntrospectAsync(token);
            Assert.Equal(
                ["active", "token_type", "iss", "aud", "sub", "client_id", "scope", "iat", "exp", "jti"], answer.Body.EnumerateObject().Select(member => member.Name));
            Assert.Equal("other", answer.Text("sub"));
        }
    }
}
