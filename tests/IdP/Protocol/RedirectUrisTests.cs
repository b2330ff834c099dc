using IdentityHub.Domain.Clients;
using IdentityHub.IdP.Protocol;
using IdentityHub.IdP.Tests.Authorize;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Protocol;

public sealed class RedirectUrisTests
{
    [Theory]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:8080/cb", true), InlineData("http://127.0.0.1:1234/cb", "http://127.0.0.1:8080/cb", true), InlineData("http://127.0.0.1:1234/cb", "http://127.0.0.1/cb", true)]
    [InlineData("http://[::1]/cb", "http://[::1]:8080/cb", true), InlineData("http://[::1]/cb", "http://127.0.0.1:8080/cb", false), InlineData("http://127.0.0.1", "http://127.0.0.1:8080", true)]
    [InlineData("http://127.0.0.1/cb?a=b", "http://127.0.0.1:8080/cb?a=b", true), InlineData("http://127.0.0.1/cb?a=b", "http://127.0.0.1:8080/cb?a=c", false), InlineData("http://127.0.0.1?a", "http://127.0.0.1:8080?a", true)]
    [InlineData("http://localhost/cb", "http://localhost:8080/cb", false), InlineData("http://localhost:1/cb", "http://localhost:1/cb", true), InlineData("https://127.0.0.1/cb", "https://127.0.0.1:8080/cb", false)]
    [InlineData("com.example.app:/cb", "com.example.app:/cb", true), InlineData("com.example.app:/cb", "com.example.app:/cb2", false), InlineData("com.example.app:/cb", "COM.example.app:/cb", false)]
    [Spec("RFC 8252", "7.3"), Spec("RFC 8252", "8.4"), Spec("RFC 9700", "2.1")]
    public void A_native_apps_loopback_port_is_free_and_nothing_else(string registered, string sent, bool good) => Assert.Equal(good, RedirectUris.IsRegistered(Client("native", registered), sent));

    [Fact]
    [Spec("RFC 8252", "7.3")]
    public void A_web_apps_port_is_not_free() => Assert.False(RedirectUris.IsRegistered(Client("web", "http://127.0.0.1/cb"), "http://127.0.0.1:8080/cb"));

    [Fact]
    [Spec("RFC 9700", "2.1")]
    public void No_hostile_uri_is_taken_for_the_registered_one()
    {
        Assert.DoesNotContain(HostileUris.Of("https://portal.example/signin-oidc"), uri => RedirectUris.IsRegistered(Client("web", "https://portal.example/signin-oidc"), uri));
        Assert.DoesNotContain(HostileUris.Of("https://portal.example/signin-oidc"), uri => RedirectUris.IsRegistered(Client("native", "https://portal.example/signin-oidc"), uri));
        Assert.DoesNotContain(HostileUris.Native, uri => RedirectUris.IsRegistered(Client("native", "http://127.0.0.1/callback"), uri));
    }

    [Theory]
    [InlineData("https://a.example/cb", "https://a.example/cb?x=1%2B%202"), InlineData("https://a.example/cb?y=2", "https://a.example/cb?y=2&x=1%2B%202"), InlineData("https://a.example/cb?", "https://a.example/cb?x=1%2B%202")]
    [InlineData("https://a.example/cb?y&", "https://a.example/cb?y&x=1%2B%202"), InlineData("com.example.app:/cb", "com.example.app:/cb?x=1%2B%202"), InlineData("https://a.example/?next=%2F", "https://a.example/?next=%2F&x=1%2B%202")]
    [Spec("RFC 6749", "4.1.2"), Spec("RFC 6749", "3.1.2")]
    public void Parameters_are_appended_to_the_query_that_is_there(string uri, string expected) => Assert.Equal(expected, RedirectUris.Append(uri, [new("x", "1+ 2")]));

    [Theory, InlineData("https://a.example/cb?x=y", "https://a.example"), InlineData("https://a.example:8443/cb", "https://a.example:8443"), InlineData("http://127.0.0.1:65535/cb", "http://127.0.0.1:65535"), InlineData("com.example.app:/cb", "com.example.app:")]
    public void A_policys_source_is_the_origin_or_the_scheme(string uri, string expected) => Assert.Equal(expected, RedirectUris.CspSourceOf(uri));

    internal static Client Client(string type, params string[] uris) => new()
    {
        Id = "app", ApplicationType = type, RedirectUris = [.. uris], TokenEndpointAuthMethod = "client_secret_basic", IdTokenSignedResponseAlg = "ES256", CreatedAt = DateTimeOffset.UnixEpoch,
        GrantTypes = ["authorization_code"], Scopes = ["openid", "profile"],
    };
}
