using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdentityHub.IdP.Tests.Logout;

/// <summary>An app's back-channel logout address: keeps what it received and answers as the test says.</summary>
internal sealed class LogoutListener : IAsyncDisposable
{
    private readonly WebApplication app;

    private LogoutListener(WebApplication app, int port)
    {
        this.app = app;
        Port = port;
    }

    public sealed record Received(string Path, string ContentType, IReadOnlyDictionary<string, string> Fields)
    {
        public string Token => Fields["logout_token"];
    }

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}/logout";

    public ConcurrentQueue<Received> Requests { get; } = new();

    /// <summary>What to answer, by the number of the request from 0; may wait.</summary>
    public Func<int, Task<int>> Answer { get; set; } = _ => Task.FromResult(StatusCodes.Status200OK);

    public static async Task<LogoutListener> StartAsync(int? port = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var own = port ?? Testing.RunningHub.FreePort();
        builder.WebHost.UseUrls($"http://127.0.0.1:{own}");
        var listener = new LogoutListener(builder.Build(), own);
        listener.app.Run(listener.HandleAsync);
        await listener.app.StartAsync();
        return listener;
    }

    private async Task HandleAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var number = Requests.Count;
        Requests.Enqueue(new(context.Request.Path, context.Request.ContentType ?? "", form.ToDictionary(field => field.Key, field => field.Value.ToString())));
        context.Response.StatusCode = await Answer(number);
        if (context.Response.StatusCode is >= 300 and < 400)
        {
            context.Response.Headers.Location = $"http://127.0.0.1:{Port}/redirected";
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await app.StopAsync(atOnce.Token);
        await app.DisposeAsync();
    }
}
