using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdentityHub.Bench.Revocation;

/// <summary>A relying app: notes when it is told that a person is out, and drops their live connection.</summary>
internal sealed class App(string id, int port, TimeSpan pause) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> sockets = new();
    private WebApplication? server;

    public string Id => id;

    public string Logout => $"http://127.0.0.1:{port}/logout";

    public Uri Socket(string subject) => new($"ws://127.0.0.1:{port}/live?sub={subject}");

    /// <summary>By subject: the moment (<see cref="Stopwatch.GetTimestamp"/>) at which the app was told first.</summary>
    public ConcurrentDictionary<string, long> Told { get; } = new();

    public bool IsDown => server is null;

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        server = builder.Build();
        server.UseWebSockets();
        server.MapPost("/logout", (Delegate)TellAsync);
        server.MapGet("/live", (Delegate)HoldAsync);
        await server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            using var atOnce = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            await server.StopAsync(atOnce.Token);
            await server.DisposeAsync();
        }
    }

    private async Task TellAsync(HttpContext context)
    {
        var token = (await context.Request.ReadFormAsync())["logout_token"].ToString();
        if (pause > TimeSpan.Zero)
        {
            await Task.Delay(pause);
        }

        var subject = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement.GetProperty("sub").GetString()!;
        Told.TryAdd(subject, Stopwatch.GetTimestamp());
        if (sockets.TryGetValue(subject, out var socket))
        {
            socket.TrySetResult();
        }
    }

    private async Task HoldAsync(HttpContext context)
    {
        var ended = sockets.GetOrAdd(context.Request.Query["sub"].ToString(), _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await ended.Task.WaitAsync(context.RequestAborted);
        await socket.CloseOutputAsync((WebSocketCloseStatus)4401, "signed out", CancellationToken.None);
    }
}
