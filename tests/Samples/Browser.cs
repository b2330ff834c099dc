using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace IdentityHub.Samples.Tests;

internal sealed record Page(HttpStatusCode Status, string Html, HttpResponseMessage Raw)
{
    public string? Location => Raw.Headers.Location?.OriginalString;
}

/// <summary>A browser without script: cookies, links, forms, and redirects followed step by step.</summary>
internal sealed partial class Browser(string origin, X509Certificate2? authority = null) : IDisposable
{
    private readonly HttpClient client = new(Handler(authority), disposeHandler: true);

    public string Origin => origin;

    public void Dispose() => client.Dispose();

    /// <summary>Opens a WebSocket with the browser's cookies.</summary>
    public async Task<ClientWebSocket> ConnectAsync(string path)
    {
        var socket = new ClientWebSocket();
        await ConnectAsync(socket, path, null);
        return socket;
    }

    public Task ConnectAsync(ClientWebSocket socket, string path, string? from)
    {
        socket.Options.SetRequestHeader("Origin", from ?? origin);
        return socket.ConnectAsync(new Uri(origin.Replace("http", "ws", StringComparison.Ordinal) + path), client, CancellationToken.None);
    }

    public Task<Page> GetAsync(string url) => SendAsync(new HttpRequestMessage(HttpMethod.Get, Absolute(url)));

    public Task<Page> PostAsync(string url, params (string Name, string Value)[] form) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, Absolute(url))
        {
            Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))),
        });

    /// <summary>Begins a sign-in and stops where the hub has sent the browser back.</summary>
    public async Task<string> AnswerUrlAsync(string start = "/signin")
    {
        var toHub = await GetAsync(start);
        Assert.Equal(HttpStatusCode.SeeOther, toHub.Status);
        return (await GetAsync(toHub.Location!)).Location!;
    }

    public async Task<Page> SignInAsync(string start = "/signin") => await FollowAsync(await GetAsync(await AnswerUrlAsync(start)));

    public async Task<Page> FollowAsync(Page page)
    {
        for (var i = 0; page.Location is { } next && i < 10; i++)
        {
            page = await GetAsync(next);
        }

        return page;
    }

    /// <summary>The start page shows a person only while the session lives.</summary>
    public async Task<bool> IsSignedInAsync() => (await GetAsync("/")).Html.Contains("Pat Primary", StringComparison.Ordinal);

    /// <summary>Sends the form of the start page with its antiforgery token.</summary>
    public async Task<Page> SubmitAsync(string action, params (string Name, string Value)[] fields)
    {
        var html = (await GetAsync("/")).Html;
        var form = html[html.IndexOf($"action=\"{action}\"", StringComparison.Ordinal)..];
        var token = AntiforgeryField().Match(form).Groups[1].Value;
        return await PostAsync(action, [.. fields, ("__RequestVerificationToken", WebUtility.HtmlDecode(token))]);
    }

    private static SocketsHttpHandler Handler(X509Certificate2? authority)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
        if (authority is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.Add(authority);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        return handler;
    }

    private Uri Absolute(string url) => new(new Uri(origin), url);

    private async Task<Page> SendAsync(HttpRequestMessage request)
    {
        var response = await client.SendAsync(request);
        return new Page(response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryField();
}
