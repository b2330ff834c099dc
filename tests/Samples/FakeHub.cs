using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace IdentityHub.Samples.Tests;

using Members = Dictionary<string, object?>;

/// <summary>An OpenID Provider that is right by default, and wrong in exactly the way a test asks for.</summary>
internal sealed class FakeHub : IAsyncDisposable
{
    public const string Secret = "secret:with%odd+characters";
    private readonly WebApplication app;
    private readonly ManualClock clock;
    private readonly ConcurrentDictionary<string, IQueryCollection> codes = new();
    private int issued;

    public FakeHub(ManualClock clock, X509Certificate2? certificate = null)
    {
        this.clock = clock;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l =>
        {
            if (certificate is not null)
            {
                l.UseHttps(certificate);
            }
        }));
        app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", () => Down ? Results.StatusCode(503) : Results.Json(Discovery()));
        app.MapGet("/jwks", () =>
        {
            KeyFetches++;
            return Results.Json(new { keys = Published.Select(k => k.Jwk) });
        });
        app.MapGet("/authorize", Authorize);
        app.MapPost("/token", (Delegate)TokenAsync);
        app.MapGet("/userinfo", UserInfo);
        app.MapPost("/revoke", async (HttpContext c) => Revoked.Add((await c.Request.ReadFormAsync())["token"].ToString()));
        app.MapPost("/presence", async (HttpContext c) =>
        {
            Presences.Enqueue(c.Request.HasFormContentType ? (await c.Request.ReadFormAsync())["state"].ToString() : "");
            return Results.StatusCode(RefusePresence || c.Request.Headers.Authorization != $"Bearer access-{TokenRequests}" ? 401 : 204);
        });
        app.MapGet("/end", (HttpContext c) => Results.Redirect(QueryHelpers.AddQueryString(
            c.Request.Query["post_logout_redirect_uri"].ToString(), "state", c.Request.Query["state"].ToString())));
    }

    public SigningKey Key { get; set; } = SigningKey.Ec("ec-1");
    public List<SigningKey> Published { get; } = [];
    public string Issuer => app.Urls.Single();
    public string ClientId { get; set; } = "portal";

    // What a test bends.
    public bool Down { get; set; }
    public Action<Members> BendDiscovery { get; set; } = _ => { };
    public Action<Dictionary<string, string?>> BendAnswer { get; set; } = _ => { };
    public Action<Members> BendIdToken { get; set; } = _ => { };
    public Func<Members, string>? SignIdToken { get; set; }
    public Action<Members> BendTokens { get; set; } = _ => { };
    public Action<Members> BendUserInfo { get; set; } = _ => { };
    public bool UserInfoDown { get; set; }
    public bool RefuseRefresh { get; set; }
    public bool RefusePresence { get; set; }

    // What a test looks at.
    public IQueryCollection? LastRequest { get; private set; }
    public int KeyFetches { get; private set; }
    public int TokenRequests { get; private set; }
    public int Refreshes { get; private set; }
    public List<string> Revoked { get; } = [];
    public ConcurrentQueue<string> Presences { get; } = new();

    public async Task StartAsync()
    {
        Published.Add(Key);
        await app.StartAsync();
    }

    public Task StopAsync() => app.StopAsync();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    public Members LogoutToken(string? sid = "session-1", string? sub = "user-1")
    {
        Members token = new()
        {
            ["iss"] = Issuer, ["aud"] = ClientId, ["iat"] = clock.Seconds, ["exp"] = clock.Seconds + 120, ["jti"] = $"jti-{++issued}",
            ["events"] = new Members { ["http://schemas.openid.net/event/backchannel-logout"] = new Members() },
        };
        if (sid is not null)
        {
            token["sid"] = sid;
        }

        if (sub is not null)
        {
            token["sub"] = sub;
        }

        return token;
    }

    private Members Discovery()
    {
        Members document = new()
        {
            ["issuer"] = Issuer, ["authorization_endpoint"] = Issuer + "/authorize", ["token_endpoint"] = Issuer + "/token",
            ["jwks_uri"] = Issuer + "/jwks", ["userinfo_endpoint"] = Issuer + "/userinfo", ["end_session_endpoint"] = Issuer + "/end",
            ["revocation_endpoint"] = Issuer + "/revoke", ["presence_endpoint"] = Issuer + "/presence", ["authorization_response_iss_parameter_supported"] = true,
        };
        BendDiscovery(document);
        return document;
    }

    private IResult Authorize(HttpContext context)
    {
        LastRequest = context.Request.Query;
        var code = $"code-{++issued}";
        codes[code] = LastRequest;
        Dictionary<string, string?> answer = new() { ["code"] = code, ["state"] = LastRequest["state"], ["iss"] = Issuer };
        BendAnswer(answer);
        return Results.Redirect(QueryHelpers.AddQueryString(LastRequest["redirect_uri"].ToString(), answer));
    }

    private async Task<IResult> TokenAsync(HttpContext context)
    {
        TokenRequests++;
        var basic = Encoding.ASCII.GetString(Convert.FromBase64String(context.Request.Headers.Authorization.ToString()["Basic ".Length..])).Split(':');
        if (basic.Length != 2 || WebUtility.UrlDecode(basic[0]) != ClientId || WebUtility.UrlDecode(basic[1]) != Secret)
        {
            return Results.Json(new { error = "invalid_client" }, statusCode: 401);
        }

        var form = await context.Request.ReadFormAsync();
        return form["grant_type"] == "refresh_token" ? Refresh(form["refresh_token"].ToString()) : Redeem(form);
    }

    private IResult Redeem(IFormCollection form)
    {
        if (!codes.TryRemove(form["code"].ToString(), out var request)
            || request["redirect_uri"] != form["redirect_uri"]
            || request["code_challenge_method"] != "S256"
            || request["code_challenge"] != Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))))
        {
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        }

        return Tokens(request["nonce"]);
    }

    private IResult Refresh(string token)
    {
        Refreshes++;
        return RefuseRefresh || token != $"refresh-{TokenRequests - 1}"
            ? Results.Json(new { error = "invalid_grant" }, statusCode: 400)
            : Tokens(null);
    }

    private IResult Tokens(string? nonce)
    {
        var access = $"access-{TokenRequests}";
        Members claims = new()
        {
            ["iss"] = Issuer, ["aud"] = ClientId, ["sub"] = "user-1", ["sid"] = "session-1",
            ["iat"] = clock.Seconds, ["exp"] = clock.Seconds + 300, ["auth_time"] = 1_700_000_000, ["at_hash"] = Jose.HalfHash(access),
            ["acr"] = "https://refeds.org/profile/mfa", ["amr"] = new[] { "pwd", "otp" },
            ["account"] = "northside", ["account_name"] = "Northside <School> District", ["role"] = "Administrator",
            ["permission_level"] = "PRIMARY", ["seats"] = new[] { "expert-console" }, ["permissions"] = new[] { "users.read", "users.write" },
        };
        if (nonce is not null)
        {
            claims["nonce"] = nonce;
        }

        BendIdToken(claims);
        Members answer = new()
        {
            ["access_token"] = access, ["token_type"] = "Bearer", ["expires_in"] = 300, ["refresh_token"] = $"refresh-{TokenRequests}",
            ["id_token"] = SignIdToken?.Invoke(claims) ?? Jose.Sign(Key, "JWT", claims),
        };
        BendTokens(answer);
        return Results.Json(answer);
    }

    private IResult UserInfo(HttpContext context)
    {
        if (UserInfoDown)
        {
            return Results.StatusCode(503);
        }

        if (context.Request.Headers.Authorization != $"Bearer access-{TokenRequests}")
        {
            return Results.StatusCode(401);
        }

        Members claims = new()
        {
            ["sub"] = "user-1", ["name"] = "Pat Primary", ["preferred_username"] = "pat@northside.example", ["email"] = "pat@northside.example",
            ["accounts"] = new[] { new { id = "northside", name = "Northside <School> District" }, new { id = "southside", name = "Southside" } },
        };
        BendUserInfo(claims);
        return Results.Json(claims);
    }
}
