using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace IdentityHub.Bench.Protocol;

/// <summary>One thing that is measured.</summary>
/// <param name="Name">As the table has it.</param>
/// <param name="Limit">What the machine allows in microseconds (house.md §3); null where nothing was measured.</param>
/// <param name="RunAsync">Runs it for a time.</param>
internal sealed record Case(string Name, double? Limit, Func<TimeSpan, Task<(double Microseconds, int Count)>> RunAsync);

/// <summary>What is measured, in an order in which each leaves the tokens that later ones need.</summary>
internal sealed class Cases(Load hub, Load baseline, string cookie)
{
    private const string Verifier = "bench-verifier-0123456789abcdef0123456789abcdef";
    private const int Warm = 1;
    private static readonly string Challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> codes = new(), accessTokens = new(), refreshTokens = new();
    private readonly ConcurrentQueue<string> machineTokens = new();
    private readonly string?[] families = new string?[Load.Connections];

    public const string Sign = "bare Kestrel, one ES256 signature";
    public const string Static = "bare Kestrel, 600 static bytes";

    public static string AuthorizePath(string client) =>
        $"/authorize?client_id={client}&redirect_uri={Uri.EscapeDataString(HubFile.Redirect)}&response_type=code&scope={Uri.EscapeDataString(HubFile.Scope)}"
        + $"&state=state-0123456789&nonce=nonce-0123456789&code_challenge={Challenge}&code_challenge_method=S256";

    public IReadOnlyList<Case> All =>
    [
        new(Static, null, duration => Same(baseline, Requests.Get("/static"), duration)),
        new(Sign, null, duration => Same(baseline, Requests.Get("/sign"), duration)),
        new("discovery", 20, duration => Same(hub, Requests.Get("/.well-known/openid-configuration"), duration)),
        new("JWKS", 20, duration => Same(hub, Requests.Get("/jwks"), duration)),
        new("client credentials, JWT", 100, ClientCredentials),
        new("client credentials, opaque", null, duration => Same(hub, Requests.Post("/token", HubFile.OpaqueClient, "grant_type=client_credentials"), duration)),
        new("authorize, signed in", null, duration => Authorize(HubFile.JwtClient, duration)),
        new("code exchange, JWT", 205, duration => Exchange(HubFile.JwtClient, duration)),
        new("authorize, signed in (opaque client)", null, duration => Authorize(HubFile.OpaqueClient, duration)),
        new("code exchange, opaque", null, duration => Exchange(HubFile.OpaqueClient, duration)),
        new("refresh, JWT", 170, Refresh),
        new("UserInfo, opaque token", 20, duration => UserInfo(HubFile.OpaqueClient, duration)),
        new("UserInfo, JWT seen before", 20, duration => UserInfo(HubFile.JwtClient, duration)),
        new("introspection, opaque", 30, duration => Same(hub, Requests.Post("/introspect", HubFile.OpaqueClient, "token=" + Peek(accessTokens, HubFile.OpaqueClient)), duration)),
        new("introspection, JWT never seen", 130, IntrospectFresh),
        new("introspection, JWT seen before", null, duration => Same(hub, Requests.Post("/introspect", HubFile.JwtClient, "token=" + Peek(accessTokens, HubFile.JwtClient)), duration)),
        new("introspection, refresh token", null, duration => Same(hub, Requests.Post("/introspect", HubFile.JwtClient, "token=" + Peek(refreshTokens, HubFile.JwtClient)), duration)),
        new("revocation of an access token, opaque", null, duration => Revoke(accessTokens, HubFile.OpaqueClient, duration)),
        new("revocation of a refresh token", null, duration => Revoke(refreshTokens, HubFile.JwtClient, duration)),
    ];

    private static Task<(double Microseconds, int Count)> Same(Load load, byte[] request, TimeSpan duration) =>
        load.RunAsync(_ => request, (_, answer) => Expect(answer, 200), duration);

