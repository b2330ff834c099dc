using System.Net;
using System.Text;
using IdentityHub.Domain.Clients;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.ClientAuthentication;

/// <summary>Asked at /token with client_credentials; introspection and revocation go through the same door, which one theory holds.</summary>
[Spec("RFC 6749", "2.3.1")]
public sealed class ClientAuthenticationTests(SignedInHub fixture) : IClassFixture<SignedInHub>
{
    private const HttpStatusCode Ok = HttpStatusCode.OK, BadRequest = HttpStatusCode.BadRequest, Unauthorized = HttpStatusCode.Unauthorized;
    private static readonly (string, string?) Grant = ("grant_type", "client_credentials");

    private Task<JsonAnswer> TokenAsync(HttpContent content, params string[] authorization) => Wire.PostAsync(fixture.Http, "/token", content, authorization);

    private static void AssertInvalidClient(JsonAnswer answer, bool headerUsed)
    {
        Wire.AssertError(answer, headerUsed ? Unauthorized : BadRequest, "invalid_client");
        Assert.Equal(headerUsed, answer.Response.Headers.WwwAuthenticate.Any(challenge => challenge.Scheme == "Basic" && challenge.Parameter!.Contains("realm=", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Basic_credentials_are_form_urlencoded_before_they_are_encoded()
    {
        // The secret of "other" holds plus, percent and colon.
        Assert.Equal(Ok, (await TokenAsync(Wire.Form(Grant), Wire.Basic("other", SampleDirectory.OtherSecret))).Status);
        var plusForSpace = Wire.BasicRaw("other:" + WebUtility.UrlEncode(SampleDirectory.OtherSecret));
        Assert.Equal(Ok, (await TokenAsync(Wire.Form(Grant), plusForSpace)).Status);
        AssertInvalidClient(await TokenAsync(Wire.Form(Grant), Wire.BasicRaw("other:" + SampleDirectory.OtherSecret)), headerUsed: true);
    }

    [Theory]
    [InlineData("spaced out secret 0123456789abcdef")]
    [InlineData("a b+c%20d:e&f=g;h?i#j/k@l\"m\\n~o!p")]
    [InlineData(":::::::::::::::::::::::::::::::::")]
    [InlineData("%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%")]
    [InlineData("+++++++++++++++++++++++++++++++++")]
    public async Task Every_character_that_a_secret_may_have_comes_through_basic_and_post(string secret)
    {
        var hasher = new ClientSecret(fixture.Hub.Services.GetService(typeof(Domain.Sealing.Sealer)) as Domain.Sealing.Sealer ?? throw new InvalidOperationException());
        foreach (var method in (string[])["client_secret_basic", "client_secret_post"])
        {
            var id = "special-" + method + "-" + secret.GetHashCode(StringComparison.Ordinal);
            await fixture.Hub.WriteAsync(transaction => Clients.PutAsync(transaction, new ClientMetadata
            {
                ClientId = id, GrantTypes = ["client_credentials"], ResponseTypes = [], TokenEndpointAuthMethod = method, Scope = "scim",
            }.ToClient(hasher.Hash(secret), disabled: false, fixture.Hub.Time.Now)));
            var answer = method == "client_secret_basic"
                ? await TokenAsync(Wire.Form(Grant), Wire.Basic(id, secret))
                : await TokenAsync(Wire.Form(Grant, ("client_id", id), ("client_secret", secret)));
            Assert.True(answer.Status == Ok, $"{method}: {answer.Body}");
        }
    }

    [Fact]
    public async Task A_client_proves_itself_in_the_way_it_is_registered_and_in_no_other()
    {
        Assert.Equal(Ok, (await TokenAsync(Wire.Form(Grant, ("client_id", "poster"), ("client_secret", SampleDirectory.PortalSecret)))).Status);
        AssertInvalidClient(await TokenAsync(Wire.Form(Grant), Wire.Basic("poster", SampleDirectory.PortalSecret)), headerUsed: true);
        AssertInvalidClient(await TokenAsync(Wire.Form(Grant, ("client_id", "other"), ("client_secret", SampleDirectory.OtherSecret))), headerUsed: false);
        AssertInvalidClient(await TokenAsync(Wire.Form(Grant, ("client_id", "other"))), headerUsed: false);
        AssertInvalidClient(await TokenAsync(Wire.Form(Grant, ("client_id", "poster"))), headerUsed: false);
        AssertInvalidClient(await TokenAsync(Wire.Form(Grant)), headerUsed: false);
    }

    [Fact]
    public async Task A_public_client_that_sends_a_secret_is_refused()
    {
        var refresh = ("grant_type", "refresh_token");
        Wire.AssertError(await TokenAsync(Wire.Form(refresh!, ("client_id", "native"), ("refresh_token", "x"))), BadRequest, "invalid_grant");
        AssertInvalidClient(await TokenAsync(Wire.Form(refresh!, ("client_id", "native"), ("client_secret", "x"), ("refresh_token", "x"))), headerUsed: false);
        AssertInvalidClient(await TokenAsync(Wire.Form(refresh!, ("refresh_token", "x")), Wire.Basic("native", "x")), headerUsed: true);
        AssertInvalidClient(await TokenAsync(Wire.Form(refresh!, ("refresh_token", "x")), Wire.Basic("native", "")), headerUsed: true);
    }

    [Fact]
    [Spec("RFC 6749", "2.3")]
    public async Task Two_methods_in_one_request_are_refused()
    {
        Wire.AssertError(
            await TokenAsync(Wire.Form(Grant, ("client_id", "other"), ("client_secret", SampleDirectory.OtherSecret)), Wire.Basic("other", SampleDirectory.OtherSecret)), BadRequest, "invalid_request");
        Wire.AssertError(await TokenAsync(Wire.Form(Grant, ("client_secret", "x")), Wire.Basic("other", SampleDirectory.OtherSecret)), BadRequest, "invalid_request");
    }

    [Fact]
    public async Task A_client_id_in_the_body_must_be_the_one_of_the_header()
    {
        var basic = Wire.Basic("other", SampleDirectory.OtherSecret);
        Assert.Equal(Ok, (await TokenAsync(Wire.Form(Grant, ("client_id", "other")), basic)).Status);
        AssertInvalidClient(await TokenAsync(Wire.Form(Grant, ("client_id", "portal")), basic), headerUsed: true);
        AssertInvalidClient(await TokenAsync(Wire.Form(Grant, ("client_id", "OTHER")), basic), headerUsed: true);
    }

    [Fact]
    public async Task Unknown_and_wrong_are_answered_alike()
    {
        var unknown = await TokenAsync(Wire.Form(Grant), Wire.Basic("nobody", SampleDirectory.OtherSecret));
        var wrong = await TokenAsync(Wire.Form(Grant), Wire.Basic("other", SampleDirectory.PortalSecret));
        AssertInvalidClient(unknown, headerUsed: true);
        AssertInvalidClient(wrong, headerUsed: true);
        Assert.Equal(unknown.Body.GetRawText(), wrong.Body.GetRawText());
        AssertInvalidClient(await TokenAsync(Wire.Form(Grant), Wire.Basic("Other", SampleDirectory.OtherSecret)), headerUsed: true);
    }

    [Fact]
    public async Task Every_changed_character_of_a_secret_is_refused()
    {
        for (var i = 0; i < SampleDirectory.OtherSecret.Length; i++)
        {
            var changed = SampleDirectory.OtherSecret.ToCharArray();
            changed[i] = (char)(changed[i] ^ 1);
            AssertInvalidClient(await TokenAsync(Wire.Form(Grant), Wire.Basic("other", new string(changed))), headerUsed: true);
            AssertInvalidClient(await TokenAsync(Wire.Form(Grant), Wire.Basic("other", SampleDirectory.OtherSecret[..i])), headerUsed: true);
        }

        AssertInvalidClient(await TokenAsync(Wire.Form(Grant), Wire.Basic("other", SampleDirectory.OtherSecret + "x")), headerUsed: true);
        AssertInvalidClient(await TokenAsync(Wire.Form(Grant), Wire.Basic("other", new string('x', 2000))), headerUsed: true);
    }

    [Fact]
    public async Task A_disabled_client_is_refused_at_every_endpoint()
    {
        await fixture.Hub.WriteAsync(transaction =>
        {
            var client = Clients.Find(transaction, "poster")!;
            client.Disabled = true;
            return Clients.PutAsync(transaction, client);
        });
        foreach (var path in (string[])["/token", "/introspect", "/revoke"])
        {
            AssertInvalidClient(
                await Wire.PostAsync(fixture.Http, path, Wire.Form(Grant, ("token", "x"), ("client_id", "poster"), ("client_secret", SampleDirectory.PortalSecret))), headerUsed: false);
        }

        await fixture.Hub.WriteAsync(transaction =>
        {
            var client = Clients.Find(transaction, "poster")!;
            client.Disabled = false;
            return Clients.PutAsync(transaction, client);
        });
    }

    [Theory]
    [InlineData("basic")]
    [InlineData("BASIC")]
    [InlineData("bAsIc")]
    [Spec("RFC 9110", "11.1")]
    public async Task The_name_of_the_scheme_has_no_case(string scheme)
    {
        var credentials = Wire.Basic("other", SampleDirectory.OtherSecret)["Basic ".Length..];
        Assert.Equal(Ok, (await TokenAsync(Wire.Form(Grant), $"{scheme} {credentials}")).Status);
        Assert.Equal(Ok, (await TokenAsync(Wire.Form(Grant), $"{scheme}   {credentials}")).Status);
    }

    public static TheoryData<string> Garbage() =>
    [
        "Basic", "Basic !!!!", "Basic =", "Basic ====", "Basic " + Convert.ToBase64String([0xff, 0xfe, 0x3a, 0xff]), Wire.BasicRaw(""), Wire.BasicRaw(":"),
        Wire.BasicRaw(":secret"), Wire.BasicRaw("other"), Wire.BasicRaw("other:"), Wire.BasicRaw("other\0:x"), Wire.BasicRaw("%:%"), Wire.BasicRaw("%ff%fe:%00"),
        Wire.BasicRaw("%ed%a0%80:x"), Wire.BasicRaw(new string('a', 2000) + ":x"), Wire.BasicRaw("other:" + new string('b', 3000)), "Basic " + new string('A', 9000),
        "Bearer abc", "Negotiate x", "Digest username=\"other\"", "x", "Basic Basic Basic", "Basic " + new string(' ', 500) + "x",
    ];

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Garbage_in_the_header_is_an_unproved_client(string header)
    {
        AssertInvalidClient(await TokenAsync(Wire.Form(Grant), header), headerUsed: true);
    }

    [Fact]
    public async Task Two_Authorization_headers_are_refused()
    {
        var answer = await TokenAsync(Wire.Form(Grant), Wire.Basic("other", SampleDirectory.OtherSecret), Wire.Basic("portal", SampleDirectory.PortalSecret));
        Assert.Contains(answer.Error, (string[])["invalid_request", "invalid_client"]);
        Assert.True(answer.Status is BadRequest or Unauthorized);
    }

    [Theory]
    [InlineData("/token")]
    [InlineData("/introspect")]
    [InlineData("/revoke")]
    public async Task No_endpoint_answers_without_proof(string path)
    {
        AssertInvalidClient(await Wire.PostAsync(fixture.Http, path, Wire.Form(Grant, ("token", "x"))), headerUsed: false);
        AssertInvalidClient(await Wire.PostAsync(fixture.Http, path, Wire.Form(Grant, ("token", "x"), ("client_id", "portal"))), headerUsed: false);
        AssertInvalidClient(await Wire.PostAsync(fixture.Http, path, Wire.Form(Grant, ("token", "x")), Wire.Basic("portal", "wrong")), headerUsed: true);
        AssertInvalidClient(await Wire.PostAsync(fixture.Http, path, Wire.Form(Grant, ("token", "x"), ("client_id", "nobody"), ("client_secret", "x"))), headerUsed: false);
    }

    [Theory]
    [InlineData("' OR 1=1 --")]
    [InlineData("other' --")]
    [InlineData("%")]
    [InlineData("𝕠ther")]
    public async Task A_client_id_is_compared_and_never_interpreted(string id)
    {
        AssertInvalidClient(await TokenAsync(Wire.Form(Grant, ("client_id", id), ("client_secret", "x"))), headerUsed: false);
        AssertInvalidClient(await TokenAsync(Wire.Body("grant_type=client_credentials&client_secret=%ff&client_id=" + Uri.EscapeDataString(id))), headerUsed: false);
        AssertInvalidClient(await TokenAsync(Wire.Form(Grant), Wire.BasicRaw(Uri.EscapeDataString(id) + ":" + Encoding.UTF8.GetString([0x41]))), headerUsed: true);
    }
}
