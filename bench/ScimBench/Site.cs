using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using IdentityHub.Bench.Protocol;

namespace IdentityHub.Bench.Scim;

/// <summary>A hub on a database of so many users, with what the cases need to know of it.</summary>
internal sealed partial class Site : IDisposable
{
    public const string Account = "northside";
    public const string Token = "bench-token-0123456789abcdef0123456789abcdef";
    public const int PageSize = 100;
    private const int Samples = 3_000;
    private const int WalkPage = 1_000;

    private const string File =
        $$"""
        { "applications": [ { "id": "expert-console", "name": "Expert console", "seated": true } ],
          "accounts": [ { "id": "{{Account}}", "name": "Northside School District", "seats": { "expert-console": 2 },
            "provisioningTokens": [ { "name": "bench", "token": "{{Token}}" } ] } ],
          "users": [ { "userName": "pat@northside.example", "givenName": "Pat", "familyName": "Primary", "password": "correct horse battery staple",
            "memberships": [ { "account": "{{Account}}", "role": "Administrator", "seats": [ "expert-console" ] } ] } ] }
        """;

    private Site(int users, Server server, Load load) => (Users, Server, Load) = (users, server, load);

    public int Users { get; }
    public Server Server { get; }
    public Load Load { get; }

    /// <summary>So many are in the one group.</summary>
    public int GroupSize => SizeOfGroup(Users);

    /// <summary>The number of the page that is far from the first.</summary>
    public int FarPage => Math.Min(5_000, Users / PageSize);

    public IReadOnlyList<(int Number, string Id)> Sampled { get; private set; } = [];
    public string GroupId { get; private set; } = "";
    public string FarCursor { get; private set; } = "";
    public long IdleMemory { get; private set; }

    /// <summary>Members that were posted while measuring; they have no address, so nothing is mailed to them.</summary>
    public ConcurrentQueue<string> Posted { get; } = new();

    /// <summary>Those of them who were added to the group, to be taken out again.</summary>
    public ConcurrentQueue<string> Added { get; } = new();

    private static int SizeOfGroup(int users) => Math.Min(100_000, users * 9 / 10);

    /// <summary>Fills the database where it is not filled yet. What the load command said of its speed is kept beside it.</summary>
    public static async Task FillAsync(string hub, string data, int users)
    {
        var folder = Path.Combine(data, users.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "hub.json");
        await System.IO.File.WriteAllTextAsync(file, File);
        string[] configuration = ["--Hub:DataDirectory", folder, "--Hub:Issuer", "http://127.0.0.1:5000", "--Hub:AllowHttp", "true", "--urls", "http://127.0.0.1:5000"];
        await RunAsync([hub, "apply", file, .. configuration]);
        var said = await RunAsync(
        [
            hub, "load", "--account", Account, "--users", users.ToString(CultureInfo.InvariantCulture), "--groups", "1",
            "--members", SizeOfGroup(users).ToString(CultureInfo.InvariantCulture), .. configuration,
        ]);
        if (Added0().IsMatch(said))
        {
            return;
        }

        await System.IO.File.WriteAllTextAsync(Path.Combine(folder, "load.txt"), said);
    }

    /// <returns>How many users a second the load command added when it filled this database; null where it is not known.</returns>
    public static string? LoadRate(string data, int users)
    {
        var file = Path.Combine(data, users.ToString(CultureInfo.InvariantCulture), "load.txt");
        return System.IO.File.Exists(file) ? Rate().Match(System.IO.File.ReadAllText(file)).Groups[1].Value : null;
    }

    public static async Task<Site> OpenAsync(string hub, string data, int users)
    {
        var server = await Server.StartAsync(hub, "/health/ready", address =>
        [
            "--urls", address.ToString().TrimEnd('/'), "--Hub:Issuer", address.ToString().TrimEnd('/'), "--Hub:AllowHttp", "true",
            "--Hub:DataDirectory", Path.Combine(data, users.ToString(CultureInfo.InvariantCulture)),
            "--Hub:Scim:RequestBurst", "1000000000", "--Hub:Scim:RequestsPerSecond", "1000000000",
        ]);
        await Task.Delay(2000);
        var site = new Site(users, server, await Load.OpenAsync(server)) { IdleMemory = server.WorkingSet };
        site.Sampled = await site.SampleAsync();
        site.GroupId = await site.IdOfAsync("/Groups?attributes=id&filter=" + Uri.EscapeDataString("displayName eq \"Group 0001\""));
        site.FarCursor = await site.WalkAsync();
        return site;
    }

    /// <summary>Waits until the hub has sent what it still had to send.</summary>
    public async Task CalmAsync()
    {
        for (var before = Server.CpuTime; ; before = Server.CpuTime)
        {
            await Task.Delay(500);
            if (Server.CpuTime - before <= TimeSpan.FromMilliseconds(20))
            {
                return;
            }
        }
    }

    /// <summary>Takes those out of the group again who were added.</summary>
    public async Task EmptyAsync()
    {
        while (!Added.IsEmpty)
        {
            var ids = new List<string>();
            while (ids.Count < 1000 && Added.TryDequeue(out var id))
            {
                ids.Add(id);
            }

            await SendAsync(Requests.Patch($"/Groups/{GroupId}?attributes=id", "remove", "members", $"[{string.Join(',', ids.Select(id => $"{{\"value\":\"{id}\"}}"))}]"));
        }
    }

    /// <returns>How many members the account has by now.</returns>
    public async Task<string> CountAsync()
    {
        const string Name = "\"totalResults\":";
        var body = (await SendAsync(Requests.Get("/Users?count=0"))).Body;
        var start = body.IndexOf(Name, StringComparison.Ordinal) + Name.Length;
        return body[start..body.IndexOf(',', start)];
    }

    public void Dispose() => Server.Dispose();

    private async Task<IReadOnlyList<(int, string)>> SampleAsync()
    {
        var found = new List<(int, string)>();
        for (var i = 0; i < Math.Min(Samples, Users); i++)
        {
            // A stride that is prime to the number of users: every part of the directory is met.
            var number = 1 + (int)(i * 7919L * 31 % Users);
            found.Add((number, await IdOfAsync("/Users?attributes=id&filter=" + Uri.EscapeDataString($"userName eq \"{Requests.UserName(number)}\""))));
        }

        return found;
    }

    /// <summary>Pages by cursor as a client would, in large pages, to where the far page begins.</summary>
    private async Task<string> WalkAsync()
    {
        var (cursor, left) = ("", (FarPage - 1) * PageSize);
        while (left > 0)
        {
            var answer = await SendAsync(Requests.Get($"/Users?count={Math.Min(WalkPage, left)}&cursor={cursor}"));
            (cursor, left) = (answer.Member("nextCursor"), left - WalkPage);
        }

        return cursor;
    }

    private async Task<string> IdOfAsync(string path) => (await SendAsync(Requests.Get(path))).Member("id");

    private async Task<Answer> SendAsync(byte[] request)
    {
        Answer last = default;
        var sent = false;
        await Load.RunAsync(
            _ =>
            {
                var now = sent ? null : request;
                sent = true;
                return now;
            },
            (_, answer) => last = Requests.Expect(answer, 200), TimeSpan.FromMinutes(1), []);
        return last;
    }

    private static async Task<string> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Console.Write(said);
        return process.ExitCode == 0 ? said : throw new InvalidOperationException("The hub's command failed.");
    }

    [GeneratedRegex("^0 users were added", RegexOptions.Multiline)]
    private static partial Regex Added0();

    [GeneratedRegex(@", (\d+) a second")]
    private static partial Regex Rate();
}