    private Task<(double Microseconds, int Count)> ClientCredentials(TimeSpan duration)
    {
        var request = Requests.Post("/token", HubFile.JwtClient, "grant_type=client_credentials&scope=scim");
        machineTokens.Clear();
        return hub.RunAsync(_ => request, (_, answer) => machineTokens.Enqueue(Expect(answer, 200).Member("access_token")), duration);
    }

    private Task<(double Microseconds, int Count)> Authorize(string client, TimeSpan duration)
    {
        var request = Requests.Get(AuthorizePath(client), cookie);
        var mine = codes[client] = new();
        return hub.RunAsync(_ => request, (_, answer) => mine.Enqueue(CodeIn(Expect(answer, 303))), duration);
    }

    private Task<(double Microseconds, int Count)> Exchange(string client, TimeSpan duration)
    {
        var mine = codes[client];
        var access = accessTokens[client] = new();
        var refresh = refreshTokens[client] = new();
        return hub.RunAsync(
            _ => mine.TryDequeue(out var code)
                ? Requests.Post("/token", client, $"grant_type=authorization_code&code={code}&redirect_uri={Uri.EscapeDataString(HubFile.Redirect)}&code_verifier={Verifier}")
                : null,
            (_, answer) =>
            {
                access.Enqueue(Expect(answer, 200).Member("access_token"));
                refresh.Enqueue(answer.Member("refresh_token"));
            },
            duration);
    }

    /// <summary>Every connection spends a family of its own, one generation after the other.</summary>
    private Task<(double Microseconds, int Count)> Refresh(TimeSpan duration)
    {
        for (var i = 0; i < families.Length; i++)
        {
            families[i] = refreshTokens[HubFile.JwtClient].TryDequeue(out var token) ? token : throw new InvalidOperationException("There are too few families.");
        }

        return hub.RunAsync(
            index => Requests.Post("/token", HubFile.JwtClient, "grant_type=refresh_token&refresh_token=" + families[index]),
            (index, answer) => families[index] = Expect(answer, 200).Member("refresh_token"),
            duration);
    }

    private Task<(double Microseconds, int Count)> UserInfo(string client, TimeSpan duration) =>
        Same(hub, Requests.Get("/userinfo", $"Authorization: Bearer {Peek(accessTokens, client)}\r\n"), duration);

    /// <summary>Tokens of users, each shown once: the first sight of a JWT costs the check of its signature.</summary>
    private Task<(double Microseconds, int Count)> IntrospectFresh(TimeSpan duration)
    {
        var tokens = new ConcurrentQueue<string>(accessTokens[HubFile.JwtClient].Skip(Warm));
        return hub.RunAsync(
            _ => tokens.TryDequeue(out var token) ? Requests.Post("/introspect", HubFile.JwtClient, "token=" + token) : null,
            (_, answer) => Active(answer),
            duration);
    }

    private Task<(double Microseconds, int Count)> Revoke(ConcurrentDictionary<string, ConcurrentQueue<string>> tokens, string client, TimeSpan duration) =>
        hub.RunAsync(
            _ => tokens[client].TryDequeue(out var token) ? Requests.Post("/revoke", client, "token=" + token) : null,
            (_, answer) => Expect(answer, 200),
            duration);

    private static string Peek(ConcurrentDictionary<string, ConcurrentQueue<string>> tokens, string client) =>
        tokens[client].TryPeek(out var token) ? token : throw new InvalidOperationException("There is no token.");

    private static void Active(Answer answer)
    {
        if (!Expect(answer, 200).Body.Contains("\"active\":true", StringComparison.Ordinal))
        {
            throw new InvalidOperationException("The token is not active.");
        }
    }

    private static Answer Expect(Answer answer, int status) =>
        answer.Status == status ? answer : throw new InvalidOperationException($"Expected {status}: {answer.Head}\n{answer.Body}");

    private static string CodeIn(Answer answer)
    {
        var start = answer.Head.IndexOf("?code=", StringComparison.Ordinal) + 6;
        return answer.Head[start..answer.Head.IndexOf('&', start)];
    }
}
