using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Authorize;

/// <summary>Every parameter of /authorize × every defect, by GET and by POST, in a browser that is signed in.</summary>
[Collection(AuthorizeHub.Collection)]
public sealed class ParameterTests(AuthorizeHub fixture)
{
    private const string Page = "page";
    private const string Good = "good";
    private readonly RunningHub hub = fixture.Hub;

    /// <summary>parameter, defect, value (null: left out), what comes: the local error page, a code, or an error for the app.</summary>
    private static readonly (string Parameter, string Defect, string? Value, string Expected)[] Table =
    [
        ("client_id", "missing", null, Page), ("client_id", "empty", "", Page), ("client_id", "malformed", "por tal", Page), ("client_id", "malformed", "<b>", Page),
        ("client_id", "malformed", "portal\0", Page), ("client_id", "malformed", "portal ", Page), ("client_id", "case", "Portal", Page), ("client_id", "too long", new('p', 129), Page),
        ("client_id", "unknown", "nobody", Page), ("client_id", "foreign", "other", Page),
        ("redirect_uri", "missing", null, Page), ("redirect_uri", "empty", "", Page), ("redirect_uri", "malformed", "portal.example", Page), ("redirect_uri", "malformed", "https://", Page),
        ("redirect_uri", "unknown", "https://portal.example/other", Page), ("redirect_uri", "foreign", "https://other.example/cb", Page),
        ("response_type", "missing", null, "invalid_request"), ("response_type", "empty", "", "invalid_request"), ("response_type", "malformed", "code ", "unsupported_response_type"),
        ("response_type", "case", "CODE", "unsupported_response_type"), ("response_type", "unknown", "token", "unsupported_response_type"),
        ("response_type", "unknown", "id_token", "unsupported_response_type"), ("response_type", "unknown", "code id_token", "unsupported_response_type"),
        ("response_type", "unknown", "code token", "unsupported_response_type"), ("response_type", "unknown", "none", "unsupported_response_type"),
        ("scope", "missing", null, "invalid_scope"), ("scope", "empty", "", "invalid_scope"), ("scope", "blank", "  ", "invalid_scope"), ("scope", "malformed", "openid \"", "invalid_scope"),
        ("scope", "malformed", "openid\tprofile", "invalid_scope"), ("scope", "malformed", "openid \\", "invalid_scope"), ("scope", "malformed", "öpenid", "invalid_scope"),
        ("scope", "unknown", "nothing known", "invalid_scope"), ("scope", "foreign", "scim", "invalid_scope"), ("scope", "case", "OPENID", "invalid_scope"),
        ("scope", "partly unknown", "openid nothing scim", Good), ("scope", "twice the same", "openid openid", Good),
        ("state", "missing", null, Good), ("state", "empty", "", Good), ("state", "too long", new('s', 4097), "invalid_request"),
        ("nonce", "missing", null, Good), ("nonce", "empty", "", Good), ("nonce", "long", new('n', 384), Good), ("nonce", "too long", new('n', 1025), "invalid_request"),
        ("code_challenge", "missing", null, "invalid_request"), ("code_challenge", "empty", "", "invalid_request"), ("code_challenge", "short", new('c', 42), "invalid_request"),
        ("code_challenge", "long", new('c', 44), "invalid_request"), ("code_challenge", "plain verifier", new('c', 128), "invalid_request"),
        ("code_challenge", "padded", new string('c', 43) + "=", "invalid_request"), ("code_challenge", "base64", new string('c', 42) + "+", "invalid_request"),
        ("code_challenge", "malformed", new string('c', 42) + "é", "invalid_request"),
        ("code_challenge_method", "missing", null, "invalid_request"), ("code_challenge_method", "empty", "", "invalid_request"), ("code_challenge_method", "plain", "plain", "invalid_request"),
        ("code_challenge_method", "case", "s256", "invalid_request"), ("code_challenge_method", "unknown", "S512", "invalid_request"),
        ("prompt", "empty", "", Good), ("prompt", "unknown", "create", "invalid_request"), ("prompt", "case", "None", "invalid_request"), ("prompt", "none and more", "none login", "invalid_request"),
        ("prompt", "none and more", "consent none", "invalid_request"), ("prompt", "none twice", "none none", "invalid_request"), ("prompt", "consent", "consent", Good), ("prompt", "silent", "none", Good),
        ("max_age", "empty", "", Good), ("max_age", "negative", "-1", "invalid_request"), ("max_age", "fraction", "1.5", "invalid_request"), ("max_age", "text", "soon", "invalid_request"),
        ("max_age", "space", " 1", "invalid_request"), ("max_age", "sign", "+1", "invalid_request"), ("max_age", "exponent", "1e3", "invalid_request"),
        ("max_age", "overflow", "99999999999", "invalid_request"), ("max_age", "other digits", "٣", "invalid_request"), ("max_age", "ample", "10000", Good), ("max_age", "largest", "2147483647", Good),
        ("response_mode", "empty", "", Good), ("response_mode", "unsupported", "fragment", "invalid_request"), ("response_mode", "unsupported", "web_message", "invalid_request"),
        ("response_mode", "unsupported", "jwt", "invalid_request"), ("response_mode", "case", "QUERY", "invalid_request"), ("response_mode", "named", "query", Good),
        ("claims", "empty", "", Good), ("claims", "malformed", "{", "invalid_request"), ("claims", "array", "[]", "invalid_request"), ("claims", "null", "null", "invalid_request"),
        ("claims", "text", "\"openid\"", "invalid_request"), ("claims", "member of another shape", """{"id_token":[]}""", "invalid_request"),
        ("claims", "claim of another shape", """{"id_token":{"acr":"x"}}""", "invalid_request"), ("claims", "duplicate keys", """{"id_token":{},"id_token":{}}""", "invalid_request"),
        ("claims", "duplicate keys", """{"id_token":{"acr":null,"acr":{"essential":true}}}""", "invalid_request"), ("claims", "trailing", """{"id_token":{},}""", "invalid_request"),
        ("claims", "deep", "{\"id_token\":{\"x\":" + string.Concat(Enumerable.Repeat("{\"y\":", 40)) + "1" + new string('}', 42), "invalid_request"),
        ("claims", "lone surrogate in a value", """{"id_token":{"acr":{"value":"\ud800"}}}""", "invalid_request"), ("claims", "lone surrogate in a name", """{"id_token":{"\udc00":null}}""", "invalid_request"),
        ("claims", "unknown members", """{"verified_claims":{"trust":1},"userinfo":{"nothing":null,"name":{"essential":true,"odd":[1]}}}""", Good), ("claims", "object without members", "{}", Good),
        ("login_hint", "empty", "", Good), ("login_hint", "markup", "<img src=x>", Good), ("login_hint", "too long", new('h', 513), "invalid_request"),
        ("id_token_hint", "empty", "", Good), ("id_token_hint", "malformed", "a.b.c", "invalid_request"), ("id_token_hint", "malformed", "e30.e30.", "invalid_request"), ("id_token_hint", "text", "hint", "invalid_request"),
        ("account", "empty", "", Good), ("account", "own", "northside", Good), ("account", "unknown", "nowhere", "access_denied"), ("account", "foreign", "brightfix", "access_denied"),
        ("account", "case", "NorthSide", "access_denied"), ("account", "too long", new('a', 129), "invalid_request"),
        ("request", "present", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"), ("request", "empty", "", Good), ("request_uri", "present", "https://portal.example/request", "request_uri_not_supported"),
        ("request_uri", "present", "urn:ietf:params:oauth:request_uri:x", "request_uri_not_supported"), ("registration", "present", "{}", "registration_not_supported"), ("registration", "empty", "", Good),
        ("acr_values", "unknown", "urn:nothing 2", Good), ("ui_locales", "any", "se en-GB x_!", Good), ("claims_locales", "any", "se", Good), ("display", "popup", "popup", Good),
        ("display", "unknown", "hologram", Good), ("extra", "unknown parameter", "foobar", Good), ("resource", "not supported", "https://api.example", Good),
    ];

    /// <summary>What is repeated is never guessed at; before client and redirect URI are known to be right nothing is redirected.</summary>
    private static readonly string[] Parameters =
    [
        "client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "prompt", "max_age", "response_mode", "claims",
        "login_hint", "id_token_hint", "acr_values", "account", "ui_locales", "claims_locales", "display", "request", "request_uri",
    ];

    public static TheoryData<string, string, string, string, bool> Defects()
    {
        var data = new TheoryData<string, string, string, string, bool>();
        foreach (var (parameter, defect, value, expected) in Table)
        {
            data.Add(parameter, defect, value ?? "(left out)", expected, false);
            data.Add(parameter, defect, value ?? "(left out)", expected, true);
        }

        return data;
    }

    public static TheoryData<string, bool, bool> Repetitions()
    {
        var data = new TheoryData<string, bool, bool>();
        foreach (var parameter in Parameters)
        {
            foreach (var post in (bool[])[false, true])
            {
                data.Add(parameter, post, false);
                data.Add(parameter, post, true);
            }
        }

        return data;
    }

    [Theory, MemberData(nameof(Defects))]
    [Spec("RFC 6749", "4.1.2.1"), Spec("RFC 6749", "3.1"), Spec("RFC 9207", "2"), Spec("OpenID Connect Core", "3.1.2.1"), Spec("OpenID Connect Core", "3.1.2.6"), Spec("RFC 7636", "4.4.1")]
    public async Task A_defect_of_a_parameter_is_answered_as_the_table_says(string parameter, string defect, string value, string expected, bool post)
    {
        Assert.NotEmpty(defect);
        var request = SampleDirectory.Portal(hub).Request((parameter, value == "(left out)" ? null : value));
        var answer = await SendAsync(request, post);
        Check(answer, expected, StateIn(request));
    }

    [Theory, MemberData(nameof(Repetitions))]
    [Spec("RFC 6749", "3.1")]
    public async Task A_repeated_parameter_is_refused_and_decides_nothing(string parameter, bool post, bool identical)
    {
        var request = SampleDirectory.Portal(hub).Request();
        var first = request.GetValueOrDefault(parameter, "none");
        List<KeyValuePair<string, string>> sent = [.. request, KeyValuePair.Create(parameter, identical ? first : first + "x")];
        if (!request.ContainsKey(parameter))
        {
            sent.Add(KeyValuePair.Create(parameter, first));
        }

        var answer = await SendAsync(sent, post);
        Check(answer, parameter is "client_id" or "redirect_uri" ? Page : "invalid_request", parameter == "state" ? null : "state-1");
    }

    [Theory, InlineData("client_id", false), InlineData("redirect_uri", false), InlineData("client_id", true), InlineData("redirect_uri", true)]
    [Spec("RFC 6749", "4.1.2.1")]
    public async Task A_repeated_client_or_redirect_uri_is_refused_on_the_page_whatever_else_is_repeated_before_it(string parameter, bool post)
    {
        var request = SampleDirectory.Portal(hub).Request();
        var answer = await SendAsync([KeyValuePair.Create("ui_locales", "en"), KeyValuePair.Create("ui_locales", "de"), .. request, KeyValuePair.Create(parameter, "https://evil.example/")], post);
        answer.AssertErrorPage();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_repeated_state_is_not_echoed_whatever_else_is_repeated_before_it(bool post)
    {
        var answer = await SendAsync([KeyValuePair.Create("ui_locales", "en"), KeyValuePair.Create("ui_locales", "de"), .. SampleDirectory.Portal(hub).Request(), KeyValuePair.Create("state", "two")], post);
        answer.AssertError(hub, "invalid_request", state: null);
    }

    [Fact]
    [Spec("RFC 8707", "2")]
    public async Task Resource_may_come_more_than_once()
    {
        var answer = await SendAsync(
            [.. SampleDirectory.Portal(hub).Request(), KeyValuePair.Create("resource", "https://a.example"), KeyValuePair.Create("resource", "https://b.example")], post: false);
        answer.AssertCode(hub, "state-1");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task The_order_of_parameters_and_scopes_does_not_matter(bool post)
    {
        var request = SampleDirectory.Portal(hub).Request(("scope", "accounts account email profile openid"));
        (await SendAsync(request.Reverse(), post)).AssertCode(hub, "state-1");
    }

    [Fact]
    [Spec("RFC 7636", "4.4.1")]
    public async Task A_client_registered_without_pkce_may_leave_it_out_but_not_half_of_it()
    {
        var app = AuthorizeDirectory.Client(hub, "loose");
        (await SendAsync(app.Request(("code_challenge", null), ("code_challenge_method", null)), false)).AssertCode(hub, "state-1", app.RedirectUri);
        (await SendAsync(app.Request(("code_challenge", null)), false)).AssertError(hub, "invalid_request", "state-1", app.RedirectUri);
        (await SendAsync(app.Request(("code_challenge_method", "plain")), false)).AssertError(hub, "invalid_request", "state-1", app.RedirectUri);
    }

    [Fact]
    [Spec("RFC 6749", "4.1.2.1")]
    public async Task A_client_without_the_code_grant_is_unauthorized()
    {
        var app = AuthorizeDirectory.Client(hub, "machine");
        (await SendAsync(app.Request(("scope", "scim")), false)).AssertError(hub, "unauthorized_client", "state-1", app.RedirectUri);
    }

    [Theory, InlineData("text/plain"), InlineData("application/json"), InlineData("multipart/form-data; boundary=x"), InlineData(null)]
    public async Task A_post_that_is_no_form_is_told_so_on_a_page(string? type)
    {
        var content = new StringContent("client_id=portal");
        content.Headers.ContentType = type is null ? null : System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
        (await AuthorizeAnswer.ReadAsync(await fixture.Http.PostAsync("/authorize", content))).AssertErrorPage();
    }

    [Fact]
    public async Task A_form_of_thousands_of_fields_is_told_so_on_a_page()
    {
        var fields = Enumerable.Range(0, 3000).Select(number => KeyValuePair.Create("f" + number, "1"));
        (await AuthorizeAnswer.ReadAsync(await fixture.Http.PostAsync("/authorize", new FormUrlEncodedContent(fields)))).AssertErrorPage();
    }

    [Fact]
    public async Task A_body_over_64_KiB_is_refused_with_413()
    {
        var response = await fixture.Http.PostAsync("/authorize", new StringContent("state=" + new string('s', 65 * 1024), null, "application/x-www-form-urlencoded"));
        Assert.Equal(413, (int)response.StatusCode);
        Pages.AssertHeaders(response);
    }

    [Theory, InlineData("PUT"), InlineData("DELETE"), InlineData("PATCH")]
    public async Task Other_methods_are_405_with_the_ones_that_are_allowed(string method)
    {
        var response = await fixture.Http.SendAsync(new(new(method), "/authorize"));
        Assert.Equal(405, (int)response.StatusCode);
        Assert.Equal(["GET", "POST"], response.Content.Headers.Allow.Order());
    }

    [Fact]
    public async Task An_unknown_address_is_404_as_a_page_to_people_and_as_json_to_programs()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/authorise?<script>");
        request.Headers.Accept.ParseAdd("text/html");
        var page = await fixture.Http.SendAsync(request);
        Assert.Equal(404, (int)page.StatusCode);
        Pages.AssertHeaders(page);
        Assert.DoesNotContain("<script>", await page.Content.ReadAsStringAsync());
        var json = await fixture.Http.GetAsync("/authorise");
        Assert.Equal(404, (int)json.StatusCode);
        Assert.Equal("application/json", json.Content.Headers.ContentType?.MediaType);
        Assert.Equal("not_found", (await RelyingApp.ReadAsync(json)).Error);
    }

    [Fact]
    public async Task Authorize_answers_no_cross_origin_reader()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, SampleDirectory.Portal(hub).AuthorizeAddress());
        request.Headers.Add("Origin", "https://evil.example");
        Assert.False((await fixture.Http.SendAsync(request)).Headers.Contains("Access-Control-Allow-Origin"));
    }

    private async Task<AuthorizeAnswer> SendAsync(IEnumerable<KeyValuePair<string, string>> parameters, bool post) =>
        await AuthorizeAnswer.OfAsync((await fixture.SignedInAsync(SampleDirectory.Pat)).Client, parameters, post);

    private void Check(AuthorizeAnswer answer, string expected, string? state)
    {
        _ = expected switch
        {
            Page => answer.AssertErrorPage(),
            Good => answer.AssertCode(hub, state),
            _ => answer.AssertError(hub, expected, state),
        };
    }

    private static string? StateIn(Dictionary<string, string> request) => request.GetValueOrDefault("state") is { Length: > 0 } state ? state : null;
}
