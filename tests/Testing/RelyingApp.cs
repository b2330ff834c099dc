using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IdentityHub.Domain.Credentials;
using Microsoft.AspNetCore.WebUtilities;

namespace IdentityHub.Testing;

/// <summary>An answer in JSON.</summary>
public sealed record JsonAnswer(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)
{
    public string? Error => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("error", out var error) ? error.GetString() : null;

    public string Text(string name) => Body.GetProperty(name).GetString()!;
}

/// <summary>A relying app in memory: builds requests, drives a browser through a sign-in, redeems, refreshes.</summary>
public sealed class RelyingApp(RunningHub hub, string clientId, string? secret, string redirectUri)
{
    private readonly HttpClient http = hub.NewClient();

    public string ClientId => clientId;
    public string RedirectUri => redirectUri;
    public string Verifier { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>The parameters of a good authorization request; a null value takes a parameter out.</summary>
    public Dictionary<string, string> Request(params (string Name, string? Value)[] changes)
    {
        var parameters = new Dictionary<string, string>
        {
            ["client_id"] = clientId, ["redirect_uri"] = redirectUri, ["response_type"] = "code", ["scope"] = "openid profile email account accounts",
            ["state"] = "state-1", ["nonce"] = "nonce-1", ["code_challenge"] = Challenge, ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                parameters.Remove(name);
            }
            else
            {
                parameters[name] = value;
            }
        }

        return parameters;
    }

    public string AuthorizeAddress(params (string Name, string? Value)[] changes) => QueryHelpers.AddQueryString("/authorize", Request(changes)!);

    /// <summary>Signs in with password and, where it is asked for, the code of this secret; picks an account where the chooser comes.</summary>
    /// <returns>What came back to the redirect URI.</returns>
    public async Task<Dictionary<string, string>> SignInAsync(
        Browser browser, string userName, string password, string? totp = null, string? account = null, params (string Name, string? Value)[] changes)
    {
        await browser.GoAsync(AuthorizeAddress(changes));
        if (browser.Page?.Asks("current-password") == true)
        {
            await browser.SubmitAsync(("username", userName), ("current-password", password));
        }

        if (browser.Page?.Asks("one-time-code") == true)
        {
            await browser.SubmitAsync(("one-time-code", Totp.CodeAt(Base32.Decode(totp!)!, Totp.StepAt(hub.Time.Now))));
        }

        if (account is not null && browser.Page?.Document.QuerySelector("button[name=account]") is not null)
        {
            await browser.PressAsync("account", account);
        }

        return Callback(browser);
    }

    /// <summary>The parameters with which the browser came back.</summary>
    public static Dictionary<string, string> Callback(Browser browser)
    {
        var uri = browser.LeftFor ?? throw new InvalidOperationException("The browser did not come back; it shows: " + browser.Page?.Text);
        return QueryHelpers.ParseQuery(uri.Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
    }

    public Task<JsonAnswer> RedeemAsync(string code, params (string Name, string? Value)[] changes) =>
        TokenAsync([("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectUri), ("code_verifier", Verifier), .. changes]);

    public Task<JsonAnswer> RefreshAsync(string refreshToken, params (string Name, string? Value)[] changes) =>
        TokenAsync([("grant_type", "refresh_token"), ("refresh_token", refreshToken), .. changes]);

    public Task<JsonAnswer> TokenAsync(params (string Name, string? Value)[] fields) => PostAsync("/token", fields);

    public Task<JsonAnswer> IntrospectAsync(string token) => PostAsync("/introspect", ("token", token));

    public Task<JsonAnswer> RevokeAsync(string token) => PostAsync("/revoke", ("token", token));

    /// <summary>Posts a form as this client, authenticated with client_secret_basic, or with client_id alone where it has no secret.</summary>
    public async Task<JsonAnswer> PostAsync(string path, params (string Name, string? Value)[] fields)
    {
        var last = new Dictionary<string, string?>();
        foreach (var (name, value) in fields)
        {
            last[name] = value;
        }

        if (secret is null)
        {
            last.TryAdd("client_id", clientId);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(last.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, pair.Value!))),
        };
        if (secret is not null)
        {
            request.Headers.Authorization = Basic(clientId, secret);
        }

        return await ReadAsync(await http.SendAsync(request));
    }

    public async Task<JsonAnswer> UserInfoAsync(string accessToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/userinfo");
        request.Headers.Authorization = new("Bearer", accessToken);
        return await ReadAsync(await http.SendAsync(request));
    }

    public static AuthenticationHeaderValue Basic(string id, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(password)}")));

    public static async Task<JsonAnswer> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return new(response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement, response);
    }

    /// <summary>The payload of a JWT, unverified.</summary>
    public static JsonElement Payload(string jwt) => JsonDocument.Parse(Base64Url.DecodeFromChars(jwt.Split('.')[1])).RootElement;
}
