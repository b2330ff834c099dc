using IdentityHub.Domain.Clients;
using Xunit;

namespace IdentityHub.Domain.Tests.Clients;

public sealed class ClientRulesTests
{
    private static readonly ClientMetadata Good = new()
    {
        ClientId = "portal",
        ClientName = "Portal",
        ClientSecret = "a secret",
        RedirectUris = ["https://portal.example/cb?x=1"],
        PostLogoutRedirectUris = ["https://portal.example/"],
        BackchannelLogoutUri = "https://portal.example/logout",
        GrantTypes = ["authorization_code", "refresh_token", "client_credentials"],
        Scope = "openid profile own:scope",
        DefaultMaxAge = 0,
    };

    private static readonly ClientMetadata Spa = Good with { ClientSecret = null, TokenEndpointAuthMethod = "none", GrantTypes = ["authorization_code", "refresh_token"] };

    [Fact]
    public void A_good_client_has_no_faults()
    {
        Assert.Empty(ClientRules.Check(Good));
        Assert.Empty(ClientRules.Check(Spa));
        Assert.Empty(ClientRules.Check(new() { ClientId = "hr", ClientSecret = "s", GrantTypes = ["client_credentials"] }));
    }

    [Theory]
    [InlineData("https://a.example", false)]
    [InlineData("https://a.example:8443/cb?a=b&c=%20", false)]
    [InlineData("HTTPS://A.example/cb", false)]
    [InlineData("https://[2001:db8::1]/cb", false)]
    [InlineData("http://localhost/cb", false)]
    [InlineData("http://LOCALHOST:80/cb", false)]
    [InlineData("http://127.0.0.1:5000", false)]
    [InlineData("http://[::1]:5000/cb", false)]
    [InlineData("http://127.0.0.1/cb", true)]
    [InlineData("com.example.app:/cb", true)]
    [InlineData("com.example.app://cb/x", true)]
    public void These_redirect_uris_are_good(string uri, bool native) =>
        Assert.Empty(ClientRules.Check(Good with { RedirectUris = [uri], PostLogoutRedirectUris = [uri], ApplicationType = native ? "native" : "web" }));

