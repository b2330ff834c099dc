using System.Net;
using System.Text.Json;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Discovery;

[Collection(AuthorizeHub.Collection)]
public sealed class DiscoveryTests(AuthorizeHub fixture)
{
    private const string OpenId = "/.well-known/openid-configuration";
    private const string OAuth = "/.well-known/oauth-authorization-server";
    private readonly RunningHub hub = fixture.Hub;

    [Fact]
    [Spec("OpenID Connect Discovery", "3"), Spec("RFC 8414", "2"), Spec("RFC 9207", "3"), Spec("OpenID Connect Back-Channel Logout", "2.1"), Spec("OpenID Connect RP-Initiated Logout", "2.1")]
    public async Task The_document_says_exactly_what_the_hub_does()
    {
        var document = await DocumentAsync(fixture.Http, OpenId);
        var issuer = hub.Issuer;
        Assert.Equal(issuer, Text("issuer"));
        Assert.Equal(issuer + "/authorize", Text("authorization_endpoint"));
        Assert.Equal(issuer + "/token", Text("token_endpoint"));
        Assert.Equal(issuer + "/userinfo", Text("userinfo_endpoint"));
        Assert.Equal(issuer + "/jwks", Text("jwks_uri"));
        Assert.Equal(issuer + "/introspect", Text("introspection_endpoint"));
        Assert.Equal(issuer + "/revoke", Text("revocation_endpoint"));
        Assert.Equal(issuer + "/end-session", Text("end_session_endpoint"));
        Assert.Equal(["code"], List("response_types_supported"));
        Assert.Equal(["query", "form_post"], List("response_modes_supported"));
        Assert.Equal(["authorization_code", "client_credentials", "refresh_token"], List("grant_types_supported").Order());
        Assert.Equal(["public"], List("subject_types_supported"));
        Assert.Equal(["ES256", "RS256"], List("id_token_signing_alg_values_supported").Order());
        Assert.Equal(["S256"], List("code_challenge_methods_supported"));
        Assert.Equal(["client_secret_basic", "client_secret_post", "none"], List("token_endpoint_auth_methods_supported").Order());
        Assert.Equal(["https://refeds.org/profile/mfa", "https://refeds.org/profile/sfa", "phr"], List("acr_values_supported").Order());
        Assert.Equal(["consent", "login", "none", "select_account"], List("prompt_values_supported").Order());
        Assert.Contains("openid", List("scopes_supported"));
        Assert.All(List("scopes_supported"), scope => Assert.Matches(@"^[\x21\x23-\x5B\x5D-\x7E]+$", scope));
        Assert.Superset(new HashSet<string> { "sub", "auth_time", "acr", "amr", "sid", "account", "account_name", "role", "permission_level", "seats", "permissions", "accounts" }, List("claims_supported").ToHashSet());
        foreach (var (flag, value) in ((string, bool)[])
        [
            ("request_parameter_supported", false), ("request_uri_parameter_supported", false), ("claims_parameter_supported", true), ("authorization_response_iss_parameter_supported", true),
            ("backchannel_logout_supported", true), ("backchannel_logout_session_supported", true),
        ])
        {
            Assert.Equal(value, document.GetProperty(flag).GetBoolean());
        }

        Assert.False(document.TryGetProperty("registration_endpoint", out _));
        Assert.False(document.TryGetProperty("pushed_authorization_request_endpoint", out _));

        string? Text(string name) => document.GetProperty(name).GetString();
        string[] List(string name) => [.. document.GetProperty(name).EnumerateArray().Select(value => value.GetString()!)];
    }

    [Fact]
    [Spec("OpenID Connect Discovery", "4.1")]
    public async Task Every_endpoint_in_it_answers()
    {
        var document = await DocumentAsync(fixture.Http, OpenId);
        foreach (var endpoint in document.EnumerateObject().Where(member => member.Name.EndsWith("_endpoint", StringComparison.Ordinal) || member.Name == "jwks_uri"))
        {
            var get = await fixture.Http.GetAsync(endpoint.Value.GetString());
            var post = await fixture.Http.PostAsync(endpoint.Value.GetString(), new FormUrlEncodedContent([]));
            Assert.True(get.StatusCode != HttpStatusCode.NotFound && (int)get.StatusCode < 500, endpoint.Name);
            Assert.True(post.StatusCode != HttpStatusCode.NotFound && (int)post.StatusCode < 500, endpoint.Name);
            Assert.True(get.StatusCode != HttpStatusCode.MethodNotAllowed || post.StatusCode != HttpStatusCode.MethodNotAllowed, endpoint.Name);
        }
    }

