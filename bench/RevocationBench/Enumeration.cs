using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace IdentityHub.Bench.Revocation;

/// <summary>Whether a stranger can tell who is known: by words, headers, or time.</summary>
internal sealed partial class Enumeration(Site site)
{
    private const int PerKind = 1000;
    private HttpClient? client;
    private const string Browser = "hub-browser=enumeration-bench-browser-secret-0123456789abcdef";

    public sealed record Line(string What, double Known, double Unknown, int Differences);

    /// <summary>Known and unknown turn about, so that what slows one slows the other.</summary>
    /// <param name="known">How many people there are: each is asked for as often as keeps within the limits of a name.</param>
    public async Task<IReadOnlyList<Line>> RunAsync(int known) =>
    [
        await MeasureAsync("sign-in", known, async name => await SendAsync(HttpMethod.Post, "/sign-in?tx=" + await BeginAsync(null), ("username", name), ("password", "not the password of anybody"))),
        await MeasureAsync("reset", known, name => SendAsync(HttpMethod.Post, "/reset", ("username", name))),
        await MeasureAsync("passkey options", known, async name => await SendAsync(HttpMethod.Post, "/sign-in?handler=passkeyoptions&tx=" + await BeginAsync(name))),
    ];

    private async Task<Line> MeasureAsync(string what, int known, Func<string, Task<(double Milliseconds, string Answer)>> ask)
    {
        var (first, second) = (new List<(double Time, string Answer)>(), new List<(double Time, string Answer)>());
        for (var i = 0; i < PerKind; i++)
        {
            // Each pair comes from a network of its own: nobody's limit is in the way of the next.
            client = NewClient(i);
            using var ends = client;
            using (await client.GetAsync(new Uri("/health/live", UriKind.Relative)))
            {
            }

            first.Add(await ask(Site.NameOf(1 + (i % known))));
            second.Add(await ask(string.Create(CultureInfo.InvariantCulture, $"nobody{i}@northside.example")));
        }

        var expected = second[0].Answer;
        return new(what, Median(first), Median(second), first.Concat(second).Count(one => one.Answer != expected));
    }

    private HttpClient NewClient(int number) => new(new SocketsHttpHandler
    {
        UseProxy = false, UseCookies = false, AllowAutoRedirect = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(new IPAddress([127, 1, (byte)(number / 250), (byte)(1 + (number % 250))]), 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = site.Server.Address };

    private static double Median(List<(double Time, string Answer)> all) => all.Select(one => one.Time).Order().ElementAt(all.Count / 2);

    private async Task<string> BeginAsync(string? hint)
    {
        var (_, answer) = await SendAsync(HttpMethod.Get, $"/authorize?response_type=code&client_id=portal&scope=openid&state=s&nonce=n&redirect_uri={Uri.EscapeDataString("http://127.0.0.1:9/cb")}{(hint is null ? "" : "&login_hint=" + Uri.EscapeDataString(hint))}", raw: true);
        return Transaction().Match(answer).Groups[1].Value;
    }

    private Task<(double Milliseconds, string Answer)> SendAsync(HttpMethod method, string address, params (string Name, string Value)[] fields) => SendAsync(method, address, raw: false, fields);

    private async Task<(double Milliseconds, string Answer)> SendAsync(HttpMethod method, string address, bool raw, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Add("Cookie", Browser);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        if (method == HttpMethod.Post)
        {
            request.Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        }

        var started = Stopwatch.GetTimestamp();
        using var response = await client!.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        var time = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        var text = new StringBuilder().Append((int)response.StatusCode).Append('\n');
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => header.Key is not ("Date" or "Content-Length")).OrderBy(header => header.Key, StringComparer.Ordinal))
        {
            text.Append(name).Append(": ").AppendJoin(", ", values).Append('\n');
        }

        var answer = text.Append(body).ToString();
        return (time, raw ? answer : Own().Replace(fields.Aggregate(answer, (all, field) => all.Replace(WebUtility.HtmlEncode(field.Value), "(typed)", StringComparison.Ordinal)), "(own)"));
    }

    [GeneratedRegex("tx=([0-9a-f]{32})")]
    private static partial Regex Transaction();

    /// <summary>What is every answer's own: its sign-in and its challenge.</summary>
    [GeneratedRegex("(?<=tx=)[0-9a-f]{32}|(?<=\"challenge\":\")[A-Za-z0-9_-]+")]
    private static partial Regex Own();
}
