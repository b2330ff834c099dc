using System.Net;
using IdentityHub.Host.Mail;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace IdentityHub.Host.Tests.Mail;

public sealed class MailViewerTests : IAsyncLifetime
{
    private readonly Scratch scratch = new();
    private readonly SetClock clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly HttpClient client = new(new SocketsHttpHandler());
    private WebApplication app = null!;

    private string Mail => scratch.At("mail");

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapMailViewer(Mail);
        await app.StartAsync();
        client.BaseAddress = new Uri(app.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
        client.Dispose();
        scratch.Dispose();
    }

    [Fact]
    public async Task Without_mail_it_says_so() => Assert.Contains("No mail yet.", await client.GetStringAsync("/"), StringComparison.Ordinal);

    [Fact]
    public async Task The_list_has_the_newest_first_and_leads_to_each_mail()
    {
        await SendAsync("First", "one");
        clock.Now += TimeSpan.FromSeconds(1);
        await SendAsync("Second", "Follow https://localhost:5001/invite?a=1&b=2. Bye");

        var list = await client.GetStringAsync("/");
        Assert.True(list.IndexOf("Second", StringComparison.Ordinal) < list.IndexOf("First", StringComparison.Ordinal));
        var mail = await client.GetStringAsync("/" + PickedUpMail.Names(Mail, 1).Single());
        Assert.Contains("<h1>Second</h1>", mail, StringComparison.Ordinal);
        Assert.Contains("href=\"https://localhost:5001/invite?a=1&amp;b=2\"", mail, StringComparison.Ordinal);
        Assert.Contains("pat@northside.example", mail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_mail_says_never_becomes_markup()
    {
        await SendAsync("<script>alert(1)</script>", "</pre><img src=x onerror=alert(1)> https://x.example/\"onmouseover=alert(1) javascript:alert(1)");
        var name = PickedUpMail.Names(Mail, 1).Single();

        foreach (var page in new[] { await client.GetStringAsync("/"), await client.GetStringAsync("/" + name) })
        {
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("\"onmouseover", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("href=\"javascript", page, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Every_answer_carries_a_policy_that_allows_no_script()
    {
        foreach (var path in new[] { "/", "/nothing.eml" })
        {
            using var answer = await client.GetAsync(path);
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.StartsWith("default-src 'none'; style-src 'sha256-", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.True(answer.Headers.CacheControl!.NoStore);
        }
    }

    [Theory]
    [InlineData("/..%2fsecret.eml")]
    [InlineData("/%2e%2e%2fsecret.eml")]
    [InlineData("/..%5csecret.eml")]
    [InlineData("/secret.eml")]
    [InlineData("/20260301T120000.0000000-00000001-01234567.eml%00")]
    [InlineData("/20260301T120000.0000000-00000001-01234567.eml%0a")]
    [InlineData("/20260301T120000.0000000-00000001-0123456g.eml")]
    [InlineData("/.none")]
    public async Task A_name_that_is_no_mails_leads_nowhere(string path)
    {
        Directory.CreateDirectory(Mail);
        scratch.Write("secret.eml", "Subject: secret\r\n\r\nsecret");
        await File.WriteAllTextAsync(Path.Combine(Mail, "secret.eml"), "Subject: secret\r\n\r\nsecret");
        await File.WriteAllTextAsync(Path.Combine(Mail, ".none"), "Subject: secret\r\n\r\nsecret");

        using var answer = await client.GetAsync(path);

        Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, answer.StatusCode.ToString());
        Assert.DoesNotContain("secret", (await answer.Content.ReadAsStringAsync()).Replace("/secret.eml", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_out_of_the_directory_is_not_followed()
    {
        Directory.CreateDirectory(Mail);
        File.CreateSymbolicLink(Path.Combine(Mail, "20260301T120000.0000000-00000001-01234567.eml"), scratch.Write("secret.txt", "Subject: secret\r\n\r\nsecret"));

        using var answer = await client.GetAsync("/20260301T120000.0000000-00000001-01234567.eml");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("rebound.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost:80", HttpStatusCode.OK)]
    [InlineData("[::1]:80", HttpStatusCode.OK)]
    public async Task Only_requests_for_a_loopback_host_are_answered(string host, HttpStatusCode status)
    {
        await SendAsync("Subject of mine", "b");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = host;

        using var answer = await client.SendAsync(request);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status == HttpStatusCode.OK, (await answer.Content.ReadAsStringAsync()).Contains("Subject of mine", StringComparison.Ordinal));
    }

    private Task SendAsync(string subject, string body) =>
        new PickupTransport(Mail, Mailbox.TryParse("hub@hub.example")!, clock).SendAsync(new OutgoingMail("pat@northside.example", subject, body, null), CancellationToken.None);
}
