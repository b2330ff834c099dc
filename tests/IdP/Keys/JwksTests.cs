using System.Text.Json;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.Keys;

[Spec("RFC 7517", "5")]
public sealed class JwksTests(SignedInHub fixture) : IClassFixture<SignedInHub>
{
    [Fact]
    public async Task The_key_set_holds_public_members_only()
    {
        var answer = await Wire.SendAsync(fixture.Http, HttpMethod.Get, "/jwks", null);
        Assert.Equal("application/json", answer.Response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(300, answer.Response.Headers.CacheControl!.MaxAge!.Value.TotalSeconds);
        Assert.Equal("*", answer.Response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("keys", Assert.Single(answer.Body.EnumerateObject()).Name);
        foreach (var key in answer.Body.GetProperty("keys").EnumerateArray())
        {
            string[] expected = key.GetProperty("kty").GetString() == "EC" ? ["kty", "use", "alg", "kid", "crv", "x", "y"] : ["kty", "use", "alg", "kid", "n", "e"];
            Assert.Equal(expected, key.EnumerateObject().Select(member => member.Name));
            Assert.Equal("sig", key.GetProperty("use").GetString());
            Assert.All(key.EnumerateObject(), member => Assert.Equal(JsonValueKind.String, member.Value.ValueKind));
        }
    }

    [Fact]
    [Spec("OpenID Connect Core", "15.1")]
    public async Task There_is_a_key_for_each_algorithm_and_no_id_twice()
    {
        var keys = (await Wire.SendAsync(fixture.Http, HttpMethod.Get, "/jwks", null)).Body.GetProperty("keys").EnumerateArray().ToList();
        Assert.Equal(["ES256", "RS256"], keys.Select(key => key.GetProperty("alg").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(keys.Count, keys.Select(key => key.GetProperty("kid").GetString()).Distinct().Count());
    }
}
