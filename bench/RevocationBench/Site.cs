using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using IdentityHub.Bench.Protocol;

namespace IdentityHub.Bench.Revocation;

/// <summary>A hub with people and five relying apps, and a way to start it again on what it left behind.</summary>
internal sealed class Site(string hub, string folder, IReadOnlyList<App> apps) : IDisposable
{
    public const string Account = "northside", Password = "correct horse battery staple", Secret = "secret-0123456789abcdef0123456789abcdef";
    private const string HrToken = "hr-northside-0123456789abcdef0123456789abcdef";

    public IReadOnlyList<App> Apps => apps;

    public Server Server { get; private set; } = null!;

    private bool isRunning;

    public HttpClient Http { get; private set; } = null!;

    public async Task FillAsync(int people)
    {
        var file = Path.Combine(folder, "hub.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new
        {
            accounts = new object[] { new { id = Account, name = "Northside", provisioningTokens = new object[] { new { name = "hr", token = HrToken } } } },
            users = Enumerable.Range(0, people).Select(i => new
            {
                userName = NameOf(i), password = Password,
                memberships = new object[] { new { account = Account, role = i == 0 ? "Administrator" : "User" } },
            }),
            clients = apps.Select(app => new
            {
                client_id = app.Id, client_secret = Secret, redirect_uris = new[] { "http://127.0.0.1:9/cb" }, grant_types = new[] { "authorization_code", "refresh_token" },
                scope = "openid account", backchannel_logout_uri = app.Logout, require_pkce = false,
            }),
        }));
        using var process = Process.Start(new ProcessStartInfo("dotnet", [hub, "apply", file, .. Options(new("http://127.0.0.1:5000"))]))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException("The hub did not take its configuration.");
        }
    }

    public async Task StartAsync()
    {
        Server = await Server.StartAsync(hub, "/health/ready", Options);
        isRunning = true;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 64 }) { BaseAddress = Server.Address };
    }

    /// <summary>Ends the process at once, as a loss of power would.</summary>
    public void Kill()
    {
        if (isRunning)
        {
            isRunning = false;
            Server.Dispose();
        }
    }

    public void Dispose() => Kill();

    public static string NameOf(int i) => string.Create(CultureInfo.InvariantCulture, $"person{i}@northside.example");

    public async Task<HttpResponseMessage> ScimAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, "/scim/v2" + path) { Headers = { Authorization = new("Bearer", HrToken) } };
        request.Content = body is null ? null : new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/scim+json");
        return await Http.SendAsync(request);
    }

    public async Task<JsonElement?> PostAsync(App app, string path, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{app.Id}:{Secret}")));
        using var response = await Http.SendAsync(request);
        return response.StatusCode == HttpStatusCode.OK ? JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement : null;
    }

    private string[] Options(Uri address)
    {
        var origin = address.ToString().TrimEnd('/');
        return
        [
            "--Hub:DataDirectory", Path.Combine(folder, "data"), "--Hub:AllowHttp", "true", "--urls", origin, "--Hub:Issuer", origin,
            "--Hub:SignIn:AddressBurst", "10000", "--Hub:SignIn:AddressRefillSeconds", "1", "--Hub:Scim:RequestBurst", "10000", "--Logging:LogLevel:Default", "Error",
        ];
    }
}
