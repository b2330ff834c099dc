using System.Collections.Concurrent;
using IdentityHub.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdentityHub.IdP.Tests.SecurityEvents;

/// <summary>The address to which events are pushed: keeps what it received and answers as the test says.</summary>
internal sealed class PushListener : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly int port;

    private PushListener(WebApplication app, int port)
    {
        this.app = app;
        this.port = port;
    }

    public sealed record Received(string Path, string Method, string? ContentType, string? Accept, string? Authorization, string Body);

    public string Address => $"http://127.0.0.1:{port}/events";

    public ConcurrentQueue<Received> Requests { get; } = new();

    /// <summary>What to answer, by the number of the request from 0.</summary>
    public Func<int, (int Status, string? Body)> Answer { get; set; } = _ => (StatusCodes.Status202Accepted, null);

    public static async Task<PushListener> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var port = RunningHub.FreePort();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var listener = new PushListener(builder.Build(), port);
        listener.app.Run(listener.HandleAsync);
        await listener.app.StartAsync();
        return listener;
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var headers = context.Request.Headers;
        var number = Requests.Count;
        Requests.Enqueue(new(
            context.Request.Path, context.Request.Method, context.Request.ContentType, headers.Accept, headers.Authorization.Count == 0 ? null : headers.Authorization.ToString(), body));
        var (status, text) = Answer(number);
        context.Response.StatusCode = status;
        if (status is >= 300 and < 400)
        {
            context.Response.Headers.Location = $"http://127.0.0.1:{port}/redirected";
        }

        if (text is not null)
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(text);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await app.StopAsync(atOnce.Token);
        await app.DisposeAsync();
    }
}
