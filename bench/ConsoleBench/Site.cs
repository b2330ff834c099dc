using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using IdentityHub.Bench.Protocol;

namespace IdentityHub.Bench.Console;

/// <summary>A hub with so many users in one account, and a browser in which its administrator is signed in to the console.</summary>
internal sealed partial class Site : IDisposable
{
    public const string Account = "northside";
    private const string UserName = "pat@northside.example";
    private const string Password = "correct horse battery staple";

    private const string File =
        $$"""
        { "applications": [ { "id": "expert-console", "name": "Expert console", "seated": true } ],
          "accounts": [ { "id": "{{Account}}", "name": "Northside School District", "seats": { "expert-console": 2 } } ],
          "users": [ { "userName": "{{UserName}}", "givenName": "Pat", "familyName": "Primary", "password": "{{Password}}", "operator": true,
            "memberships": [ { "account": "{{Account}}", "role": "Administrator", "permissionLevel": "PRIMARY", "seats": [ "expert-console" ] } ] } ] }
        """;

    private readonly HttpClient browser;

    private Site(int users, Server server)
    {
        (Users, Server) = (users, server);
        browser = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = server.Address };
    }

    public int Users { get; }

    public Server Server { get; }

    /// <summary>A member of whom there is a page.</summary>
    public string Member { get; private set; } = "";

    /// <summary>Fills the database where it is not filled yet, and starts a hub on it.</summary>
    public static async Task<Site> OpenAsync(string hub, string data, int users)
    {
        var folder = Path.Combine(data, users.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "hub.json");
        await System.IO.File.WriteAllTextAsync(file, File);
        string[] configuration = ["--Hub:DataDirectory", folder, "--Hub:AllowHttp", "true"];
        string[] offline = [.. configuration, "--Hub:Issuer", "http://127.0.0.1:5000", "--urls", "http://127.0.0.1:5000"];
        await RunAsync([hub, "apply", file, .. offline]);
        await RunAsync([hub, "load", "--account", Account, "--users", users.ToString(CultureInfo.InvariantCulture), .. offline]);
        var server = await Server.StartAsync(hub, "/health/ready", address =>
            [.. configuration, "--urls", address.ToString().TrimEnd('/'), "--Hub:Issuer", address.ToString().TrimEnd('/')]);
        var site = new Site(users, server);
        await site.SignInAsync();
        return site;
    }

    /// <summary>Opens a page and reads all of it.</summary>
    /// <returns>What it said.</returns>
    public async Task<string> OpenAsync(string path)
    {
        using var response = await browser.GetAsync(new Uri(path, UriKind.Relative));
        var body = await response.Content.ReadAsStringAsync();
        return response.StatusCode == HttpStatusCode.OK && response.RequestMessage!.RequestUri!.AbsolutePath.StartsWith(path.Split('?')[0], StringComparison.Ordinal)
            ? body
            : throw new InvalidOperationException($"{path}: {response.StatusCode} at {response.RequestMessage!.RequestUri}");
    }

    /// <summary>Sends a form as the page does that has it.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="form">The page.</param>
    /// <param name="fields">What is filled in.</param>
    /// <returns>The address to which it led.</returns>
    public async Task<string> PostAsync(string path, string form, IEnumerable<(string Name, string Value)> fields)
    {
        var token = AntiforgeryToken().Match(form) is { Success: true } found ? found.Groups[1].Value : throw new InvalidOperationException("The page has no form: " + form);
        using var content = new FormUrlEncodedContent(fields.Append(("__RequestVerificationToken", token)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        using var response = await browser.PostAsync(new Uri(path, UriKind.Relative), content);
        return response.StatusCode == HttpStatusCode.OK ? response.RequestMessage!.RequestUri!.AbsolutePath : throw new InvalidOperationException($"{path}: {response.StatusCode}");
    }

    public void Dispose()
    {
        browser.Dispose();
        Server.Dispose();
    }

    private async Task SignInAsync()
    {
        using var begun = await browser.GetAsync(new Uri("/admin", UriKind.Relative));
        using var answer = await browser.PostAsync(begun.RequestMessage!.RequestUri, new FormUrlEncodedContent(
            [KeyValuePair.Create("username", UserName), KeyValuePair.Create("password", Password)]));
        var page = await answer.Content.ReadAsStringAsync();
        Member = MemberLink().Match(page) is { Success: true } link ? link.Groups[1].Value : throw new InvalidOperationException("The sign-in did not lead to the users: " + page);
    }

    private static async Task RunAsync(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException("The hub's command failed.");
        }
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]* value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();

    [GeneratedRegex("/users/([0-9a-f]{32})\"")]
    private static partial Regex MemberLink();
}
