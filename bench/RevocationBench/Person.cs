using System.Net;
using System.Net.WebSockets;
using System.Text.RegularExpressions;

namespace IdentityHub.Bench.Revocation;

/// <summary>Somebody who is signed in at every app, with a live connection at the first.</summary>
internal sealed partial class Person(Site site, string userName)
{
    private readonly CookieContainer cookies = new();

    public string UserName => userName;

    public string Subject { get; private set; } = "";

    /// <summary>The membership, as SCIM names it.</summary>
    public string ScimId { get; set; } = "";

    public List<(App App, string Access, string Refresh)> Tokens { get; } = [];

    public ClientWebSocket? Live { get; private set; }

    /// <summary>Signs in with the password, once, and gets tokens of every app.</summary>
    public async Task SignInAsync(bool live)
    {
        foreach (var app in site.Apps)
        {
            var code = await CodeAsync(app, silent: false) ?? throw new InvalidOperationException($"{userName} did not get into {app.Id}.");
            var answer = await site.PostAsync(app, "/token", ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", "http://127.0.0.1:9/cb"))
                ?? throw new InvalidOperationException("The code was refused.");
            Tokens.Add((app, answer.GetProperty("access_token").GetString()!, answer.GetProperty("refresh_token").GetString()!));
            Subject = (await site.PostAsync(app, "/introspect", ("token", Tokens[^1].Access)))!.Value.GetProperty("sub").GetString()!;
        }

        if (live)
        {
            Live = new();
            await Live.ConnectAsync(site.Apps[0].Socket(Subject), CancellationToken.None);
        }
    }

    /// <returns>Whether the browser still gets a code without being asked anything.</returns>
    public async Task<bool> SessionLivesAsync() => await CodeAsync(site.Apps[0], silent: true) is not null;

    public async Task<bool> AccessLivesAsync(int at) =>
        await site.PostAsync(Tokens[at].App, "/introspect", ("token", Tokens[at].Access)) is { } answer && answer.GetProperty("active").GetBoolean();

    public async Task<bool> RefreshLivesAsync(int at)
    {
        var (app, access, refresh) = Tokens[at];
        if (await site.PostAsync(app, "/token", ("grant_type", "refresh_token"), ("refresh_token", refresh)) is not { } answer)
        {
            return false;
        }

        Tokens[at] = (app, access, answer.GetProperty("refresh_token").GetString()!);
        return true;
    }

    private async Task<string?> CodeAsync(App app, bool silent)
    {
        var address = $"/authorize?response_type=code&client_id={app.Id}&scope=openid%20account&state=s&nonce=n&redirect_uri={Uri.EscapeDataString("http://127.0.0.1:9/cb")}{(silent ? "&prompt=none" : "")}";
        using var first = await SendAsync(HttpMethod.Get, address, null);
        var at = first.Headers.Location?.ToString() ?? "";
        for (var i = 0; i < 5 && !at.StartsWith("http://127.0.0.1:9/", StringComparison.Ordinal); i++)
        {
            using var page = await SendAsync(HttpMethod.Get, at, null);
            if (page.Headers.Location is { } next)
            {
                at = next.ToString();
                continue;
            }

            var form = await page.Content.ReadAsStringAsync();
            using var answer = await SendAsync(HttpMethod.Post, at, [.. Hidden().Matches(form).Select(field => (field.Groups[1].Value, field.Groups[2].Value)), ("username", userName), ("password", Site.Password)]);
            at = answer.Headers.Location?.ToString() ?? throw new InvalidOperationException("The sign-in was refused: " + await answer.Content.ReadAsStringAsync());
        }

        return Code().Match(at) is { Success: true } code ? code.Groups[1].Value : null;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, (string Name, string Value)[]? fields)
    {
        var uri = new Uri(site.Server.Address, path);
        using var request = new HttpRequestMessage(method, uri);
        if (cookies.GetCookieHeader(uri) is { Length: > 0 } header)
        {
            request.Headers.Add("Cookie", header);
        }

        request.Content = fields is null ? null : new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        var response = await site.Http.SendAsync(request);
        foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            cookies.SetCookies(uri, cookie);
        }

        return response;
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\"[^>]* value=\"([^\"]*)\"")]
    private static partial Regex Hidden();

    [GeneratedRegex("[?&]code=([^&]+)")]
    private static partial Regex Code();
}
