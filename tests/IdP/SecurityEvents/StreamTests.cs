using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SecurityEvents;

[Spec("OpenID Shared Signals Framework 1.0", "8.1.1")]
public sealed class StreamTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly RunningHub hub = fixture.Hub;

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    [Fact]
    [Spec("OpenID Shared Signals Framework 1.0", "7.1")]
    [Spec("CAEP Interoperability Profile 1.0", "2.3")]
    public async Task The_metadata_says_what_a_receiver_needs()
    {
        using var http = hub.NewClient();
        var answer = await RelyingApp.ReadAsync(await http.GetAsync("/.well-known/ssf-configuration"));
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var metadata = answer.Body;
        Assert.Equal("1_0", metadata.GetProperty("spec_version").GetString());
        Assert.Equal(hub.Issuer, metadata.GetProperty("issuer").GetString());
        Assert.Equal("ALL", metadata.GetProperty("default_subjects").GetString());
        Assert.Equal($"[\"{Receiver.Push}\",\"{Receiver.Poll}\"]", metadata.GetProperty("delivery_methods_supported").GetRawText());
        Assert.Equal("""[{"spec_urn":"urn:ietf:rfc:6749"}]""", metadata.GetProperty("authorization_schemes").GetRawText());
        Assert.Equal("""["user","session","application","tenant"]""", metadata.GetProperty("critical_subject_members").GetRawText());
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(metadata.GetProperty("jwks_uri").GetString())).StatusCode);
        foreach (var (endpoint, method) in new[]
        {
            ("configuration_endpoint", HttpMethod.Get), ("status_endpoint", HttpMethod.Get), ("add_subject_endpoint", HttpMethod.Post), ("remove_subject_endpoint", HttpMethod.Post),
            ("verification_endpoint", HttpMethod.Post),
        })
        {
            using var request = new HttpRequestMessage(method, metadata.GetProperty(endpoint).GetString());
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.SendAsync(request)).StatusCode);
        }

        var scopes = (await RelyingApp.ReadAsync(await http.GetAsync("/.well-known/openid-configuration"))).Body.GetProperty("scopes_supported").EnumerateArray().Select(scope => scope.GetString());
        Assert.Superset(new HashSet<string?> { "ssf.manage", "ssf.read" }, scopes.ToHashSet());
    }

    [Fact]
    public async Task A_stream_is_made_read_changed_replaced_and_deleted()
    {
        var receiver = await Receiver.RegisterAsync(hub);
        var none = await receiver.SendAsync(HttpMethod.Get, "/ssf/stream");
        Assert.Equal("[]", none.Body.GetRawText());

        var made = await receiver.SendAsync(HttpMethod.Post, "/ssf/stream", Json($$"""
            { "delivery": { "method": "{{Receiver.Push}}", "endpoint_url": "https://receiver.example/events?a=b", "authorization_header": "Bearer hush-hush" },
              "events_requested": [ "{{Receiver.Caep}}session-revoked", "urn:example:unknown" ], "description": "Ours", "something": { "else": 1 } }
            """));
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Wire.AssertNotCached(made.Response);
        Assert.Equal(
            ["stream_id", "iss", "aud", "events_supported", "events_requested", "events_delivered", "delivery", "min_verification_interval", "description"],
            made.Body.EnumerateObject().Select(member => member.Name));
        var id = made.Text("stream_id");
        Assert.Equal(hub.Issuer, made.Text("iss"));
        Assert.Equal(receiver.ClientId, made.Text("aud"));
        Assert.Equal(Receiver.AllEvents, made.Body.GetProperty("events_supported").EnumerateArray().Select(type => type.GetString()));
        Assert.Equal($"[\"{Receiver.Caep}session-revoked\",\"urn:example:unknown\"]", made.Body.GetProperty("events_requested").GetRawText());
        Assert.Equal($"[\"{Receiver.Caep}session-revoked\"]", made.Body.GetProperty("events_delivered").GetRawText());
        Assert.DoesNotContain("hush", made.Body.GetRawText(), StringComparison.Ordinal);

        var second = await receiver.SendAsync(HttpMethod.Post, "/ssf/stream", new JsonObject());
        Wire.AssertError(second, HttpStatusCode.Conflict, "conflict");

        var read = await receiver.SendAsync(HttpMethod.Get, "/ssf/stream?stream_id=" + id);
        Assert.Equal(made.Body.GetRawText(), read.Body.GetRawText());
        Assert.Equal($"[{made.Body.GetRawText()}]", (await receiver.SendAsync(HttpMethod.Get, "/ssf/stream")).Body.GetRawText());

        // What was read can be sent back: nothing changes, and the header that nobody is shown stays.
        var same = await receiver.SendAsync(HttpMethod.Put, "/ssf/stream", JsonNode.Parse(read.Body.GetRawText()));
        Assert.Equal(made.Body.GetRawText(), same.Body.GetRawText());

        var patched = await receiver.SendAsync(HttpMethod.Patch, "/ssf/stream", Json($$"""{ "stream_id": "{{id}}", "description": "Still ours" }"""));
        Assert.Equal(HttpStatusCode.OK, patched.Status);
        Assert.Equal("Still ours", patched.Text("description"));
        Assert.Equal(made.Body.GetProperty("delivery").GetRawText(), patched.Body.GetProperty("delivery").GetRawText());

        // What a replacement leaves out is gone; without delivery a stream is polled.
        var replaced = await receiver.SendAsync(HttpMethod.Put, "/ssf/stream", Json($$"""{ "stream_id": "{{id}}", "events_requested": [ "{{Receiver.Risc}}account-purged" ] }"""));
        Assert.Equal(HttpStatusCode.OK, replaced.Status);
        Assert.False(replaced.Body.TryGetProperty("description", out _));
        Assert.Equal($$"""{"method":"{{Receiver.Poll}}","endpoint_url":"{{hub.Issuer}}/ssf/poll/{{id}}"}""", replaced.Body.GetProperty("delivery").GetRawText());
        Assert.Equal($"[\"{Receiver.Risc}account-purged\"]", replaced.Body.GetProperty("events_delivered").GetRawText());

        var deleted = await receiver.SendAsync(HttpMethod.Delete, "/ssf/stream?stream_id=" + id);
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        foreach (var (method, path) in new[] { (HttpMethod.Get, "/ssf/stream?stream_id="), (HttpMethod.Delete, "/ssf/stream?stream_id="), (HttpMethod.Get, "/ssf/status?stream_id=") })
        {
            Wire.AssertError(await receiver.SendAsync(method, path + id), HttpStatusCode.NotFound, "not_found");
        }

        Assert.Equal(HttpStatusCode.Created, (await receiver.SendAsync(HttpMethod.Post, "/ssf/stream", new JsonObject())).Status);
    }

    [Fact]
    public async Task Sixteen_at_once_make_one_stream()
    {
        var receiver = await Receiver.RegisterAsync(hub);
        var token = await receiver.TokenAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => receiver.SendAsync(HttpMethod.Post, "/ssf/stream", new JsonObject(), token)));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.Equal(15, answers.Count(answer => answer.Status == HttpStatusCode.Conflict));
    }

    public static TheoryData<string> BadStreams() =>
    [
        "", "[]", "null", "\"text\"", "{", """{ "description": 1 }""", """{ "description": "a", "description": "b" }""", """{ "description": "line\nbreak" }""",
        """{ "events_requested": "all" }""", """{ "events_requested": [ 1 ] }""", """{ "events_requested": [ "has space" ] }""", """{ "events_requested": null }""",
        """{ "delivery": null }""", """{ "delivery": [] }""", """{ "delivery": {} }""", """{ "delivery": { "method": "urn:ietf:rfc:9999" } }""", """{ "delivery": { "method": 1 } }""",
        """{ "delivery": { "method": "urn:ietf:rfc:8935" } }""", """{ "delivery": { "method": "urn:ietf:rfc:8936", "endpoint_url": "https://mine.example" } }""",
        """{ "stream_id": "chosen" }""", """{ "iss": "https://other.example" }""", """{ "aud": "another" }""", """{ "events_supported": [] }""", """{ "events_delivered": [] }""",
        """{ "min_verification_interval": 1 }""", """{ "a": { "b": { "c": { "d": { "e": { "f": { "g": { "h": {} } } } } } } } }""",
    ];

    [Theory]
    [MemberData(nameof(BadStreams))]
    public async Task A_stream_that_cannot_be_is_refused_and_not_made(string body)
    {
        var receiver = await Receiver.RegisterAsync(hub);
        Wire.AssertError(await receiver.RawAsync(HttpMethod.Post, "/ssf/stream", body, "Bearer " + await receiver.TokenAsync()), HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal("[]", (await receiver.SendAsync(HttpMethod.Get, "/ssf/stream")).Body.GetRawText());
    }

    [Theory]
    [InlineData("http://receiver.example/events")]
    [InlineData("http://127.0.0.2/events")]
    [InlineData("http://2130706433/events")]
    [InlineData("http://127.0.0.1@evil.example/events")]
    [InlineData("https://user:pass@receiver.example/events")]
    [InlineData("https://receiver.example/events#part")]
    [InlineData("https://receiver.example/ev ents")]
    [InlineData("https:///events")]
    [InlineData("ftp://receiver.example/events")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/events")]
    [InlineData("")]
    [InlineData("https://*.example/events")]
    public async Task An_address_that_the_hub_must_not_call_is_refused(string address)
    {
        var receiver = await Receiver.RegisterAsync(hub);
        var delivery = new JsonObject { ["method"] = Receiver.Push, ["endpoint_url"] = address };
        Wire.AssertError(await receiver.SendAsync(HttpMethod.Post, "/ssf/stream", new JsonObject { ["delivery"] = delivery }), HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public void A_hub_on_https_calls_nothing_on_http()
    {
        Assert.NotNull(Domain.Clients.ClientUris.PushFault("http://127.0.0.1:8080/events", allowHttp: false));
        Assert.Null(Domain.Clients.ClientUris.PushFault("http://127.0.0.1:8080/events", allowHttp: true));
        Assert.Null(Domain.Clients.ClientUris.PushFault("https://receiver.example/events", allowHttp: false));
    }

    [Theory]
    [InlineData("a\r\nX-Evil: 1")]
    [InlineData(" padded")]
    [InlineData("")]
    [InlineData("é")]
    [InlineData("********")]
    public async Task A_header_that_is_none_is_refused(string header)
    {
        var receiver = await Receiver.RegisterAsync(hub);
        var delivery = new JsonObject { ["method"] = Receiver.Push, ["endpoint_url"] = "https://receiver.example/events", ["authorization_header"] = header };
        Wire.AssertError(await receiver.SendAsync(HttpMethod.Post, "/ssf/stream", new JsonObject { ["delivery"] = delivery }), HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task A_header_given_for_one_address_is_not_kept_for_another()
    {
        var receiver = await Receiver.StreamingAsync(hub, pushTo: "https://receiver.example/events", authorization: "Bearer hush");
        var moved = new JsonObject
        {
            ["stream_id"] = receiver.StreamId,
            ["delivery"] = new JsonObject { ["method"] = Receiver.Push, ["endpoint_url"] = "https://elsewhere.example/events", ["authorization_header"] = "********" },
        };
        Wire.AssertError(await receiver.SendAsync(HttpMethod.Patch, "/ssf/stream", moved), HttpStatusCode.BadRequest, "invalid_request");
    }

    [Theory]
    [InlineData("""{ "description": "no id" }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "stream_id": 1 }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "stream_id": "unknown" }""", HttpStatusCode.NotFound)]
    [InlineData("""{ "stream_id": "$", "aud": "another" }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "stream_id": "$", "iss": "https://other.example" }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "stream_id": "$", "events_delivered": [] }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "stream_id": "$", "delivery": { "method": "urn:ietf:rfc:8935", "endpoint_url": "http://169.254.169.254/latest" } }""", HttpStatusCode.BadRequest)]
    [InlineData("nonsense", HttpStatusCode.BadRequest)]
    public async Task A_wrong_change_changes_nothing(string body, HttpStatusCode status)
    {
        var receiver = await Receiver.StreamingAsync(hub);
        var before = (await receiver.SendAsync(HttpMethod.Get, "/ssf/stream")).Body.GetRawText();
        foreach (var method in new[] { HttpMethod.Patch, HttpMethod.Put })
        {
            var answer = await receiver.RawAsync(method, "/ssf/stream", body.Replace("$", receiver.StreamId, StringComparison.Ordinal), "Bearer " + await receiver.TokenAsync());
            Wire.AssertError(answer, status, status == HttpStatusCode.NotFound ? "not_found" : "invalid_request");
        }

        Assert.Equal(before, (await receiver.SendAsync(HttpMethod.Get, "/ssf/stream")).Body.GetRawText());
    }

    [Fact]
    public async Task Another_client_s_stream_is_as_unknown_as_none()
    {
        var owner = await Receiver.StreamingAsync(hub, "owner");
        var other = await Receiver.StreamingAsync(hub, "stranger");
        var id = owner.StreamId;
        foreach (var (method, path, body) in new (HttpMethod, string, JsonNode?)[]
        {
            (HttpMethod.Get, "/ssf/stream?stream_id=" + id, null), (HttpMethod.Delete, "/ssf/stream?stream_id=" + id, null), (HttpMethod.Get, "/ssf/status?stream_id=" + id, null),
            (HttpMethod.Patch, "/ssf/stream", Json($$"""{ "stream_id": "{{id}}" }""")), (HttpMethod.Put, "/ssf/stream", Json($$"""{ "stream_id": "{{id}}" }""")),
            (HttpMethod.Post, "/ssf/status", Json($$"""{ "stream_id": "{{id}}", "status": "disabled" }""")),
            (HttpMethod.Post, "/ssf/verify", Json($$"""{ "stream_id": "{{id}}" }""")),
            (HttpMethod.Post, "/ssf/subjects/add", Json($$"""{ "stream_id": "{{id}}", "subject": { "format": "email", "email": "a@b.example" } }""")),
            (HttpMethod.Post, "/ssf/subjects/remove", Json($$"""{ "stream_id": "{{id}}", "subject": { "format": "email", "email": "a@b.example" } }""")),
            (HttpMethod.Post, "/ssf/poll/" + id, Json("""{ "returnImmediately": true, "ack": [ "x" ] }""")),
        })
        {
            Wire.AssertError(await other.SendAsync(method, path, body?.DeepClone()), HttpStatusCode.NotFound, "not_found");
        }

        Assert.Equal(id, Assert.Single((await owner.SendAsync(HttpMethod.Get, "/ssf/stream")).Body.EnumerateArray()).GetProperty("stream_id").GetString());
    }

    [Theory]
    [InlineData("?stream_id=a&stream_id=b")]
    [InlineData("?stream_id=")]
    public async Task A_query_that_names_no_one_stream_is_refused(string query)
    {
        var receiver = await Receiver.StreamingAsync(hub);
        Wire.AssertError(await receiver.SendAsync(HttpMethod.Get, "/ssf/stream" + query), HttpStatusCode.BadRequest, "invalid_request");
        Wire.AssertError(await receiver.SendAsync(HttpMethod.Delete, "/ssf/stream" + query), HttpStatusCode.BadRequest, "invalid_request");
        Wire.AssertError(await receiver.SendAsync(HttpMethod.Delete, "/ssf/stream"), HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_of_another_type_is_refused()
    {
        var receiver = await Receiver.RegisterAsync(hub);
        var token = "Bearer " + await receiver.TokenAsync();
        var large = await receiver.RawAsync(HttpMethod.Post, "/ssf/stream", $$"""{ "x": "{{new string('x', 70_000)}}" }""", token);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.Status);
        Wire.AssertError(await receiver.RawAsync(HttpMethod.Post, "/ssf/stream", "{}", token, "text/plain"), HttpStatusCode.BadRequest, "invalid_request");
    }

    /// <summary>Every route for receivers.</summary>
    public static TheoryData<string, string, bool> Routes() => new()
    {
        { "POST", "/ssf/stream", false }, { "GET", "/ssf/stream", true }, { "PATCH", "/ssf/stream", false }, { "PUT", "/ssf/stream", false },
        { "DELETE", "/ssf/stream?stream_id=x", false }, { "GET", "/ssf/status?stream_id=x", true }, { "POST", "/ssf/status", false }, { "POST", "/ssf/subjects/add", false },
        { "POST", "/ssf/subjects/remove", false }, { "POST", "/ssf/verify", false }, { "POST", "/ssf/poll/x", false },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    [Spec("CAEP Interoperability Profile 1.0", "2.7")]
    public async Task Only_a_client_s_own_token_with_the_scope_opens_a_route(string verb, string path, bool reads)
    {
        var method = new HttpMethod(verb);
        var body = verb is "GET" or "DELETE" ? null : "{}";
        var receiver = await Receiver.RegisterAsync(hub, scope: "openid ssf.manage ssf.read other");
        foreach (var wrong in new[] { null, "Basic " + Convert.ToBase64String("receiver:x"u8), "Bearer", "Bearer  " })
        {
            var answer = await receiver.RawAsync(method, path, body, wrong);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
            Assert.Equal("Bearer realm=\"IdentityHub\"", answer.Response.Headers.WwwAuthenticate.ToString());
        }

        var unknown = await receiver.RawAsync(method, path, body, "Bearer nonsense");
        Wire.AssertError(unknown, HttpStatusCode.Unauthorized, "invalid_token");
        Assert.Contains("invalid_token", unknown.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await receiver.RawAsync(method, path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "access_token=" + await receiver.TokenAsync(), body, null)).Status);

        Wire.AssertError(await receiver.RawAsync(method, path, body, "Bearer " + await receiver.TokenAsync("other")), HttpStatusCode.Forbidden, "insufficient_scope");
        var read = await receiver.RawAsync(method, path, body, "Bearer " + await receiver.TokenAsync("ssf.read"));
        Assert.Equal(reads, read.Status != HttpStatusCode.Forbidden);

        // What a person grants is no client's own.
        using var browser = hub.NewBrowser();
        var person = await receiver.App.EnterAsync(browser, SampleDirectory.Sam, scope: "openid ssf.manage");
        Wire.AssertError(await receiver.RawAsync(method, path, body, "Bearer " + person.Text("access_token")), HttpStatusCode.Forbidden, "insufficient_scope");

        var token = await receiver.TokenAsync();
        Assert.NotEqual(HttpStatusCode.Forbidden, (await receiver.RawAsync(method, path, body, "Bearer " + token)).Status);
        await receiver.PutAsync(null, "openid ssf.manage ssf.read other", disabled: true);
        Wire.AssertError(await receiver.RawAsync(method, path, body, "Bearer " + token), HttpStatusCode.Unauthorized, "invalid_token");
    }
}