    [Fact]
    [Spec("RFC 8414", "3")]
    public async Task The_document_of_rfc_8414_is_the_same()
    {
        Assert.Equal(await fixture.Http.GetStringAsync(OpenId), await fixture.Http.GetStringAsync(OAuth));
    }

    [Theory, InlineData(OpenId), InlineData(OAuth), InlineData("/jwks")]
    [Spec("OpenID Connect Discovery", "4.2")]
    public async Task What_everyone_may_read_scripts_of_every_origin_may_read_for_a_while(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("Origin", "https://app.example");
        var response = await fixture.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("*", Pages.Header(response, "Access-Control-Allow-Origin"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.Matches(@"public, max-age=\d{2,4}$", Pages.Header(response, "Cache-Control"));
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Theory, InlineData(OpenId), InlineData("/jwks")]
    public async Task It_is_read_and_not_written(string address) =>
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await fixture.Http.PostAsync(address, new FormUrlEncodedContent([]))).StatusCode);

    [Fact]
    [Spec("RFC 7517", "5")]
    public async Task The_key_set_holds_both_algorithms_and_no_private_part()
    {
        var keys = (await DocumentAsync(fixture.Http, "/jwks")).GetProperty("keys").EnumerateArray().ToList();
        Assert.Superset(new HashSet<string?> { "ES256", "RS256" }, keys.Select(key => key.GetProperty("alg").GetString()).ToHashSet());
        Assert.All(keys, key => Assert.Equal("sig", key.GetProperty("use").GetString()));
        Assert.All(keys, key => Assert.Empty(key.EnumerateObject().Select(member => member.Name).Intersect(["d", "p", "q", "dp", "dq", "qi", "oth", "k"])));
        Assert.Equal(keys.Count, keys.Select(key => key.GetProperty("kid").GetString()).Distinct().Count());
    }

    internal static async Task<JsonElement> DocumentAsync(HttpClient http, string address) => JsonDocument.Parse(await http.GetStringAsync(address)).RootElement;
}

/// <summary>An issuer with a path (RFC 8414 §3.1): everything lives below it, and its metadata in both places.</summary>
public sealed class IssuerWithPathTests
{
    [Fact]
    [Spec("RFC 8414", "3.1"), Spec("OpenID Connect Discovery", "4.1")]
    public async Task Everything_lives_below_the_path_and_the_metadata_in_both_places()
    {
        var port = RunningHub.FreePort();
        var issuer = $"http://127.0.0.1:{port}/login/hub";
        await using var hub = await RunningHub.StartAsync(SampleDirectory.Json, ["--urls", $"http://127.0.0.1:{port}", "--Hub:Issuer", issuer]);
        using var http = hub.NewClient();
        http.BaseAddress = new Uri($"http://127.0.0.1:{port}");
        foreach (var address in (string[])["/login/hub/.well-known/openid-configuration", "/.well-known/oauth-authorization-server/login/hub", "/login/hub/.well-known/oauth-authorization-server"])
        {
            var document = await DiscoveryTests.DocumentAsync(http, address);
            Assert.Equal(issuer, document.GetProperty("issuer").GetString());
            Assert.Equal(issuer + "/authorize", document.GetProperty("authorization_endpoint").GetString());
        }

        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/.well-known/oauth-authorization-server/other")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/login/hub/jwks")).StatusCode);

        // Every link of the sign-in stays below it.
        var answer = await http.GetAsync("/login/hub" + SampleDirectory.Portal(hub).AuthorizeAddress());
        var location = answer.Headers.GetValues("Location").Single();
        Assert.StartsWith("/login/hub/sign-in?tx=", location);
        using var request = new HttpRequestMessage(HttpMethod.Get, location);
        request.Headers.Add("Cookie", "hub-browser=" + Pages.Cookie(answer, "hub-browser"));
        var page = await (await http.SendAsync(request)).Content.ReadAsStringAsync();
        Assert.Contains("action=\"/login/hub/sign-in?tx=", page);
        Assert.Contains("href=\"/login/hub/assets/", page);
        var error = await AuthorizeAnswer.OfAsync(http, SampleDirectory.Portal(hub).Request(("prompt", "none")));
        Assert.Equal(issuer, error.Parameters["iss"]);
    }
}
