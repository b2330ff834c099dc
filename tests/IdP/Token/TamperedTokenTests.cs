using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IdentityHub.Testing;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace IdentityHub.IdP.Tests.Token;

/// <summary>No changed, shortened or lengthened token is the token (Zitadel CVE-2026-27840). Codes, refresh tokens and opaque access tokens in full, JWTs by sample.</summary>
public sealed class TamperedTokenTests(SignedInHub fixture) : IClassFixture<SignedInHub>
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// <summary>Every other spelling that differs in one bit of one character's six, every prefix and suffix, and what careless decoders let pass.</summary>
    private static IEnumerable<string> Mutations(string token)
    {
        for (var i = 0; i < token.Length; i++)
        {
            var value = Alphabet.IndexOf(token[i], StringComparison.Ordinal);
            for (var bit = 0; bit < 6 && value >= 0; bit++)
            {
                yield return token[..i] + Alphabet[value ^ (1 << bit)] + token[(i + 1)..];
            }
        }

        for (var i = 1; i < token.Length; i++)
        {
            yield return token[..i];
            yield return token[i..];
        }

        foreach (var odd in (string[])[token + "A", token + "=", token + "==", "A" + token, token + token, token + " ", " " + token, token + "\n", token + "%", token.Replace('-', '+').Replace('_', '/') + "!"])
        {
            yield return odd;
        }
    }

    private static async Task AllAsync(IEnumerable<string> values, Func<string, Task<bool>> refused, string what)
    {
        var accepted = new List<string>();
        await Parallel.ForEachAsync(values.Distinct(), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (value, _) =>
        {
            if (!await refused(value))
            {
                lock (accepted)
                {
                    accepted.Add(value);
                }
            }
        });
        Assert.True(accepted.Count == 0, $"{accepted.Count} changed {what} were taken, such as {accepted.FirstOrDefault()}");
    }

    [Fact]
    public async Task No_changed_code_is_redeemed()
    {
        var code = await fixture.CodeAsync(fixture.Portal);
        await AllAsync(Mutations(code), async changed => (await fixture.Portal.RedeemAsync(changed)) is { Status: HttpStatusCode.BadRequest, Error: "invalid_grant" }, "codes");
        Assert.Equal(HttpStatusCode.OK, (await fixture.Portal.RedeemAsync(code)).Status);
    }

    [Fact]
    public async Task No_changed_refresh_token_refreshes_or_is_active()
    {
        var tokens = await fixture.TokensAsync(fixture.Portal);
        var token = tokens.Text("refresh_token");
        await AllAsync(Mutations(token), async changed => (await fixture.Portal.RefreshAsync(changed)) is { Status: HttpStatusCode.BadRequest, Error: "invalid_grant" }, "refresh tokens");
        await AllAsync(Mutations(token), async changed => !await SignedInHub.IsActiveAsync(fixture.Portal, changed), "refresh tokens at introspection");
        Assert.Equal(HttpStatusCode.OK, (await fixture.Portal.RefreshAsync(token)).Status);
    }

    [Fact]
    public async Task No_changed_opaque_access_token_is_active()
    {
        var token = (await fixture.TokensAsync(fixture.Other)).Text("access_token");
        await AllAsync(Mutations(token), async changed => (await fixture.Other.IntrospectAsync(changed)).Body.GetRawText() == "{\"active\":false}", "opaque tokens");
        Assert.True(await SignedInHub.IsActiveAsync(fixture.Other, token));
    }

    [Fact]
    [Spec("RFC 9068", "4")]
    public async Task No_changed_JWT_access_token_is_taken()
    {
        var token = (await fixture.TokensAsync(fixture.Portal)).Text("access_token");
        Assert.True(await SignedInHub.IsActiveAsync(fixture.Portal, token));
        await AllAsync(Mutations(token).Where((_, i) => i % 9 == 0), async changed => !await SignedInHub.IsActiveAsync(fixture.Portal, changed), "JWTs");

        // The spare bits of each part's last character are where decoders differ.
        var parts = token.Split('.');
        var tails = from part in Enumerable.Range(0, 3)
                    from bit in Enumerable.Range(0, 6)
                    let last = Alphabet.IndexOf(parts[part][^1], StringComparison.Ordinal)
                    let changed = parts[part][..^1] + Alphabet[last ^ (1 << bit)]
                    select string.Join('.', parts.Select((one, i) => i == part ? changed : one));
        await AllAsync(tails, async changed => !await SignedInHub.IsActiveAsync(fixture.Portal, changed), "JWTs");
        await AllAsync(tails, async changed => (await fixture.Portal.UserInfoAsync(changed)).Status == HttpStatusCode.Unauthorized, "JWTs at UserInfo");
    }

    [Fact]
    public async Task No_forged_JWT_is_taken()
    {
        var token = (await fixture.TokensAsync(fixture.Portal)).Text("access_token");
        var keys = new JsonWebKeySet(await fixture.Http.GetStringAsync("/jwks"));
        var kid = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[0])).RootElement.GetProperty("kid").GetString();
        var payload = token.Split('.')[1];
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var ownKey = own.ExportParameters(false);
        var jwk = $"{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{Base64Url.EncodeToString(ownKey.Q.X)}\",\"y\":\"{Base64Url.EncodeToString(ownKey.Q.Y)}\"}}";
        string Signed(string header, Func<byte[], byte[]> sign)
        {
            var text = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header)) + "." + payload;
            return text + "." + Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(text)));
        }

        byte[] ByOwn(byte[] bytes) => own.SignData(bytes, HashAlgorithmName.SHA256);
        var published = keys.Keys.Single(key => key.Kid == kid);
        List<string> forged =
        [
            Signed("""{"alg":"none","typ":"at+jwt"}""", _ => []), Signed($$"""{"alg":"none","typ":"at+jwt","kid":"{{kid}}"}""", _ => []), Signed("""{"alg":"None","typ":"at+jwt"}""", _ => []),
            Signed($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{kid}}"}""", ByOwn), Signed("""{"alg":"ES256","typ":"at+jwt"}""", ByOwn),
            Signed($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{kid}}"}""", _ => new byte[64]), Signed($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{kid}}"}""", _ => []),
            Signed($$"""{"alg":"ES256","typ":"at+jwt","jwk":{{jwk}}}""", ByOwn), Signed($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{kid}}","jwk":{{jwk}}}""", ByOwn),
            Signed("""{"alg":"ES256","typ":"at+jwt","kid":"../../etc/passwd"}""", ByOwn), Signed("""{"alg":"ES256","typ":"at+jwt","jku":"https://evil.example/jwks"}""", ByOwn),
            Signed($$"""{"alg":"HS256","typ":"at+jwt","kid":"{{kid}}"}""", bytes => HMACSHA256.HashData(Base64Url.DecodeFromChars(published.X), bytes)),
            Signed($$"""{"alg":"HS256","typ":"at+jwt","kid":"{{kid}}"}""", bytes => HMACSHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(published)), bytes)),
            Signed($$"""{"alg":"ES384","typ":"at+jwt","kid":"{{kid}}"}""", ByOwn), Signed($$"""{"alg":"RS256","typ":"at+jwt","kid":"{{kid}}"}""", ByOwn),
            Signed($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{kid}}","crit":["x"],"x":1}""", ByOwn),
            token + ".", "." + token, token + "." + token.Split('.')[2], "..", "a.b.c", "a.b.c.d.e", "{}.{}.", string.Join('.', Enumerable.Repeat(payload, 5)),
            token.Split('.')[0] + "." + payload + ".", new string('a', 20_000) + ".b.c", new string('.', 1000),
        ];
        await AllAsync(forged, async one => (await fixture.Portal.IntrospectAsync(one)).Body.GetRawText() == "{\"active\":false}", "forgeries");
        await AllAsync(
            forged.Where(one => one.Length < 8000),
            async one => await fixture.Portal.UserInfoAsync(one) is { Status: HttpStatusCode.Unauthorized, Error: "invalid_token" }, "forgeries at UserInfo");
    }

    [Fact]
    public async Task A_token_of_another_hub_is_nothing_here()
    {
        await using var elsewhere = await RunningHub.StartAsync(SampleDirectory.Json);
        using var browser = elsewhere.NewBrowser();
        foreach (var (there, here) in ((RelyingApp, RelyingApp)[])[(SampleDirectory.Portal(elsewhere), fixture.Portal), (SampleDirectory.Other(elsewhere), fixture.Other)])
        {
            var tokens = await there.RedeemAsync((await there.SignInAsync(browser, SampleDirectory.Pat, SampleDirectory.Password))["code"]);
            Assert.False(await SignedInHub.IsActiveAsync(here, tokens.Text("access_token")));
            Assert.False(await SignedInHub.IsActiveAsync(here, tokens.Text("refresh_token")));
            Assert.Equal("invalid_grant", (await here.RefreshAsync(tokens.Text("refresh_token"))).Error);
            Assert.Equal(HttpStatusCode.Unauthorized, (await here.UserInfoAsync(tokens.Text("access_token"))).Status);
        }
    }
}
