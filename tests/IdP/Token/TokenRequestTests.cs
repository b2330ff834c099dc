using System.Net;
using System.Text;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Token;

/// <summary>What the token endpoint takes as a request at all.</summary>
[Spec("RFC 6749", "3.2")]
public sealed class TokenRequestTests(SignedInHub fixture) : IClassFixture<SignedInHub>
{
    private const string Good = "grant_type=client_credentials&scope=scim";
    private static readonly string Basic = Wire.Basic("other", SampleDirectory.OtherSecret);

    private Task<JsonAnswer> PostAsync(string body, string? contentType = Wire.FormType) => Wire.PostAsync(fixture.Http, "/token", Wire.Body(body, contentType), Basic);

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task Only_POST_is_a_method(string method)
    {
        foreach (var path in (string[])["/token", "/introspect", "/revoke"])
        {
            var answer = await Wire.SendAsync(fixture.Http, new(method), path + "?" + Good, null, Basic);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.Status);
            Assert.Contains("POST", answer.Response.Content.Headers.Allow);
        }
    }

    [Theory]
    [InlineData("application/json", "{\"grant_type\":\"client_credentials\"}")]
    [InlineData("text/plain", Good)]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials\r\n--x--\r\n")]
    [InlineData("application/xml", "<a/>")]
    [InlineData(null, Good)]
    [InlineData("", Good)]
    [InlineData("application/x-www-form-urlencodedx", Good)]
    [InlineData("application", Good)]
    [InlineData("; charset=utf-8", Good)]
    public async Task Another_content_type_is_refused(string? contentType, string body)
    {
        foreach (var path in (string[])["/token", "/introspect", "/revoke"])
        {
            Wire.AssertError(await Wire.PostAsync(fixture.Http, path, Wire.Body(body, contentType), Basic), HttpStatusCode.BadRequest, "invalid_request");
        }
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded; charset=utf-8")]
    [InlineData("application/x-www-form-urlencoded;charset=UTF-8")]
    [InlineData("application/x-www-form-urlencoded; charset=\"utf-8\"")]
    [InlineData("application/x-www-form-urlencoded ; charset=utf-8")]
    [InlineData("APPLICATION/X-WWW-FORM-URLENCODED")]
    [InlineData("application/x-www-form-urlencoded; charset=nonsense")]
    public async Task The_charset_is_no_obstacle(string contentType) => Assert.Equal(HttpStatusCode.OK, (await PostAsync(Good, contentType)).Status);

    [Theory]
    [InlineData("application/x-www-form-urlencoded;")]
    [InlineData("application/x-www-form-urlencoded; charset")]
    [InlineData("application/x-www-form-urlencoded; =")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-16")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7")]
    [InlineData("application/x-www-form-urlencoded, text/plain")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-8; charset=utf-16")]
    [InlineData("application/x-www-form-urlencoded;;;;")]
    public async Task An_odd_content_type_is_read_or_refused_and_never_a_fault(string contentType)
    {
        foreach (var path in (string[])["/token", "/introspect", "/revoke"])
        {
            var answer = await Wire.PostAsync(fixture.Http, path, Wire.Body(Good + "&token=x", contentType), Basic);
            if (answer.Status != HttpStatusCode.OK)
            {
                Wire.AssertError(answer, HttpStatusCode.BadRequest, "invalid_request");
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("&&&&")]
    [InlineData("=")]
    [InlineData("=x&=y")]
    [InlineData("grant_type")]
    [InlineData("grant_type=%")]
    [InlineData("grant_type=%zz")]
    [InlineData("grant_type=%00")]
    [InlineData("grant_type=%ff%fe")]
    [InlineData("\0\0\0")]
    [InlineData("grant_type=client_credentials&token=%00")]
    [InlineData("[object Object]")]
    [InlineData("grant_type=client_credentials;scope=scim")]
    public async Task Garbage_is_answered_as_OAuth_says(string body)
    {
        var answer = await PostAsync(body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Wire.AssertError(answer, HttpStatusCode.BadRequest, Assert.IsType<string>(answer.Error));
        Assert.Contains(answer.Error, (string[])["invalid_request", "unsupported_grant_type"]);
    }

    [Theory]
    [InlineData("/token")]
    [InlineData("/introspect")]
    [InlineData("/revoke")]
    public async Task A_body_over_64_KiB_is_refused_in_JSON(string path)
    {
        var padding = new string('x', 65_536);
        Wire.AssertError(await Wire.PostAsync(fixture.Http, path, Wire.Body(Good + "&pad=" + padding), Basic), HttpStatusCode.RequestEntityTooLarge, "invalid_request");

        // Without a length as well.
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Wire.Body(Good + "&pad=" + padding) };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.TryAddWithoutValidation("Authorization", Basic);
        Wire.AssertError(await RelyingApp.ReadAsync(await fixture.Http.SendAsync(request)), HttpStatusCode.RequestEntityTooLarge, "invalid_request");
    }

    [Fact]
    public async Task A_body_just_under_64_KiB_is_read() => Assert.Equal(HttpStatusCode.OK, (await PostAsync(Good + "&pad=" + new string('x', 65_536 - Good.Length - 5))).Status);

    [Fact]
    public async Task Too_many_or_too_long_fields_are_refused()
    {
        Wire.AssertError(await PostAsync(Good + string.Concat(Enumerable.Range(0, 2000).Select(i => $"&f{i}=1"))), HttpStatusCode.BadRequest, "invalid_request");
        Wire.AssertError(await PostAsync(Good + "&" + new string('k', 5000) + "=1"), HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    [Spec("RFC 6749", "5.1")]
    public async Task What_holds_tokens_is_never_cached()
    {
        var answer = await PostAsync(Good);
        Wire.AssertNotCached(answer.Response);
        Assert.Equal("application/json", answer.Response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("Bearer", answer.Text("token_type"));
        Assert.Equal(300, answer.Body.GetProperty("expires_in").GetInt32());
        Wire.AssertNotCached((await fixture.Other.IntrospectAsync("x")).Response);
        Wire.AssertNotCached((await fixture.Other.RevokeAsync("x")).Response);
        Wire.AssertNotCached((await fixture.Other.UserInfoAsync("x")).Response);
    }

    [Theory]
    [InlineData("password", "unsupported_grant_type")]
    [InlineData("implicit", "unsupported_grant_type")]
    [InlineData("urn:ietf:params:oauth:grant-type:jwt-bearer", "unsupported_grant_type")]
    [InlineData("urn:ietf:params:oauth:grant-type:token-exchange", "unsupported_grant_type")]
    [InlineData("CLIENT_CREDENTIALS", "unsupported_grant_type")]
    [InlineData("client_credentials ", "unsupported_grant_type")]
    [InlineData("client_credentials", "unauthorized_client")]
    [Spec("RFC 6749", "5.2")]
    public async Task An_unknown_grant_type_differs_from_one_that_the_client_may_not_use(string grantType, string error) =>
        Wire.AssertError(await fixture.Portal.TokenAsync(("grant_type", grantType)), HttpStatusCode.BadRequest, error);

    [Fact]
    public async Task Unknown_parameters_are_ignored_and_repeated_ones_refused()
    {
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(Good + "&frobnicate=1&resource_owner=x")).Status);
        Wire.AssertError(await PostAsync(Good + "&frobnicate=1&frobnicate=2"), HttpStatusCode.BadRequest, "invalid_request");
        Wire.AssertError(await PostAsync(Good + "&scope=&scope=scim"), HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task Parameters_in_the_address_do_not_count()
    {
        using var empty = Wire.Body("");
        Wire.AssertError(await Wire.PostAsync(fixture.Http, "/token?" + Good, empty, Basic), HttpStatusCode.BadRequest, "invalid_request");
        using var form = Wire.Body(Good);
        Wire.AssertError(
            await Wire.PostAsync(fixture.Http, $"/token?client_id=poster&client_secret={SampleDirectory.PortalSecret}", form), HttpStatusCode.BadRequest, "invalid_client");
    }

    [Fact]
    public async Task A_compressed_body_is_not_unpacked()
    {
        using var body = new ByteArrayContent(Encoding.ASCII.GetBytes(Good));
        body.Headers.TryAddWithoutValidation("Content-Type", Wire.FormType);
        body.Headers.ContentEncoding.Add("gzip");
        var answer = await Wire.PostAsync(fixture.Http, "/token", body, Basic);
        Assert.True((int)answer.Status < 500);
    }
}