    [Theory]
    [InlineData("")]
    [InlineData("/cb")]
    [InlineData("a.example/cb")]
    [InlineData("https:a.example/cb")]
    [InlineData("https:///cb")]
    [InlineData("https://")]
    [InlineData("https://a.example/cb#x")]
    [InlineData("https://a.example/cb#")]
    [InlineData("https://user@a.example/cb")]
    [InlineData("https://user:pw@a.example/cb")]
    [InlineData("https://a.example/c b")]
    [InlineData(" https://a.example/cb")]
    [InlineData("https://a.example/cb\n")]
    [InlineData("https://a.example\\@evil.example/cb")]
    [InlineData("https://\u00E4.example/cb")]
    [InlineData("https://*.a.example/cb")]
    [InlineData("https://a.example/*")]
    [InlineData("https://a.example/%")]
    [InlineData("https://a.example/%2")]
    [InlineData("https://a.example/%zz")]
    [InlineData("https://a.example:99999/cb")]
    [InlineData("http://a.example/cb")]
    [InlineData("http://localhost.evil.example/cb")]
    [InlineData("http://127.0.0.1.evil.example/cb")]
    [InlineData("http://127.1/cb")]
    [InlineData("http://2130706433/cb")]
    [InlineData("http://[::1].evil.example/cb")]
    [InlineData("javascript:alert(1)")]
    [InlineData("JavaScript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("vbscript:x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("blob:https://a.example/x")]
    [InlineData("urn:ietf:wg:oauth:2.0:oob")]
    [InlineData("ws://a.example/")]
    [InlineData("myapp:/cb")]
    [InlineData("com.example.app:/cb", false)]
    public void These_redirect_uris_are_refused(string uri, bool native = true)
    {
        var faults = ClientRules.Check(Good with { RedirectUris = ["https://a.example/", uri], PostLogoutRedirectUris = [uri], ApplicationType = native ? "native" : "web" });
        Assert.Equal(
            [("invalid_redirect_uri", "redirect_uris", 1), ("invalid_client_metadata", "post_logout_redirect_uris", 0)],
            faults.Select(fault => (fault.Error, fault.Property, fault.Index ?? -1)));
    }

    [Theory]
    [InlineData("http://a.example/logout")]
    [InlineData("https://a.example/logout#x")]
    [InlineData("com.example.app:/logout")]
    [InlineData("logout")]
    public void The_hub_calls_only_web_addresses_for_logout(string uri) =>
        Assert.Equal(["backchannel_logout_uri"], PropertiesAtFault(Good with { BackchannelLogoutUri = uri, ApplicationType = "native" }));

    [Fact]
    public void A_client_that_signs_people_in_needs_somewhere_to_send_them()
    {
        var fault = Assert.Single(ClientRules.Check(Good with { RedirectUris = [] }));
        Assert.Equal(("invalid_redirect_uri", "redirect_uris"), (fault.Error, fault.Property));
        Assert.Equal(["redirect_uris"], PropertiesAtFault(Good with { RedirectUris = ["https://a.example/", "https://a.example/"] }));
    }

    [Fact]
    public void A_secret_goes_with_the_methods_that_use_it()
    {
        Assert.Equal(["client_secret"], PropertiesAtFault(Good with { ClientSecret = null }));
        Assert.Equal(["client_secret"], PropertiesAtFault(Good with { ClientSecret = "" }));
        Assert.Equal(["client_secret"], PropertiesAtFault(Good with { ClientSecret = "gr\u00FCn" }));
        Assert.Equal(["client_secret"], PropertiesAtFault(Spa with { ClientSecret = "secret" }));
        Assert.Equal(["token_endpoint_auth_method"], PropertiesAtFault(Good with { TokenEndpointAuthMethod = "private_key_jwt" }));
        Assert.Empty(ClientRules.Check(Good with { TokenEndpointAuthMethod = "client_secret_post", RequirePkce = false }));
    }

    [Fact]
    public void A_public_client_always_proves_with_pkce_and_never_acts_for_itself()
    {
        Assert.Equal(["require_pkce"], PropertiesAtFault(Spa with { RequirePkce = false }));
        Assert.Equal(["grant_types"], PropertiesAtFault(Spa with { GrantTypes = ["authorization_code", "client_credentials"] }));
    }

    [Theory]
    [InlineData("implicit")]
    [InlineData("password")]
    [InlineData("urn:ietf:params:oauth:grant-type:device_code")]
    [InlineData("authorization_code")]
    public void Other_grant_types_and_repeated_ones_are_refused(string grant) =>
        Assert.Equal(["grant_types"], PropertiesAtFault(Good with { GrantTypes = ["authorization_code", grant] }));

    [Fact]
    public void Grant_types_fit_each_other()
    {
        Assert.Equal(["grant_types"], PropertiesAtFault(Good with { GrantTypes = [] }));
        Assert.Equal(["grant_types"], PropertiesAtFault(Good with { GrantTypes = ["refresh_token"] }));
        Assert.Equal(["response_types"], PropertiesAtFault(Good with { ResponseTypes = ["code", "id_token"] }));
        Assert.Equal(["response_types"], PropertiesAtFault(Good with { ResponseTypes = [] }));
    }

    [Theory]
    [InlineData(" openid")]
    [InlineData("openid  email")]
    [InlineData("openid\temail")]
    [InlineData("openid \"x\"")]
    [InlineData("openid a\\b")]
    [InlineData("openid \u00FC")]
    [InlineData("openid openid")]
    public void Scopes_have_the_syntax_of_the_standard(string scope) => Assert.Equal(["scope"], PropertiesAtFault(Good with { Scope = scope }));

    [Fact]
    public void Every_known_scope_may_be_asked_for() => Assert.Empty(ClientRules.Check(Good with { Scope = string.Join(' ', ClientRules.KnownScopes) }));

    [Fact]
    public void Other_values_come_from_short_lists()
    {
        Assert.Equal(["id_token_signed_response_alg"], PropertiesAtFault(Good with { IdTokenSignedResponseAlg = "none" }));
        Assert.Equal(["application_type"], PropertiesAtFault(Good with { ApplicationType = "desktop" }));
        Assert.Equal(["access_token_format"], PropertiesAtFault(Good with { AccessTokenFormat = "JWT" }));
        Assert.Equal(["default_max_age"], PropertiesAtFault(Good with { DefaultMaxAge = -1 }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\u00E9")]
    [InlineData("a\n")]
    public void A_client_id_is_printable_ascii_without_spaces(string id) => Assert.Equal(["client_id"], PropertiesAtFault(Good with { ClientId = id }));

    [Fact]
    public void A_client_id_has_at_most_128_characters()
    {
        Assert.Empty(ClientRules.Check(Good with { ClientId = new('x', 128) }));
        Assert.Equal(["client_id"], PropertiesAtFault(Good with { ClientId = new('x', 129) }));
    }

    [Fact]
    public void All_faults_come_at_once() => Assert.Equal(
        ["client_id", "default_max_age", "scope", "token_endpoint_auth_method"],
        PropertiesAtFault(Good with { ClientId = "", Scope = "\"", TokenEndpointAuthMethod = "x", DefaultMaxAge = -5 }).Order());

    private static IEnumerable<string> PropertiesAtFault(ClientMetadata client) => ClientRules.Check(client).Select(fault => fault.Property);
}
